"""Plants unfulfilled requests: late, never, only on paper, for somebody else, or in part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from governance.planning.checks import Plan
from governance.synthetic.additions import Row
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import World
from governance.synthetic.planting import company
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "fulfilled"
_TABLE, _ITEMS = "subject_requests", "export_items"
_ANY = "any"
_RIGHTS = ("access", "rectification", "erasure", "objection")
_TICK, _DAY = timedelta(microseconds=1), timedelta(days=1)
_ERASED = 206_000_000  # erased people, numbered beyond those of the base
_FORMER = 216_000_000  # former identities of people


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form of lateness once for each right, and the other problems of each right's requests."""
    del world
    if not {_TABLE, _ITEMS, "users"} <= plan.policy.tables.keys():
        return
    for form, (change, answered) in _TIMES.items():
        yield Violation(_KIND, form, partial(_out_of_time, form=form, change=change, answered=answered))
    yield Violation(_KIND, "right in other letters, never done", _in_other_letters)
    yield Violation(_KIND, "request number used twice", _twice)
    yield Violation(_KIND, "right that nobody knows", _unknown_right)
    yield Violation(_KIND, "request without a time", _undated)
    for form, spoil in _EXPORTS.items():
        yield Violation(_KIND, form, partial(_spoil_export, form=form, spoil=spoil))
    yield Violation(_KIND, "export that nobody asked for", _unasked)
    yield Violation(_KIND, "export of a person whom nobody knows", _of_nobody)
    yield Violation(_KIND, "record that still says the old value", _not_rectified)
    yield Violation(_KIND, "rectification that doesn't say of what", _of_nothing)


def _days(planter: Planter, right: str) -> int:
    """The latest deadline that the policy has for a right, in days."""
    rules = (rule.parameters for rule in planter.plan.policy.rules if rule.kind == _KIND)
    return max((getattr(p, "days", 0) for p in rules if getattr(p, "right", "") in {right, _ANY}), default=30)


def _late(row: Row, days: int, as_of: datetime) -> None:
    begins = as_of - (days + 5) * _DAY
    row.update(received_at=begins, answered_at=begins + _DAY, fulfilled_at=begins + days * _DAY + _TICK)


def _open(row: Row, days: int, as_of: datetime) -> None:
    row.update(received_at=as_of - days * _DAY - _TICK, answered_at=None, fulfilled_at=None, outcome="open")


def _only_answered(row: Row, days: int, as_of: datetime) -> None:
    begins = as_of - days * _DAY - _TICK
    row.update(received_at=begins, answered_at=begins + _DAY, fulfilled_at=None, outcome="answered")


def _on_paper(row: Row, days: int, as_of: datetime) -> None:
    del days, as_of
    row.update(fulfilled_at=None, outcome="fulfilled")


def _answered_first(row: Row, days: int, as_of: datetime) -> None:
    del days, as_of
    row["answered_at"] = row["received_at"] - _TICK


# By form: how the times of a request are spoiled, and whether it was not answered in time either.
_TIMES: dict[str, tuple[Callable[[Row, int, datetime], None], bool]] = {
    "done a moment too late": (_late, False),
    "open a moment after its deadline": (_open, True),
    "answered, but not done": (_only_answered, False),
    "done on paper only": (_on_paper, False),
    "answered before it came": (_answered_first, True),
}


def _ask(planter: Planter, right: str) -> Row:
    """A valid request of a valid person: of a newcomer, or for erasure of a person not in this world."""
    if right == "access":
        return company.export(planter)[0]
    if right == "erasure":
        return company.ask(planter, right, _ERASED + int(planter.rng.integers(1_000_000)))
    number = company.newcomer(planter)
    row = company.ask(planter, right, number)
    if right == "objection":
        return row
    former = np.array([_FORMER + int(planter.rng.integers(1_000_000))])
    world = planter.world
    row.update(
        field="mobile",
        old_token=people.tokens(world, people.mobiles(world, former))[0].as_py(),
        new_token=people.tokens(world, people.mobiles(world, np.array([number])))[0].as_py(),
    )
    return row


def _record(planter: Planter, form: str, row: Row, *rights: str) -> None:
    fires = [planter.fires.of_table(_KIND, _TABLE, right=right) for right in rights]
    planter.record(form, _TABLE, "", planter.key(_TABLE, row), *fires)


def _out_of_time(planter: Planter, form: str, change: Callable[[Row, int, datetime], None], *, answered: bool) -> None:
    for right in _RIGHTS:
        row = _ask(planter, right)
        change(row, _days(planter, right), planter.world.recipe.as_of)
        _record(planter, form, row, right, *([_ANY] if answered else []))


def _in_other_letters(planter: Planter) -> None:
    """Each is a member of the vocabulary, however it is written."""
    for right, spell in zip(_RIGHTS, (str.upper, str.capitalize, " {} ".format, "\u200f{}\u200c".format), strict=True):
        row = _ask(planter, right)
        row["right"] = spell(right)
        _only_answered(row, _days(planter, right), planter.world.recipe.as_of)
        _record(planter, "right in other letters, never done", row, right)


def _twice(planter: Planter) -> None:
    """Two objections with the same id."""
    first, second = new_row(planter, _TABLE), new_row(planter, _TABLE)
    second["request_id"] = first["request_id"]
    _record(planter, "request number used twice", first, _ANY, "objection")


def _unknown_right(planter: Planter) -> None:
    row = new_row(planter, _TABLE)
    row["right"] = "portability"
    _record(planter, "right that nobody knows", row, _ANY)


def _undated(planter: Planter) -> None:
    row = new_row(planter, _TABLE)
    row["received_at"] = None
    _record(planter, "request without a time", row, _ANY, "objection")


def _without_a_table(items: list[Row]) -> None:
    items[-1]["table_name"] = items[0]["table_name"]
    items[-1]["row_count"] = 0


def _with_too_few(items: list[Row]) -> None:
    items[0]["row_count"] = 0


def _with_too_many(items: list[Row]) -> None:
    """Of purchases, which are kept: a row too many elsewhere may be one that was deleted since."""
    next(item for item in items if item["table_name"] == "transactions")["row_count"] += 1


def _with_two_accounts(items: list[Row]) -> None:
    next(item for item in items if item["table_name"] == "users")["row_count"] += 1


def _of_somebody_else(items: list[Row]) -> None:
    items[1]["subject_token"] = "0" * 64


def _with_another_table(items: list[Row]) -> None:
    items[-1].update(table_name="books", row_count=3)


# By form, how the items of a complete export are spoiled.
_EXPORTS: dict[str, Callable[[list[Row]], None]] = {
    "export without one of the tables": _without_a_table,
    "export with too few rows": _with_too_few,
    "export with a purchase too many": _with_too_many,
    "export with two rows of one person": _with_two_accounts,
    "export with somebody else's data": _of_somebody_else,
    "export with a table of nobody": _with_another_table,
}


def _spoil_export(planter: Planter, form: str, spoil: Callable[[list[Row]], None]) -> None:
    request, items = company.export(planter)
    spoil(items)
    _record(planter, form, request, "access")


def _unasked(planter: Planter) -> None:
    row = planter.lone_row(_ITEMS)
    row["request_id"] = 10**12
    fires = planter.fires.of_table(_KIND, _TABLE, right="access")
    planter.record("export that nobody asked for", _ITEMS, "", planter.key(_ITEMS, row), fires)


def _of_nobody(planter: Planter) -> None:
    """The request names neither a user nor an erased person."""
    row = company.ask(planter, "access", _ERASED + 2_000_000 + int(planter.rng.integers(1_000_000)))
    _record(planter, "export of a person whom nobody knows", row, "access")


def _not_rectified(planter: Planter) -> None:
    for field in ("mobile", "name"):
        row = _ask(planter, "rectification")
        other = np.array([_FORMER + 2_000_000 + int(planter.rng.integers(1_000_000))])
        world = planter.world
        tokens = {
            "mobile": people.tokens(world, people.mobiles(world, other)),
            "name": people.name_tokens(world, other),
        }
        row.update(field=field, new_token=tokens[field][0].as_py())
        _record(planter, "record that still says the old value", row, "rectification")


def _of_nothing(planter: Planter) -> None:
    row = _ask(planter, "rectification")
    row["field"] = None
    _record(planter, "rectification that doesn't say of what", row, "rectification")


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    if (cell.table, cell.column) == (_TABLE, "right"):
        return planter.fires.of_table(_KIND, _TABLE, right=_ANY)
    if cell.table != _ITEMS or cell.column not in {"request_id", "subject_token", "table_name", "row_count"}:
        return ()
    # The export of the item is wrong, too; its request was added with it.
    asked = planter.additions.rows[_TABLE][-1]
    fires = planter.fires.of_table(_KIND, _TABLE, right="access")
    planter.record(cell.form, _TABLE, "", planter.key(_TABLE, asked), fires)
    return fires if cell.column == "request_id" else ()


PLANTER = KindPlanter(violations, _spoiled)
