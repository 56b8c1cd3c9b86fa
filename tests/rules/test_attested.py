"""Clauses that only a person can vouch for: attested in time, never attested, expired, not yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from governance.planning.checks import plan
from governance.policy import Attestation, Where
from governance.results import Evidence, Reason, Verdict
from governance.rules.evaluation import evaluate, judge
from governance.rules.kinds.attested import Attested
from governance.rules.scope import Scope
from governance.sources import open_source
from tests.rules.conftest import KEYS, TEXT, policy, rule, users

RULE = rule("vouched", Attested(), Where(nowhere=True))
MAY = datetime(2026, 5, 20, 23, 59, tzinfo=UTC)


def attestation(on: str, until: str, clause: str = "C-1") -> Attestation:
    return Attestation(clause, "somebody", "officer", TEXT, on, until)


def judged(*known: Attestation, clauses: tuple[str, ...] = ("C-1",)) -> tuple[Verdict, Reason, Evidence]:
    made = replace(policy(rules=(replace(RULE, clauses=clauses),)), attestations=known)
    (check,) = plan(made).checks
    source = open_source(users(["a"]), made.tables)
    evidence = evaluate("*", [check], Scope(made, source, KEYS, MAY))[check.id]
    source.close()
    return (*judge(check, evidence, made), evidence)


@pytest.mark.parametrize(
    ("known", "verdict", "reason"),
    [
        ((attestation("2026-01-01", "2026-12-31"),), Verdict.ATTESTED, Reason.ATTESTED),
        ((attestation("2026-05-20", "2026-05-20"),), Verdict.ATTESTED, Reason.ATTESTED),
        ((attestation("2025-01-01", "2025-12-31"), attestation("2026-01-01", "2026-12-31")), "attested", "attested"),
        ((), Verdict.NOT_EVALUATED, Reason.NOT_ATTESTED),
        ((attestation("2026-01-01", "2026-12-31", "C-2"),), Verdict.NOT_EVALUATED, Reason.NOT_ATTESTED),
        ((attestation("2026-05-21", "2026-12-31"),), Verdict.NOT_EVALUATED, Reason.NOT_ATTESTED),
        ((attestation("2026-01-01", "2026-05-19"),), Verdict.NOT_EVALUATED, Reason.ATTESTATION_EXPIRED),
    ],
)
def test_a_person_vouches_from_a_day_to_the_end_of_another(
    known: tuple[Attestation, ...], verdict: str, reason: str
) -> None:
    assert judged(*known)[:2] == (verdict, reason)


def test_every_clause_of_the_rule_needs_its_attestation() -> None:
    one = attestation("2026-01-01", "2026-12-31")
    assert judged(one, clauses=("C-1", "C-2"))[:2] == (Verdict.NOT_EVALUATED, Reason.NOT_ATTESTED)
    both = (one, replace(one, clause="C-2"))
    assert judged(*both, clauses=("C-1", "C-2"))[2].examined == 2
