"""Two columns that make a card number side by side: exactly what a plain search finds, in bounded time."""

from __future__ import annotations

import random
import time
from itertools import permutations

import numpy as np
import pyarrow as pa
import pytest

from governance.detection.columns.side_by_side import Tally, side_by_side
from governance.detection.columns.statistics import Joined, hold_halves
from governance.detection.kinds import issuers
from governance.detection.kinds.checksums import luhn
from tests.detection.conftest import Maker


def test_two_columns_that_make_a_card_number(pan: Maker) -> None:
    cards = [pan("603799") for _ in range(8)]
    columns = {"front": [int(card[:8]) for card in cards] + [7], "back": [card[8:] for card in cards] + ["x"]}
    tally, (found,) = side_by_side(pa.record_batch(columns))
    assert (found.pair, found.rows.tolist()) == (("8 of front", "back"), list(range(8)))
    assert found.right.all()
    assert tally.of(found.pair) == (8, 8)
    assert tally.of(("8 of back", "front")) == (0, 8)
    assert side_by_side(pa.record_batch({"a": [1]}))[1] == ()


def test_a_bank_beside_a_number_is_no_card() -> None:
    chance = random.Random(6)  # noqa: S311
    orders = [str(chance.randrange(10**9, 10**10)) for _ in range(300)]
    tally, (found,) = side_by_side(pa.record_batch({"bin": ["603799"] * 300, "order": orders}))
    assert tally.of(found.pair) == (300, 300)
    assert not hold_halves(int(found.right.sum()), 300)
    assert found.chance == 1


def _plainly(batch: pa.RecordBatch) -> dict[tuple[str, str], tuple[int, int, list[int]]]:
    """By pair, the rows that begin like a card, those that have both pieces, and the rows with a right number."""
    found: dict[tuple[str, str], tuple[int, int, list[int]]] = {}
    for first, second in permutations(batch.schema.names, 2):
        for row, (front, back) in enumerate(zip(batch[first].to_pylist(), batch[second].to_pylist(), strict=True)):
            able = all(4 <= len(one) <= 12 and one.isascii() and one.isdigit() for one in (front or "", back or ""))
            if able and len(front + back) == 16:
                pair = (f"{len(front)} of {first}", second)
                noted, tried, right = found.get(pair, (0, 0, []))
                fits = issuers.is_iranian((front + back)[:6])
                rows = [*right, row] if fits and luhn(front + back) else right
                found[pair] = (noted + fits, tried + 1, rows)
    return found


def _made(seed: int, rows: int) -> pa.RecordBatch:
    """Columns of pieces of cards of any size, among other texts."""
    chance = random.Random(seed)  # noqa: S311
    banks = sorted(issuers.IRANIAN)

    def cell() -> str | None:
        size = chance.randrange(3, 14)
        digits = str(chance.randrange(10 ** (size - 1), 10**size))
        begun = (chance.choice(banks) + digits)[:size]
        return chance.choice([digits, begun, begun, "x" + digits, None])

    return pa.record_batch({f"c{n}": [cell() for _ in range(rows)] for n in range(7)})


@pytest.mark.parametrize("seed", range(4))
def test_exactly_the_pairs_that_a_plain_search_finds_in_parts_of_any_order(seed: int) -> None:
    batch = _made(seed, 400)
    expected = _plainly(batch)
    parts = [side_by_side(batch.slice(start, 150))[0] for start in (300, 0, 150)]
    whole, joined = side_by_side(batch)
    for tally in (
        whole,
        parts[0].merge(parts[1]).merge(parts[2]),
        Tally().merge(parts[1].merge(parts[2].merge(parts[0]))),
    ):
        assert {pair: tally.of(pair) for pair in expected} == {p: (n, t) for p, (n, t, _) in expected.items()}
    assert _rights(joined) == {pair: rows for pair, (_, _, rows) in expected.items() if rows}
    assert whole.left == 0


def _rights(joined: tuple[Joined, ...]) -> dict[tuple[str, str], list[int]]:
    return {one.pair: one.rows[one.right].tolist() for one in joined}


@pytest.mark.parametrize("begins", ["1", "603799"], ids=["no cards", "all may be cards"])
def test_many_columns_of_digits_take_seconds_and_rows_of_too_many_pieces_are_left(begins: str) -> None:
    digits = np.random.default_rng(7)
    columns = {
        f"c{n}": np.char.add(begins, digits.integers(10**6, 10**7, 200).astype(str)).astype("U8") for n in range(1000)
    }
    start = time.process_time()
    tally, found = side_by_side(pa.record_batch(columns))
    assert time.process_time() - start < 10
    assert (tally.left, found) == (200 if begins == "603799" else 0, ())
    assert tally.of(("8 of c3", "c5")) == (0, 200)
