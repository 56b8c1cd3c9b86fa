"""Page views shared with the analytics service: device families, and nothing that links two views of one person."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company.tables import interactions
from governance.synthetic.company.tables.payload_transfers import carried
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, moments

_TABLE = "shared_analytics"


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Page views like those of visits, drawn independently."""
    del share
    transfer, sent_at = carried(world, _TABLE, index)
    return {
        "payload_id": pa.array(index + FIRST_KEY[_TABLE]),
        "transfer_id": transfer,
        "page": interactions.pages(world, rng, len(index)),
        **interactions.clients(world, _TABLE, index),
        "duration_ms": pa.array(interactions.durations(rng, len(index))),
        "sent_at": moments(sent_at),
    }
