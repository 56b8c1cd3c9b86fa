"""The catalogue."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.synthetic.company import bank
from governance.synthetic.company.calendar import DAY
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, choose, shuffled

_FIRST_DAY = (date(1995, 3, 21) - date(1970, 1, 1)).days


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Books, the earlier ones published earlier; all before the world's period."""
    size, pools = len(index), world.pools
    last_day = world.calendar.period_from // DAY
    bodies = 978_600_000_000 + shuffled(index, 1_000_000, world.seed)
    author = [pool.take(pa.array(rng.integers(0, len(pool), size))) for pool in (pools.given, pools.authors)]
    days = (_FIRST_DAY + np.sqrt(share) * (last_day - _FIRST_DAY)).astype(np.int32)
    return {
        "book_id": pa.array(index + FIRST_KEY["books"]),
        "isbn": pa.array([bank.isbn(str(body)) for body in bodies]),
        "title": choose(pools.titles, rng.integers(0, len(pools.titles), size)),
        "author": pc.binary_join_element_wise(*author, " "),
        "publisher": choose(pools.publishers, rng.integers(0, len(pools.publishers), size)),
        "price": pa.array(rng.lognormal(13.2, 0.6, size).astype(np.int64) // 10_000 * 10_000 + 50_000),
        "published_on": pa.array(days, pa.date32()),
    }
