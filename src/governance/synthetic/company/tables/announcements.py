"""How each version of the policy was announced, before it took effect."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company.world import ANNOUNCED_BY, FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, choose_among, moments


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Announcements by version, one in each channel; those beyond the end repeat the first."""
    del rng, share
    size = len(ANNOUNCED_BY)
    made = [world.announcements[n // size % len(world.announcements)] for n in index.tolist()]
    return {
        "announcement_id": pa.array(index + FIRST_KEY["announcements"]),
        "policy_version": pa.array([version.version for version in made], pa.string()),
        "clauses": pa.array([list(version.clauses) for version in made], pa.list_(pa.string())),
        "channel": choose_among(ANNOUNCED_BY, index % size),
        "published_at": moments(np.array([version.published_at for version in made], dtype=np.int64)),
    }
