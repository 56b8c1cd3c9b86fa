"""Suites: compiled the same every time, committed as compiled, and closed to who loads them without us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from governance.errors import UsageError
from governance.gx import compile_suites, load_suite, write_suites
from governance.planning.checks import Plan
from governance.spelling import canonical_json


def test_the_committed_suites_are_what_the_policy_compiles_to(plan: Plan, project: Path) -> None:
    folder = project / "expectations" / "suites"
    compiled = {f"{name}.json": canonical_json(suite) for name, suite in compile_suites(plan).items()}
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == compiled


def test_every_check_stands_in_one_suite_under_its_own_id(plan: Plan) -> None:
    suites = compile_suites(plan).values()
    ours = [each for suite in suites for each in suite["expectations"] if "check" in each["kwargs"]]
    assert sorted(each["kwargs"]["check"] for each in ours) == sorted(check.id for check in plan.checks)
    ids = [each["id"] for suite in suites for each in suite["expectations"]]
    assert len(set(ids)) == len(ids)


def test_writing_twice_changes_nothing_and_removes_what_is_planned_no_more(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("{}")
    assert "old.json" in write_suites(plan, tmp_path)
    assert write_suites(plan, tmp_path) == ()
    (tmp_path / "users.json").write_text("{}")
    assert write_suites(plan, tmp_path) == ("users.json",)


def test_a_table_that_has_no_suite_is_refused_with_a_near_name(project: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'users'"):
        load_suite("user", project)


@pytest.mark.parametrize("edit", ["drop an expectation", "remove"])
def test_a_committed_suite_that_is_not_what_the_policy_says_is_refused(
    project: Path, tmp_path: Path, edit: str
) -> None:
    (tmp_path / "expectations").mkdir()
    for path in (project / "expectations").rglob("*"):
        copy = tmp_path / "expectations" / path.relative_to(project / "expectations")
        if path.is_dir():
            copy.mkdir()
        else:
            copy.write_bytes(path.read_bytes())
    assert load_suite("users", tmp_path).expectations
    committed = tmp_path / "expectations" / "suites" / "users.json"
    suite = json.loads(committed.read_text("utf-8"))
    suite["expectations"].pop()
    committed.write_text(canonical_json(suite), "utf-8")
    if edit == "remove":
        committed.unlink()
    with pytest.raises(UsageError, match="plan --write"):
        load_suite("users", tmp_path)
