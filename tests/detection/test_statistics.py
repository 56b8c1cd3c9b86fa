"""What a column, or two side by side, give away."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pyarrow as pa
import pytest

from governance.detection.columns.statistics import MaskedRows, NumberSample, at_least, hold_halves, names_code
from tests.detection.conftest import Maker, with_check_digit

PAN = "6037990000123451"


def test_the_binomial_test_is_exact() -> None:
    assert at_least(0, 5) == 1
    assert at_least(2, 2) == Fraction(1, 100)
    assert at_least(1, 2) == Fraction(19, 100)


def _opened(columns: Mapping[str, Sequence[str | None]]) -> list[str]:
    batch = pa.record_batch(columns)
    keys = pa.array([str(row) for row in range(batch.num_rows)])
    return MaskedRows.of(batch, keys, b"secret").opened()


def _rate(numbers: list[str]) -> bool:
    found = {}
    for kind in (pa.string(), pa.large_string(), pa.int64()):
        values = [int(number) for number in numbers] if kind == pa.int64() else numbers
        found[kind] = NumberSample.of(pa.array([*values, None], kind), b"secret").holds_cards()
    assert len(set(found.values())) == 1
    return found[pa.string()]


def test_a_column_of_cards_of_an_unknown_bank_is_told_from_ids(pan: Maker) -> None:
    chance = random.Random(5)  # noqa: S311  nothing to protect
    ids = [str(chance.randrange(2 * 10**15, 10**16)) for _ in range(500)]
    assert _rate([pan("599999") for _ in range(40)])
    assert not _rate(ids)
    assert not _rate([pan("599999") for _ in range(5)])
    assert not _rate([with_check_digit("1405" + "".join(chance.choices("0123456789", k=11))) for _ in range(40)])
    assert not _rate([])


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize("json", [False, True])
def test_a_mask_beside_a_plain_hash_is_undone(algorithm: str, json: bool) -> None:  # noqa: FBT001
    digest = hashlib.new(algorithm, PAN.encode()).hexdigest()
    mask = "603799******3451"
    columns = {"reply": [None, f'{{"card_pan":"{mask}","card_hash":"{digest}"}}']}
    if not json:
        columns = {"mask": [mask, mask], "hash": ["0" * 63, digest.upper()]}
    assert _opened(columns) == ["1"]


def test_a_keyed_hash_is_not_undone() -> None:
    keyed = hashlib.blake2b(PAN.encode(), key=b"k", digest_size=32).hexdigest()
    assert _opened({"mask": ["603799******3451"], "hash": [keyed]}) == []
    assert _opened({"mask": ["603799******3451"], "note": ["x"]}) == []


@pytest.mark.parametrize("place", [0, 12, 24])
def test_a_true_pair_among_decoys_is_found_wherever_it_stands(place: int) -> None:
    hashes = [hashlib.sha256(f"decoy {n}".encode()).hexdigest() for n in range(25)]
    hashes[place] = hashlib.sha256(PAN.encode()).hexdigest()
    assert _opened({"mask": ["603799******3451"] * 25, "hash": hashes}) == [str(place)]


def test_more_pairs_than_there_is_time_for_are_left_and_counted() -> None:
    batch = pa.record_batch({"mask": ["603799******3451"] * 100, "hash": [f"{n:064x}" for n in range(100)]})
    found = MaskedRows.of(batch, None, b"secret")
    parts = [MaskedRows.of(batch.slice(start, 30), None, b"secret") for start in (60, 0, 90, 30)]
    assert found.left == 100 - len(found.rows) > 0
    assert parts[0].merge(parts[1]).merge(parts[2].merge(parts[3])) == found


def test_so_many_right_numbers_are_halves_and_fewer_are_not() -> None:
    assert hold_halves(8, 8)
    assert hold_halves(95_000, 100_000)
    assert not hold_halves(80_000, 100_000)


def test_names_of_codes() -> None:
    assert names_code("cvv2")
    assert names_code("cardPin")
    assert not names_code("card_mask")
    assert not names_code("spinning")


def test_a_leading_zero_is_a_digit_and_other_numbers_do_not_fill_the_sample(pan: Maker) -> None:
    cards = [pan("599999") for _ in range(40)]
    assert not _rate(["0400000000000000", "6037991234567893"])
    assert not _rate(["0" + with_check_digit(str(10**13 + n)) for n in range(40)])
    others = [str(10**15 + n) for n in range(5000)]
    assert _rate(cards + others)
    whole = NumberSample.of(pa.array([float(card) for card in cards], pa.float64()), b"secret")
    assert whole.holds_cards()
    parts = [NumberSample.of(pa.array(part), b"secret") for part in (others, cards)]
    assert parts[0].merge(parts[1]).holds_cards()
