"""People of another company: ids that are texts, words of its own, values in the clear, numbers of its region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Column, Policy, Where
from governance.results import Reason, Verdict
from governance.rules.kinds.erased import Erased
from governance.rules.kinds.fulfilled import Fulfilled
from governance.rules.kinds.unlinkable import Unlinkable
from tests.rules.conftest import KEYS, Seen, column, contract, policy, rule

T = datetime(2025, 6, 10, 12, tzinfo=UTC)
MOMENT = pa.timestamp("us", "UTC")
TEXT, LIVING, UUID = "rec-1070-org", "rec-1071-org", "0a1b2c3d-0000-4000-8000-0123456789ab"
SWEDISH, EMAIL = "+46701749999", "otto@mail.example"
token = KEYS.token
Row = dict[str, Any]


def made(key: str = "string", mails: tuple[str, ...] = (), **changes: Any) -> Policy:
    """A clinic: its people are patients, and their values stand in the clear; `mails` are what tokens there are of."""
    targets = {"who": ("patients.patient_id",), "to": mails, "mail": ("patients.email",), "tel": ("patients.phone",)}

    def tokens(name: str) -> Column:
        return column(name, classification="confidential", token_of=targets[name])

    contracts = (
        contract(
            "patients",
            column("patient_id", key, category="user.unique_id"),
            column("given_name", category="user.name.first", name_part=1),
            column("surname", category="user.name.last", name_part=2),
            column("phone", category="user.contact.phone_number"),
            column("email", category="user.contact.email"),
        ),
        contract(
            "visits",
            column("visit", "integer"),
            column("patient_id", key, references="patients.patient_id"),
            column("remark"),
        ),
        contract(
            "subject_requests",
            *map(column, ("request", "right", "outcome", "field", "old_token", "new_token")),
            *map(tokens, ("who", "mail", "tel")),
            *(column(name, "timestamp") for name in ("received_at", "answered_at", "fulfilled_at")),
        ),
        contract(
            "export_items",
            column("item", "integer"),
            column("request", references="subject_requests.request"),
            tokens("who"),
            column("table_name"),
            column("row_count", "integer"),
        ),
        replace(contract("mails", column("number", "integer"), tokens("to")), append_only="a log"),
        contract("views", column("view", "integer"), column("device"), column("page")),
    )
    rules = (
        rule("erased", Erased(), Where(undeclared=True)),
        rule("access", Fulfilled("access", 30), Where(tables=("subject_requests",))),
        rule("unlinkable", Unlinkable(k=1, columns=("device",)), Where(tables=("views",))),
    )
    whole = policy(*contracts, rules=rules)
    told = (
        replace(one, columns=tuple(replace(c, token_of=targets.get(c.name, ())) for c in one.columns))
        for one in whole.contracts
    )
    return replace(whole, contracts=tuple(told), **changes)


def request(right: str = "erasure", who: str = TEXT, **changes: Any) -> Row:
    row = dict.fromkeys(("field", "old_token", "new_token", "mail", "tel"))
    times = dict.fromkeys(("received_at", "answered_at", "fulfilled_at"), T)
    return {
        "request": right,
        "right": right,
        "outcome": "fulfilled",
        "who": token(f"user:{who}"),
        **row,
        **times,
    } | changes


def patient(key: Any = LIVING, **changes: Any) -> Row:
    return {"patient_id": key, "given_name": "Maria", "surname": "Olsen", "phone": None, "email": None} | changes


def tables(
    remark: str = "routine check",
    *,
    of: Any = LIVING,
    patients: Iterable[Row] = (patient(),),
    requests: Iterable[Row] = (request(),),
    items: Mapping[str, int] | None = None,
    mails: Sequence[str] = (),
    page: str = "/home",
) -> dict[str, pa.Table]:
    asked = list(requests)
    kinds = {name: MOMENT if name.endswith("_at") else pa.string() for name in asked[0]}
    exported = [
        {"item": n, "request": "access", "who": token(f"user:{LIVING}"), "table_name": name, "row_count": count}
        for n, (name, count) in enumerate((items or {}).items())
    ]
    ledger = {
        "item": pa.int64(),
        "request": pa.string(),
        "who": pa.string(),
        "table_name": pa.string(),
        "row_count": pa.int64(),
    }
    people = {name: pa.string() for name in patient()} | {"patient_id": pa.array([of]).type}
    return {
        "patients": pa.Table.from_pylist(list(patients), pa.schema(list(people.items()))),
        "visits": pa.table({"visit": [1], "patient_id": [of], "remark": [remark]}),
        "subject_requests": pa.Table.from_pylist(asked, pa.schema(list(kinds.items()))),
        "export_items": pa.Table.from_pylist(exported, pa.schema(list(ledger.items()))),
        "mails": pa.table({"number": range(len(mails)), "to": pa.array(mails, pa.string())}),
        "views": pa.table({"view": [1], "device": ["desk"], "page": [page]}),
    }


def found(data: Mapping[str, Any], check: str, **changes: Any) -> dict[str, int]:
    return dict(Seen(data, made(**changes))[check].problems)


@pytest.mark.parametrize("gone", [TEXT, UUID, "1111112001070", "a/7"])
def test_whoever_was_erased_is_found_in_columns_of_people_by_an_id_of_any_form(gone: str) -> None:
    data = tables(of=gone, patients=[patient(), patient(gone)], requests=[request(who=gone)])
    for check in ("erased/patients", "erased/visits"):
        assert found(data, check) == {"user_id": 1}, check
    clean = tables(requests=[request(who=gone)])
    assert found(clean, "erased/patients") == found(clean, "erased/visits") == {}


def test_long_numbers_are_ids_too() -> None:
    gone, living = 1111112001070, 1111112001071
    asked = [request(who=str(gone))]
    data = tables(of=gone, patients=[patient(living), patient(gone)], requests=asked)
    assert found(data, "erased/patients", key="integer") == {"user_id": 1}
    clean = tables(of=living, patients=[patient(living)], requests=asked)
    assert found(clean, "erased/patients", key="integer") == found(clean, "erased/visits", key="integer") == {}


@pytest.mark.parametrize("remark", [TEXT, f"patient {TEXT} called", f"see file_{TEXT}.pdf"])
def test_texts_are_searched_for_ids_that_are_texts(remark: str) -> None:
    assert found(tables(remark), "erased/visits") == {"user_id": 1}
    assert found(tables(remark.replace("1070", "1072")), "erased/visits") == {}


def test_a_number_within_an_id_accuses_nobody() -> None:
    data = tables("patient rec-1070-org called", of=TEXT, patients=[patient(TEXT)], requests=[request(who="1070")])
    for check in ("erased/patients", "erased/visits", "erased/*"):
        assert found(data, check) == {}, check


@pytest.mark.parametrize("column", ["patient", "person", "k2"])
@pytest.mark.parametrize("gone", [TEXT, 2001070])
def test_what_no_contract_declares_is_searched_for_whole_ids(column: str, gone: Any) -> None:
    living, kind = (LIVING, "string") if gone == TEXT else (2001071, "integer")
    data = tables(of=living, patients=[patient(living)], requests=[request(who=str(gone))])
    for value, problems in ((gone, {"user_id": 1}), (living, {})):
        old = {"old": pa.table({"note": ["kept"], column: [value]})}
        assert found(data | old, "erased/*", key=kind) == problems
        visits = data["visits"].append_column(column, pa.array([value]))
        assert found(data | {"visits": visits}, "erased/visits", key=kind) == problems


def test_a_company_s_own_word_announces_an_id() -> None:
    asked, people = [request(who="2001070")], [patient(2001071)]
    for remark, problems in (("patient 2001070 called", {"user_id": 1}), ("invoice 2001070", {})):
        data = tables(remark, of=2001071, patients=people, requests=asked)
        assert found(data, "erased/visits", key="integer") == problems


@pytest.mark.parametrize(("living", "key"), [(LIVING, "string"), (2001071, "integer")])
def test_a_page_of_a_patient_leads_to_them(living: Any, key: str) -> None:
    for page, problems in ((f"/patients/{living}/file", {"user_key": 1}), ("/patients/2001072/file", {})):
        data = tables(of=living, patients=[patient(living)], page=page)
        assert found(data, "unlinkable/views", key=key) == problems


def test_where_ids_are_not_looked_for_in_texts_nothing_passes() -> None:
    seen = Seen(tables(of="a/8", patients=[patient("a/8")], requests=[request(who="a/7")]), made())
    for check in ("erased/visits", "erased/*", "unlinkable/views"):
        assert seen.verdict(check) == (Verdict.NOT_EVALUATED, Reason.INCOMPLETE), check
    assert Seen(tables(), made()).verdict("erased/visits")[0] is Verdict.PASSED


@pytest.mark.parametrize("remark", ["call +46 70 174 99 99", "ring 070-1749999"])
def test_numbers_of_the_policy_s_regions_are_searched_for(remark: str) -> None:
    data = tables(remark, requests=[request(tel=token(SWEDISH))])
    assert found(data, "erased/visits", regions=("SE",)) == {"phone_number": 1}
    assert found(tables(), "erased/visits", regions=("SE",)) == {}


OTTO = patient(email=EMAIL.title(), phone="070-174 99 99")


@pytest.mark.parametrize(
    ("exported", "problems"), [(1, {}), (0, {"incomplete_export": 1}), (2, {"excessive_export": 1})]
)
@pytest.mark.parametrize("address", [EMAIL, SWEDISH])
def test_rows_with_tokens_of_values_in_the_clear_belong_to_an_export(
    address: str, exported: int, problems: dict[str, int]
) -> None:
    held = {"patients": 1, "visits": 1, "mails": exported}
    asked = [request("access", LIVING)]
    data = tables(patients=[OTTO], requests=asked, items=held, mails=[token(address), token("maria@mail.example")])
    targets = ("patients.email", "patients.phone")
    assert found(data, "access/subject_requests", mails=targets, regions=("SE",)) == problems
