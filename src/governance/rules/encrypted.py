"""Kind `encrypted`: every value of a column is a genuine envelope, bound to its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from governance.encryption import LEAST, ColumnFindings, ColumnInspection, Declared
from governance.planning import Check
from governance.policy import REST, Where
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, missing
from governance.rules.series import places
from governance.strict_yaml import Node, Problems


@dataclass(frozen=True, slots=True)
class Encrypted:
    """`sample` rows at most are decrypted when keys are given; the rest is judged by its form."""

    sample: int = 10_000
    kind: Literal["encrypted"] = "encrypted"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Values:
        column = check.place.column if check.place else REST
        contract = check.contract
        declared = contract.column(column) if contract else None
        inspection = ColumnInspection(
            Declared(contract.table if contract else "", column, declared.plaintext if declared else ""),
            keys=scope.keys,
            sample=self.sample,
            occasion=scope.as_of.isoformat(),
        )
        return _Values(check, scope, inspection, absent=missing((column,), schema))


@dataclass(slots=True)
class _Values:
    check: Check
    scope: Scope
    inspection: ColumnInspection = field(repr=False)
    absent: bool
    demands_keys: bool = False

    @property
    def columns(self) -> Sequence[str]:
        return () if self.absent else (self.inspection.declared.column,)

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        if not self.absent:
            self.inspection.see(batch.column(self.inspection.declared.column), keys)

    def evidence(self, rows: int) -> Evidence:
        if self.absent:
            return Evidence(examined=rows, unproven=Reason.MISSING_COLUMN)
        findings = self.inspection.finish()
        tally = Tally()
        for problem, key in findings.problems:
            tally.problems[problem] += 1
            tally.name(key, problem)
        proven = 0 < findings.sampled == findings.decrypted
        return Evidence(
            examined=rows,
            violations=tally.violations,
            problems=tally.counts(),
            facts=_facts(findings),
            rows=tally.references(self.check.contract, self.scope.keys),
            unproven=self._unproven(findings, rows, proven=proven),
            holds_as=Reason.PROVEN if proven else Reason.CONSISTENT,
        )

    def _unproven(self, findings: ColumnFindings, rows: int, *, proven: bool) -> Reason | None:
        """Why the counts do not speak for the column, if they don't."""
        if findings.service_down:
            return Reason.KEY_SERVICE_DOWN
        if self.inspection.keyed and findings.nameless:
            return Reason.NO_ROW_KEY
        if rows and findings.distinct < LEAST and not findings.proven:
            return Reason.TOO_FEW_ROWS
        if self.demands_keys and not self.inspection.keyed and rows:
            return Reason.NO_KEY
        return Reason.ONLY_A_KEY_CAN_TELL if findings.needs_key and not proven else None


def _facts(findings: ColumnFindings) -> tuple[tuple[str, int], ...]:
    """Counts, and what the sample was drawn with, so that who holds the data can draw it again."""
    counts = (("values", findings.values), ("distinct", findings.distinct), ("decrypted", findings.decrypted))
    sample = (("sampled", findings.sampled), ("seed", findings.seed)) if findings.sampled else ()
    return (*counts, *sample, *places(findings.diversity))


def read(node: Node | None, where: Where, problems: Problems) -> Encrypted:
    """The parameters of an `encrypted` rule: `sample`, optional."""
    fields = problems.fields(node, [], ["sample"]) if node else {}
    if node is not None and not where.columns:
        problems.add(node, "a rule about columns, with `columns`")
    if node is not None and where.undeclared:
        problems.add(node, "a rule about declared columns, without `undeclared`")
    return Encrypted(problems.integer(fields.get("sample"), default=10_000, least=1))
