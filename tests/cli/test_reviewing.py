"""A column of suspects is reviewed by its share in the data, bound to its declaration, for a year at most."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.cli.reviewing import review_column
from governance.errors import PolicyError, UsageError
from governance.inputs import load_policy
from governance.planning.checks import plan
from governance.planning.drift import review, status
from governance.reports.terminal.policy_lines import coverage_lines, status_lines
from governance.results import Reason, Verdict
from governance.run import check
from tests.conftest import PROJECT

COLUMN, TODAY = "old_export/reference", date(2026, 11, 24)
CHECK = "no-bank-data/*"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose data is one table without a contract, with a column of rounded card numbers."""
    shutil.copytree(PROJECT / "expectations", tmp_path / "expectations")
    data = tmp_path / "data"
    data.mkdir()
    numbers = np.array([6.037991e15 + 1e9 * row for row in range(60)], np.float32)
    pq.write_table(pa.table({"reference": numbers, "note": ["-"] * 60}), data / "old_export.parquet")
    return tmp_path


def judged(root: Path, as_of: str = "2026-11-22T00:00:00Z") -> tuple[Verdict, Reason]:
    found = check(root / "data", as_of=as_of, select=[CHECK], project=root).checks[0]
    return found.verdict, found.reason


def record(root: Path, *, counted: bool = True, share: int | None = None, until: str | None = None) -> None:
    data = root / "data" if counted else None
    review_column(root, COLUMN, data, None, share=share, by="N", on=TODAY, until=until)


def test_a_review_with_the_share_in_the_data_ends_the_wait(root: Path) -> None:
    assert judged(root) == (Verdict.NOT_EVALUATED, Reason.NEEDS_REVIEW)
    record(root)
    made = load_policy(root).column_reviews
    assert [(one.column, one.share, one.on, one.until) for one in made] == [(COLUMN, 100, "2026-11-24", "2027-11-25")]
    assert judged(root) == (Verdict.PASSED, Reason.HOLDS)
    assert judged(root, "2027-11-26T00:00:00Z") == (Verdict.NOT_EVALUATED, Reason.NEEDS_REVIEW)


def test_a_stated_share_is_not_enough_for_a_higher_one(root: Path) -> None:
    record(root, counted=False, share=90)
    assert judged(root) == (Verdict.NOT_EVALUATED, Reason.NEEDS_REVIEW)
    record(root, counted=False, share=95)
    assert judged(root) == (Verdict.PASSED, Reason.HOLDS)
    assert len(load_policy(root).column_reviews) == 1


def test_reviews_of_rules_and_of_columns_keep_each_other(root: Path) -> None:
    before = load_policy(root).reviews
    record(root)
    assert load_policy(root).reviews == before
    review(load_policy(root), root / "expectations", ["KP-4-1"], by="N", on="2026-11-24")
    assert [one.column for one in load_policy(root).column_reviews] == [COLUMN]


def test_status_and_plan_list_the_reviews_that_ended(root: Path) -> None:
    record(root, until="2026-12-01")
    planned = plan(load_policy(root))
    for day, word in (
        (datetime(2026, 11, 30, tzinfo=UTC), "reviewed"),
        (datetime(2026, 12, 2, tzinfo=UTC), "no effect"),
    ):
        lines = list(status_lines(planned, status(planned, day)))
        assert [line.split(":")[0] for line in lines if COLUMN in line] == [word]
        assert any(COLUMN in line for line in coverage_lines(planned, day)) == (word == "no effect")


@pytest.mark.parametrize(
    ("column", "given", "said"),
    [
        ("reference", {}, "TABLE/COLUMN"),
        ("old_export/note", {}, "a column with suspects"),
        (COLUMN, {"data": None}, "--share"),
        (COLUMN, {"until": "2999-01-01"}, "until 2027-11-25"),
        (COLUMN, {"until": "2026-11-23"}, "from 2026-11-24"),
        (COLUMN, {"by": " ", "share": 90}, "the name of whoever reviewed"),
        (COLUMN, {"by": "N\n✔ all reviewed", "share": 90}, "the name of whoever reviewed, in one line"),
    ],
)
def test_what_cannot_be_recorded_is_said(root: Path, column: str, given: dict[str, str | None], said: str) -> None:
    asked = {"data": root / "data", "keys": None, "share": None, "by": "N", "on": TODAY, "until": None, **given}
    with pytest.raises(UsageError, match=said):
        review_column(root, column, asked.pop("data"), asked.pop("keys"), **asked)  # type: ignore[arg-type]
    assert load_policy(root).column_reviews == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('until: "2027-11-25"', 'until: "2029-01-01"', "366 days after it begins"),
        ("share: 100", "share: 0", "share"),
        (COLUMN, "old_export", "TABLE/COLUMN"),
        ("by:", "who:", "by"),
    ],
)
def test_a_review_by_hand_is_read_as_strictly(root: Path, old: str, new: str, said: str) -> None:
    record(root)
    path = root / "expectations" / "reviews.yaml"
    text = path.read_text("utf-8")
    first, last = text.split("columns:\n")
    assert old in last
    path.write_text(f"{first}columns:\n{last.replace(old, new)}", "utf-8")
    with pytest.raises(PolicyError, match=said):
        load_policy(root)
