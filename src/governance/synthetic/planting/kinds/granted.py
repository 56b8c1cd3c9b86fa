"""Plants invalid grants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from governance.planning.checks import Plan
from governance.policy import Role
from governance.synthetic.additions import Row
from governance.synthetic.company.world import World
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "granted"

# By form, the change that makes a fresh grant invalid.
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
    """Each form once; emergency forms if there is an emergency role."""
    del world
    for form in _FORMS:
        yield Violation(_KIND, form, partial(_spoil, form=form))
    for role in plan.policy.roles:
        if role.break_glass:
            yield Violation(_KIND, f"{role.id} without a ticket", partial(_unasked, role=role))


def _spoil(planter: Planter, form: str) -> None:
    row = new_row(planter, "grants")
    _FORMS[form](row)
    _record(planter, form, row)


def _unasked(planter: Planter, role: Role) -> None:
    row = new_row(planter, "grants")
    row.update(role=role.id, ticket=None)
    _record(planter, f"{role.id} without a ticket", row)


def _record(planter: Planter, form: str, row: Row) -> None:
    planter.record(form, "grants", "", planter.key("grants", row), planter.fires.of_table(_KIND, "grants"))


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    return planter.fires.of_table(_KIND, "grants") if (cell.table, cell.column) == ("grants", "role") else ()


PLANTER = KindPlanter(violations, _spoiled)
