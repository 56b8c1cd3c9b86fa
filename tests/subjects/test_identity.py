"""Whoever is asked for: by their key first, as it stands, then by a number or an address, sealed or in the clear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from governance.errors import UsageError
from governance.policy import Classification, Column, Encryption
from governance.rules.scope import Scope
from governance.sources import open_source
from governance.subjects import exporting, finding
from governance.subjects.finding import people_of
from governance.subjects.identity import Identity, identify
from tests.rules.conftest import AS_OF, KEYS, SEALINGS, retold, sealed_with
from tests.rules.test_people_of_others import EMAIL, LIVING, SWEDISH, TEXT, made, patient, request, tables

LONG = 1111112001070
OTTO = {"given_name": "Otto", "surname": "Lind", "email": EMAIL.title(), "phone": "070-174 99 99"}
MAILS = ("patients.email", "patients.phone")


def scope(*patients: dict[str, Any], key: str = "string", **more: Any) -> Scope:
    policy = made(key, MAILS, regions=("SE",))
    mails = [KEYS.token(EMAIL), KEYS.token("maria@mail.example"), KEYS.token(SWEDISH)]
    data = tables(of=patients[0]["patient_id"], patients=patients, mails=mails, **more)
    return Scope(policy, open_source(data, policy.tables), KEYS, AS_OF)


def who(written: str, *patients: dict[str, Any], **more: Any) -> Identity:
    shared = scope(*patients, **more)
    return identify(written, shared, people_of(shared))


@pytest.mark.parametrize("key", [LIVING, "1070", "a/7", "0912", "maria"])
def test_a_key_that_is_a_text_names_its_person(key: str) -> None:
    assert who(key, patient(TEXT), patient(key)).key == key


def test_digits_within_another_key_name_nobody() -> None:
    assert who("1070", patient(TEXT), patient(LIVING)).key is None
    assert who(TEXT, patient("1070"), patient(LIVING)).key is None


@pytest.mark.parametrize("written", [str(LONG), f" {LONG} "])
def test_long_numbers_are_keys(written: str) -> None:
    assert who(written, patient(LONG), patient(LONG + 1), key="integer").key == str(LONG)


@pytest.mark.parametrize("written", [EMAIL, "OTTO@mail.example", SWEDISH, "0701749999", "0046 70-174 99 99"])
@pytest.mark.parametrize(("key", "others", "kind"), [(LIVING, TEXT, "string"), (7, 70, "integer")])
def test_a_value_in_the_clear_names_its_person_in_any_spelling(written: str, key: Any, others: Any, kind: str) -> None:
    found = who(written, patient(others), patient(key, **OTTO), key=kind)
    assert found.key == str(key)
    assert {KEYS.token(EMAIL), KEYS.token(SWEDISH), KEYS.token("otto lind")} <= found.tokens
    assert KEYS.token("otto lind") not in found.own, "no column holds tokens of names"


def test_the_same_person_is_found_by_each_of_their_values() -> None:
    people = (patient(TEXT), patient(LIVING, **OTTO))
    assert {who(one, *people) for one in (LIVING, EMAIL, SWEDISH)} == {who(LIVING, *people)}


def test_requests_made_by_an_address_are_theirs() -> None:
    asked = [request(who="another", mail=KEYS.token(EMAIL)), request(who=TEXT)]
    assert who(LIVING, patient(LIVING, **OTTO), requests=asked).requests == 1


def test_a_name_that_two_bear_proves_nothing() -> None:
    found = who(LIVING, patient(LIVING, **OTTO), patient(TEXT, given_name="Otto", surname="Lind"))
    assert (found.namesakes, KEYS.token("otto lind") in found.tokens) == (1, False)


def test_an_address_of_two_is_refused() -> None:
    with pytest.raises(UsageError, match="found two"):
        who(EMAIL, patient(TEXT, email=EMAIL), patient(LIVING, email=EMAIL))


def test_where_keys_are_numbers_other_words_are_no_person() -> None:
    with pytest.raises(UsageError, match="found something else"):
        who("somebody", patient(7), key="integer")


def test_somebody_erased_is_found_by_the_text_of_their_key() -> None:
    found = who(TEXT, patient(LIVING))
    assert (found.key, found.requests) == (None, 1)
    assert KEYS.token(f"user:{TEXT}") in found.tokens


def test_rows_with_tokens_of_values_in_the_clear_are_found_and_exported() -> None:
    shared = scope(patient(LIVING, **OTTO), patient(TEXT))
    identity = identify(EMAIL, shared, people_of(shared))
    places = {(place.table, place.column): place.rows for place in finding._in_table(shared, "mails", identity)}
    assert places == {("mails", "to"): 2}
    assert len(exporting._rows(shared, shared.policy.tables["mails"], identity)[0]) == 2
    assert len(exporting._rows(shared, shared.policy.tables["patients"], identity)[0]) == 1


@pytest.mark.parametrize("algorithm", SEALINGS)
def test_sealed_values_of_any_format_are_found_and_exported_in_the_clear(algorithm: str) -> None:
    policy = made("string", MAILS, regions=("SE",))

    def guarded(one: Column) -> Column:
        sealed = replace(one, classification=Classification.RESTRICTED, encryption=Encryption(), plaintext="email")
        return sealed if one.name == "email" else one

    sealed = sealed_with(algorithm, EMAIL, "patients", "email", LIVING)
    data = tables(patients=[patient(LIVING, email=sealed), patient(TEXT)])
    shared = Scope(retold(policy, guarded), open_source(data, policy.tables), KEYS, AS_OF)
    identity = Identity(LIVING, frozenset({KEYS.token(EMAIL)}), frozenset())
    found = {place.column: place.kinds for place in finding._in_table(shared, "patients", identity)}
    assert found["email"] == ("email_address",)
    rows, _, closed = exporting._rows(shared, shared.policy.tables["patients"], identity)
    assert ([row["email"] for row in rows], closed) == ([EMAIL], {})
