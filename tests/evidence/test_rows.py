"""A file of references says where each row stands and what it is about; explain says the same."""

from __future__ import annotations

import csv
from pathlib import Path

from governance.evidence import Staged, write_rows
from governance.reports import row_file
from governance.results import CheckResult, Evidence, Reason, RowReference, Verdict
from governance.run import explain
from tests.conftest import PROJECT, WorldRun


def test_rows_of_other_tables_are_told_apart_from_what_they_are_about(tmp_path: Path) -> None:
    rows = (RowReference("A" * 16, "no_grant_in_force", "access_events"), RowReference("B" * 16, "late", "requests"))
    place = ("authorised-access/users/mobile", "authorised-access", ("KP-4-3",), "users", "mobile")
    check = CheckResult(*place, Verdict.FAILED, Reason.VIOLATED, Evidence(9, violations=2, rows=rows))
    write_rows(Staged(tmp_path), [check], row_file, {})
    with (tmp_path / "rows" / row_file(check.id)).open(newline="") as file:
        told = list(csv.reader(file))
    assert told == [
        ["stands_in", "about", "reference", "problem"],
        ["access_events", "users/mobile", "A" * 16, "no_grant_in_force"],
        ["requests", "users/mobile", "B" * 16, "late"],
    ]
    assert (check.stand_in, check.place) == (("access_events", "requests"), "users/mobile")


def test_every_reference_of_a_run_says_a_table_that_the_policy_declares(planted_run: WorldRun) -> None:
    checks = [check for check in planted_run.results.checks if check.evidence.rows]
    assert {row.table for check in checks for row in check.evidence.rows} <= set(planted_run.results.policy.tables) - {
        ""
    }
    assert {check.stand_in for check in checks if check.rule == "authorised-access"} == {("access_events",)}
    assert any(len(check.stand_in) > 1 for check in checks), "some checks name rows of two tables"


def test_explain_tells_both(planted_run: WorldRun) -> None:
    check = next(one for one in planted_run.results.checks if one.rule == "authorised-access" and one.evidence.rows)
    world = planted_run.dataset
    found = explain(check.evidence.rows[0].reference, world.data, keys=world.keys, project=PROJECT)
    assert found.table == "access_events"
    assert (check.id, check.place, check.evidence.rows[0].problem) in found.failing
