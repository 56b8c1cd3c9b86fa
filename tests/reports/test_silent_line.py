"""What the policy is silent about stands on a line and a page of its own, touches no clause, and fails the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from junitparser import JUnitXml

from governance.planning.checks import Plan
from governance.policy import SILENT, Reading, Text
from governance.reports import headline
from governance.reports.exports import export
from governance.reports.facts.history import Changes, Past
from governance.reports.facts.views import homes, sections
from governance.reports.terminal.policy_lines import coverage_lines, explanation_lines
from governance.reports.terminal.run_lines import plan_lines, result_lines
from governance.results import Results, Verdict
from tests.conftest import PROJECT

from .conftest import check, clean, html, results, rule
from .page import read

NAME = "Data the policy is silent about"
PERSONAL = rule("personal", "PP-1-1", "PP-1-2")


def silent() -> Results:
    """A rule without clauses found a column, and one with two clauses found three things, one of them of no clause."""
    own = replace(check("strangers", "users", Verdict.FAILED, clauses=(), violations=1, unit="columns"), silent=1)
    mixed = check("personal", "users", Verdict.FAILED, clauses=("PP-1-1", "PP-1-2"), violations=3)
    found = results(
        *clean().checks,
        replace(own, apart=SILENT),
        replace(check("strangers", "books", clauses=()), apart=SILENT),
        replace(mixed, concerns=(("PP-1-2", 2),), silent=1),
    )
    rules = (*found.policy.rules, replace(rule("strangers"), apart=SILENT), PERSONAL)
    return replace(found, policy=replace(found.policy, rules=rules))


def alone() -> Results:
    """The same without the violation of a clause."""
    run = silent()
    return replace(run, checks=run.checks[:-1], planned=run.planned - 1)


def words(run: Results, path: str) -> str:
    return " ".join(" ".join(read(html(run, path)).words).split())


def test_it_fails_a_run_whose_clauses_all_hold() -> None:
    run = alone()
    assert (run.verdict, run.exit_code, run.touched, run.silent) == (Verdict.FAILED, 1, (), 1)
    assert {run.clause_verdict(clause.id) for clause in run.policy.clauses} == {Verdict.PASSED}
    assert run.broken_rules == ("strangers",)
    assert clean().place_verdict(SILENT) is None


def test_the_headline_counts_broken_rules_touched_clauses_and_it_apart() -> None:
    told = "Data the policy is silent about: 2 of 3 checks found some."
    assert headline(silent(), "en") == f"1 of 3 clauses is violated, by 1 broken rule. {told}"
    assert headline(alone(), "en") == "All 3 clauses hold. Data the policy is silent about: 1 of 2 checks found some."
    assert (silent().touched, silent().silent) == (("PP-1-2",), 2)
    assert "ساکت" in headline(silent(), "fa")
    assert headline(clean(), "en") == "All 3 clauses hold."


def test_it_can_be_shown_alone() -> None:
    run = silent().narrowed(SILENT)
    assert {one.rule for one in run.checks} == {one.id for one in run.policy.rules} == {"strangers", "personal"}
    assert run.section_verdict(SILENT) is run.verdict is Verdict.FAILED


def test_each_check_is_counted_in_one_place() -> None:
    run = silent()
    assert homes(run)["strangers/users"] == SILENT
    assert homes(run)["personal/users"] == "1"
    assert sum(view.total for view in sections(run)) == len(run.checks) - 2


def test_its_page_names_its_own_rules_and_what_others_found() -> None:
    run = silent()
    found = words(run, "en/silent.html")
    assert NAME in found
    assert "Found by other rules : 1 row" in found, "codes are read apart"
    assert "personal/users" in read(html(run, "en/silent.html")).codes
    row = next(row for row in read(html(run, "en/index.html")).cells if row and row[0].strip() == NAME)
    assert [cell.strip() for cell in row[2:]] == ["1", "0", "0", "0", "0", "1", "2"]
    assert 'href="silent.html#r-strangers"' in html(run, "en/index.html")
    assert NAME not in words(clean(), "en/index.html")


def test_a_rule_stands_under_the_clause_that_it_violates() -> None:
    page = html(silent(), "en/section-1.html")
    first, second = page.index('id="c-PP-1-1"'), page.index('id="c-PP-1-2"')
    assert second < page.index('id="r-personal"')
    assert first < page.index('href="#r-personal"') < second
    assert ": 2, in no clause of the policy: 1" in words(silent(), "en/section-1.html")


def test_a_reading_stands_beside_its_sentence() -> None:
    run = clean()
    read_so = Reading(closed=True, by="Negar", reason=Text("زیرا", "Because"))
    clauses = (replace(run.policy.clauses[0], reading=read_so), *run.policy.clauses[1:])
    told = replace(run, policy=replace(run.policy, clauses=clauses))
    for path in ("en/section-1.html", "en/policy.html"):
        assert "Negar reads this list as closed. Because" in words(told, path)
        assert "reads this list" not in words(run, path)
    assert "    read as a closed list by Negar: Because" in list(result_lines(told))


def test_the_next_run_tells_it_apart() -> None:
    was, now = Past.of(clean()), Past.of(silent())
    assert Changes.between(was, now).violated == ("PP-1-2", SILENT)
    assert SILENT not in was.clauses


def test_the_terminal_says_what_each_check_touches() -> None:
    lines = list(result_lines(silent()))
    assert "✖ silent  failed  Data that the policy is silent about. (3 checks)" in lines
    assert any(line.endswith("touches PP-1-2 2, silent 1") for line in lines)
    assert not any("silent" in line for line in result_lines(clean()))


def test_a_selected_clause_is_judged_alone_and_no_violation_disappears() -> None:
    whole = silent()
    checks = tuple(one for one in whole.checks if "PP-1-1" in one.clauses)
    run = replace(whole, checks=checks, selection=("PP-1-1",))
    assert run.clause_verdict("PP-1-1") is Verdict.PASSED
    assert (run.verdict, run.exit_code) == (Verdict.FAILED, 1), "a selected check found something of another clause"
    lines = list(result_lines(run))
    assert [line for line in lines if line.startswith(("✔", "✖")) and " PP-" in line] == [lines[0]]
    assert lines[0].startswith("✔ PP-1-1  passed")
    assert any("touches PP-1-2 2, silent 1" in line for line in lines)


def test_plans_and_explanations_name_it(plan: Plan) -> None:
    chosen = plan.select([SILENT])
    assert {known.rule.kind for known in chosen} == {"declared"}
    assert f"silent    declared {len(chosen)}" in list(coverage_lines(plan))
    assert next(iter(plan_lines(plan, chosen))) == "silent  Data that the policy is silent about."
    told = list(explanation_lines(plan, "declared/users", PROJECT / "expectations" / "suites"))
    assert told[1] == "  sentence    none: it is about data that the policy is silent about"


@pytest.mark.parametrize("made", [silent, alone])
def test_exports_follow_what_was_found(made: Callable[[], Results]) -> None:
    found = export(made())
    suites = {
        suite.name: [case.classname for case in suite] for suite in JUnitXml.fromstring(found["junit.xml"].encode())
    }
    assert suites[NAME] == ["silent.strangers"] * 2
    assert f"| {NAME} | 1 |" in found["summary.md"]
    result = json.loads(found["oscal.json"])["assessment-results"]["results"][0]
    states = {one["title"]: one["target"]["status"]["state"] for one in result["findings"]}
    assert states == {
        "PP-1-1": "satisfied",
        "PP-1-2": "not-satisfied" if made is silent else "satisfied",
        "PP-4-1": "satisfied",
    }
    assert {one["name"]: one["value"] for one in result["props"]}["silent-verdict"] == "failed"
    told = {
        one["properties"]["check"]: one["properties"] for one in json.loads(found["sarif.json"])["runs"][0]["results"]
    }
    assert told["strangers/users"]["about"] == [SILENT]
    if made is silent:
        assert "PP-1-2.personal" in suites["1. What is collected"]
        assert told["personal/users"]["clauses"] == ["PP-1-2"]
