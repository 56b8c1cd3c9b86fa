"""Kind `declared`: every table of a source, and every column of a table, stands in a contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import REST, Where
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason
from governance.rules.base import Scope, undeclared_tables
from governance.rules.kinds.kind import About, Kind, Places, nothing
from governance.sources import shown_name


@dataclass(frozen=True, slots=True)
class Declared:
    """No parameters: the contracts are the rule."""

    kind: ClassVar[str] = "declared"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Names:
        return _Names(check, schema, scope)


@dataclass(frozen=True, slots=True)
class _Names:
    check: Check
    schema: pa.Schema
    scope: Scope
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """Names are all that this kind reads."""

    def evidence(self, rows: int) -> Evidence:
        if self.check.place is not None and self.check.place.table == REST:
            if not self.scope.source.relational:
                return Evidence(0, unit="tables", unproven=Reason.NEEDS_TABLES)
            tables = self.scope.source.schemas()
            return _evidence("tables", len(tables), sorted(undeclared_tables(self.scope)), "undeclared_table")
        contract = self.check.contract
        declared = {column.name for column in contract.columns} if contract else set()
        found = list(self.schema.names)
        unknown = sorted(name for name in found if name not in declared)
        # Names say nothing of a table without rows, and a column that is gone leaves its promise unproven.
        absent = Reason.MISSING_COLUMN if declared - set(found) else None
        return _evidence("columns", len(found) if rows else 0, unknown, "undeclared_column", absent)


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


def read(node: Node | None, where: Where, problems: Problems) -> Declared:
    """The parameters of a `declared` rule: none."""
    if node is not None:
        problems.fields(node, [])
    if where.columns and node is not None:
        problems.add(node, "a rule about tables, without `columns`")
    return Declared()


KIND = Kind(
    parameters=Declared,
    kernel=Declared.watch,
    places=Places.TABLES,
    expectation="ExpectTableColumnsToBeDeclared",
    read=read,
    problems=("undeclared_table", "undeclared_column"),
    speaks=dict.fromkeys(("undeclared_table", "undeclared_column"), About.SILENT),
    unit="columns",
    besides=nothing,
)
