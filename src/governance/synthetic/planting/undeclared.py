"""Plants what no contract names: columns in every declared table, and whole tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company.world import World
from governance.synthetic.planting.planter import Planter, Violation

_KIND = "declared"
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


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """A column of text, one of another type and one with nothing bad in it, in each table; and a table."""
    del world
    tables = tuple(plan.policy.tables)
    yield Violation(_KIND, "undeclared column: text", partial(_columns, tables=tables, name=TEXT))
    yield Violation(_KIND, "undeclared column: harmless", partial(_columns, tables=tables, name="reviewed"))
    for name, kind in TYPED.items():
        own = tuple(table for table in tables if typed_column(plan, table) == name)
        if own:
            yield Violation(_KIND, f"undeclared column: {kind}", partial(_columns, tables=own, name=name))
    yield Violation(_KIND, "undeclared table", _table)


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
    """A table that no contract names."""
    planter.additions.tables[name] = rows
    planter.record("undeclared table", name, "", None, planter.fires.of_table(_KIND, name))


def _columns(planter: Planter, tables: tuple[str, ...], name: str) -> None:
    for table in tables:
        ensure_column(planter, table, name)


def _table(planter: Planter) -> None:
    plain = pa.table({"segment": ["رمان", "تاریخ", "کودک"], "size": pa.array([120, 45, 310])})
    ensure_table(planter, "tmp_segments", plain)
