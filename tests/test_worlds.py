"""The proof: nothing is found in the clean world, and in the planted one exactly what the ledger says, row by row."""

from __future__ import annotations

from governance.planning.checks import Plan
from governance.reports.terminal.policy_lines import coverage_lines
from governance.results import Reason, Verdict
from governance.rules.attribution import unreached
from tests.conftest import WorldRun


def test_clean_world_is_evaluated_whole_and_holds(clean_run: WorldRun, plan: Plan) -> None:
    results = clean_run.results
    vouched = [check.id for check in plan.checks if check.rule.where.nowhere]
    assert [check.id for check in results.checks if check.verdict is not Verdict.PASSED] == vouched
    assert {check.verdict for check in results.checks if check.id in vouched} <= {Verdict.ATTESTED}
    assert [check.id for check in results.checks] == [check.id for check in plan.checks]
    assert results.exit_code == 0
    assert {check.reason for check in results.checks} == {Reason.HOLDS, Reason.PROVEN, Reason.ATTESTED}
    assert sum(check.evidence.review for check in results.checks) == 0


def test_planted_world_fires_exactly_the_ledger(planted_run: WorldRun) -> None:
    ledger = planted_run.dataset.ledger.fired()
    for check in planted_run.results.checks:
        if check.verdict is Verdict.ATTESTED:
            continue  # no data can violate it
        expected = ledger[check.id]
        assert check.verdict is Verdict.FAILED, check.id
        assert check.evidence.violations == len(expected), check.id
        rows = sorted(planted_run.keys.reference(table, key) for _, table, key, *_ in _rows(expected))
        assert [row.reference for row in check.evidence.rows] == rows, check.id


def test_every_check_fires_at_least_once(planted_run: WorldRun, plan: Plan) -> None:
    assert set(planted_run.dataset.ledger.fired()) == {
        check.id for check in plan.checks if not check.rule.where.nowhere
    }


def test_problems_add_up_to_the_violations(planted_run: WorldRun) -> None:
    for check in planted_run.results.checks:
        counted = sum(count for _, count in check.evidence.problems)
        if check.evidence.unit != "tables":
            assert counted == check.evidence.violations, check.id


def test_every_clause_that_data_can_break_is_broken(planted_run: WorldRun, plan: Plan) -> None:
    vouched = {clause for rule in plan.policy.rules if rule.where.nowhere for clause in rule.clauses}
    for clause in plan.policy.clauses:
        expected = Verdict.ATTESTED if clause.id in vouched else Verdict.FAILED
        if clause.id in unreached(plan.policy):
            expected = Verdict.PASSED
        assert planted_run.results.clause_verdict(clause.id) is expected, clause.id


def test_what_no_finding_can_speak_to_is_told(plan: Plan) -> None:
    assert unreached(plan.policy) == ("KP-1-1-4",)
    assert "KP-1-1-4: no finding of its rules speaks to it" in list(coverage_lines(plan))


def _rows(things: frozenset[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [thing for thing in things if thing[0] == "row"]
