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
        (pa.float32(), [1048576.0, 8388608.0, 16777216.0, 1000000.5], [0], [1, 2]),
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
    assert (rounded.spacings >= 1).all()


def test_no_integer_has_so_many_digits() -> None:
    assert readable(pa.array([9223372036854775807, None]), 20)[0].rows.tolist() == []


def test_a_part_after_the_point_may_be_a_month_of_four_places() -> None:
    assert fractional(pa.array([12.25, 12.0, 0.1234, 0.12345, None])).tolist() == [0, 2]
    assert fractional(pa.array([np.inf, np.nan])).tolist() == []
