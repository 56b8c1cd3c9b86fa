"""From evidence to a check's verdict: by its counts, then by stale reviews, then by waivers."""

from __future__ import annotations

from typing import NamedTuple

from governance.planning.checks import Check, stale
from governance.policy import in_force
from governance.results import Evidence, Reason, Verdict
from governance.rules.evaluation import judge
from governance.rules.references import read_listing
from governance.rules.scope import Scope

_GREEN = frozenset({Verdict.PASSED, Verdict.ATTESTED})


class Settled(NamedTuple):
    """A verdict with its reason, and how many of the violations are waived."""

    verdict: Verdict
    reason: Reason
    waived: int = 0


def settle(check: Check, evidence: Evidence, scope: Scope) -> Settled:
    """The verdict of a check.

    A rule without a review of the present text of its clauses cannot pass, but can fail. Waivers in force excuse the
    violations that they state, and nothing else: one more, and the check fails.
    """
    verdict, reason = judge(check, evidence, scope.policy)
    if verdict in _GREEN and (why := stale(check.rule, scope.policy)):
        return Settled(Verdict.NOT_EVALUATED, why)
    if verdict is Verdict.FAILED:
        waived = _waived(check, evidence, scope)
        whole = waived == evidence.violations
        return Settled(Verdict.WAIVED, Reason.WAIVED, waived) if whole else Settled(verdict, reason, waived)
    return Settled(verdict, reason)


def holds(verdict: Verdict) -> bool:
    """Whether nothing is left to do about a check."""
    return verdict in _GREEN


def _waived(check: Check, evidence: Evidence, scope: Scope) -> int:
    """The violations that waivers in force state: of each stated row one, or a stated number."""
    scopes = {check.id, check.rule.id}
    mine = [w for w in scope.policy.waivers if w.scope in scopes and in_force(w.since, w.until, scope.as_of)]
    stated = {reference for waiver in mine for reference in waiver.references}
    # The evidence itself holds the smallest references only.
    listing = scope.listings.get(check.id)
    rows = () if not stated else read_listing(listing) if listing else evidence.rows
    named = len({row.reference for row in rows} & stated)
    return min(evidence.violations, max([named, *(waiver.count for waiver in mine)]))
