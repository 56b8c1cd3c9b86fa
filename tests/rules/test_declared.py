"""Kind `declared`: what no contract names is found, named, and withheld where its name is a finding."""

from __future__ import annotations

import pyarrow as pa

from governance.results import Reason, Verdict
from governance.sources import BatchSource
from tests.rules.conftest import CARD, USERS, Seen, emptied, policy, users


def test_a_table_that_its_contract_describes_passes() -> None:
    assert Seen(users(["x"])).verdict("declared/users") == (Verdict.PASSED, Reason.HOLDS)


def test_an_undeclared_column_fails_and_is_named() -> None:
    found = Seen(users(["x"], extra=[1], other=[2]))
    assert found.verdict("declared/users")[0] is Verdict.FAILED
    assert found["declared/users"].names == ("extra", "other")
    assert found["declared/users"].problems == (("undeclared_column", 2),)
    assert found["declared/users"].unit == "columns"


def test_a_name_that_is_a_card_number_is_counted_and_withheld() -> None:
    found = Seen({**users(["x"], **{CARD: [1]}), f"t{CARD}": pa.table({"a": [1]})})
    assert found["declared/users"].names == ("(name withheld)",)
    assert found["declared/*"].names == ("(name withheld)",)
    assert CARD not in repr(found.evidence)


def test_a_missing_column_leaves_the_promise_unproven() -> None:
    assert Seen({"users": pa.table({"id": [1]})}).verdict("declared/users") == (
        Verdict.NOT_EVALUATED,
        Reason.MISSING_COLUMN,
    )


def test_an_undeclared_column_fails_even_where_another_is_missing_or_no_row_is() -> None:
    assert Seen({"users": pa.table({"x": [1]})}).verdict("declared/users")[0] is Verdict.FAILED
    assert Seen(users([], extra=[])).verdict("declared/users")[0] is Verdict.FAILED


def test_an_empty_table_passes_only_where_its_contract_says_so() -> None:
    assert Seen(users([])).verdict("declared/users") == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    allowed = Seen(users([]), policy(emptied(USERS)))
    assert allowed.verdict("declared/users") == (Verdict.PASSED, Reason.DECLARED_EMPTY)


def test_an_undeclared_table_fails_and_is_named() -> None:
    found = Seen({**users(["x"]), "backup_2025": pa.table({"a": [1]})})
    assert found["declared/*"].names == ("backup_2025",)
    assert found["declared/*"].examined == 2
    assert Seen(users(["x"])).verdict("declared/*") == (Verdict.PASSED, Reason.HOLDS)


def test_a_lone_batch_says_nothing_of_other_tables() -> None:
    found = Seen(BatchSource("users", users(["x"])["users"], USERS))
    assert found.verdict("declared/users")[0] is Verdict.PASSED
    for name in ("declared/*", "free/*", "auth/*", "auth/users/name"):
        assert found.verdict(name) == (Verdict.ERROR, Reason.NEEDS_TABLES)
