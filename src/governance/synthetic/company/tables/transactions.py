"""Purchases, with the gateway's replies and the support desk's notes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company import bank
from governance.synthetic.company.calendar import local_days
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import (
    Bytes,
    Floats,
    Ints,
    choose,
    letters,
    moments,
    shuffled,
    side_by_side,
    table_of,
    texts,
    uniform,
    weighted,
    zipf,
)

_GATEWAYS = pa.array(["zarin", "shaparak", "wallet-bridge"])
_STATES = pa.array(["paid", "failed", "refunded"])
_CODES = table_of(pa.array(["100", "-51", "101"]), 3)
_BINS = table_of(pa.array(list(bank.BINS)), 6)
_LAST = table_of(pa.array([f"{n:04d}" for n in range(10_000)]), 4)
_AUTHORITY_WIDTH, _REFERENCE_WIDTH = 36, 12
_BOOK_SHUFFLE = 77


def owners(world: World, index: Ints, share: Floats) -> tuple[Ints, Ints]:
    """The buyer of each purchase, and its time."""
    paid_at = world.calendar.in_period(share)
    return people.active(world, "transactions", index, paid_at, skewed=True), paid_at


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Purchases in the order of time, each by somebody who had registered by then."""
    size, pools = len(index), world.pools
    user, paid_at = owners(world, index, share)
    books = world.sizes["books"]
    book = shuffled(zipf(rng, books, size), books, _BOOK_SHUFFLE)
    state = weighted(rng, [91, 7, 2], size)
    running = shuffled(index, 10**9, world.seed)  # no two payments have one reference
    authority = letters(rng, size, 9, b"A" + b"0" * 26, running)
    reference = pa.array(rng.integers(10**2, 10**3, size) * 10**9 + running).cast(pa.string())
    mask = side_by_side(size, _BINS[zipf(rng, len(_BINS), size)], b"******", _LAST[rng.integers(0, 10_000, size)])
    return {
        "transaction_id": pa.array(index + FIRST_KEY["transactions"]),
        "user_id": pa.array(people.user_ids(user)),
        "book_id": pa.array(book + FIRST_KEY["books"]),
        "order_number": order_numbers(world, index, paid_at),
        "amount": pa.array(amounts(world, index)),
        "gateway": choose(_GATEWAYS, weighted(rng, [6, 3, 1], size)),
        "authority": authority,
        "reference_number": reference,
        "card_mask": texts(mask),
        "gateway_reply": texts(_replies(authority, reference, mask, state)),
        "note": choose(
            pools.notes, rng.integers(0, len(pools.notes), size), rng.random(size) >= world.recipe.with_note
        ),
        "status": choose(_STATES, state),
        "paid_at": moments(paid_at),
    }


def amounts(world: World, index: Ints) -> Ints:
    """Amounts in rials, mostly small."""
    share = uniform(world.seed, "amount", index)
    return (150_000 * np.exp(1.2 * np.tan(2.4 * (share - 0.5)))).astype(np.int64) // 5_000 * 5_000 + 20_000


def order_numbers(world: World, index: Ints, paid_at: Ints) -> pa.Array:
    """Sixteen digits: the Jalali date of payment and a running number, shuffled."""
    days = local_days(paid_at)
    first = min(world.jalali_days)
    dates = np.array([int(world.jalali_days[first + n]) for n in range(len(world.jalali_days))])
    return pa.array(dates[days - first] * 10**8 + shuffled(index, 10**8, world.seed)).cast(pa.string())


def _replies(authority: pa.Array, reference: pa.Array, mask: Bytes, state: Ints) -> Bytes:
    """The gateway's JSON; every reply has the same width, so all are built as one table of bytes."""
    return side_by_side(
        len(state),
        b'{"code":',
        _CODES[state],
        b',"authority":"',
        table_of(authority, _AUTHORITY_WIDTH),
        b'","ref_id":',
        table_of(reference, _REFERENCE_WIDTH),
        b',"card_pan":"',
        mask,
        b'","fee_type":"Merchant"}',
    )
