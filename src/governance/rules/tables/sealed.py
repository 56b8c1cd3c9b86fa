"""Tables that are encrypted as a whole and opened by no key: no check that needs one of them holds."""

from __future__ import annotations

from dataclasses import replace

from governance.planning.checks import Check
from governance.policy import REST
from governance.results import Evidence, Reason
from governance.rules.scope import Scope


def sealed(check: Check, evidence: Evidence, scope: Scope) -> Evidence:
    """The evidence of a check, unproven for want of a key where a table that it needs is sealed."""
    closed = set(scope.source.sealed)
    if not closed or evidence.unproven not in {None, Reason.MISSING_TABLE}:
        return evidence
    # A table that no contract names is one that checks of the rest have to look into.
    rest = check.place is not None and check.place.table == REST
    needed = set(evidence.lacks) | (closed - set(scope.policy.tables) if rest else set())
    return replace(evidence, unproven=Reason.NO_KEY) if closed & needed else evidence
