"""A file of references says where each row stands and what it is about; explain says the same."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from governance.errors import UsageError
from governance.evidence import Staged, all_rows, find_row, write_rows
from governance.reports import row_file
from governance.results import CheckResult, Evidence, Reason, RowReference, Verdict
from governance.run import explain
from governance.sources import open_source
from tests.conftest import PROJECT, WorldRun
from tests.rules.conftest import KEYS, USERS, column, contract, policy, users


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


def test_a_file_is_written_of_each_check_with_rows_from_its_listing_where_it_has_more(tmp_path: Path) -> None:
    shown, hidden = RowReference("A" * 16, "late", "users"), RowReference("B" * 16, "late", "users")
    place = ("r", ("C-1",), "users", "name", Verdict.FAILED, Reason.VIOLATED)
    some = [CheckResult(name, *place, Evidence(9, violations=1, rows=(shown,))) for name in ("a", "b")]
    none = CheckResult("c", *place, Evidence(9))
    listing = tmp_path / "listing"
    listing.write_text("".join(f"{row.reference},late,users\n" for row in (shown, hidden)), "utf-8")
    staged = Staged(tmp_path)
    assert write_rows(staged, [*some, none], "{}.csv".format, {"b": listing}) == ("a", "b")
    assert sorted(staged.digests) == ["rows/a.csv", "rows/b.csv"]
    assert [row.reference[0] for row in all_rows(some[1], {"b": listing})] == ["A", "B"]
    lines = [(tmp_path / "rows" / name).read_text("utf-8").splitlines() for name in ("a.csv", "b.csv")]
    assert [len(each) for each in lines] == [2, 3]
    assert lines[1][2] == f"users,{some[1].place},{hidden.reference},late"


def test_a_row_is_found_by_its_reference_under_the_same_keys_only() -> None:
    made = policy(contract("absent", column("id")), contract("loose", column("id"), key=""), USERS)
    data = {"loose": pa.table({"id": ["7"]}), **users(["x"] * 4, ids=[None, 6, 7, None])}
    source = open_source(data, made.tables)
    assert find_row(KEYS.reference("users", "7"), made, source, KEYS) == ("users", "7")
    others = replace(KEYS, reference_key=b"s" * 32)
    wrong = (("8", KEYS), ("7", others))
    for text, keys in wrong:
        with pytest.raises(UsageError, match="which no row has under these keys"):
            find_row(KEYS.reference("users", text), made, source, keys)
    with pytest.raises(UsageError, match="which no row has"):
        find_row(KEYS.reference("loose", "7"), made, source, KEYS)
    source.close()


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
