"""Cells of any type as texts: of the rows that a slice has, and of times that Python lacks."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from governance.detection.columns.leaves import leaves
from governance.detection.columns.texts import as_json, entries
from governance.detection.sieve.text_buffers import Flags


def _every(texts: pa.Array) -> Flags:
    return np.ones(len(texts), dtype=np.bool_)


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


def test_what_python_cannot_hold_is_written_out_part_by_part() -> None:
    late = pa.scalar(1 << 62, pa.timestamp("s"))
    cells = pa.array([[late, late], None], pa.list_(pa.timestamp("s")))
    assert [one and json.loads(one) for one in as_json(cells).to_pylist()] == [[1 << 62, 1 << 62], None]
    twice = pa.StructArray.from_arrays([pa.array([1]), pa.array(["x"])], names=["a", "a"])
    assert json.loads(as_json(twice)[0].as_py()) == [["a", 1], ["a", "x"]]


def test_a_dictionary_that_is_larger_than_its_column_is_read_by_its_cells() -> None:
    words = pa.array([f"09{number:09}" for number in range(50)])
    for codes in ([3], [3, None, 49], [*range(50)]):
        column = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), words)
        (leaf,) = leaves(column, "phone")
        found = {row: text for text, rows in leaf.cells(_every) for row in rows.tolist()}
        assert found == {row: words[code].as_py() for row, code in enumerate(codes) if code is not None}


def test_columns_of_nothing_or_of_no_digits_have_no_leaves() -> None:
    for column in (pa.nulls(3), pa.array([None, None], pa.string()), pa.array([True, False])):
        assert [*leaves(column, "x")] == []
