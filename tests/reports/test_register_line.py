"""Rules about the register stand on a line and a page of their own, apart from the clauses, and fail the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from junitparser import JUnitXml

from governance.errors import EvidenceError
from governance.planning.checks import Plan
from governance.policy import Contract
from governance.reports import headline
from governance.reports.exports import export
from governance.reports.facts.history import Changes, Past
from governance.reports.facts.views import homes, sections
from governance.reports.terminal.policy_lines import coverage_lines, explanation_lines
from governance.reports.terminal.run_lines import plan_lines, result_lines
from governance.results import Results, Verdict
from tests.conftest import PROJECT

from .conftest import check, clean, html, registered
from .page import read

NAME = "The register of tables and contracts"


def words(run: Results, path: str) -> str:
    return " ".join(read(html(run, path)).words)


def holding() -> Results:
    found = registered()
    own = check("contracts-kept", "transactions", clauses=())
    return replace(found, checks=(*clean().checks, own), planned=4)


def test_a_violated_register_fails_a_run_whose_clauses_all_hold() -> None:
    run = registered()
    assert {run.clause_verdict(clause.id) for clause in run.policy.clauses} == {Verdict.PASSED}
    only = replace(run, checks=tuple(c for c in run.checks if c.verdict is not Verdict.NOT_EVALUATED), planned=6)
    assert (only.verdict, only.exit_code) == (Verdict.FAILED, 1)
    assert (run.verdict, run.exit_code) == (Verdict.NOT_EVALUATED, 2)
    assert (holding().verdict, holding().exit_code) == (Verdict.PASSED, 0)


def test_the_headline_counts_it_apart_from_the_clauses() -> None:
    told = "The register: 1 of 4 checks is violated, and 1 could not be evaluated."
    assert headline(registered(), "en") == f"All 3 clauses hold. {told}"
    assert headline(holding(), "en") == headline(clean(), "en") == "All 3 clauses hold."
    assert "دفتر جدول‌ها" in headline(registered(), "fa")


def test_a_notebook_can_show_the_register_alone() -> None:
    run = registered().narrowed("register")
    assert {own.rule for own in run.checks} == {rule.id for rule in run.policy.rules} == {"contracts-kept"}
    assert run.section_verdict("register") is run.verdict is Verdict.NOT_EVALUATED
    assert headline(run, "en") == "The register: 1 of 4 checks is violated, and 1 could not be evaluated."
    assert headline(holding().narrowed("register"), "en") == "The register: its only check holds."
    assert {own.rule for own in registered().narrowed("1").checks} == {"no-bank-data", "declared"}


def test_no_section_counts_its_checks() -> None:
    run = registered()
    assert sum(view.total for view in sections(run)) == len(clean().checks)
    assert {homes(run)[own.id] for own in run.of_place("register")} == {"register"}


def test_it_has_a_page_and_a_line_of_its_own() -> None:
    run = registered()
    found = words(run, "en/register.html")
    assert NAME in found
    assert "key that another row has too: 5" in found
    assert "5 of 84,200 rows" in found
    assert "By column: : 5, : 2" in " ".join(found.split())
    codes = read(html(run, "en/register.html")).codes
    assert codes.index("number") + 1 == codes.index("sold_at"), "what is broken most often comes first"
    row = next(row for row in read(html(run, "en/index.html")).cells if row and row[0].strip() == NAME)
    assert [cell.strip() for cell in row[2:]] == ["1", "0", "1", "1", "0", "1", "4"]
    index = html(run, "en/index.html")
    assert 'href="register.html#r-contracts-kept"' in index, "what needs action leads there"
    assert "4 of them about the register" in words(run, "en/index.html")
    assert 'class="banner not_evaluated"' in index


def test_a_run_without_such_rules_says_nothing_of_it() -> None:
    assert NAME not in words(clean(), "en/index.html")
    assert "register.html" not in html(clean(), "en/index.html")


def test_a_check_without_a_clause_is_refused_where_its_rule_is_unknown() -> None:
    with pytest.raises(EvidenceError):
        homes(replace(clean(), checks=(check("unheard-of", "t", clauses=()),)))


def test_the_next_run_tells_that_it_broke_and_was_mended() -> None:
    was, now = Past.of(holding()), Past.of(registered())
    assert "register" in Changes.between(was, now).violated
    assert "register" in Changes.between(now, was).fixed
    assert "register" not in Past.of(clean()).clauses


def test_the_terminal_gives_it_a_line() -> None:
    lines = list(result_lines(registered()))
    assert f"○ register  not_evaluated  {NAME}. (4 checks)" in lines
    told = "violated: 5 of 84,200 rows; duplicate_key 5; in number 5, sold_at 2"
    assert f"  ✖ contracts-kept/transactions: {told}" in lines
    assert not any("register" in line for line in result_lines(clean()))


def test_plans_and_explanations_name_it(plan: Plan) -> None:
    chosen = plan.select(["register"])
    assert {known.rule.kind for known in chosen} == {"constrained"}
    assert next(iter(plan_lines(plan, chosen))) == f"register  {NAME}."
    assert f"register  contracts-kept {len(chosen)}" in list(coverage_lines(plan))
    told = list(explanation_lines(plan, "contracts-kept/users", PROJECT / "expectations" / "suites"))
    assert told[1] == "  sentence    none: it is about the register of tables and contracts itself"
    assert "expect_contract_to_be_kept" in " ".join(told)


@pytest.mark.parametrize("made", [registered, holding])
def test_exports_have_no_clause_for_it(made: Callable[[], Results]) -> None:
    run = replace(
        made(),
        policy=replace(
            made().policy,
            contracts=(
                Contract("transactions", "t", (), (), (), "", "", file="contracts/transactions.odcs.yaml", line=9),
            ),
        ),
    )
    found = export(run)
    suites = {suite.name: len(list(suite)) for suite in JUnitXml.fromstring(found["junit.xml"].encode())}
    assert suites[NAME] == len(run.of_place("register"))
    assert f"| {NAME} |" in found["summary.md"]
    result = json.loads(found["oscal.json"])["assessment-results"]["results"][0]
    assert {one["title"] for one in result["findings"]} == {clause.id for clause in run.policy.clauses}
    assert {own.id for own in run.of_place("register")} <= {one["title"] for one in result["observations"]}
    assert {"register-verdict"} <= {one["name"] for one in result["props"]}
    places = {
        one["properties"]["check"]: one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for one in json.loads(found["sarif.json"])["runs"][0]["results"]
    }
    if made is registered:
        assert places["contracts-kept/transactions"] == "expectations/contracts/transactions.odcs.yaml"
        assert places["contracts-kept/users"] == "expectations/policy.yaml", "a table without a contract: the rule"
