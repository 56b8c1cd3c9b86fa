"""The quality promises of contracts that are run; of each, whether a cell or a number of rows breaks it."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.policy import Column, Quality
from governance.policy.contract_quality import BETWEEN, IN_SET, NOT_NULL, ROWS_BETWEEN, ROWS_EQUAL
from governance.rules.tables.rowwise import Mask
from governance.sources.typing import typed

_DAY: Final = len("2025-01-01")


def breaks(entry: Quality, column: Column, cells: pa.Array, absent: Mask) -> Mask:
    """The typed cells that break a promise; as in Great Expectations, nothing is in any set and between all bounds.

    ValueError for an expectation that is not of cells, and for arguments that are not of the column's type.
    """
    if entry.expectation == NOT_NULL:
        return absent
    if entry.expectation == IN_SET:
        inside: Mask = np.asarray(pc.is_in(cells, _of(entry.arguments["value_set"], column)))
        return ~absent & ~inside
    if entry.expectation == BETWEEN:
        return ~absent & ~_within(entry, cells, column)
    raise ValueError(entry.expectation)


def count_breaks(entry: Quality, rows: int) -> bool:
    """Whether this number of rows breaks a promise about the table."""
    given = entry.arguments
    if entry.expectation == ROWS_EQUAL:
        return bool(rows != given["value"])
    if entry.expectation == ROWS_BETWEEN:
        return bool(rows < given.get("min_value", rows) or rows > given.get("max_value", rows))
    raise ValueError(entry.expectation)


def _within(entry: Quality, cells: pa.Array, column: Column) -> Mask:
    inside = np.ones(len(cells), dtype=bool)
    for bound, keeps in (("min_value", pc.greater_equal), ("max_value", pc.less_equal)):
        if bound in entry.arguments:
            limit = _of((entry.arguments[bound],), column)[0]
            inside &= np.asarray(pc.fill_null(keeps(cells, limit), fill_value=False))
    return inside


def _of(values: tuple[Any, ...], column: Column) -> pa.Array:
    """Arguments read as the column's cells are; a day among moments is its first."""
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    if column.logical_type == "timestamp":
        texts = [f"{text}T00:00Z" if len(text) == _DAY else text for text in texts]
    read = typed(pa.array(texts, pa.string()), column)
    if read.array.null_count:
        raise ValueError("an argument that is not of the column's type")
    return read.array
