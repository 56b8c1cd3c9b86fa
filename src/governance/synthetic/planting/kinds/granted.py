"""Plants invalid grants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
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
    "to a sign": lambda row: row.update(actor_id="*"),
    "to a shared account": lambda row: row.update(actor_id="support-shared"),
    "for ever": lambda row: row.update(valid_until=datetime(9999, 12, 31, tzinfo=UTC)),
    "for longer than a career": lambda row: row.update(valid_until=row["valid_from"] + timedelta(days=20_000)),
    "no start": lambda row: row.update(valid_from=None),
    "no end": lambda row: row.update(valid_until=None),
    "ends before it begins": lambda row: row.update(valid_until=row["valid_from"] - timedelta(microseconds=1)),
}

_NO_TICKETS = {
    "without a ticket": None,
    "with a sign for a ticket": "-",
    "with a ticket that does not apply": "n/a",
    "with a joiner for a ticket": "\u200c",
    "with words for a ticket": "asked by phone",
}


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once; emergency forms if there is an emergency role."""
    del world
    for form in _FORMS:
        yield Violation(_KIND, form, partial(_spoil, form=form))
    for role in plan.policy.roles:
        if role.break_glass:
            for form, ticket in _NO_TICKETS.items():
                yield Violation(_KIND, f"{role.id} {form}", partial(_unasked, role=role, form=form, ticket=ticket))


def _spoil(planter: Planter, form: str) -> None:
    row = new_row(planter, "grants")
    _FORMS[form](row)
    _record(planter, form, row)


def _unasked(planter: Planter, role: Role, form: str, ticket: str | None) -> None:
    row = new_row(planter, "grants")
    row.update(role=role.id, ticket=ticket)
    _record(planter, f"{role.id} {form}", row)


def _record(planter: Planter, form: str, row: Row) -> None:
    planter.record(form, "grants", "", planter.key("grants", row), planter.fires.of_table(_KIND, "grants"))


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    roles = {role.id for role in planter.plan.policy.roles if role.break_glass}
    asked = {"role", "actor_id", *(["ticket"] if cell.row.get("role") in roles else [])}
    return planter.fires.of_table(_KIND, "grants") if cell.table == "grants" and cell.column in asked else ()


PLANTER = KindPlanter(violations, _spoiled)
