"""The grants of roles, in every variant that an honest company has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from governance.synthetic.company.calendar import DAY, Calendar
from governance.synthetic.draws import stream
from governance.synthetic.recipe import Recipe

_HOUR, _YEAR = DAY // 24, 365 * DAY
# Variants for the holders of a role, in turn; the first is permanent, so that every role is always held.
_SHAPES = ("standing", "renewed", "begins", "again", "left", "standing", "ends")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held from `valid_from` until before `valid_until`, in microseconds since 1970."""

    actor: str
    role: str
    valid_from: int
    valid_until: int
    ticket: str


def hire(recipe: Recipe, roles: Sequence[str], calendar: Calendar, seed: int) -> tuple[Grant, ...]:
    """The grants of every role."""
    rng = stream(seed, "grants", 0)
    grants: list[Grant] = []
    number = 0
    for role in roles:
        staffing = recipe.staffing(role)
        for holder in range(staffing.holders):
            number += 1
            actor = f"{staffing.prefix}-{number:03d}"
            for begins, ends in _spans(_SHAPES[holder % len(_SHAPES)], rng, calendar):
                grants.append(Grant(actor, role, begins, ends, f"REQ-{rng.integers(1000, 9999)}"))
    return tuple(grants)


def _spans(shape: str, rng: np.random.Generator, calendar: Calendar) -> Iterator[tuple[int, int]]:
    before = calendar.period_from - calendar.registered_from

    def earlier(least: float, most: float) -> int:
        return _whole_hour(calendar.registered_from + before * rng.uniform(least, most))

    hired = earlier(0.1, 0.5)
    later = _whole_hour(calendar.until + _YEAR * rng.uniform(0.3, 1.0))  # no person or service holds a role for ever
    change = _whole_hour(calendar.period_from + (calendar.until - calendar.period_from) * rng.uniform(0.2, 0.8))
    match shape:
        case "standing":
            yield hired, later
        case "renewed":  # back to back: the one ends in the moment in which the other begins
            yield hired, change
            yield change, later
        case "begins":
            yield change, later
        case "again":  # one expired, one in force
            yield hired, earlier(0.55, 0.65)
            yield earlier(0.7, 0.9), later
        case "left":
            yield hired, earlier(0.6, 0.9)
        case "ends":
            yield hired, change


def _whole_hour(moment: float) -> int:
    return int(moment // _HOUR * _HOUR)
