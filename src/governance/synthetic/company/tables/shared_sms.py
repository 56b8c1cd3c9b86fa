"""Text messages shared with the provider that sends them, with sealed numbers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company import free_texts
from governance.synthetic.company.tables import people
from governance.synthetic.company.tables.payload_transfers import carried
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, choose_among, moments, uniform

_TABLE = "shared_sms"


def owners(world: World, index: Ints, share: Floats) -> tuple[Ints, Ints]:
    """The recipient of each message, and its time."""
    del share
    sent_at = carried(world, _TABLE, index)[1]
    return people.active(world, _TABLE, index, sent_at), sent_at


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Notices to readers who had registered by then."""
    user, sent_at = owners(world, index, share)
    key, mobiles = index + FIRST_KEY[_TABLE], people.mobiles(world, user)
    line = (uniform(world.seed, "sms text", index) * len(free_texts.TEXT_MESSAGES)).astype(np.int64)
    return {
        "payload_id": pa.array(key),
        "transfer_id": carried(world, _TABLE, index)[0],
        "mobile": people.sealed(world, rng, (_TABLE, "mobile"), key, mobiles),
        "mobile_token": people.tokens(world, mobiles),
        "text": choose_among(free_texts.TEXT_MESSAGES, line),
        "sent_at": moments(sent_at),
    }
