"""The register of attestations: who vouches for a clause, from when until when."""

from __future__ import annotations

from dataclasses import dataclass

from governance.planning.checks import Check
from governance.policy import in_force
from governance.results import Evidence, Reason
from governance.rules.kernel import Kernel
from governance.rules.part import Part
from governance.rules.scope import Scope


@dataclass(frozen=True, slots=True)
class Register(Kernel):
    """A check that every clause of the rule has an attestation in force at the evaluation time; it reads no data."""

    check: Check

    def finish(self, part: Part, scope: Scope) -> Evidence:  # noqa: ARG002  there are no rows
        unproven, found = None, 0
        for clause in self.check.rule.clauses:
            own = [known for known in scope.policy.attestations if known.clause == clause]
            if any(in_force(known.on, known.until, scope.as_of) for known in own):
                found += 1
            else:
                ended = any(known.until < scope.as_of.date().isoformat() for known in own)
                unproven = Reason.ATTESTATION_EXPIRED if ended else unproven or Reason.NOT_ATTESTED
        return Evidence(found, unit="attestations", unproven=unproven, holds_as=Reason.ATTESTED)
