"""Checks the names of tables and columns against the contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from governance.planning.checks import Check
from governance.policy import REST
from governance.results import Evidence, Reason
from governance.rules.kernel import EngineKernel
from governance.rules.part import Part
from governance.rules.scope import Scope, undeclared_tables
from governance.sources import shown_name


@dataclass(frozen=True, slots=True)
class ContractNames(EngineKernel):
    """A check that a table's columns, or a source's tables, have contracts; it reads names and no rows."""

    check: Check
    found: Sequence[str]  # the table's columns

    def finish(self, part: Part, scope: Scope) -> Evidence:
        if self.check.place is not None and self.check.place.table == REST:
            if not scope.source.relational:
                return Evidence(0, unit="tables", unproven=Reason.NEEDS_TABLES)
            unknown = sorted(undeclared_tables(scope))
            return _evidence("tables", len(scope.source.schemas()), unknown, "undeclared_table")
        contract = self.check.contract
        declared = {column.name for column in contract.columns} if contract else set()
        unknown = sorted(name for name in self.found if name not in declared)
        # Names prove nothing about a table without rows, or about a declared column that is missing.
        absent = Reason.MISSING_COLUMN if declared - set(self.found) else None
        return _evidence("columns", len(self.found) if part.rows else 0, unknown, "undeclared_column", absent)


def _evidence(
    unit: Literal["columns", "tables"], examined: int, unknown: list[str], problem: str, unproven: Reason | None = None
) -> Evidence:
    return Evidence(
        examined=examined,
        violations=len(unknown),
        unit=unit,
        problems=((problem, len(unknown)),) if unknown else (),
        names=tuple(shown_name(name) for name in unknown),
        unproven=unproven,
    )
