"""Plants reads by people who may not: every way of having no right, on every guarded column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from governance.policy import Classification
from governance.synthetic.additions import Row
from governance.synthetic.planting.planter import Planter

_KIND = "authorised"
_OPEN = (Classification.PUBLIC, Classification.INTERNAL)
_LONG = timedelta(days=90)
_SOON = timedelta(hours=7)


def open_event(planter: Planter, row: Row) -> None:
    """Make an event a read of a column that everybody may read."""
    places = [
        (contract.table, column.name)
        for contract in planter.world.contracts
        for column in contract.columns
        if column.classification in _OPEN
    ]
    row["table_name"], row["column_name"] = places[int(planter.rng.integers(len(places)))]
    row["actor_id"] = planter.world.staff[0].actor


def hire(planter: Planter, role: str, begins: datetime, ends: datetime | None) -> str:
    """A new actor with one grant."""
    row = planter.new_row("grants")
    row.update(role=role, valid_from=begins, valid_until=ends)
    return str(row["actor_id"])


def read(
    planter: Planter,
    form: str,
    table: str,
    column: str,
    actor: Callable[[datetime], str],
    *,
    after: datetime | None = None,
) -> None:
    """One event that violates, at or after a moment if one is named; who reads may depend on when."""
    row = planter.new_row("access_events")
    if after is not None and row["occurred_at"] < after:
        row["occurred_at"] = after + (planter.world.recipe.as_of - after) * float(planter.rng.random())
    row.update(table_name=table, column_name=column, actor_id=actor(row["occurred_at"]))
    fires = planter.fires.of_column(_KIND, table, column)
    planter.record(form, "access_events", "", planter.key("access_events", row), fires)


def plant_on_guarded_columns(planter: Planter) -> None:
    """Every form on every column with a check of its own."""
    for turn, (table, column) in enumerate(planter.fires.columns(_KIND)):
        for form, actor in _unentitled(planter, table, column, turn).items():
            read(planter, form, table, column, actor)


def _unentitled(planter: Planter, table: str, column: str, turn: int) -> dict[str, Callable[[datetime], str]]:
    """By form, who has no right to read a column at a moment; the roles take turns."""
    readers = planter.plan.policy.readers(table, column)
    others = [role for role in planter.world.roles if role not in readers]
    forms: dict[str, Callable[[datetime], str]] = {"unknown actor": lambda _: f"ghost-{turn:03d}"}
    if others:
        other = others[turn % len(others)]
        forms["role not entitled"] = lambda t: hire(planter, other, t - _LONG, None)
    if readers:
        role = readers[turn % len(readers)]
        forms["grant expired"] = lambda t: hire(planter, role, t - _LONG, t - _SOON)
        forms["grant not yet begun"] = lambda t: hire(planter, role, t + _SOON, None)
        forms["exactly at the end of the grant"] = lambda t: hire(planter, role, t - _LONG, t)
    return forms


def plant_on_undeclared(planter: Planter) -> None:
    """Reads of columns and tables that no contract names, by somebody whose grants are in order."""
    actor = planter.world.staff[0].actor
    for contract in planter.world.contracts:
        first = contract.columns[0].name
        for form, column in {"undeclared column": "legacy_id", "column in other letters": first.upper()}.items():
            read(planter, form, contract.table, column, lambda _: actor)
    some = planter.world.contracts[-1]
    for table in ("users_backup", "payments_export", some.table.upper()):
        read(planter, "undeclared table", table, some.columns[0].name, lambda _: actor)
