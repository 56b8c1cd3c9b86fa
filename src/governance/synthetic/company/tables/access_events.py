"""Reads of columns by staff and services, each under a role that allows it, held at that moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from governance.synthetic.company.staff import Grant
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, choose_among, moments, weighted

_GUARDED_SHARE = 3.0  # a guarded column is read as often as this many open ones


@dataclass(frozen=True, slots=True)
class _Reads:
    """A column that a role may read, and the purposes."""

    table: str
    column: str
    guarded: bool
    role: int
    uses: tuple[str, ...]


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Events in the order of time; a few stand exactly on the first moment of a grant, which is included."""
    occurred_at = world.calendar.in_period(share)
    every = [
        _Reads(place.table, place.column, place.guarded, world.roles.index(role), uses)
        for place in world.readings
        for role, uses in place.roles.items()
    ]
    weights = [_GUARDED_SHARE if place.guarded else 1.0 for place in world.readings]
    first = np.cumsum([0, *(len(place.roles) for place in world.readings)])[:-1]
    target = weighted(rng, weights, len(index))
    choices = np.array([len(place.roles) for place in world.readings])
    reads = first[target] + (rng.random(len(index)) * choices[target]).astype(np.int64)
    role = np.array([read.role for read in every])[reads]
    of_role = [tuple(n for n, g in enumerate(world.staff) if g.role == name) for name in world.roles]
    grant = _pick(of_role, role, rng)
    begins = np.array([g.valid_from for g in world.staff])
    ends = np.array([g.valid_until for g in world.staff])
    standing = np.array([numbers[0] for numbers in of_role])
    in_force = (begins[grant] <= occurred_at) & (occurred_at < ends[grant])
    grant = np.where(in_force, grant, standing[role])
    for row, held, read in _first_moments(world, every):
        for n in np.flatnonzero(index == row).tolist():
            grant[n], reads[n], occurred_at[n] = held, read, begins[held]
    uses = [use for read in every for use in read.uses]
    use_of = np.cumsum([0, *(len(read.uses) for read in every)])[:-1]
    how_many = np.array([len(read.uses) for read in every])
    use = use_of[reads] + (rng.random(len(index)) * how_many[reads]).astype(np.int64)
    return {
        "event_id": pa.array(index + FIRST_KEY["access_events"]),
        "actor_id": choose_among([g.actor for g in world.staff], grant),
        "table_name": choose_among([read.table for read in every], reads),
        "column_name": choose_among([read.column for read in every], reads),
        "purpose": choose_among(uses, use),
        "occurred_at": moments(occurred_at),
    }


def _pick(groups: Sequence[tuple[int, ...]], group: Ints, rng: np.random.Generator) -> Ints:
    """For each row one member of its group."""
    counts = np.array([len(members) for members in groups])
    flat = np.array([member for members in groups for member in members], dtype=np.int64)
    start = np.cumsum(counts) - counts
    places: Ints = start[group] + (rng.random(len(group)) * counts[group]).astype(np.int64)
    return flat.take(places)


def _first_moments(world: World, every: Sequence[_Reads]) -> Iterator[tuple[int, int, int]]:
    """Row, grant and read of the events that stand on the first moment of a grant."""
    size, calendar = world.sizes["access_events"], world.calendar
    inside = [(n, g) for n, g in enumerate(world.staff) if calendar.period_from < g.valid_from < calendar.until]
    for number, grant in inside[: size // 3]:
        role = world.roles.index(grant.role)
        places = [n for n, read in enumerate(every) if read.guarded and role == read.role]
        if places:
            yield _row_at(grant, world, size), number, places[number % len(places)]


def _row_at(grant: Grant, world: World, size: int) -> int:
    return min(int(world.calendar.share_of(grant.valid_from) * size), size - 1)
