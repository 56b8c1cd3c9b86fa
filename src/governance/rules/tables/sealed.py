"""Tables that are encrypted as a whole and opened by no key: no check that needs one of them holds."""

from __future__ import annotations

from dataclasses import replace

from governance.policy import REST
from governance.results import Evidence, Reason
from governance.rules.scope import Scope


def sealed(evidence: Evidence, table: str, scope: Scope) -> Evidence:
    """The evidence of a check on `table`, unproven for want of a key where a table that it needs is sealed."""
    closed = set(scope.source.sealed)
    if not closed or evidence.unproven not in {None, Reason.MISSING_TABLE}:
        return evidence
    # A table that no contract names is one that checks of the rest have to look into.
    needed = set(evidence.lacks) | (closed - set(scope.policy.tables) if table == REST else set())
    return replace(evidence, unproven=Reason.NO_KEY) if closed & needed else evidence
