"""Which clauses the violations of a check speak to: a sentence answers for what it says, not for its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from governance.planning.checks import Check
from governance.policy import REGISTER, Policy, Rule, covers
from governance.results import CheckResult, Evidence
from governance.rules.kinds import KINDS, About
from governance.rules.scope import Scope
from governance.rules.settlement import settle


def result(check: Check, evidence: Evidence, scope: Scope) -> CheckResult:
    """The result of a check: its verdict, and which clauses of its rule its violations concern.

    On the others its verdict is that of what it examined: they hold only if nothing was left unproven.
    """
    settled = settle(check, evidence, scope)
    concerns, silent = attributed(check, evidence, scope.policy)
    place = check.place
    return CheckResult(
        id=check.id,
        rule=check.rule.id,
        clauses=check.rule.clauses,
        table=place.table if place else "",
        column=place.column if place else "",
        verdict=settled.verdict,
        reason=settled.reason,
        evidence=evidence,
        waived=settled.waived,
        concerns=concerns,
        silent=silent,
        elsewhere=settle(check, replace(evidence, violations=0), scope).verdict,
        apart=check.rule.apart or REGISTER,
    )


def attributed(check: Check, evidence: Evidence, policy: Policy) -> tuple[tuple[tuple[str, int], ...], int]:
    """The violations that concern each clause of the check's rule, in the policy's order, and those that concern none.

    What cannot be attributed concerns all clauses of the rule.
    """
    kind, rule = KINDS[check.rule.kind], check.rule
    found: Counter[str] = Counter()
    silent = 0

    def add(clauses: Iterable[str], count: int) -> None:
        nonlocal silent
        own = [clause for clause in rule.clauses if clause in set(clauses)]
        found.update(dict.fromkeys(own, count))
        silent += 0 if own else count

    unattributed = evidence.violations
    for problem, count in evidence.problems:
        unattributed -= count
        match kind.about(problem):
            case About.RULE:
                found.update(dict.fromkeys(_of_place(check, policy), count))
            case About.CATEGORY:
                add(_collecting(kind.category(problem, policy.detectors), rule, policy), count)
            case About.LIST:
                add(_of_closed_lists(policy), count)
            case About.SILENT:
                silent += count
            case About.PURPOSE:
                unattributed += count
    clauses_of = {purpose.use: purpose.clauses for purpose in policy.purposes}
    for use, count in evidence.purposes:
        unattributed -= count
        add(clauses_of.get(use, rule.clauses), count)
    if unattributed > 0:
        found.update(dict.fromkeys(rule.clauses, unattributed))
    return tuple((clause.id, found[clause.id]) for clause in policy.clauses if found[clause.id]), silent


def unreached(policy: Policy) -> tuple[str, ...]:
    """The clauses that no finding of their rules can speak to: they hold by what stands beside them."""
    reached = {clause for rule in policy.rules for clause in _reached(rule, policy)}
    return tuple(clause.id for clause in policy.clauses if clause.id not in reached)


def _reached(rule: Rule, policy: Policy) -> Iterator[str]:
    """The clauses of a rule that its findings can speak to."""
    kind, among = KINDS[rule.kind], policy.detectors
    problems = kind.codes(rule.parameters, among)
    said = {kind.about(problem) for problem in problems}
    if About.RULE in said or not problems:
        yield from rule.clauses
    if About.CATEGORY in said:
        for problem in problems:
            yield from _collecting(kind.category(problem, among), rule, policy)
    if About.PURPOSE in said:
        yield from (clause for purpose in policy.purposes for clause in purpose.clauses if clause in rule.clauses)
    if About.LIST in said:
        yield from _of_closed_lists(policy)


def _of_closed_lists(policy: Policy) -> tuple[str, ...]:
    """The clauses whose list a person reads as closed."""
    return tuple(clause.id for clause in policy.clauses if clause.reading and clause.reading.closed)


def _of_place(check: Check, policy: Policy) -> tuple[str, ...]:
    """The clauses of a check's rule that speak of its column; all of them where none or several columns are judged."""
    contract, place, rule = check.contract, check.place, check.rule
    column = contract.column(place.column) if contract and place and place.column else None
    if column is None:
        return rule.clauses
    if column.clause in rule.clauses:
        return (column.clause,)
    return _collecting(column.category, rule, policy) or rule.clauses


def _collecting(category: str, rule: Rule, policy: Policy) -> tuple[str, ...]:
    """The clauses of a rule under which the contracts collect a category: of the columns whose own is the nearest."""
    columns = [column for contract in policy.contracts for column in contract.columns if column.clause in rule.clauses]
    nearest = max((column.category for column in columns if covers(column.category, category)), key=len, default="")
    return tuple({column.clause for column in columns if column.category == nearest})
