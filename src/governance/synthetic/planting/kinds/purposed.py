"""Plants authorised reads for wrong purposes: every way in which a purpose can fail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice, product

from governance.planning.checks import Plan
from governance.policy import Classification, Column, Contract, Policy, Role, covers
from governance.synthetic.additions import Row
from governance.synthetic.company.world import World
from governance.synthetic.planting.company import hire, new_row
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "purposed"
_OPEN = (Classification.PUBLIC, Classification.INTERNAL)
_LONG = timedelta(days=90)
_STRANGER = "role with the purpose, whose reading the contract does not allow"
_APART = "one role for the purpose, another for the column"


@dataclass(frozen=True, slots=True)
class _Reading:
    """An open column, a role, and a purpose of the policy."""

    table: str
    column: Column
    role: Role
    purpose: str


# By form: the replacement of the right purpose.
_PURPOSES: dict[str, Callable[[_Reading], str]] = {
    "purpose that the policy names nowhere": lambda _: "train_ai_system",
    "advertising": lambda _: "marketing.advertising.first_party.targeted",
    "more general than what is allowed": lambda r: r.purpose.partition(".")[0],
    "only begins like what is allowed": lambda r: r.purpose + "s",
    "in other letters": lambda r: r.purpose.title(),
    "below what is allowed, as nobody knows it": lambda r: f"{r.purpose}.resale",
    "blank": lambda _: "  ",
    "a joiner": lambda _: "\u200c",
}
# By form: whether a purpose of the policy may use the column's category, is the column's, and is the role's.
_SIDES: dict[str, tuple[bool, bool, bool]] = {
    "purpose that may not touch the category": (False, False, True),
    "purpose that the column is not for": (True, False, True),
    "purpose that the role has not": (True, True, False),
}


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once on each table where it can be."""
    del plan, world
    for form in _PURPOSES:
        yield Violation(_KIND, form, partial(_misuse, form=form))
    for form in _SIDES:
        yield Violation(_KIND, form, partial(_misplace, form=form))
    yield Violation(_KIND, _STRANGER, _by_stranger)
    yield Violation(_KIND, _APART, _by_two_roles)
    yield Violation(_KIND, "no purpose", _without)
    yield Violation(_KIND, "role that is on no register", _by_unregistered)
    yield Violation(_KIND, "unknown actor on an open column", _by_nobody)
    yield Violation(_KIND, "a moment after the role ended", _too_late)
    yield Violation(_KIND, "no time", _undated)


def _misuse(planter: Planter, form: str) -> None:
    for reading in _readings(planter):
        row = _read(planter, reading)
        row["purpose"] = _PURPOSES[form](reading)
        _record(planter, form, row)


def _misplace(planter: Planter, form: str) -> None:
    for reading in _readings(planter, _SIDES[form]):
        _record(planter, form, _read(planter, reading))


def _by_stranger(planter: Planter) -> None:
    for contract in planter.world.contracts:
        for reading in islice(_of(planter.plan.policy, contract, named=False), 1):
            _record(planter, _STRANGER, _read(planter, reading))


def _by_two_roles(planter: Planter) -> None:
    """The second role may read the column and lacks the purpose, so that only together they seem to allow the read."""
    policy = planter.plan.policy
    for contract in planter.world.contracts:
        for reading, other in product(_of(policy, contract, named=False, among=tuple(Classification)), policy.roles):
            lacks = not any(covers(general, reading.purpose) for general in other.purposes)
            if lacks and not other.break_glass and other.id in policy.readers(contract.table, reading.column.name):
                row = _read(planter, reading)
                t = row["occurred_at"]
                hire(planter, other.id, t - _LONG, t + _LONG)
                planter.additions.rows["grants"][-1]["actor_id"] = row["actor_id"]
                _record(planter, _APART, row)
                break


def _without(planter: Planter) -> None:
    for reading in _readings(planter):
        row = _read(planter, reading)
        row["purpose"] = None
        _record(planter, "no purpose", row)


def _by_unregistered(planter: Planter) -> None:
    """The grant is invalid too."""
    for reading in _readings(planter):
        row = _read(planter, reading)
        grant = planter.additions.rows["grants"][-1]
        grant["role"] = "contractor"
        _record(planter, "role that is on no register", row)
        fires = planter.fires.of_table("granted", "grants")
        planter.record("role that is on no register", "grants", "role", planter.key("grants", grant), fires)


def _by_nobody(planter: Planter) -> None:
    for turn, reading in enumerate(_readings(planter)):
        row = _read(planter, reading)
        row["actor_id"] = f"visitor-{turn:03d}"
        _record(planter, "unknown actor on an open column", row)


def _too_late(planter: Planter) -> None:
    for reading in _readings(planter):
        row = _read(planter, reading)
        planter.additions.rows["grants"][-1]["valid_until"] = row["occurred_at"]
        _record(planter, "a moment after the role ended", row)


def _undated(planter: Planter) -> None:
    for reading in _readings(planter):
        row = _read(planter, reading)
        row["occurred_at"] = None
        _record(planter, "no time", row)


def _readings(planter: Planter, sides: tuple[bool, bool, bool] = (True, True, True)) -> Iterator[_Reading]:
    """One reading for each table with a suitable open column and role."""
    for contract in planter.world.contracts:
        yield from islice(_of(planter.plan.policy, contract, sides), 1)


def _of(
    policy: Policy,
    contract: Contract,
    sides: tuple[bool, bool, bool] = (True, True, True),
    *,
    named: bool = True,
    among: Collection[Classification] = _OPEN,
) -> Iterator[_Reading]:
    """The readings with these sides, of columns so classified, by roles that the contract names or doesn't."""
    for column, role, purpose in product(contract.columns, policy.roles, policy.purposes):
        has = (
            any(covers(general, column.category) for general in purpose.categories),
            any(covers(general, purpose.use) for general in column.purposes),
            any(covers(general, purpose.use) for general in role.purposes),
        )
        fits = column.classification in among and (role.id in contract.roles) is named
        if fits and not role.break_glass and has == sides:
            yield _Reading(contract.table, column, role, purpose.use)


def _read(planter: Planter, reading: _Reading) -> Row:
    """A valid read, by a person hired for it."""
    row = new_row(planter, "access_events")
    t = row["occurred_at"]
    actor = hire(planter, reading.role.id, t - _LONG, t + _LONG)
    row.update(table_name=reading.table, column_name=reading.column.name, actor_id=actor, purpose=reading.purpose)
    return row


def _record(planter: Planter, form: str, row: Row) -> None:
    fires = planter.fires.of_table(_KIND, row["table_name"])
    planter.record(form, "access_events", "", planter.key("access_events", row), fires)


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    named = cell.table == "access_events" and cell.column in {"table_name", "column_name", "actor_id", "purpose"}
    return planter.fires.of_table(_KIND, cell.row["table_name"]) if named else ()


PLANTER = KindPlanter(violations, _spoiled)
