"""The ledger of transfers: payload, recipient and agreement."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company.shipping import PAYLOADS
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, choose_among, moments, uniform

_PROTOCOLS = ("TLSv1.3", "TLSv1.2", "SFTP")
_BULK = PAYLOADS.index("shared_analytics")  # the one that is sent as files


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Transfers in the order of time; those beyond the end carry nothing yet."""
    del rng
    every, size = world.transfers, len(index)
    here = index < len(every.payload)
    row = np.where(here, index, 0)
    payload = np.where(here, every.payload[row], index % len(PAYLOADS))
    newer = uniform(world.seed, "protocol", index) < 0.8
    protocol = np.where(payload == _BULK, 2, np.where(newer, 0, 1))
    agreed = [world.sharings[table] for table in PAYLOADS]
    return {
        "transfer_id": pa.array(index + FIRST_KEY["transfers"]),
        "recipient": choose_among([sharing.recipient for sharing in agreed], payload),
        "payload": choose_among(PAYLOADS, payload),
        "purpose": choose_among([sharing.purpose for sharing in agreed], payload),
        "row_count": pa.array(np.where(here, every.rows[row], 0)),
        "protocol": choose_among(_PROTOCOLS, protocol),
        "consideration": choose_among(["none"], np.zeros(size, dtype=np.int64)),
        "consideration_amount": pa.array(np.zeros(size, dtype=np.int64)),
        "sent_at": moments(np.where(here, every.sent_at[row], world.calendar.in_period(share))),
    }
