"""Payments shared with the gateway: orders and amounts, and nothing about the payer."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company import free_texts
from governance.synthetic.company.tables import transactions
from governance.synthetic.company.tables.payload_transfers import carried
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, choose_among, moments, uniform

_TABLE = "shared_payment_gateway"
_SENT = 0.97  # share of the orders; the latest are not sent yet


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Payments; each is of an order in `transactions`, made before it was sent."""
    del rng, share
    transfer, sent_at = carried(world, _TABLE, index)
    orders = world.sizes["transactions"]
    order = np.minimum((index / world.sizes[_TABLE] * _SENT * orders).astype(np.int64), orders - 1)
    _, paid_at = transactions.owners(world, order, world.time_shares("transactions", order))
    line = (uniform(world.seed, "payment text", index) * len(free_texts.PAYMENTS)).astype(np.int64)
    return {
        "payload_id": pa.array(index + FIRST_KEY[_TABLE]),
        "transfer_id": transfer,
        "order_number": transactions.order_numbers(world, order, paid_at),
        "amount": pa.array(transactions.amounts(world, order)),
        "description": choose_among(free_texts.PAYMENTS, line),
        "sent_at": moments(sent_at),
    }
