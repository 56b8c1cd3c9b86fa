"""The plan closed both ways: each thing that nothing looks at is a gap with a reason, and a sentence that names it."""

from __future__ import annotations

from dataclasses import replace

from governance.planning.checks import Plan, plan
from governance.planning.coverage import coverage, gaps, untested
from governance.policy import Policy, Rule, Where
from governance.results import Reason


def broken(policy: Policy, **changes: object) -> list[tuple[Reason, str, str]]:
    """The gaps that a change makes, beyond those that the policy has."""
    before = {(gap.reason, gap.subject) for gap in gaps(plan(policy))}
    after = gaps(plan(replace(policy, **changes)))  # type: ignore[arg-type]
    return [(g.reason, g.subject, str(g.problem)) for g in after if (g.reason, g.subject) not in before]


def rule_of(policy: Policy, name: str) -> Rule:
    return next(rule for rule in policy.rules if rule.id == name)


def test_a_clause_without_a_rule_is_a_gap(policy: Policy) -> None:
    clause = next(clause for clause in policy.clauses if clause.id == "KP-4-3")
    without = tuple(rule for rule in policy.rules if "KP-4-3" not in rule.clauses)
    found = broken(policy, rules=without)
    assert (
        Reason.NO_CHECK,
        "KP-4-3",
        f"{clause.place}: KP-4-3: expected a rule that serves the clause, found none",
    ) in found


def test_a_rule_that_matches_nothing_is_a_gap(policy: Policy) -> None:
    rule = rule_of(policy, "no-bank-data")
    nowhere = replace(rule, where=Where(columns=True, names=("no_such_column",)))
    rules = tuple(nowhere if known is rule else known for known in policy.rules)
    sentence = f"{rule.file}:{rule.line}: rules.no-bank-data.where: expected a place that a contract names, found none"
    assert (Reason.MATCHES_NOTHING, "no-bank-data", sentence) in broken(policy, rules=rules)


def test_a_contract_that_no_rule_looks_at_is_a_gap(policy: Policy) -> None:
    narrow = tuple(replace(rule, where=replace(rule.where, tables=("users",))) for rule in policy.rules)
    found = broken(policy, rules=narrow)
    sentence = "contracts/books.odcs.yaml:14: expected a rule that looks at the table, found none"
    assert (Reason.NO_CHECK, "books", sentence) in found


def test_an_agreement_on_a_payload_without_contract_is_a_gap(policy: Policy) -> None:
    agreement = replace(policy.agreements[0], payload="shared_nowhere")
    ((reason, subject, _),) = broken(policy, agreements=(agreement,))
    assert (reason, subject) == (Reason.MISSING_TABLE, agreement.id)


def test_an_attested_clause_that_nobody_attests_is_a_gap(policy: Policy) -> None:
    ((reason, subject, _),) = broken(policy, attestations=())
    assert (reason, subject) == (Reason.NOT_ATTESTED, "KP-6-2")


def test_a_rule_without_review_and_one_of_another_text_are_gaps(policy: Policy) -> None:
    others = tuple(review for review in policy.reviews if review.rule != "authorised-access")
    assert [gap[:2] for gap in broken(policy, reviews=others)] == [(Reason.NOT_REVIEWED, "KP-4-3 authorised-access")]
    old = tuple(replace(r, fingerprint="0" * 64) if r.rule == "authorised-access" else r for r in policy.reviews)
    ((reason, subject, sentence),) = broken(policy, reviews=old)
    assert (reason, subject) == (Reason.STALE, "KP-4-3 authorised-access")
    assert sentence.endswith(
        "KP-4-3: expected the rule authorised-access reviewed against the clause's text, found a review of another text"
    )


def test_every_clause_is_a_row_with_its_rules_and_gaps(plan: Plan) -> None:
    covers = {cover.clause.id: cover for cover in coverage(plan)}
    assert list(covers) == [clause.id for clause in plan.policy.clauses]
    assert len(covers) == 25
    assert covers["KP-6-2"].attestations
    assert covers["KP-1-2-3"].checks == len(plan.select(["no-bank-data"]))


def test_every_sentence_that_is_not_tested_has_a_reason(plan: Plan) -> None:
    found = {sentence.id: sentence for sentence in untested(plan)}
    assert {sentence.id for sentence in plan.policy.not_normative} <= found.keys()
    assert found["KP-6-2"].attested_by
    assert all(sentence.reason or sentence.code for sentence in found.values())
    assert "KP-1-2-3" not in found
