"""What a column, or two side by side, give away."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from governance.detection.columns.statistics import (
    Joined,
    MaskedRows,
    NumberSample,
    at_least,
    hold_halves,
    is_no_accident,
    names_code,
)
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
    assert _opened({"mask": ["60379900****3451"] * 25, "hash": hashes}) == [str(place)]


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


@pytest.mark.parametrize(
    ("array", "numbers"),
    [
        (pa.array([10**15 - 1, 2 * 10**15, 3 * 10**15, 10**16 - 1, 10**16]), [2 * 10**15, 10**16 - 1]),
        (pa.array([4 * 10**15, 4 * 10**15, None], pa.uint64()), [4 * 10**15]),
        (pa.array([4 * 10**15, 0.5, 8.5e15, 9.0071992547409925e15], pa.float64()), [4 * 10**15]),
        (pa.array([5 * 10**14, 9 * 10**15], pa.float64()), [9 * 10**15]),
        (pa.array([f"{5 * 10**15}", f"{5 * 10**15}0", f"{5 * 10**14}", "5" * 15 + "x"]), [5 * 10**15]),
        (pa.array([f"{6 * 10**15}"] * 2).dictionary_encode(), [6 * 10**15]),
        (pa.array([4, 5], pa.int32()), []),
        (pa.array([b"4" * 16]), []),
        (pa.array(["x"]), []),
        (pa.array([True]), []),
    ],
    ids=str,
)
def test_only_sixteen_digits_that_begin_as_cards_do_are_sampled(array: pa.Array, numbers: list[int]) -> None:
    assert sorted(NumberSample.of(array, b"secret").numbers.tolist()) == numbers


def _sample(numbers: Sequence[int]) -> NumberSample:
    return NumberSample.of_numbers(np.array(numbers, np.int64), b"secret")


@pytest.mark.parametrize(
    ("numbers", "counts"),
    [
        ([], False),
        ([9_999_999_999], True),
        ([9_999_999_991], True),
        ([9_121_234_567], False),
        ([9_000_000_000, 9_000_001_999], True),
        ([9_000_000_000, 9_000_002_000], False),
        (range(9_000_000_000, 9_000_000_000 + 900 * 5000, 900), True),
        (range(9_000_000_000, 9_000_000_000 + 1200 * 5000, 1200), False),
    ],
)
def test_ids_lie_near_each_other_and_numbers_of_people_do_not(numbers: Sequence[int], counts: bool) -> None:  # noqa: FBT001
    assert _sample(numbers).counts_up() is counts
    halves = _sample(numbers[::2]).merge(_sample(numbers[1::2]))
    assert halves.counts_up() is counts
    assert len(halves.numbers) == min(len(numbers), 2000)


@pytest.mark.parametrize(
    ("right", "numbers", "hold"),
    [(0, 0, False), (4, 4, False), (5, 5, False), (6, 6, True), (9, 10, True), (8, 9, False), (89, 100, False)],
)
def test_halves_are_right_more_often_than_chance_allows(right: int, numbers: int, hold: bool) -> None:  # noqa: FBT001
    assert hold_halves(right, numbers) is hold


@pytest.mark.parametrize(
    ("right", "agreeing", "tried", "beyond"),
    [
        (0, 0, 9, False),
        (0, 0, 0, False),
        (3, 3, 3, True),
        (2, 2, 2, False),
        (3, 3, 4, False),
        (4, 4, 5, True),
        (9, 10, 10, True),
        (8, 9, 10, False),
        (5, 5, 4, False),
    ],
)
def test_what_agrees_is_no_accident_if_it_is_nearly_always_right(
    right: int,
    agreeing: int,
    tried: int,
    beyond: bool,  # noqa: FBT001
) -> None:
    assert is_no_accident(right, agreeing, tried, Fraction(1, 10), Fraction(1, 500)) is beyond


@pytest.mark.parametrize(
    ("mask", "opened"),
    [
        ("60379900****3451", True),
        ("6037990*****3451", True),
        ("60379900xxxx3451", True),
        ("60379900••••3451", True),
        ("60379900####3451", True),
        ("60379900XXXX3451", True),
        ("60379900****3452", False),
        ("60379000****3451", False),
        ("160379900****3451", False),
        ("60379900****34510", False),
    ],
)
def test_a_hash_is_undone_beside_a_mask_that_fits_its_number(mask: str, opened: bool) -> None:  # noqa: FBT001
    digest = hashlib.sha256(PAN.encode()).hexdigest()
    assert _opened({"mask": [mask], "hash": [digest]}) == ["0"] * opened
    assert _opened({"text": [f"60379900****0000 {mask} {'ab' * 16} {digest}"]}) == ["0"] * opened


def test_a_row_without_a_key_has_none_and_rows_are_counted_with_those_left_before() -> None:
    digest = hashlib.sha256(PAN.encode()).hexdigest()
    batch = pa.record_batch({"mask": ["x", "60379900****3451", None], "hash": [digest] * 3})
    for keys in (None, pa.array(["a", None, "c"])):
        found = MaskedRows.of(batch, keys, b"secret")
        assert (found.opened(), found.left) == ([""], 0)
    assert MaskedRows.smallest(found.rows, 3).left == 3
    assert MaskedRows(left=2).merge(MaskedRows(left=3)).left == 5
    assert MaskedRows.of(pa.record_batch({"a": ["x"]}), None, b"secret") == MaskedRows()


def test_a_sample_prints_no_number() -> None:
    digest = hashlib.sha256(PAN.encode()).hexdigest()
    masked = MaskedRows.of(pa.record_batch({"mask": ["60379900****3451"], "hash": [digest]}), pa.array(["k7"]), b"s")
    joined = Joined(("a", "b"), np.array([4711]), np.array([True]))
    for shown in (repr(_sample([int(PAN)])), repr(masked), repr(masked.rows[0])):
        assert not [one for one in (PAN, "603799", digest[:9], "k7", "4539") if one in shown]
    assert joined.tried == 0
    assert joined.chance == 1
