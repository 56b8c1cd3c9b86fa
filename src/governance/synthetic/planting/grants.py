"""Plants grants that are out of order, and reads under a role for emergencies that nobody asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from governance.planning.checks import Plan
from governance.policy import Role
from governance.synthetic.additions import Row
from governance.synthetic.company.world import World
from governance.synthetic.planting.access import hire
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import Planter, Violation

_KIND = "granted"
_LONG = timedelta(days=90)

# By form, what makes a fresh grant one out of order.
_FORMS: dict[str, Callable[[Row], None]] = {
    "unknown role": lambda row: row.update(role="superuser"),
    "role in other letters": lambda row: row.update(role=row["role"].title()),
    "no role": lambda row: row.update(role=None),
    "to nobody": lambda row: row.update(actor_id=" "),
    "no start": lambda row: row.update(valid_from=None),
    "no end": lambda row: row.update(valid_until=None),
    "ends before it begins": lambda row: row.update(valid_until=row["valid_from"] - timedelta(microseconds=1)),
}


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once; those of emergencies if there is a role for them."""
    del world
    for form in _FORMS:
        yield Violation(_KIND, form, partial(_spoil, form=form))
    for role in plan.policy.roles:
        if role.break_glass:
            yield Violation(_KIND, f"{role.id} without a ticket", partial(_unasked, role=role))
            yield Violation("authorised", f"{role.id} with a blank ticket", partial(_read_unasked, role=role))


def _spoil(planter: Planter, form: str) -> None:
    row = new_row(planter, "grants")
    _FORMS[form](row)
    _record(planter, form, row)


def _unasked(planter: Planter, role: Role) -> None:
    row = new_row(planter, "grants")
    row.update(role=role.id, ticket=None)
    _record(planter, f"{role.id} without a ticket", row)


def _read_unasked(planter: Planter, role: Role) -> None:
    """The role may read the column and has the purpose; only nobody asked."""
    form = f"{role.id} with a blank ticket"
    for table, column in planter.fires.columns("authorised"):
        declared = planter.contracts[table].column(column)
        if declared is not None and role.id in planter.plan.policy.readers(table, column):
            event = new_row(planter, "access_events")
            t = event["occurred_at"]
            actor = hire(planter, role.id, t - _LONG, t + _LONG)
            grant = planter.additions.rows["grants"][-1]
            grant["ticket"] = "  "
            _record(planter, form, grant)
            event.update(table_name=table, column_name=column, actor_id=actor, purpose=role.purposes[0])
            fires = planter.fires.of_column("authorised", table, column)
            planter.record(form, "access_events", "", planter.key("access_events", event), fires)


def _record(planter: Planter, form: str, row: Row) -> None:
    planter.record(form, "grants", "", planter.key("grants", row), planter.fires.of_table(_KIND, "grants"))
