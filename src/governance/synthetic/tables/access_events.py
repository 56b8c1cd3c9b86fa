"""Reads of columns by staff and services: each by a role that may, held at that moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from governance.policy import Classification
from governance.synthetic.draws import Floats, Ints, choose_among, moments, weighted
from governance.synthetic.staff import Grant
from governance.synthetic.world import FIRST_KEY, World

_GUARDED = (Classification.CONFIDENTIAL, Classification.RESTRICTED)
_GUARDED_SHARE = 3.0  # a guarded column is read as often as this many open ones
_NO_END = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class _Target:
    """A column that is read, and the places of the roles that read it."""

    table: str
    column: str
    guarded: bool
    roles: tuple[int, ...]


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Events in the order of time; a few stand exactly on the first moment of a grant, which is included."""
    size = len(index)
    targets = _targets(world)
    occurred_at = world.calendar.in_period(share)
    target = weighted(rng, [_GUARDED_SHARE if t.guarded else 1.0 for t in targets], size)
    role = _pick([t.roles for t in targets], target, rng)
    of_role = [tuple(n for n, g in enumerate(world.staff) if g.role == name) for name in world.roles]
    grant = _pick(of_role, role, rng)
    begins = np.array([g.valid_from for g in world.staff])
    ends = np.array([_NO_END if g.valid_until is None else g.valid_until for g in world.staff])
    standing = np.array([numbers[0] for numbers in of_role])
    in_force = (begins[grant] <= occurred_at) & (occurred_at < ends[grant])
    grant = np.where(in_force, grant, standing[role])
    for row, held, place, of in _first_moments(world, targets):
        for n in np.flatnonzero(index == row).tolist():
            grant[n], target[n], role[n], occurred_at[n] = held, place, of, begins[held]
    uses = [purpose for name in world.roles for purpose in world.recipe.staffing(name).purposes]
    counts = np.cumsum([0, *(len(world.recipe.staffing(name).purposes) for name in world.roles)])
    purpose = _pick([tuple(range(a, b)) for a, b in pairwise(counts.tolist())], role, rng)
    return {
        "event_id": pa.array(index + FIRST_KEY["access_events"]),
        "actor_id": choose_among([g.actor for g in world.staff], grant),
        "table_name": choose_among([t.table for t in targets], target),
        "column_name": choose_among([t.column for t in targets], target),
        "purpose": choose_among(uses, purpose),
        "occurred_at": moments(occurred_at),
    }


def _targets(world: World) -> list[_Target]:
    """Every declared column, read by the roles that may; one about nobody, if it is open, by its table's roles."""
    found = []
    for contract in world.contracts:
        for column in contract.columns:
            guarded = column.classification in _GUARDED
            about_nobody = column.category.startswith("system")
            names = contract.roles if about_nobody and not guarded else world.readers[contract.table, column.name]
            roles = tuple(world.roles.index(name) for name in names)
            if roles:
                found.append(_Target(contract.table, column.name, guarded, roles))
    return found


def _pick(groups: Sequence[tuple[int, ...]], group: Ints, rng: np.random.Generator) -> Ints:
    """For each row one member of its group."""
    counts = np.array([len(members) for members in groups])
    flat = np.array([member for members in groups for member in members], dtype=np.int64)
    start = np.cumsum(counts) - counts
    places: Ints = start[group] + (rng.random(len(group)) * counts[group]).astype(np.int64)
    return flat.take(places)


def _first_moments(world: World, targets: Sequence[_Target]) -> Iterator[tuple[int, int, int, int]]:
    """Row, grant, target and role of the events that stand on the first moment of a grant."""
    size, calendar = world.sizes["access_events"], world.calendar
    inside = [(n, g) for n, g in enumerate(world.staff) if calendar.period_from < g.valid_from < calendar.until]
    for number, grant in inside[: size // 3]:
        role = world.roles.index(grant.role)
        places = [n for n, target in enumerate(targets) if target.guarded and role in target.roles]
        if places:
            yield _row_at(grant, world, size), number, places[number % len(places)], role


def _row_at(grant: Grant, world: World, size: int) -> int:
    return min(int(world.calendar.share_of(grant.valid_from) * size), size - 1)
