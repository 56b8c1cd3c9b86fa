"""Plants forbidden texts and numbers in cells of fresh rows, and records every check that this fires."""

from __future__ import annotations

import pyarrow as pa

from governance.policy import Classification
from governance.synthetic.additions import Row
from governance.synthetic.planting import undeclared
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.forms import Form, Place, Source
from governance.synthetic.planting.planter import Planter, SpoiledCell
from governance.synthetic.planting.values import values_of

_OPEN = (Classification.PUBLIC, Classification.INTERNAL)


def plant_form(
    planter: Planter, form: Form[Source], source: Source, place: Place | None = None, *, kind: str = ""
) -> None:
    """Write a form into a fresh row, at its own place if no other is named.

    `kind` is a rule kind that the whole table violates, besides those that any such value violates.
    """
    plant_value(planter, form, form.write(source), place or form.place, kind=kind)


def plant_value(planter: Planter, form: Form[Source], value: object, place: Place, *, kind: str = "") -> None:
    """The same with a finished value."""
    table, column = place
    row = new_row(planter, table)
    if table == "access_events" and column in {"actor_id", "table_name", "column_name"}:
        _read_openly(planter, row)
    if isinstance(value, int) and column == planter.contracts[table].primary_key:
        planter.rekey(table, row, value)
    else:
        row[column] = value
    own = planter.fires.of_table(kind, table) if kind else ()
    seen = misplaced(planter, table, column, form.detects)
    spoiled = planter.spoiled(SpoiledCell(table, column, row, form.name))
    planter.record(form.name, table, column, planter.key(table, row), own, seen, spoiled)


def plant_table(planter: Planter, form: Form[Source], table: str, rows: pa.Table, *, kind: str = "") -> None:
    """Add a table without a contract, with such values in its last column."""
    undeclared.ensure_table(planter, table, rows)
    own = planter.fires.of_table(kind, table) if kind else ()
    planter.record(form.name, table, "", None, own, misplaced(planter, table, rows.column_names[-1], form.detects))


def misplaced(planter: Planter, table: str, column: str, detects: str) -> tuple[str, ...]:
    """The checks that a value of a detection kind fires in a column, whoever it belongs to."""
    if not detects:
        return ()
    also = values_of(planter.plan.policy)[detects].also
    found = [check for kind in (detects, *also) for check in _of_kind(planter, table, column, kind)]
    return tuple(dict.fromkeys(found))


def _of_kind(planter: Planter, table: str, column: str, detects: str) -> tuple[str, ...]:
    fires = planter.fires.of_column("free_of", table, column, detects=detects)
    values, contract = values_of(planter.plan.policy)[detects], planter.contracts.get(table)
    declared = contract.column(column) if contract else None
    if not values.category or (declared is not None and _announces(declared.category, values.category)):
        return fires
    # In a payload it also exceeds the agreement.
    more = planter.fires.of_table("minimal", table) if contract and values.usual else ()
    return (*fires, *planter.fires.of_column("classified", table, "", detects=detects), *more)


def _announces(category: str, wanted: str) -> bool:
    return f"{wanted}.".startswith(f"{category}.") or f"{category}.".startswith(f"{wanted}.")


def _read_openly(planter: Planter, row: Row) -> None:
    """Make an event a read of a column that everybody may read."""
    places = [
        (contract.table, column.name)
        for contract in planter.world.contracts
        for column in contract.columns
        if column.classification in _OPEN
    ]
    row["table_name"], row["column_name"] = places[int(planter.rng.integers(len(places)))]
    row["actor_id"] = planter.world.staff[0].actor
