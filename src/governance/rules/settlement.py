"""From evidence to a check's verdict: by its counts, then by stale reviews, then by waivers."""

from __future__ import annotations

from datetime import datetime

from governance.planning.checks import Check, stale
from governance.policy import Policy, Waiver, in_force
from governance.results import Evidence, Reason, Verdict
from governance.rules.evaluation import judge

_GREEN = frozenset({Verdict.PASSED, Verdict.ATTESTED})


def settle(check: Check, evidence: Evidence, policy: Policy, as_of: datetime) -> tuple[Verdict, Reason]:
    """The verdict of a check at a time.

    A rule without a review of the present text of its clauses cannot pass, but can fail. A waiver in force excuses a
    violation and nothing else.
    """
    verdict, reason = judge(check, evidence, policy)
    if verdict in _GREEN and (why := stale(check.rule, policy)):
        return Verdict.NOT_EVALUATED, why
    if verdict is Verdict.FAILED and waiver_of(check, policy, as_of):
        return Verdict.WAIVED, Reason.WAIVED
    return verdict, reason


def holds(verdict: Verdict) -> bool:
    """Whether nothing is left to do about a check."""
    return verdict in _GREEN


def waiver_of(check: Check, policy: Policy, as_of: datetime) -> Waiver | None:
    """The waiver in force for a check, or for its whole rule."""
    scopes = {check.id, check.rule.id}
    return next((w for w in policy.waivers if w.scope in scopes and in_force(w.since, w.until, as_of)), None)
