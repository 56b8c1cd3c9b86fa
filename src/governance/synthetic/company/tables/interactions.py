"""Page views in visits; nothing in them leads to a user."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, by_weight, choose, choose_among, letters, moments, uniform, zipf

_PAGES_PER_VISIT = 5
_LONGEST_VISIT = 3 * 3_600_000_000  # microseconds; visits begin early enough to end inside the period
_FIXED_PAGES = ("/", "/search", "/library", "/basket", "/categories/novel", "/categories/history", "/blog", "/help")
_FIXED_SHARE = 0.4  # of the page views; the others are of books
# Families only, and few: every combination is shared by many visits.
_CLIENTS = (
    ("mobile", "Android", "Chrome"),
    ("mobile", "iOS", "Safari"),
    ("desktop", "Windows", "Chrome"),
    ("tablet", "Android", "Chrome"),
    ("desktop", "Windows", "Edge"),
    ("desktop", "macOS", "Safari"),
    ("mobile", "Android", "Firefox"),
)
_WEIGHTS = (36, 17, 14, 9, 8, 8, 8)
_GOLDEN = (5**0.5 - 1) / 2
_DEVICE, _SYSTEM, _BROWSER = ([client[place] for client in _CLIENTS] for place in range(3))


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Page views; a visit's pages follow each other, with one random session number that stands nowhere else."""
    size = len(index)
    starts = rng.random(size) < 1 / _PAGES_PER_VISIT
    starts[0] = True
    visit = np.cumsum(starts) - 1
    visits = int(visit[-1]) + 1
    first = np.flatnonzero(starts)
    duration = durations(rng, size)
    before = np.concatenate([[0], np.cumsum(duration)[:-1]])
    since_start = (before - before[first][visit]) * 1_000
    begins = world.calendar.in_period(share[first], spare=_LONGEST_VISIT)[visit]
    return {
        "interaction_id": pa.array(index + FIRST_KEY["interactions"]),
        "session_id": choose(letters(rng, visits, 18, b"v1"), visit),
        "page": pages(world, rng, size),
        **clients(world, "interactions", index[first], visit),
        "duration_ms": pa.array(duration),
        "load_ms": pa.array(np.minimum(rng.lognormal(6.3, 0.5, size), 30_000).astype(np.int64)),
        "occurred_at": moments(begins + np.minimum(since_start, _LONGEST_VISIT - 1)),
    }


def clients(world: World, table: str, number: Ints, visit: Ints | None = None) -> dict[str, pa.Array]:
    """Device, system and browser of visits by number, then of each visit's rows.

    Spread evenly instead of by chance, so that the rarest is shared by many even in a small world.
    """
    share = (np.arange(len(number)) * _GOLDEN + uniform(world.seed, f"{table} client", number[:1])) % 1
    client = by_weight(_WEIGHTS, share)
    rows = client if visit is None else client[visit]
    return {
        "device": choose_among(_DEVICE, rows),
        "os": choose_among(_SYSTEM, rows),
        "browser": choose_among(_BROWSER, rows),
    }


def durations(rng: np.random.Generator, size: int) -> Ints:
    """Milliseconds on a page."""
    return np.minimum(rng.lognormal(9.8, 1.1, size), 600_000).astype(np.int64)


def pages(world: World, rng: np.random.Generator, size: int) -> pa.Array:
    """Which page each view was of; fixed ones, and those of books."""
    books = world.sizes["books"]
    place = zipf(rng, books, size) + len(_FIXED_PAGES)
    place = np.where(rng.random(size) < _FIXED_SHARE, zipf(rng, len(_FIXED_PAGES), size), place)
    return choose(_page_pool(books), place)


@cache
def _page_pool(books: int) -> pa.Array:
    return pa.array([*_FIXED_PAGES, *(f"/book/{n + FIRST_KEY['books']}" for n in range(books))])
