"""The grants of roles. Rows beyond the staff's are grants to people who never read anything."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company.calendar import DAY
from governance.synthetic.company.staff import Grant
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, moments


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Grants in the order of roles."""
    del share
    rows = [world.staff[i] if i < len(world.staff) else _newcomer(world, rng, i) for i in index.tolist()]
    return {
        "grant_id": pa.array(index + FIRST_KEY["grants"]),
        "actor_id": pa.array([row.actor for row in rows]),
        "role": pa.array([row.role for row in rows]),
        "valid_from": moments(np.array([row.valid_from for row in rows], dtype=np.int64)),
        "valid_until": moments(np.array([row.valid_until for row in rows], dtype=np.int64)),
        "ticket": pa.array([row.ticket for row in rows]),
    }


def _newcomer(world: World, rng: np.random.Generator, index: int) -> Grant:
    role = world.roles[int(rng.integers(len(world.roles)))]
    begins = world.calendar.period_from
    return Grant(f"new-{index:05d}", role, begins, world.calendar.until + 90 * DAY, f"REQ-{rng.integers(1000, 9999)}")
