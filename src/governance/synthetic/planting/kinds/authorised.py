"""Plants unauthorised reads: every way of lacking the right, on every guarded column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from governance.planning.checks import Plan
from governance.policy import Role, covers
from governance.synthetic.additions import Row
from governance.synthetic.company.world import World
from governance.synthetic.planting.company import hire, new_row
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "authorised"
_LONG = timedelta(days=90)
_SOON = timedelta(hours=7)
_UNDECLARED_TABLES = ("users_backup", "payments_export")

# Relative to the moment of a read: the period in which a role was held that would have allowed it.
_HELD: dict[str, Callable[[datetime], tuple[datetime, datetime]]] = {
    "grant expired": lambda t: (t - _LONG, t - _SOON),
    "grant not yet begun": lambda t: (t + _SOON, t + _LONG),
    "exactly at the end of the grant": lambda t: (t - _LONG, t),
}


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Every way of lacking the right, each on every column with its own check; and reads of undeclared columns."""
    del world
    yield Violation(_KIND, "unknown actor", _by_nobody)
    yield Violation(_KIND, "account that many share", _by_many)
    yield Violation(_KIND, "role not entitled", _by_others)
    for form, held in _HELD.items():
        yield Violation(_KIND, form, partial(_out_of_time, form=form, held=held))
    yield Violation(_KIND, "undeclared column", partial(_undeclared, form="undeclared column"))
    yield Violation(_KIND, "column in other letters", partial(_undeclared, form="column in other letters"))
    yield Violation(_KIND, "undeclared table", _undeclared_table)
    for role in plan.policy.roles:
        if role.break_glass:
            yield Violation(_KIND, f"{role.id} with a blank ticket", partial(_read_unasked, role=role))


def plant_read(
    planter: Planter, form: str, table: str, column: str, actor: str, *, row: Row | None = None, purpose: str = ""
) -> None:
    """One read of a column that violates; `row` is a fresh event, if its time matters.

    No purpose is allowed there either: the actor holds no role, or the place is undeclared. An actor with a role needs
    a `purpose` that the role lacks.
    """
    event = new_row(planter, "access_events") if row is None else row
    event.update(table_name=table, column_name=column, actor_id=actor, purpose=purpose or event["purpose"])
    fires = planter.fires.of_column(_KIND, table, column)
    also = planter.fires.of_table("purposed", table)
    planter.record(form, "access_events", "", planter.key("access_events", event), fires, also)


def purpose_of_others(planter: Planter, role: str) -> str:
    """A purpose of the policy that a role doesn't have."""
    own = next(known.purposes for known in planter.plan.policy.roles if known.id == role)
    uses = [purpose.use for purpose in planter.plan.policy.purposes]
    return next((use for use in uses if not any(covers(general, use) for general in own)), "train_ai_system")


def _by_nobody(planter: Planter) -> None:
    for turn, (table, column) in enumerate(planter.fires.columns(_KIND)):
        plant_read(planter, "unknown actor", table, column, f"staff-{900 + turn}")


def _by_many(planter: Planter) -> None:
    """The account holds a role that may read the column for this purpose, but nobody knows who used it."""
    form, account = "account that many share", "support-shared"
    for table, column in planter.fires.columns(_KIND):
        event = new_row(planter, "access_events")
        role, purpose = _right_of(planter, table, column)
        hire(planter, role, event["occurred_at"] - _LONG, event["occurred_at"] + _LONG)
        grant = planter.additions.rows["grants"][-1]
        grant["actor_id"] = account
        planter.record(form, "grants", "", planter.key("grants", grant), planter.fires.of_table("granted", "grants"))
        event.update(table_name=table, column_name=column, actor_id=account, purpose=purpose)
        fires = planter.fires.of_column(_KIND, table, column)
        planter.record(form, "access_events", "", planter.key("access_events", event), fires)


def _right_of(planter: Planter, table: str, column: str) -> tuple[str, str]:
    """A role that may read a column, and a purpose that it may read it for."""
    place = next(one for one in planter.world.readings if (one.table, one.column) == (table, column))
    return next((role, uses[0]) for role, uses in place.roles.items())


def _by_others(planter: Planter) -> None:
    """A person whose role may not read the column; the roles take turns."""
    for turn, (table, column) in enumerate(planter.fires.columns(_KIND)):
        readers = planter.plan.policy.readers(table, column)
        others = [role for role in planter.world.roles if role not in readers]
        if others:
            event = new_row(planter, "access_events")
            t = event["occurred_at"]
            other = others[turn % len(others)]
            actor = hire(planter, other, t - _LONG, t + _LONG)
            purpose = purpose_of_others(planter, other)
            plant_read(planter, "role not entitled", table, column, actor, row=event, purpose=purpose)


def _out_of_time(planter: Planter, form: str, held: Callable[[datetime], tuple[datetime, datetime]]) -> None:
    """A person whose role may read the column, at another time."""
    for turn, (table, column) in enumerate(planter.fires.columns(_KIND)):
        readers = planter.plan.policy.readers(table, column)
        if readers:
            event = new_row(planter, "access_events")
            actor = hire(planter, readers[turn % len(readers)], *held(event["occurred_at"]))
            plant_read(planter, form, table, column, actor, row=event)


def _undeclared(planter: Planter, form: str) -> None:
    """Reads of columns without a contract, by a person with valid grants."""
    actor = planter.world.staff[0].actor
    for contract in planter.world.contracts:
        column = "legacy_id" if form == "undeclared column" else contract.columns[0].name.upper()
        plant_read(planter, form, contract.table, column, actor)


def _undeclared_table(planter: Planter) -> None:
    actor = planter.world.staff[0].actor
    some = planter.world.contracts[-1]
    for table in (*_UNDECLARED_TABLES, some.table.upper()):
        plant_read(planter, "undeclared table", table, some.columns[0].name, actor)


def _read_unasked(planter: Planter, role: Role) -> None:
    """The role may read the column and has the purpose, but there is no ticket."""
    form = f"{role.id} with a blank ticket"
    for table, column in planter.fires.columns(_KIND):
        declared = planter.contracts[table].column(column)
        if declared is not None and role.id in planter.plan.policy.readers(table, column):
            event = new_row(planter, "access_events")
            t = event["occurred_at"]
            actor = hire(planter, role.id, t - _LONG, t + _LONG)
            grant = planter.additions.rows["grants"][-1]
            grant["ticket"] = "  "
            fires = planter.fires.of_table("granted", "grants")
            planter.record(form, "grants", "", planter.key("grants", grant), fires)
            event.update(table_name=table, column_name=column, actor_id=actor, purpose=role.purposes[0])
            fires = planter.fires.of_column(_KIND, table, column)
            planter.record(form, "access_events", "", planter.key("access_events", event), fires)


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    if cell.table != "access_events" or cell.column not in {"table_name", "column_name"}:
        return ()
    return planter.fires.of_column(_KIND, cell.row["table_name"], cell.row["column_name"])


PLANTER = KindPlanter(violations, _spoiled)
