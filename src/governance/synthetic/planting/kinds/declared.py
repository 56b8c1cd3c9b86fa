"""Plants undeclared columns in every declared table, and undeclared tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company.world import World
from governance.synthetic.planting.planter import KindPlanter, Planter, Violation
from governance.synthetic.planting.undeclared import TEXT, TYPED, ensure_column, ensure_table, typed_column

_KIND = "declared"


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """A column of text, one of another type and a harmless one in each table; and a table."""
    del world
    tables = tuple(plan.policy.tables)
    yield Violation(_KIND, "undeclared column: text", partial(_columns, tables=tables, name=TEXT))
    yield Violation(_KIND, "undeclared column: harmless", partial(_columns, tables=tables, name="reviewed"))
    for name, kind in TYPED.items():
        own = tuple(table for table in tables if typed_column(plan, table) == name)
        if own:
            yield Violation(_KIND, f"undeclared column: {kind}", partial(_columns, tables=own, name=name))
    yield Violation(_KIND, "undeclared table", _table)


def _columns(planter: Planter, tables: tuple[str, ...], name: str) -> None:
    for table in tables:
        ensure_column(planter, table, name)


def _table(planter: Planter) -> None:
    plain = pa.table({"segment": ["رمان", "تاریخ", "کودک"], "size": pa.array([120, 45, 310])})
    ensure_table(planter, "tmp_segments", plain)


PLANTER = KindPlanter(violations)
