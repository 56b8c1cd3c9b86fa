"""Kind `encrypted`: every value of a column is a genuine envelope, bound to its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from governance.encryption import LEAST, ColumnInspection, Declared
from governance.planning import Check
from governance.policy import REST, Where
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, missing
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
        sampled = min(self.inspection.sample, findings.values)
        unproven = None
        if self.scope.keys is not None and findings.nameless:
            unproven = Reason.NO_ROW_KEY
        elif rows and findings.distinct < LEAST and not findings.proven:
            unproven = Reason.TOO_FEW_ROWS
        return Evidence(
            examined=rows,
            violations=tally.violations,
            problems=tally.counts(),
            facts=(("values", findings.values), ("distinct", findings.distinct), ("decrypted", findings.decrypted)),
            rows=tally.references(self.check.contract, self.scope.keys),
            unproven=unproven,
            holds_as=Reason.PROVEN if 0 < sampled <= findings.decrypted else Reason.CONSISTENT,
        )


def read(node: Node | None, where: Where, problems: Problems) -> Encrypted:
    """The parameters of an `encrypted` rule: `sample`, optional."""
    fields = problems.fields(node, [], ["sample"]) if node else {}
    if node is not None and not where.columns:
        problems.add(node, "a rule about columns, with `columns`")
    if node is not None and where.undeclared:
        problems.add(node, "a rule about declared columns, without `undeclared`")
    return Encrypted(problems.integer(fields.get("sample"), default=10_000, least=1))
