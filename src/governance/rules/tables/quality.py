"""The quality promises of contracts that a check may judge; of each, whether a cell or a number of rows breaks it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.policy import Quality
from governance.rules.tables.rowwise import Mask

_NOT_NULL: Final = "expect_column_values_to_not_be_null"
_IN_SET: Final = "expect_column_values_to_be_in_set"
_BETWEEN: Final = "expect_column_values_to_be_between"
UNIQUE: Final = "expect_column_values_to_be_unique"
_ROWS_BETWEEN: Final = "expect_table_row_count_to_be_between"
_ROWS_EQUAL: Final = "expect_table_row_count_to_equal"


def breaks(entry: Quality, raw: pa.Array, typed: pa.Array) -> Mask:
    """The cells of a column that break a promise; as in Great Expectations, nothing is in any set and between all.

    ValueError for an expectation that is not of cells, and for arguments that are not of the column's type.
    """
    known = np.asarray(raw.is_valid())
    if entry.expectation == _NOT_NULL:
        return ~known
    if entry.expectation == _IN_SET:
        members = pa.array([_as(value, typed.type) for value in entry.arguments["value_set"]], typed.type)
        return known & ~np.asarray(pc.is_in(typed, members))
    if entry.expectation == _BETWEEN:
        return known & ~_within(entry, typed)
    raise ValueError(entry.expectation)


def count_breaks(entry: Quality, rows: int) -> bool:
    """Whether this number of rows breaks a promise about the table."""
    if entry.expectation == _ROWS_EQUAL:
        return bool(rows != entry.arguments["value"])
    if entry.expectation == _ROWS_BETWEEN:
        return not np.asarray(_within(entry, pa.array([rows], pa.int64())))[0]
    raise ValueError(entry.expectation)


def _within(entry: Quality, typed: pa.Array) -> Mask:
    inside = np.ones(len(typed), dtype=bool)
    for bound, keeps in (("min_value", pc.greater_equal), ("max_value", pc.less_equal)):
        value = entry.arguments.get(bound)
        if value is not None:
            limit = pa.scalar(_as(value, typed.type), typed.type)
            inside &= np.asarray(pc.fill_null(keeps(typed, limit), fill_value=False))
    return inside


def _as(value: Any, kind: pa.DataType) -> Any:  # noqa: ANN401  of any type
    """An argument as a value of the column's type: files write days and times as texts."""
    if pa.types.is_timestamp(kind) and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if pa.types.is_date(kind) and isinstance(value, str):
        return date.fromisoformat(value)
    return str(value) if pa.types.is_string(kind) and not isinstance(value, str) else value
