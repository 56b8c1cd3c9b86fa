"""Adds columns and tables without a contract."""

from __future__ import annotations

import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.planting.planter import Planter

TEXT = "imported_text"
_HARMLESS = (False, True, False)
# Undeclared columns that are no text, by name; tables take turns.
TYPED: dict[str, pa.DataType] = {
    "raw_number": pa.float64(),
    "raw_reply": pa.struct([("source", pa.string()), ("pan", pa.string())]),
    "tags": pa.list_(pa.string()),
    "blob": pa.binary(),
    "external_number": pa.int64(),
    "history": pa.list_(pa.int64()),
    "nested": pa.struct([("items", pa.list_(pa.string()))]),
}


def typed_column(plan: Plan, table: str) -> str:
    """The name of a table's undeclared column that is no text."""
    return tuple(TYPED)[tuple(plan.policy.tables).index(table) % len(TYPED)]


def ensure_column(planter: Planter, table: str, name: str) -> None:
    """One of this module's columns, added to a table unless it is there already."""
    match name:
        case "imported_text":
            planter.add_column("undeclared column: text", table, name, pa.string())
        case "reviewed":
            planter.add_column("undeclared column: harmless", table, name, pa.bool_(), _HARMLESS)
        case _:
            planter.add_column(f"undeclared column: {TYPED[name]}", table, name, TYPED[name])


def ensure_table(planter: Planter, name: str, rows: pa.Table) -> None:
    """A table without a contract."""
    planter.additions.tables[name] = rows
    planter.record("undeclared table", name, "", None, planter.fires.of_table("declared", name))
