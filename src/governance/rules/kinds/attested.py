"""Kind `attested`: what no data can show, a named person vouches for, until a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Attestation, Where, in_force
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason
from governance.rules.base import Scope
from governance.rules.kinds.kind import Kind, Places, nothing


@dataclass(frozen=True, slots=True)
class Attested:
    """No parameters: the register of attestations is what this kind reads."""

    kind: ClassVar[str] = "attested"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Register:  # noqa: ARG002  the protocol's names
        return _Register(check, scope)


@dataclass(frozen=True, slots=True)
class _Register:
    check: Check
    scope: Scope
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """No data is looked at."""

    def evidence(self, rows: int) -> Evidence:  # noqa: ARG002  there are none
        """Every clause of the rule needs an attestation in force at the time that decides."""
        unproven, found = None, 0
        for clause in self.check.rule.clauses:
            own = [known for known in self.scope.policy.attestations if known.clause == clause]
            if any(self._stands(known) for known in own):
                found += 1
            else:
                ended = any(known.until < self.scope.as_of.date().isoformat() for known in own)
                unproven = Reason.ATTESTATION_EXPIRED if ended else unproven or Reason.NOT_ATTESTED
        return Evidence(found, unit="attestations", unproven=unproven, holds_as=Reason.ATTESTED)

    def _stands(self, known: Attestation) -> bool:
        return in_force(known.on, known.until, self.scope.as_of)


def read(node: Node | None, where: Where, problems: Problems) -> Attested:
    """The parameters of an `attested` rule: none."""
    if node is not None:
        problems.fields(node, [])
    if not where.nowhere and node is not None:
        problems.add(node, "a rule about no table, with `tables: none`")
    return Attested()


KIND = Kind(
    parameters=Attested,
    kernel=Attested.watch,
    places=Places.NO_TABLE,
    expectation="ExpectClausesToBeAttested",
    read=read,
    problems=(),
    unit="attestations",
    besides=nothing,
)
