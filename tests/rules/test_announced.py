"""Changes of the policy against the table of announcements: told in time, late, not at all, and told wrongly."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Clause, Policy, Version, Where
from governance.results import Reason, Verdict
from governance.rules.kinds.announced import Announced
from tests.rules.conftest import TEXT, Seen, column, contract, policy, rule

TABLE = contract(
    "announcements",
    *(column(name) for name in ("id", "policy_version", "clauses", "channel")),
    column("published_at", "timestamp"),
)
FIRST = Version("1", "2025-01-01", {"C-1": "a", "C-2": "b"}, TEXT)
SECOND = Version("2", "2025-06-10", {"C-1": "A", "C-2": "b", "C-3": "c"}, TEXT)
JUNE_9 = datetime(2025, 6, 9, 12, tzinfo=UTC)


def made(*history: Version, now: dict[str, str] | None = None, **parameters: Any) -> Policy:
    announced = rule("told", Announced(**parameters), Where(tables=("announcements",)))
    current = dict(history[-1].clauses) if now is None else now
    clauses = tuple(Clause(key, "1", TEXT, text) for key, text in current.items())
    return replace(policy(TABLE, rules=(announced,)), history=history, clauses=clauses)


def seen(rows: list[tuple[Any, ...]], rule_of: Policy, kind: pa.DataType | None = None) -> Seen:
    kinds = [pa.string(), kind or pa.list_(pa.string()), pa.string(), pa.timestamp("us", "UTC")]
    columns = {
        name: pa.array([row[n] for row in rows], kinds[n])
        for n, name in enumerate(("policy_version", "clauses", "channel", "published_at"))
    }
    return Seen({"announcements": pa.table({"id": [f"a{n}" for n in range(len(rows))], **columns})}, rule_of)


def problems(rows: list[tuple[Any, ...]], rule_of: Policy) -> Counter[str]:
    return Counter(dict(seen(rows, rule_of)["told/announcements"].problems))


TOLD = ("2", ["C-1", "C-3"], "page", JUNE_9)
BOTH = made(FIRST, SECOND)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([TOLD], {}),
        ([("2", ["C-1"], "page", JUNE_9), ("2", ["C-3"], "page", JUNE_9)], {}),
        ([("2", ["C-1", "C-3"], "page", datetime(2025, 6, 9, 23, 59, tzinfo=UTC))], {}),
        ([("2", ["C-1", "C-3"], "page", datetime(2025, 6, 10, tzinfo=UTC))], {"announced_late": 2}),
        ([("2", ["C-1", "C-3"], "page", datetime(2025, 6, 10, 23, 59, tzinfo=UTC))], {"announced_late": 2}),
        ([TOLD, ("2", ["C-1"], "page", datetime(2025, 7, 1, tzinfo=UTC))], {}),
        ([("2", ["C-1", "C-3"], "page", datetime(2025, 6, 11, tzinfo=UTC))], {"announced_late": 2}),
        ([("2", ["C-1"], "page", JUNE_9)], {"not_announced": 1}),
        ([], {"not_announced": 2}),
        ([("1", ["C-1"], "page", JUNE_9)], {"no_such_change": 1, "not_announced": 2}),
        ([TOLD, ("3", ["C-1"], "page", JUNE_9)], {"gap_unknown_version": 1}),
        ([TOLD, (None, ["C-1"], "page", JUNE_9)], {"gap_unknown_version": 1}),
        ([TOLD, ("2", [], "page", JUNE_9)], {"gap_no_clause": 1}),
        ([TOLD, ("2", None, "page", JUNE_9)], {"gap_no_clause": 1}),
        ([TOLD, ("2", ["C-1"], "page", None)], {"gap_no_date": 1}),
        ([TOLD, ("2", ["C-2"], "page", JUNE_9)], {"no_such_change": 1}),
    ],
)
def test_every_change_is_announced_before_the_day_it_takes_effect(
    rows: list[tuple[Any, ...]], expected: dict[str, int]
) -> None:
    assert problems(rows, BOTH) == expected


def test_a_notice_period_counts_back_from_the_effect() -> None:
    assert problems([TOLD], made(FIRST, SECOND, notice_days=1)) == {}
    assert problems([TOLD], made(FIRST, SECOND, notice_days=2)) == {"announced_late": 2}


def test_only_the_named_channels_count() -> None:
    assert problems([TOLD], made(FIRST, SECOND, channels=("page",))) == {}
    assert problems([TOLD], made(FIRST, SECOND, channels=("newspaper",))) == {"not_announced": 2}


def test_a_change_that_is_not_due_yet_may_still_be_announced() -> None:
    ahead = replace(SECOND, effective="2026-03-01")
    assert problems([], made(FIRST, ahead)) == {}


def test_a_text_that_no_version_records_is_a_gap_and_fails() -> None:
    found = seen([TOLD], made(FIRST, SECOND, now={"C-1": "changed", "C-2": "b"}))
    assert dict(found["told/announcements"].problems) == {"gap_unrecorded_change": 2}
    assert found.verdict("told/announcements") == (Verdict.FAILED, Reason.VIOLATED)


def test_a_policy_that_never_changed_is_compared_with_its_record() -> None:
    found = seen([], made(FIRST))
    assert found["told/announcements"].examined == 2
    assert found.verdict("told/announcements") == (Verdict.PASSED, Reason.HOLDS)


def test_wrong_announcements_are_referenced() -> None:
    evidence = seen([TOLD, ("9", ["C-1"], "page", JUNE_9)], BOTH)["told/announcements"]
    assert [row.problem for row in evidence.rows] == ["gap_unknown_version"]


@pytest.mark.parametrize("written", ['["C-1", "C-3"]', "C-1, C-3", "C-1 C-3"])
def test_clauses_may_be_written_out_as_text(written: str) -> None:
    found = seen([("2", written, "page", JUNE_9)], BOTH, pa.string())
    assert found.verdict("told/announcements") == (Verdict.PASSED, Reason.HOLDS)


def test_without_table_columns_or_times_nothing_is_evaluated() -> None:
    def reason(**columns: Any) -> Reason:
        found = Seen({"announcements": pa.table({"id": ["a"], **columns})}, BOTH)
        return found.verdict("told/announcements")[1]

    assert reason(policy_version=["2"]) is Reason.MISSING_COLUMN
    day = {"policy_version": ["2"], "clauses": [["C-1"]], "channel": ["page"]}
    assert reason(**day, published_at=["2025-06-01"]) is Reason.MISTYPED
    assert reason(**day, published_at=[datetime(2027, 1, 1, tzinfo=UTC)]) is Reason.IN_THE_FUTURE
