"""The transfer that carries each row of a payload."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company.shipping import PAYLOADS
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Ints


def carried(world: World, table: str, index: Ints) -> tuple[pa.Array, Ints]:
    """Keys of the transfers that carry these rows of a payload, and when they were sent.

    Rows beyond the table's end are in the last transfer; a planter gives them a transfer of their own.
    """
    every = world.transfers
    places = every.places[PAYLOADS.index(table)]
    row = places[np.minimum(index // world.recipe.rows_a_transfer, len(places) - 1)]
    return pa.array(row + FIRST_KEY["transfers"]), every.sent_at[row]
