"""Which numbers are read as their digits, and which lost some of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from governance.detection.columns.numeric import fractional, readable

EDGE = float(1 << 53)


@pytest.mark.parametrize(
    ("kind", "cells", "exact", "lost"),
    [
        (pa.float64(), [None, 1234567.0, 1234567.5, EDGE - 1, EDGE, -9876543.0, 999999.0, 1e19], [1, 3, 5], [4]),
        (pa.float64(), [float("nan"), float("inf"), -EDGE, 1e18], [], [2, 3]),
        (pa.float32(), [1048576.0, 8388608.0, 16777216.0, 1000000.5], [0, 1], [2]),
        (pa.int64(), [None, 1234567, -1234567, 999999, 0], [1, 2], []),
        (pa.uint64(), [(1 << 64) - 1, 1000000], [0, 1], []),
    ],
)
def test_a_float_beyond_what_it_can_tell_apart_is_rounded(
    kind: pa.DataType, cells: list[float | None], exact: list[int], lost: list[int]
) -> None:
    sure, rounded = readable(pa.array(cells, kind), 7)
    assert (sure.rows.tolist(), rounded.rows.tolist()) == (exact, lost)
    assert [int(value) for value in sure.values] == [cells[row] for row in exact]
    assert rounded.values.tolist() == [cells[row] for row in lost]
    assert (rounded.spacings > 1).all()


def test_a_part_after_the_point_may_be_a_month_of_four_places() -> None:
    assert fractional(pa.array([12.25, 12.0, 0.1234, 0.12345, None])).tolist() == [0, 2]
    assert fractional(pa.array([np.inf, np.nan])).tolist() == []


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint8(), pa.int64(), pa.uint64(), pa.float16(), pa.float64()], ids=str)
@pytest.mark.parametrize(
    ("digits", "rows"), [(1, [1, 2, 3, 4, 5]), (2, [3, 4, 5]), (3, [5]), (4, []), (20, []), (24, [])]
)
def test_numbers_of_at_least_so_many_digits_are_read(kind: pa.DataType, digits: int, rows: list[int]) -> None:
    exact, lost = readable(pa.array([0, 1, 9, 10, 99, 100, None], kind), digits)
    assert (exact.rows.tolist(), exact.values.tolist()) == (rows, [[0, 1, 9, 10, 99, 100][row] for row in rows])
    assert [*lost.rows, *lost.values, *lost.spacings] == []


@pytest.mark.parametrize("kind", [pa.int16(), pa.int64(), pa.float32(), pa.float64()], ids=str)
def test_a_sign_is_no_digit(kind: pa.DataType) -> None:
    exact, _ = readable(pa.array([-99, -100, -101, 99], kind), 3)
    assert (exact.rows.tolist(), exact.values.tolist()) == ([1, 2], [-100, -101])


WHOLE = {pa.float16(): 2**11, pa.float32(): 2**24, pa.float64(): 2**53}  # the first that stands for two whole numbers


@pytest.mark.parametrize("kind", WHOLE, ids=str)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_float_is_read_as_long_as_it_stands_for_one_whole_number(kind: pa.DataType, sign: int) -> None:
    first = WHOLE[kind]
    cells = [sign * (first // 2), sign * (first - 1), sign * first, 0.5, float("nan"), float("inf"), None]
    exact, lost = readable(pa.array(np.array(cells, kind.to_pandas_dtype()), from_pandas=True), 1)
    assert (exact.rows.tolist(), exact.values.tolist()) == ([0, 1], cells[:2])
    assert (lost.rows.tolist(), lost.values.tolist(), lost.spacings.tolist()) == ([2], cells[2:3], [2])


@pytest.mark.parametrize(("value", "held"), [(9.9e18, True), (1e19, False), (1e20, False)])
def test_floats_of_twenty_digits_are_no_numbers_of_cards(value: float, held: bool) -> None:  # noqa: FBT001
    _, lost = readable(pa.array([value]), 1)
    assert lost.rows.tolist() == [0] * held
