"""Kind `fulfilled`: to the moment in time, and done as it was asked; what cannot be compared is never fulfilled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from governance.encryption.keys import Keyring
from governance.policy import Policy, Where
from governance.policy.contracts import ForeignKey
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.kinds.erased import Erased
from governance.rules.kinds.fulfilled import Fulfilled
from tests.rules.conftest import AS_OF, KEYS, Seen, column, contract, policy, rule

T = datetime(2025, 6, 10, 12, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
MOMENT = pa.timestamp("us", "UTC")
MOBILE, NEW_MOBILE, NAME = "+989121234567", "+989350000000", "سارا احمدی"
CHECK = "done/subject_requests"
token = KEYS.token

USERS = replace(
    contract(
        "users",
        column("user_id", "integer", category="user.unique_id"),
        column("name", classification="confidential"),
        column("mobile", classification="restricted", plaintext="phone_number"),
        column("mobile_token", classification="confidential"),
        column("registered_at", "timestamp"),
    ),
    event_time="registered_at",
)
ORDERS = replace(
    contract(
        "orders",
        column("order_id", "integer"),
        column("user_id", "integer", references="users.user_id"),
        column("at", "timestamp"),
    ),
    event_time="at",
    append_only="kept by law",
)
MESSAGES = contract("messages", column("message_id", "integer"), column("address_token", classification="confidential"))
BOOKS = contract("books", column("book_id", "integer"))
REQUESTS = contract(
    "subject_requests",
    *(column(n) for n in ("request_id", "right")),
    *(column(f"{n}_token", classification="confidential") for n in ("id", "mobile", "old", "new")),
    column("field"),
    *(column(n, "timestamp") for n in ("received_at", "answered_at", "fulfilled_at")),
    column("outcome"),
)
ITEMS = contract(
    "export_items",
    column("item_id", "integer"),
    column("request_id"),
    column("subject_token", classification="confidential"),
    column("table_name"),
    column("row_count", "integer"),
)
CONTRACTS = (USERS, ORDERS, MESSAGES, BOOKS, REQUESTS, ITEMS)
Row = dict[str, Any]


def made(right: str = "access", days: int = 30, contracts: Iterable[Any] = CONTRACTS) -> Policy:
    where = Where(tables=("subject_requests",))
    return policy(*contracts, rules=(rule("done", Fulfilled(right, days), where),))


def request(right: str = "access", **changes: Any) -> Row:
    row: Row = {"request_id": "r1", "right": right, "id_token": token("user:7"), "mobile_token": token(MOBILE)}
    row |= dict.fromkeys(("old_token", "new_token", "field"))
    times = {"received_at": T, "answered_at": T + DAY, "fulfilled_at": T + 2 * DAY}
    return row | times | {"outcome": "fulfilled"} | changes


def item(table: str, count: int = 1, **changes: Any) -> Row:
    return {"request_id": "r1", "subject_token": token("user:7"), "table_name": table, "row_count": count} | changes


WHOLE = (item("users"), item("orders", 2), item("messages"))


def person(**changes: Any) -> Row:
    row = {"user_id": 7, "name": NAME, "mobile": "enc:v1:…", "mobile_token": token(MOBILE)}
    return row | {"registered_at": T - 100 * DAY} | changes


def table(made_contract: Any, rows: Iterable[Row]) -> pa.Table:
    kinds = {"timestamp": MOMENT, "integer": pa.int64()}
    names = {c.name: kinds.get(c.logical_type, pa.string()) for c in made_contract.columns}
    return pa.Table.from_pylist(list(rows), pa.schema(list(names.items())))


def tables(
    requests: Iterable[Row] = (request(),), items: Iterable[Row] = WHOLE, users: Iterable[Row] = (person(),)
) -> dict[str, pa.Table]:
    orders = [(1, 7, T - DAY), (2, 7, T + 2 * DAY), (3, 7, T + 2 * DAY + TICK), (4, 8, T - DAY)]
    other = person(user_id=8, mobile_token=token("+989351111111"), name="علی رضایی")
    messages = [(1, token(MOBILE)), (2, token("+989351111111")), (3, None)]
    return {
        "users": table(USERS, [*users, other]),
        "orders": table(ORDERS, [{"order_id": o, "user_id": u, "at": at} for o, u, at in orders]),
        "messages": table(MESSAGES, [{"message_id": m, "address_token": t} for m, t in messages]),
        "books": table(BOOKS, [{"book_id": 1}]),
        "subject_requests": table(REQUESTS, requests),
        "export_items": table(ITEMS, [row | {"item_id": n} for n, row in enumerate(items)]),
    }


def judged(data: dict[str, pa.Table], keys: Keyring | None = KEYS, **parameters: Any) -> Evidence:
    return Seen(data, made(**parameters), keys)[CHECK]


def problems(*requests: Row, **parameters: Any) -> dict[str, int]:
    return dict(judged(tables(requests, ()), **{"right": "objection"} | parameters).problems)


def test_a_request_that_was_done_in_time_and_as_asked_holds() -> None:
    found = Seen(tables(), made())
    assert found.verdict(CHECK) == (Verdict.PASSED, Reason.HOLDS)
    assert dict(found[CHECK].facts) == {"open_requests": 0, "verified": 1, "unverifiable": 0, "day:2": 1}


@pytest.mark.parametrize("together", [False, True])
def test_a_table_that_leads_to_people_by_way_of_another_leaves_exports_unproven(*, together: bool) -> None:
    order = column("order", "integer", references="" if together else "orders.order_id")
    parcels = contract("parcels", column("parcel_id", "integer"), order, column("owner", "integer"))
    if together:
        parcels = replace(parcels, composites=(ForeignKey(("order", "owner"), "orders", ("order_id", "user_id")),))
    far = pa.table({"parcel_id": [1], "order": [1], "owner": [1]})
    for items in (WHOLE, (*WHOLE, item("parcels", 3))):
        found = Seen(tables(items=items) | {"parcels": far}, made(contracts=(*CONTRACTS, parcels)))
        assert (found[CHECK].violations, found[CHECK].lacks) == (0, ("parcels",))
        assert found.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.INCOMPLETE)


OPEN: Row = {"answered_at": None, "fulfilled_at": None, "outcome": "open"}
ANSWERED: Row = {"fulfilled_at": None, "outcome": "answered"}


@pytest.mark.parametrize(
    ("changes", "problem", "answered"),
    [
        ({}, "", ""),
        ({"fulfilled_at": T + 30 * DAY}, "", ""),
        ({"fulfilled_at": T + 30 * DAY + TICK}, "late", ""),
        ({"answered_at": T + 31 * DAY, "fulfilled_at": T + 32 * DAY}, "late", "late"),
        ({**OPEN, "received_at": AS_OF - 30 * DAY}, "", ""),
        ({**OPEN, "received_at": AS_OF - 30 * DAY - TICK}, "overdue", "overdue"),
        ({**ANSWERED, "received_at": AS_OF - 29 * DAY, "answered_at": AS_OF}, "", ""),
        (ANSWERED, "answered_not_fulfilled", ""),
        ({**ANSWERED, "received_at": AS_OF - DAY, "answered_at": AS_OF, "outcome": "fulfilled"},
         "answered_not_fulfilled", ""),
        ({"answered_at": T - TICK}, "before_received", "before_received"),
        ({"fulfilled_at": T - TICK}, "before_received", "before_received"),
        ({"answered_at": T, "fulfilled_at": T}, "", ""),
        ({"answered_at": None}, "", ""),
        ({"answered_at": None, "fulfilled_at": T + 30 * DAY + TICK}, "late", "late"),
        ({"received_at": None}, "gap_undated", "gap_undated"),
    ],
)  # fmt: skip
def test_deadlines_hold_to_the_moment(changes: Row, problem: str, answered: str) -> None:
    asked = request("objection", **changes)
    assert problems(asked) == ({problem: 1} if problem else {})
    assert problems(asked, right="any") == ({answered: 1} if answered else {})


def test_a_leap_day_is_a_day() -> None:
    received = datetime(2024, 2, 28, 12, tzinfo=UTC)
    for done, late in ((datetime(2024, 2, 29, 12, tzinfo=UTC), False), (datetime(2024, 3, 1, tzinfo=UTC), True)):
        asked = request("objection", received_at=received, answered_at=received, fulfilled_at=done)
        assert bool(problems(asked, days=1)) is late


def test_a_number_that_stands_twice_is_told_once() -> None:
    twice = [request("objection"), request("objection"), request("objection", request_id="r2")]
    found = judged(tables(twice, ()), right="any")
    assert (found.examined, found.problems) == (3, (("duplicate_request", 1),))
    assert found.rows == (
        RowReference(KEYS.reference("subject_requests", "r1"), "duplicate_request", "subject_requests"),
    )
    # Under two rights it is seen where all are looked at.
    both = [request("objection"), request("erasure")]
    assert problems(*both) == {}
    assert problems(*both, right="any") == {"duplicate_request": 1}


@pytest.mark.parametrize("right", ["portability", "", None])
def test_a_right_that_nobody_knows_is_a_gap(right: str | None) -> None:
    assert problems(request(right), right="any") == {"gap_unknown_right": 1}  # type: ignore[arg-type]
    assert problems(request(" Objection "), right="any") == {}


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ((), "incomplete_export"),
        (WHOLE[1:], "incomplete_export"),
        ((*WHOLE[:2], item("messages", 0)), "incomplete_export"),
        ((item("users"), item("orders", 1), item("messages")), "incomplete_export"),
        ((item("users"), item("orders", 3), item("messages")), "excessive_export"),
        ((*WHOLE, item("orders", 1)), "excessive_export"),
        ((*WHOLE, item("books", 1)), "excessive_export"),
        ((item("users", 2), *WHOLE[1:]), "excessive_export"),
        ((*WHOLE, item("books", 0)), ""),
        ((item("users"), item("orders", 1), item("orders", 1), item("messages")), ""),
        ((*WHOLE[:2], item("messages", subject_token=token("user:8"))), "foreign_subject"),
        ((*WHOLE[:2], item("messages", subject_token=None)), "foreign_subject"),
    ],
)
def test_an_export_is_complete_and_of_the_subject_only(items: tuple[Row, ...], problem: str) -> None:
    found = judged(tables(items=items))
    assert found.problems == (((problem, 1),) if problem else ())
    assert [row.reference for row in found.rows] == [KEYS.reference("subject_requests", "r1")] * bool(problem)


def test_what_may_have_been_deleted_since_accuses_nobody_and_proves_nothing() -> None:
    """A row too many of a table from which rows may go, beside one that is complete."""
    right = request(request_id="r2")
    more = (*WHOLE[:2], item("messages", 5), *(row | {"request_id": "r2"} for row in WHOLE))
    found = Seen(tables([request(), right], more), made())
    assert found.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.INCOMPLETE)
    facts = dict(found[CHECK].facts)
    assert (found[CHECK].violations, facts["verified"], facts["unverifiable"]) == (0, 1, 1)
    assert found[CHECK].lacks == ("messages",)
    # Too little stays too little, and a row too many of what is kept stays one.
    assert judged(tables(items=(item("users"), item("orders", 1), item("messages", 5)))).problems == (
        ("incomplete_export", 1),
    )
    assert judged(tables(items=(item("users"), item("orders", 3), item("messages", 5)))).problems == (
        ("excessive_export", 1),
    )
    lasting = [replace(one, append_only="never") if one is MESSAGES else one for one in CONTRACTS]
    assert dict(Seen(tables([request(), right], more), made(contracts=lasting))[CHECK].problems) == {
        "excessive_export": 1
    }


def test_an_export_that_nobody_asked_for_is_a_gap_of_its_own() -> None:
    data = tables(items=(*WHOLE, item("users", request_id="r9"), item("users", request_id=None)))
    found = judged(data)
    assert found.problems == (("gap_unknown_request", 2),)
    assert RowReference(KEYS.reference("export_items", "3"), "gap_unknown_request", "export_items") in found.rows
    assert {row.table for row in found.rows if row.reference == KEYS.reference("export_items", "3")} == {"export_items"}
    assert problems(request("access"), right="access") == {"incomplete_export": 1}


def test_who_is_nobody_is_a_gap_unless_they_were_erased_since() -> None:
    stranger = request(id_token=token("user:99"))
    items = [row | {"subject_token": token("user:99")} for row in WHOLE]
    assert judged(tables([stranger], items)).problems == (("gap_unknown_subject", 1),)
    gone = request("erasure", request_id="r2", id_token=token("user:99"))
    found = judged(tables([stranger, gone], items))
    assert (found.violations, dict(found.facts)["unverifiable"]) == (0, 1)


WISHES = replace(
    contract(
        "wishes",
        column("wish_id", "integer"),
        column("address_token", classification="confidential"),
        column("at", "timestamp"),
    ),
    event_time="at",
    append_only="kept as proof",
)
THEN = replace(WISHES, append_only="")


def wished(*rows: tuple[str, datetime], items: int, changes: Iterable[Row] = (), keeps: Any = WISHES) -> dict[str, int]:
    """The problems of an export that says so many wishes."""
    held = [{"wish_id": n, "address_token": token(value), "at": at} for n, (value, at) in enumerate(rows)]
    data = tables([request(), *changes], (*WHOLE, item("wishes", items))) | {"wishes": table(WISHES, held)}
    found = Seen(data, made(contracts=(*CONTRACTS, keeps)))
    problems = dict(found[CHECK].problems)
    return problems or {found.verdict(CHECK)[1].value: 0}


HOLDS, OPEN_QUESTION = {"holds": 0}, {Reason.INCOMPLETE.value: 0}
FORMER = "+989354444444"


@pytest.mark.parametrize("changed_at", [T + DAY, T + 5 * DAY])
def test_a_wish_at_a_former_address_is_part_of_an_export_before_and_after_the_change(changed_at: datetime) -> None:
    change = put_right("mobile", MOBILE, old_token=token(FORMER), request_id="r2", fulfilled_at=changed_at)
    early = (FORMER, T - 2 * DAY)
    assert wished(early, items=1, changes=[change]) == HOLDS
    assert wished(early, items=0, changes=[change]) == {"incomplete_export": 1}
    assert wished(early, items=2, changes=[change]) == {"excessive_export": 1}
    # What was written anew counts by the new token; somebody else's change says nothing.
    assert wished((MOBILE, T - 2 * DAY), early, items=2, changes=[change]) == HOLDS
    other = change | {"id_token": token("user:8"), "mobile_token": None}
    assert wished(early, items=1, changes=[other]) == {"excessive_export": 1}
    undone = change | {"fulfilled_at": None, "answered_at": None, "received_at": AS_OF, "outcome": "open"}
    assert wished(early, items=1, changes=[undone]) == {"excessive_export": 1}


def test_a_former_address_that_may_be_somebody_elses_is_no_must() -> None:
    change = put_right("mobile", MOBILE, old_token=token(FORMER), request_id="r2", fulfilled_at=T + DAY)
    # After the change, whoever has it may have wished; before it, the subject did.
    late = (FORMER, T + DAY + TICK)
    for items in (0, 1):
        assert wished(late, items=items, changes=[change]) == HOLDS
    taken = "+989351111111"  # the other user's
    change |= {"old_token": token(taken)}
    for items in (0, 1):
        assert wished((taken, T - DAY), items=items, changes=[change]) == HOLDS
    # Two people had it put right.
    change |= {"old_token": token(FORMER)}
    second = change | {"request_id": "r3", "id_token": token("user:8"), "mobile_token": None}
    for items in (0, 1):
        assert wished((FORMER, T - DAY), items=items, changes=[change, second]) == HOLDS
    assert wished((FORMER, T - DAY), items=2, changes=[change], keeps=THEN) == OPEN_QUESTION


def test_an_address_that_came_back_counts_once() -> None:
    there = put_right("mobile", FORMER, old_token=token(MOBILE), request_id="r2", fulfilled_at=T)
    back = put_right("mobile", MOBILE, old_token=token(FORMER), request_id="r3", fulfilled_at=T + DAY)
    for changes in ([there, back], [back, there]):
        assert wished((MOBILE, T - DAY), (FORMER, T), (MOBILE, T + 2 * DAY), items=3, changes=changes) == HOLDS
        assert wished((MOBILE, T - DAY), items=2, changes=changes) == {"excessive_export": 1}


NOTHING = (item("users", 0), item("orders", 0), item("messages", 0))


@pytest.mark.parametrize(
    ("erased_at", "items", "problem"),
    [
        (T + 3 * DAY, WHOLE, ""),
        (T + 3 * DAY, (item("users"), item("orders", 0), item("messages", 9)), ""),
        (T + 3 * DAY, (), "incomplete_export"),
        (T + 3 * DAY, WHOLE[:2], "incomplete_export"),
        (T + 3 * DAY, NOTHING, "incomplete_export"),
        (T + 3 * DAY, (item("users", 2), *WHOLE[1:]), "excessive_export"),
        (T + 3 * DAY, (*WHOLE, item("books", 1)), "excessive_export"),
        (T + 3 * DAY, (*WHOLE[:2], item("messages", subject_token=token("user:8"))), "foreign_subject"),
        (T + DAY, NOTHING, ""),
        (T + DAY, NOTHING[1:], "incomplete_export"),
        (T + DAY, (item("users"), *NOTHING[1:]), "excessive_export"),
        (T + DAY, (*NOTHING[:1], item("orders", 5), NOTHING[2]), "excessive_export"),
        (T + DAY, (*NOTHING[:2], item("messages", 1)), "excessive_export"),
        # At one moment either may have come first.
        (T + 2 * DAY, NOTHING, ""),
        (T + 2 * DAY, WHOLE, ""),
    ],
)
def test_an_export_of_somebody_erased_holds_what_can_be_known(
    erased_at: datetime, items: tuple[Row, ...], problem: str
) -> None:
    mine = token("user:99")
    gone = request("erasure", request_id="r2", id_token=mine, fulfilled_at=erased_at)
    again = gone | {"request_id": "r3", "fulfilled_at": T + 9 * DAY}
    theirs = [row | {"subject_token": mine if row["subject_token"] == token("user:7") else "x"} for row in items]
    for asked in ([request(id_token=mine), gone, again], [again, gone, request(id_token=mine)]):
        found = judged(tables(asked, theirs))
        assert found.problems == (((problem, 1),) if problem else ())
        assert (dict(found.facts)["verified"], dict(found.facts)["unverifiable"]) == (0, int(not problem))


def test_what_an_erasure_keeps_may_be_exported_after_it() -> None:
    mine = token("user:99")
    gone = request("erasure", request_id="r2", id_token=mine, fulfilled_at=T)
    theirs = [row | {"subject_token": mine} for row in (*NOTHING[:2], item("messages", 1))]
    rules = (*made().rules, rule("gone", Erased(("messages",)), Where(tables=("users",))))
    found = Seen(tables([request(id_token=mine), gone], theirs), policy(*CONTRACTS, rules=rules))[CHECK]
    assert (found.violations, dict(found.facts)["unverifiable"]) == (0, 1)


def test_a_subject_without_look_up_tokens_is_known_by_the_id() -> None:
    assert judged(tables([request(mobile_token=None)])).violations == 0
    # The number is somebody else's by now; the id is what counts.
    moved = [person(mobile_token=None), person(user_id=9)]
    found = judged(tables(users=moved, items=(item("users"), item("orders", 2), item("messages", 0))))
    assert found.violations == 0


def put_right(field: str, new: str, **changes: Any) -> Row:
    change = {"field": field, "old_token": token("old"), "new_token": token(new)}
    return request("rectification", **change | changes)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (put_right("mobile", MOBILE), ""),
        (put_right("name", NAME), ""),
        (put_right("Mobile ", NEW_MOBILE), "new_value_missing"),
        (put_right("name", "سارا رضایی"), "new_value_missing"),
        (put_right("mobile", MOBILE, fulfilled_at=None, answered_at=None, received_at=AS_OF, outcome="open"), ""),
        (put_right("mobile", MOBILE, new_token=None), "gap_unknown_value"),
        (put_right("", MOBILE), "gap_unknown_value"),
        (put_right("mobile", MOBILE, id_token=token("user:99")), "gap_unknown_subject"),
    ],
)
def test_a_rectified_value_stands_in_the_record(asked: Row, problem: str) -> None:
    assert dict(judged(tables([asked], ()), right="rectification").problems) == ({problem: 1} if problem else {})


def test_the_erased_too_asked_for_a_known_field_and_a_value() -> None:
    gone = request("erasure", request_id="r2", id_token=token("user:99"), fulfilled_at=T + 5 * DAY)
    asked = put_right("mobile", NEW_MOBILE, id_token=token("user:99"))
    found = judged(tables([asked, gone], ()), right="rectification")
    assert (found.violations, dict(found.facts)["unverifiable"]) == (0, 1)
    for wrong in ({"new_token": None}, {"field": None}, {"field": "shoes"}):
        found = judged(tables([asked | wrong, gone], ()), right="rectification")
        assert (found.problems, dict(found.facts)["unverifiable"]) == ((("gap_unknown_value", 1),), 0)


def test_what_was_put_right_again_since_is_not_looked_for() -> None:
    first = put_right("mobile", NEW_MOBILE)
    second = put_right("mobile", MOBILE, request_id="r2", fulfilled_at=T + 3 * DAY)
    assert judged(tables([second, first], ()), right="rectification").violations == 0
    # So it is where the second was done too late.
    tardy = second | {"fulfilled_at": T + 31 * DAY}
    assert judged(tables([first, tardy], ()), right="rectification").problems == (("late", 1),)
    # What says no value replaces none.
    silent = second | {"new_token": None}
    found = judged(tables([first, silent], ()), right="rectification").problems
    assert found == (("gap_unknown_value", 1), ("new_value_missing", 1))


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        (((NAME, NEW_MOBILE), (NEW_MOBILE, MOBILE)), 0),
        (((NAME, MOBILE), (MOBILE, NEW_MOBILE)), 1),
        (((NAME, "x"), ("x", NEW_MOBILE), (NEW_MOBILE, MOBILE)), 0),
        # Nothing tells which came last.
        (((NEW_MOBILE, MOBILE), (MOBILE, NEW_MOBILE)), 0),
        (((NAME, MOBILE), ("x", NEW_MOBILE)), 0),
        (((NAME, "x"), ("x", NAME)), 2),
    ],
)
def test_of_changes_of_one_moment_each_follows_what_it_replaced(
    changes: tuple[tuple[str, str], ...], wrong: int
) -> None:
    asked = [put_right("mobile", new, old_token=token(old), request_id=f"r{n}") for n, (old, new) in enumerate(changes)]
    for order in (asked, asked[::-1]):
        found = judged(tables(order, ()), right="rectification")
        assert dict(found.problems) == ({"new_value_missing": wrong} if wrong else {})


def test_what_needs_keys_says_so_and_the_rest_is_judged_without() -> None:
    assert Seen(tables(), made(), keys=None).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
    asked = tables([put_right("mobile", MOBILE)], ())
    assert Seen(asked, made("rectification"), keys=None).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
    assert Seen(tables([request("erasure")], ()), made("erasure"), keys=None).verdict(CHECK)[0] is Verdict.PASSED
    foreign = tables(items=(*WHOLE, item("users", subject_token=token("user:8"))))
    assert judged(foreign, keys=None).problems == (("foreign_subject", 1),)


def test_nothing_asked_proves_nothing() -> None:
    assert Seen(tables([], ()), made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    assert Seen(tables([request("erasure")], ()), made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    allowed = [*CONTRACTS[:4], replace(REQUESTS, allow_empty="nobody asked yet"), ITEMS]
    assert Seen(tables([], ()), made(contracts=allowed)).verdict(CHECK) == (Verdict.PASSED, Reason.DECLARED_EMPTY)


def test_what_is_missing_is_not_evaluated_and_clocks_that_run_ahead_are_an_error() -> None:
    for name in ("export_items", "messages", "users"):
        less = {other: held for other, held in tables().items() if other != name}
        assert Seen(less, made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)
    less = tables()
    less["subject_requests"] = less["subject_requests"].drop_columns(["outcome"])
    found = Seen(less, made())
    assert found.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)
    assert found[CHECK].lacks == ("subject_requests.outcome",)
    ahead = tables([request("objection", fulfilled_at=AS_OF + TICK, received_at=AS_OF)], ())
    assert Seen(ahead, made("any")).verdict(CHECK)[0] is Verdict.FAILED
    ahead = tables([request("objection", received_at=AS_OF + TICK, **OPEN)], ())
    assert Seen(ahead, made("objection")).verdict(CHECK) == (Verdict.ERROR, Reason.IN_THE_FUTURE)
