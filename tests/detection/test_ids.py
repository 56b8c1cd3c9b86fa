"""Ids of people: in a company's own words, and of any form; digits within something longer are none."""

from __future__ import annotations

from urllib.parse import quote

import pyarrow as pa
import pytest

from governance.detection import Habits, Known, findable, scan_known, words_in
from governance.detection.subjects import candidates
from tests.detection.test_known import USERS, token

CLINIC = ("patient", "بیمار")
TEXTS, DIGITS = Habits(CLINIC, texts=True), Habits(CLINIC)
TEXT, NUMBER, LONG, UUID = "rec-1070-org", "1070", "1111112001070", "0a1b2c3d-0000-4000-8000-0123456789ab"


def known(*ids: str, habits: Habits) -> Known[str]:
    return Known({token(f"user:{one}"): one for one in ids}, token, habits)


def found(text: str, *ids: str, habits: Habits, label: str = "", whole: bool = False) -> list[str]:
    return list(scan_known(pa.array([text]), known(*ids, habits=habits), label=label, whole=whole).origins)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("patients", "patient_id"), ("patients", "patient")),
        (("tbl_companies",), ("companies", "company")),
        (("people",), ("person",)),
        (("Patient number", "شماره بیمار"), ("patient", "بیمار")),
        (("clinicPatients",), ("clinic patients", "clinic patient", "patients", "patient")),
        (("id", "key", "no", ""), ()),
    ],
)
def test_names_of_tables_and_keys_say_what_announces_an_id(names: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert words_in(*names) == words


@pytest.mark.parametrize(
    "text", ["patient 1070", "/patients/1070/file", "patient_id=1070", '{"patientId": 1070}', "بیمار ۱۰۷۰"]
)
def test_a_company_s_own_words_announce_an_id(text: str) -> None:
    for habits in (DIGITS, TEXTS):
        assert found(text, NUMBER, habits=habits) == [NUMBER]
    assert found(text, NUMBER, habits=Habits()) == []


@pytest.mark.parametrize(
    "text", ["impatience 1070", "patience-1070", "parts 1070", "patient said: come at ten, room 1070"]
)
def test_other_words_do_not(text: str) -> None:
    assert found(text, NUMBER, habits=DIGITS) == found(text, NUMBER, habits=TEXTS) == []


@pytest.mark.parametrize("text", USERS)
@pytest.mark.parametrize("habits", [DIGITS, TEXTS], ids=["digits", "texts"])
def test_the_usual_words_announce_an_id_anyway(text: str, habits: Habits) -> None:
    assert found(text, "100001", habits=habits) == ["100001"]


@pytest.mark.parametrize(
    "text", [TEXT, f"see {TEXT}.", f"file_{TEXT}.pdf", f"/x/{TEXT}/y", quote(f"ref={TEXT}&a"), f"ارجاع {TEXT}"]
)
def test_an_id_that_is_a_text_is_found_within_others(text: str) -> None:
    assert found(text, TEXT, habits=TEXTS) == [TEXT]


@pytest.mark.parametrize("text", [f"{TEXT}-2", f"x-{TEXT}", "rec-1071-org", "rec 1070 org", "REC-1070-ORG"])
def test_a_longer_or_another_id_is_not_it(text: str) -> None:
    assert found(text, TEXT, habits=TEXTS) == []


def test_short_ids_are_found_where_they_are_announced() -> None:
    assert found("patient P12 came", "P12", habits=TEXTS) == ["P12"]
    assert found("room P12", "P12", habits=TEXTS) == []


WITHIN = (TEXT, f"patient {TEXT}", f"user_id={TEXT}", UUID.replace("0000", NUMBER))
PLACES = [
    pytest.param(text, label, habits, id=f"{text}-{label}-{'texts' if habits is TEXTS else 'digits'}")
    for text in WITHIN
    for label in ("", "user id")
    for habits in (DIGITS, TEXTS)
    if not (text.startswith("0a") and label and habits is DIGITS)  # where ids are digits, a UUID may hold any
]


@pytest.mark.parametrize(("text", "label", "habits"), PLACES)
def test_digits_within_an_id_are_no_id(text: str, label: str, habits: Habits) -> None:
    assert found(text, NUMBER, habits=habits, label=label) == []


@pytest.mark.parametrize(
    "text", ["user1070", "user_1070", "uid:u1070", "user-no-1070", "old_user_1070", "user 1070-called"]
)
def test_digits_behind_their_word_are_one(text: str) -> None:
    assert found(text, NUMBER, habits=DIGITS) == [NUMBER]


def test_long_numbers_are_ids() -> None:
    assert found(f"user {LONG}", LONG, habits=DIGITS) == [LONG]
    for column in (pa.array([1, int(LONG)]), pa.array(["1", LONG])):
        assert scan_known(column, known(LONG, habits=DIGITS), label="user id").origins == (LONG,)


@pytest.mark.parametrize("one", [TEXT, UUID, UUID.replace("-", ""), LONG, "2001070", "a/7", "ab", "بیمار ۷"])
def test_a_whole_cell_may_be_an_id_of_any_form(one: str) -> None:
    assert found(one, one, habits=DIGITS, whole=True) == [one]
    assert found(f"{one}x", one, habits=DIGITS, whole=True) == []


def test_a_small_number_is_no_id_where_no_name_says_so() -> None:
    column = pa.array([7, 1070, 2001070])
    people = known("7", "1070", "2001070", habits=DIGITS)
    assert scan_known(column, people, label="pages", whole=True).origins == ("2001070",)
    assert scan_known(column, people, label="patient", whole=True).origins == ("7", "1070", "2001070")
    assert scan_known(column, people, label="pages").origins == ()


def test_the_form_that_is_looked_for_is_told() -> None:
    assert all(map(findable, (TEXT, UUID, LONG, "P12")))
    assert not any(map(findable, ("a/7", "maria", "بیمار۷", "", "7 8")))


SWEDISH = "+46701749999"


@pytest.mark.parametrize(
    ("text", "anywhere"),
    [
        (SWEDISH, True),
        ("ring 070-174 99 99", False),
        ("0046 70 174 99 99", False),
        ('{"tel": "0701749999"}', False),
        (quote("+46 701749999"), True),
    ],
)
def test_numbers_of_a_policy_s_regions_are_candidates(text: str, *, anywhere: bool) -> None:
    assert ("phone_number", SWEDISH) in list(candidates(text, "", Habits(regions=("IR", "SE"))))
    assert ("phone_number", SWEDISH) not in list(candidates(text, "", Habits()))
    assert (("phone_number", SWEDISH) in list(candidates(text, "", Habits(regions=("US",))))) is anywhere


def test_a_column_of_numbers_may_be_of_telephones_abroad() -> None:
    swede = {token(SWEDISH): "swede"}
    column = pa.array([701749999, 701749998])
    assert scan_known(column, Known(swede, token, Habits(regions=("SE",)))).rows.tolist() == [0]
    assert scan_known(column, Known(swede, token)).rows.tolist() == []
