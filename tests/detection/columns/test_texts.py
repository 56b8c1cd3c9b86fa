"""The cells of any type as the texts that are searched."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from governance.detection import LONGEST_CELL
from governance.detection.columns import texts
from governance.detection.columns.texts import as_json, as_text, as_written, bounded, entries, value


@pytest.mark.parametrize(
    ("array", "cells"),
    [
        (pa.array(["a", None]), ["a", None]),
        (pa.array([b"a", None]), [b"a", None]),
        (pa.array([b"ab"], pa.binary(2)), [b"ab"]),
        (pa.array([b"a"], pa.binary_view()), [b"a"]),
        (pa.array(["a"], pa.string_view()), ["a"]),
        (pa.array([b"a"], pa.large_binary()), [b"a"]),
        (pa.array([Decimal("12.00"), Decimal("12.30")], pa.decimal128(9, 2)), ["12", "12.30"]),
        (pa.array([Decimal("12.3000"), Decimal("5.1290")], pa.decimal128(9, 4)), ["12.30", "5.129"]),
        (pa.array([True, False, None]), ["true", "false", None]),
    ],
    ids=str,
)
def test_single_values_are_texts_or_bytes(array: pa.Array, cells: list[Any]) -> None:
    found = as_text(array)
    assert found.to_pylist() == cells
    assert found.type in {pa.large_string(), pa.large_binary()}


@pytest.mark.parametrize("start", [0, 1, 2])
def test_no_byte_under_a_null_is_left(start: int) -> None:
    whole = pa.array(["ab", "cd", "ef", "gh"], pa.large_string())
    _, offsets, data = whole.buffers()
    hidden = pa.Array.from_buffers(whole.type, 4, [pa.py_buffer(bytes([0b1011])), offsets, data])
    found = as_text(hidden.slice(start))
    assert found.to_pylist() == ["ab", "cd", None, "gh"][start:]
    _, offsets, data = found.buffers()
    assert b"ef" not in data.to_pybytes()
    assert as_text(whole) is whole
    empty = pa.array(["ab", None, "gh"], pa.large_string())
    assert as_text(empty) is empty


def test_a_cell_that_is_no_utf8_is_bytes() -> None:
    odd = pa.array([b"\xff", b"a"], pa.binary()).view(pa.string())
    assert [value(cell) for cell in odd] == [b"\xff", "a"]


def test_a_cell_that_is_too_long_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LONGEST_CELL", 4)
    for array, cells in (
        (pa.array(["a" * 4, "a" * 5, "a\u0633\u0633", None], pa.large_string()), ["aaaa", None, None, None]),
        (pa.array([b"a" * 4, b"a" * 5, b"b" * 9, None], pa.large_binary()), [b"aaaa", None, None, None]),
    ):
        found, long = bounded(array)
        assert (found.to_pylist(), long.tolist()) == (cells, [False, True, True, False])
    short = pa.array(["a", None])
    assert bounded(short)[0] is short
    assert bounded(short)[1].tolist() == [False, False]
    cells, long = bounded(as_json(pa.array([["ab"], ["a"] * 9, [], None], pa.list_(pa.string()))))
    assert (cells.to_pylist(), long.tolist()) == ([None, None, "[]", None], [True, True, False, False])


def test_what_is_written_out_is_cut_right_behind_the_longest_cell() -> None:
    (cell,) = as_json(pa.array([["x" * LONGEST_CELL]])).to_pylist()
    assert len(cell) == LONGEST_CELL + 1


@pytest.mark.parametrize(
    ("array", "cells"),
    [
        (pa.array([1.0, 2.5, None, float(10**15), 1e300]), ["1", "2.5", None, "1000000000000000", "1e+300"]),
        (pa.array([float(2**52), -3.0]), [str(2**52), "-3"]),
        (pa.array([dt.date(2024, 1, 2), None]), ["2024-01-02", None]),
        (pa.array([(1, 2, 3), None], pa.month_day_nano_interval()), [str(pa.MonthDayNano([1, 2, 3])), None]),
    ],
    ids=str,
)
def test_times_and_floats_are_written_as_people_write_them(array: pa.Array, cells: list[str | None]) -> None:
    assert as_written(array).to_pylist() == cells


MAP = pa.array([[("a", 1)], None, [("b", 2), ("c", None)], [("d", 4)]], pa.map_(pa.string(), pa.int64()))


def test_entries_are_those_of_the_rows_of_a_slice() -> None:
    for first, lines, parents in (
        (0, ["a: 1", "b: 2", "c: ", "d: 4"], [0, 2, 2, 3]),
        (2, ["b: 2", "c: ", "d: 4"], [0, 0, 1]),
    ):
        found, cells = entries(MAP.slice(first))
        assert (found.to_pylist(), cells.tolist()) == (lines, parents)
    found, cells = entries(MAP.slice(2, 1))
    assert (found.to_pylist(), cells.tolist()) == (["b: 2", "c: "], [0, 0])


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (pa.array([["ک", None]]), '["ک", null]'),
        (pa.array([{"a": 1, "b": dt.date(2024, 1, 2)}]), '{"a": 1, "b": "2024-01-02"}'),
        (pa.array([[b"ab\xff"]]), '["ab\ufffd"]'),
        (pa.array([[Decimal("1.50")]]), '["1.50"]'),
        (pa.array([[-(10**15)]], pa.list_(pa.timestamp("s"))), "[-1000000000000000]"),
        (
            pa.StructArray.from_arrays([pa.array(["x"]), pa.array([[-(10**15)]], pa.list_(pa.timestamp("s")))], "aa"),
            '[["a", "x"], ["a", [-1000000000000000]]]',
        ),
        (pa.ListArray.from_arrays([0, 1], pa.array([b"\xffa"]).view(pa.string())), '["\ufffda"]'),
    ],
    ids=str,
)
def test_nested_cells_are_written_out_part_by_part(array: pa.Array, text: str) -> None:
    assert as_json(array).to_pylist() == [text]


@pytest.mark.parametrize("start", range(5))
def test_a_run_stands_for_each_of_its_cells(start: int) -> None:
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([2, 5], pa.int32()), pa.array(["a", None]))
    assert texts.without_runs(runs.slice(start)).to_pylist() == ["a", "a", None, None, None][start:]
    assert texts.without_runs(runs.slice(1, 2)).to_pylist() == ["a", None]
