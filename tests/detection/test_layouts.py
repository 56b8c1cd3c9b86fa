"""Cells that hold others are read leaf by leaf and written out."""

from __future__ import annotations

import pyarrow as pa
import pytest

from governance.detection import BANK_DATA, scan

CARD_GROUPS = ["6037", "9900", "0012", "3451"]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([CARD_GROUPS]),
        pa.array([[6037, 9900]]).slice(0, 0),
        pa.array([{"".join(CARD_GROUPS): "x"}]),
        pa.array([[{"number": "".join(CARD_GROUPS).encode()}]]),
    ],
    ids=["groups in a list", "empty", "a field's name", "bytes in a struct in a list"],
)
def test_nested_cells_are_read_written_out_too(array: pa.Array) -> None:
    assert scan(array, BANK_DATA).rows.tolist() == list(range(len(array)))
