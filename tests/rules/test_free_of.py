"""Kind `free_of`: a row that holds what must not be is counted once, wherever and however it holds it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from governance.results import Reason, RowReference, Verdict
from governance.sources import BatchSource
from tests.detection.conftest import with_check_digit
from tests.rules.conftest import CARD, KEYS, USERS, Seen, column, contract, emptied, policy, users

HELD: dict[str, Any] = {
    "text": pa.array(["x", CARD]),
    "large text": pa.array(["x", CARD], pa.large_string()),
    "view": pa.array(["x", CARD], pa.string_view()),
    "bytes": pa.array([b"x", CARD.encode()]),
    "fixed bytes": pa.array([b"x" * 16, CARD.encode()], pa.binary(16)),
    "integer": pa.array([1, int(CARD)]),
    "unsigned": pa.array([1, int(CARD)], pa.uint64()),
    "float": pa.array([1.5, float(CARD)]),
    "decimal": pa.array([Decimal(1), Decimal(CARD)]),
    "dictionary": pa.array(["x", CARD]).dictionary_encode(),
    "list": pa.array([[], ["x", CARD]]),
    "struct": pa.array([{"a": "x"}, {"a": CARD}]),
    "map": pa.array([[], [("a", CARD)]], pa.map_(pa.string(), pa.string())),
    "json": pa.array(["{}", f'{{"pan": "{CARD}"}}']),
    "persian": pa.array(["x", CARD.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))]),
}


@pytest.mark.parametrize("values", HELD.values(), ids=HELD)
@pytest.mark.parametrize("place", ["name", "extra"])
def test_a_card_number_is_found_in_a_column_of_any_type_declared_or_not(values: pa.Array, place: str) -> None:
    found = Seen(users(["x", "y"], **{place: values}))
    name = f"free/users/{place}" if place == "name" else "free/users/*"
    assert found[name].problems == (("payment_card_number", 1),)
    assert found[name].rows == (RowReference(KEYS.reference("users", "1"), "payment_card_number", "users"),)
    assert found.verdict(name) == (Verdict.FAILED, Reason.VIOLATED)


def test_a_row_counts_once_under_its_gravest_kind() -> None:
    found = Seen(users(["x", None], a=[f"{CARD} {CARD}", "x"], b=["IR820540102680020817909002", "x"]))["free/users/*"]
    assert (found.examined, found.violations) == (2, 1)
    assert found.problems == (("payment_card_number", 1),)


def test_a_rounded_number_is_counted_to_review() -> None:
    found = Seen(users(["x"], extra=pa.array([6.03799e15], pa.float32())))
    assert found["free/users/*"].review == 1
    assert found.verdict("free/users/*")[0] is Verdict.PASSED


@pytest.mark.parametrize("keys", [KEYS, None])
@pytest.mark.parametrize(
    ("ids", "named"), [([7, 8], 2), ([None, 8], 1), ([None, None], 0), (["7", "7"], 2), ([b"\xff", b"a"], 1)]
)
def test_rows_are_named_where_there_is_a_key_of_both_kinds(keys: Any, ids: list[Any], named: int) -> None:
    found = Seen(users([CARD, CARD], ids), keys=keys)["free/users/name"]
    assert found.violations == 2
    assert len(found.rows) == (named if keys else 0)


def test_rows_without_a_primary_key_are_counted() -> None:
    keyless = contract("users", *USERS.columns, key="")
    found = Seen(users([CARD, CARD]), policy(keyless))["free/users/name"]
    assert (found.violations, found.rows) == (2, ())


def test_references_do_not_depend_on_the_type_of_the_key() -> None:
    rows = [Seen(users([CARD], ids))["free/users/name"].rows for ids in ([7], ["7"], [7.0], [Decimal(7)])]
    assert len(set(rows)) == 1


def test_a_missing_column_and_no_rows_are_not_evaluated() -> None:
    assert Seen({"users": pa.table({"id": [1]})}).verdict("free/users/name")[1] is Reason.MISSING_COLUMN
    assert Seen(users([])).verdict("free/users/name") == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    assert Seen(users([]), policy(emptied(USERS))).verdict("free/users/name")[1] is Reason.DECLARED_EMPTY


def test_an_undeclared_table_is_read_whole_and_counted_once() -> None:
    other = pa.table({"a": ["x", CARD, CARD], "b": [1, 2, 3]})
    found = Seen({**users(["x"]), "backup": other, "clean": pa.table({"a": [1]})})["free/*"]
    assert (found.examined, found.violations, found.unit) == (3, 1, "tables")
    assert dict(found.facts) == {"rows_hit": 2, "rows_read": 4}


WHOLE: dict[str, tuple[dict[str, list[Any]], str]] = {
    "cards of an unknown bank": (
        {"a": [with_check_digit(f"59999900000{n:04}") for n in range(40)]},
        "column_of_card_numbers",
    ),
    "a name that says code": ({"cvv2": ["e3b0c4", "98fc1c"]}, "column_named_for_card_code"),
    "two halves": (
        {"a": [CARD[:8]] * 8, "b": [with_check_digit(f"{CARD[:8]}000{n:04}")[8:] for n in range(8)]},
        "card_number_in_two_columns",
    ),
}


@pytest.mark.parametrize(("columns", "problem"), WHOLE.values(), ids=WHOLE)
def test_the_columns_of_an_undeclared_table_are_judged_as_wholes_too(columns: dict[str, Any], problem: str) -> None:
    found = Seen({**users(["x"]), "backup": pa.table(columns)})["free/*"]
    assert (found.violations, found.names) == (1, ("backup",))
    assert problem in dict(found.problems)


def test_ids_in_an_undeclared_table_are_no_cards() -> None:
    ids = pa.table({"a": [f"59999900000{n:05}" for n in range(400)], "b": [12345678] * 400, "codes": ["x"] * 400})
    found = Seen({**users(["x"]), "backup": ids})["free/*"]
    assert (found.violations, found.problems) == (0, ())


def test_a_name_that_is_a_card_number_is_a_violation_even_without_rows() -> None:
    assert Seen(users([], **{CARD: []})).verdict("free/users/*")[0] is Verdict.FAILED
    assert Seen({**users(["x"]), "other": pa.table({CARD: ["x"]})}).verdict("free/*")[0] is Verdict.FAILED
    assert Seen({**users(["x"]), CARD: pa.table({"x": ["x"]})}).verdict("free/*")[0] is Verdict.FAILED


def test_a_declared_column_outside_the_rules_types_belongs_to_the_rest() -> None:
    made = policy(contract("users", column("id", "integer"), column("at", "timestamp")))
    found = Seen({"users": pa.table({"id": [1], "at": [CARD]})}, made)
    assert found.verdict("free/users/*")[0] is Verdict.FAILED


def test_a_table_that_loses_rows_while_it_is_read_is_refused() -> None:
    class Losing(BatchSource):
        def rows(self, table: str) -> int:
            return super().rows(table) + 1

    with pytest.raises(Exception, match="changed meanwhile"):
        Seen(Losing("users", users(["x"])["users"], USERS))
