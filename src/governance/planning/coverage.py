"""Coverage: which sentences of the policy are tested, by which checks, and why others are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from governance.errors import Problem
from governance.planning.checks import Plan, stale
from governance.policy import Attestation, Clause, Policy, Rule, Text
from governance.results import Reason


@dataclass(frozen=True, slots=True)
class Gap:
    """Something in the policy's files that no check examines; `problem` describes it in a sentence."""

    reason: Reason
    subject: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Cover:
    """A clause, its rules with their numbers of checks, and who vouches for it."""

    clause: Clause
    rules: tuple[tuple[Rule, int], ...]
    attestations: tuple[Attestation, ...]

    @property
    def checks(self) -> int:
        return sum(count for _, count in self.rules)


@dataclass(frozen=True, slots=True)
class Untested:
    """A sentence that no check over data tests: with a reason in words, or the reason code of its gap."""

    id: str
    section: str
    statement: Text
    reason: Text | None
    code: Reason | None
    attested_by: str = ""


def coverage(plan: Plan) -> tuple[Cover, ...]:
    """Every clause with its rules, in the policy's order."""
    policy = plan.policy
    counts = {rule.id: sum(check.rule.id == rule.id for check in plan.checks) for rule in policy.rules}
    return tuple(
        Cover(
            clause=clause,
            rules=tuple((rule, counts[rule.id]) for rule in policy.rules if clause.id in rule.clauses),
            attestations=tuple(known for known in policy.attestations if known.clause == clause.id),
        )
        for clause in policy.clauses
    )


def untested(plan: Plan) -> tuple[Untested, ...]:
    """The sentences that are not tested on data, and why, in the policy's order."""
    policy = plan.policy
    sentences = [Untested(n.id, n.section, n.statement, n.reason, None) for n in policy.not_normative]
    for cover in coverage(plan):
        clause = cover.clause
        tested = [rule for rule, count in cover.rules if count and not rule.where.nowhere]
        if tested:
            continue
        by = ", ".join(known.by for known in cover.attestations)
        why = next((rule.rationale for rule, _ in cover.rules), None)
        code = None if cover.rules else Reason.NO_CHECK
        sentences.append(Untested(clause.id, clause.section, clause.statement, why, code, by))
    return tuple(sorted(sentences, key=lambda sentence: (sentence.section, sentence.id)))


def gaps(plan: Plan) -> tuple[Gap, ...]:
    """Everything that `plan --strict` fails for."""
    policy = plan.policy
    return (
        *_clauses_without_rule(policy),
        *_rules_without_place(plan),
        *_tables_without_check(plan),
        *_payloads_without_contract(policy),
        *_without_attestation(policy),
        *_without_review(policy),
    )


def _clauses_without_rule(policy: Policy) -> Iterator[Gap]:
    served = {clause for rule in policy.rules for clause in rule.clauses}
    for clause in policy.clauses:
        if clause.id not in served:
            yield Gap(Reason.NO_CHECK, clause.id, _of_clause(clause, "a rule that serves the clause", "none"))


def _rules_without_place(plan: Plan) -> Iterator[Gap]:
    for check in plan.checks:
        rule = check.rule
        if check.place is None and not rule.where.nowhere:
            found = Problem(rule.file, rule.line, f"rules.{rule.id}.where", "a place that a contract names", "none")
            yield Gap(Reason.MATCHES_NOTHING, rule.id, found)


def _tables_without_check(plan: Plan) -> Iterator[Gap]:
    looked_at = {check.place.table for check in plan.checks if check.place}
    for contract in plan.policy.contracts:
        if contract.table not in looked_at:
            found = Problem(contract.file, contract.line, "", "a rule that looks at the table", "none")
            yield Gap(Reason.NO_CHECK, contract.table, found)


def _payloads_without_contract(policy: Policy) -> Iterator[Gap]:
    for agreement in policy.agreements:
        if agreement.payload not in policy.tables:
            path = f"agreements.{agreement.id}.payload"
            expected = f"a contract of the table {agreement.payload!r}"
            yield Gap(Reason.MISSING_TABLE, agreement.id, Problem("agreements.yaml", 1, path, expected, "none"))


def _without_attestation(policy: Policy) -> Iterator[Gap]:
    vouched = {known.clause for known in policy.attestations}
    for rule in policy.rules:
        for clause in _served(rule, policy) if rule.kind == "attested" else ():
            if clause.id not in vouched:
                yield Gap(Reason.NOT_ATTESTED, clause.id, _of_clause(clause, "an attestation of the clause", "none"))


def _without_review(policy: Policy) -> Iterator[Gap]:
    for rule in policy.rules:
        for clause in _served(rule, policy):
            why = stale(rule, policy, clause.id)
            expected = f"the rule {rule.id} reviewed against the clause's text"
            if why is Reason.STALE:
                yield Gap(why, f"{clause.id} {rule.id}", _of_clause(clause, expected, "a review of another text"))
            elif why is not None:
                yield Gap(why, f"{clause.id} {rule.id}", _of_clause(clause, expected, "none"))


def _served(rule: Rule, policy: Policy) -> Iterator[Clause]:
    return (clause for clause in policy.clauses if clause.id in rule.clauses)


def _of_clause(clause: Clause, expected: str, found: str) -> Problem:
    file, _, line = clause.place.rpartition(":")
    return Problem(file, int(line or 1), clause.id, expected, found)


def unrecorded_changes(policy: Policy) -> tuple[str, ...]:
    """The clauses whose text differs from the last version of the history."""
    recorded = policy.history[-1].clauses if policy.history else {}
    current = {clause.id: clause.fingerprint for clause in policy.clauses}
    return tuple(sorted(key for key in {*recorded, *current} if recorded.get(key) != current.get(key)))
