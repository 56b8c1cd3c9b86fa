"""Reviews and ratings by readers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.synthetic.company.tables import people
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, moments, shuffled, weighted, zipf

_BOOK_SHUFFLE = 77
_WITHOUT_WORDS = 0.15


def owners(world: World, index: Ints, share: Floats) -> tuple[Ints, Ints]:
    """The author of each review, and its time."""
    created_at = world.calendar.in_period(share)
    return people.active(world, "reviews", index, created_at), created_at


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Reviews in the order of time; a body is up to three sentences, or none at all."""
    size, pool, books = len(index), world.pools.praise, world.sizes["books"]
    user, created_at = owners(world, index, share)
    sentences = [
        pool.take(pa.array(rng.integers(0, len(pool), size), mask=rng.random(size) < absent))
        for absent in (0.0, 0.4, 0.6)
    ]
    body = pc.binary_join_element_wise(*sentences, " ", null_handling="skip")
    return {
        "review_id": pa.array(index + FIRST_KEY["reviews"]),
        "user_id": pa.array(people.user_ids(user)),
        "book_id": pa.array(shuffled(zipf(rng, books, size), books, _BOOK_SHUFFLE) + FIRST_KEY["books"]),
        "rating": pa.array(weighted(rng, [5, 6, 14, 28, 47], size) + 1),
        "body": pc.if_else(pa.array(rng.random(size) < _WITHOUT_WORDS), pa.scalar(None, pa.string()), body),
        "created_at": moments(created_at),
    }
