"""Kind `unlinkable`: no way from a visit to a person, declared or not, and nobody alone in the crowd."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from governance.encryption.keys import Keyring
from governance.policy import Policy, Where
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.kinds.unlinkable import Unlinkable
from tests.rules.conftest import KEYS, Seen, column, contract, policy, retold, rule

CHECK = "unlinkable/visits"
TOKEN = KEYS.token("+989121234567")
USERS = contract(
    "users",
    column("user_id", "integer", category="user.unique_id"),
    column("mobile", classification="restricted", plaintext="phone_number"),
    column("mobile_token", classification="confidential"),
)
ORDERS = contract(
    "orders", column("order_id", "integer"), column("user_id", "integer", references="users.user_id"), column("note")
)
BOOKS = contract("books", column("book_id", "integer"))
VISITS = contract(
    "visits",
    column("visit_id", "integer"),
    column("session_id"),
    column("page"),
    column("device"),
    column("browser"),
    column("duration", "integer"),
)
ROWS = 12


def made(visits: Any = VISITS, **more: Any) -> Policy:
    given: dict[str, Any] = {"k": 3, "columns": ("device", "browser")} | more
    parameters = Unlinkable(**given)
    return policy(USERS, ORDERS, BOOKS, visits, rules=(rule("unlinkable", parameters, Where(tables=("visits",))),))


def visits(**columns: list[Any]) -> dict[str, pa.Table]:
    """Three pages by each of four visits, all with the same device."""
    usual: dict[str, Any] = {
        "visit_id": list(range(ROWS)),
        "session_id": [f"v1{'abcd'[n // 3]}" for n in range(ROWS)],
        "page": ["/", "/search", "/book/1001"] * 4,
        "device": ["mobile"] * ROWS,
        "browser": ["Chrome"] * ROWS,
        "duration": list(range(90_000, 90_000 + ROWS)),
    }
    return {
        "users": pa.table(
            {"user_id": [100001, 100002, 90_001], "mobile": [None] * 3, "mobile_token": [TOKEN, None, None]}
        ),
        "orders": pa.table({"order_id": [20_000_001], "user_id": [100001], "note": ["all well"]}),
        "books": pa.table({"book_id": [1001]}),
        "visits": pa.table(usual | columns),
    }


def only(value: Any, row: int = 4) -> list[Any]:
    return [value if n == row else None for n in range(ROWS)]


def judged(tables: dict[str, pa.Table], made_policy: Policy | None = None, keys: Keyring | None = KEYS) -> Evidence:
    return Seen(tables, made_policy or made(), keys)[CHECK]


def test_visits_that_lead_nowhere_hold_and_show_the_sizes_of_the_smallest_groups() -> None:
    browsers = ["Chrome"] * 3 + ["Safari"] * 9
    found = Seen(visits(browser=browsers), made(k=1, columns=("device", "browser")))
    assert found.verdict(CHECK) == (Verdict.PASSED, Reason.HOLDS)
    assert {name: count for name, count in found[CHECK].facts if ":" not in name} == {
        "visits_counted": 4, "groups": 2, "groups_below_k": 0, "smallest_group": 1, "second_smallest_group": 3,
    }  # fmt: skip


def test_a_measured_number_leads_nowhere_though_its_file_holds_texts() -> None:
    texts = [str(duration) for duration in range(90_000, 90_000 + ROWS)]  # 90,001 is somebody's key as well
    assert judged(visits(duration=texts)) == judged(visits())
    assert not judged(visits()).violations


def test_a_text_where_a_number_is_declared_is_searched() -> None:
    assert judged(visits(duration=only("user 100001"))).problems == (("user_key", 1),)


def test_a_row_with_a_key_of_a_person_is_named() -> None:
    found = judged(visits(owner=only("100001")))
    assert (found.problems, found.columns) == ((("user_key", 1),), (("owner", 1),))
    assert found.rows == (RowReference(KEYS.reference("visits", "4"), "user_key"),)


@pytest.mark.parametrize(
    ("columns", "problem", "count"),
    [
        ({"owner": only(100001)}, "user_key", 1),
        ({"user_id": only("nobody's")}, "user_key", 1),
        ({"User_ID": [7] * ROWS}, "user_key", ROWS),
        ({"page": ["/"] * 11 + ["100002"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["/users/100002/orders"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["/list?uid=100001&x=1"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["/profile/۱۰۰۰۰۱"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["/user%2F100001"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["کاربر: ۱۰۰۰۰۱"]}, "user_key", 1),
        ({"tag": only(TOKEN)}, "person_token", 1),
        ({"page": ["/"] * 11 + [f"/mail/open?t={TOKEN}"]}, "person_token", 1),
        ({"ref": only("20000001")}, "joinable_id", 1),
        ({"ref": only(20_000_001)}, "joinable_id", 1),
    ],
)
def test_whatever_leads_to_a_person_is_found(columns: dict[str, Any], problem: str, count: int) -> None:
    assert judged(visits(**columns)).problems == ((problem, count),)


@pytest.mark.parametrize(
    "columns",
    [
        {"page": ["/"] * 11 + ["/users/200001"]},
        {"page": ["/"] * 11 + ["/book/100001"]},
        {"page": ["/"] * 11 + ["/users/1000019"]},
        {"page": ["/"] * 11 + ["/superusers100001"]},
        {"ref": only("1001")},
        {"ref": only(TOKEN[:-1])},
        # 90001 is somebody's key and somebody else's duration.
        {"duration": [*range(90_001, 90_001 + ROWS)]},
    ],
)
def test_what_only_looks_like_a_key_leads_nowhere(columns: dict[str, Any]) -> None:
    assert judged(visits(**columns)).violations == 0


def test_whole_cells_need_no_keys() -> None:
    assert judged(visits(tag=only(TOKEN)), keys=None).problems == (("person_token", 1),)


@pytest.mark.parametrize(
    ("references", "problem"),
    [("users.user_id", "user_key"), ("orders.order_id", "joinable_id"), ("books.book_id", "")],
)
def test_a_contract_that_calls_a_column_a_reference_is_believed(references: str, problem: str) -> None:
    linked = replace(VISITS, columns=(*VISITS.columns, column("of", "integer", references=references)))
    found = judged(visits(of=only(999)), made(linked))
    assert found.problems == (((problem, 1),) if problem else ())


def test_a_declared_token_is_a_token_whosever_it_is() -> None:
    linked = replace(VISITS, columns=(*VISITS.columns, column("who_token", classification="confidential")))
    assert judged(visits(who_token=only("ab" * 32)), made(linked)).problems == (("person_token", 1),)


@pytest.mark.parametrize("place", ["note", "undeclared"])
def test_a_session_that_stands_in_another_table_leads_there(place: str) -> None:
    data = visits()
    held = data["orders"].drop_columns(["note"]) if place == "note" else data["orders"]
    data["orders"] = held.append_column(place, pa.array(["v1b"]))
    assert judged(data).problems == (("shared_session", 3),)
    data = visits() | {"audit": pa.table({"entry": ["v1b"]})}
    assert judged(data).problems == (("shared_session", 3),)


def test_a_combination_of_too_few_visits_is_found_by_visits_not_by_rows() -> None:
    browsers = ["Chrome"] * 6 + ["Lynx"] * 6
    found = judged(visits(browser=browsers))
    assert found.problems == (("rare_combination", ROWS),)
    assert dict(found.facts) == {
        "visits_counted": 4,
        "groups": 2,
        "groups_below_k": 2,
        "smallest_group": 2,
        "second_smallest_group": 2,
        "k:2-4": 2,
    }
    assert judged(visits(browser=browsers), made(k=2)).violations == 0


def test_without_sessions_rows_are_counted_and_an_empty_cell_is_a_value() -> None:
    browsers = ["Chrome"] * 10 + [None] * 2
    bare = replace(VISITS, columns=tuple(c for c in VISITS.columns if c.name != "session_id"))
    data = visits(browser=browsers)
    data["visits"] = data["visits"].drop_columns(["session_id"])
    assert judged(data, made(bare)).problems == (("rare_combination", 2),)


def test_rows_without_a_session_are_one_visit_together() -> None:
    data = visits(session_id=[None] * ROWS)
    assert judged(data).problems == (("rare_combination", ROWS),)


def test_a_row_counts_once_for_the_gravest() -> None:
    browsers = ["Chrome"] * 11 + ["Lynx"]
    found = judged(visits(browser=browsers, owner=only("100001", 11), tag=only(TOKEN, 11)))
    assert (found.problems, found.columns) == ((("user_key", 1),), (("owner", 1), ("tag", 1)))


def test_columns_stored_as_dictionaries_are_read_alike() -> None:
    data = visits(owner=only("100001"), page=["/"] * 11 + ["/users/100002"])
    table = data["visits"]
    for name in ("owner", "page", "session_id", "device"):
        table = table.set_column(table.schema.names.index(name), name, table[name].dictionary_encode())
    assert judged(data | {"visits": table}).problems == (("user_key", 2),)


def test_keys_that_are_texts_are_compared_as_texts() -> None:
    data = visits(page=["/"] * 12, owner=only("u-7"))
    data["users"] = pa.table({"user_id": ["u-7"], "mobile": [None], "mobile_token": pa.nulls(1, pa.string())})
    data["orders"] = data["orders"].set_column(1, "user_id", pa.array(["u-7"]))
    usual = made()
    assert judged(data, retold(usual, _in_texts)).problems == (("user_key", 1),)
    # Keys that are no numbers where the contract says so cannot be compared.
    assert Seen(data, usual).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISTYPED)


def _in_texts(one: Any) -> Any:
    return replace(one, logical_type="string") if one.name == "user_id" else one


def test_what_cannot_be_compared_is_not_evaluated() -> None:
    data = visits()
    less = data | {"visits": data["visits"].drop_columns(["device"])}
    assert Seen(less, made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)
    alone = Seen({"visits": data["visits"]}, made())
    assert alone.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)
    assert alone[CHECK].lacks == ("users",)
    empty = data | {"visits": data["visits"].slice(0, 0)}
    assert Seen(empty, made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
