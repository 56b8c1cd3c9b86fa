"""A column of any type as distinct texts, each with all the cells that hold it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest

from governance.detection.columns import leaves as module
from governance.detection.columns import texts
from governance.detection.columns.leaves import leaves

Found = dict[str, dict[str, list[int]]]


def found(column: pa.Array | pa.ChunkedArray, label: str = "name") -> Found:
    """By label and text, the cells."""
    seen: Found = {}
    for leaf in leaves(column, label):
        cells = seen.setdefault(leaf.label, defaultdict(list))
        for text, rows in leaf.cells(lambda some: np.ones(len(some), bool)):
            cells[text] += rows.tolist()
    return seen


WORDS = pa.array(["a", None, "b", "a", "a", "c"])
ROWS = {"a": [0, 3, 4], "b": [2], "c": [5]}
PLAIN = {"words": WORDS, "dictionary": WORDS.dictionary_encode(), "chunks": pa.chunked_array([WORDS[:2], WORDS[2:]])}


@pytest.mark.parametrize("form", PLAIN)
@pytest.mark.parametrize("step", [1, 2, 1 << 16])
def test_each_text_comes_with_its_cells(form: str, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STEP", step)
    assert found(PLAIN[form]) == {"name": ROWS}


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (WORDS.dictionary_encode().slice(2, 2), {"name": {"b": [0], "a": [1]}}),
        (pa.array(["q"] * 2 + ["r"]).dictionary_encode().slice(0, 1), {"name": {"q": [0]}}),
        (pa.DictionaryArray.from_arrays([1, None, 1], ["x", "y", "z"]), {"name": {"y": [0, 2]}}),
        (pa.DictionaryArray.from_arrays([0], ["x", "y", "z", "w"]), {"name": {"x": [0]}}),
        (
            pa.DictionaryArray.from_arrays([1, 0], pa.array([["x"], ["y"]])),
            {"name": {"y": [0], "x": [1], '["x"]': [1], '["y"]': [0]}},
        ),
        (pa.array([1, None, 7]), {"name": {"1": [0], "7": [2]}}),
        (pa.array([1.0, None, 7.5, 2.0**60]), {"name": {"1": [0]}}),
        (pa.array([0, 5]), {"name": {"5": [1]}}),
        (pa.array([b"a", "\u0633".encode()]), {"name": {"a": [0], "\u0633": [1]}}),
        (pa.array([["x", "y"], None, ["x"]]), {"name": {"x": [0, 2], "y": [0], '["x", "y"]': [0], '["x"]': [2]}}),
        (pa.array([{"k": "x"}, None]), {"name k": {"x": [0]}, "name": {'{"k": "x"}': [0]}}),
        (
            pa.array([[("k", "x")], [("k", "z")]], pa.map_(pa.string(), pa.string())),
            {"name": {"k: x": [0], "k: z": [1], '[["k", "x"]]': [0], '[["k", "z"]]': [1]}},
        ),
        (pa.array([None, None], pa.string()), {}),
        (pa.array([dt.date(2024, 1, 2)]), {}),
        (pa.array([True]), {}),
    ],
    ids=str,
)
def test_any_type_comes_apart(column: pa.Array, cells: Found) -> None:
    assert found(column) == cells


def test_a_union_is_written_out_as_a_whole() -> None:
    one, two = pa.array(["x", "y"]), pa.array([5])
    union = pa.UnionArray.from_dense(pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32()), [one, two])
    assert found(union) == {"name": {'"x"': [0], "5": [1], '"y"': [2]}}


def test_only_texts_that_may_hold_something_are_given_and_none_that_no_cell_holds() -> None:
    asked: list[list[str]] = []

    def able(some: pa.Array) -> np.ndarray:
        asked.append(some.to_pylist())
        return np.array([text == "b" for text in some.to_pylist()])

    (leaf,) = leaves(WORDS, "name")
    assert [(text, rows.tolist()) for text, rows in leaf.cells(able)] == [("b", [2])]
    assert asked == [["a", "b", "c"]]


@pytest.mark.parametrize("form", PLAIN)
def test_cells_that_are_too_long_are_told(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LONGEST_CELL", 2)
    long = {
        "words": pa.array(["a", "aaa", None, "aa", "aaa"]),
        "dictionary": pa.array(["a", "aaa", None, "aa", "aaa"]).dictionary_encode(),
        "chunks": pa.chunked_array([["a", "aaa"], [None, "aa", "aaa"]]),
    }[form]
    assert [row for leaf in leaves(long, "") for row in leaf.too_large.tolist()] == [1, 4]
    assert found(long) == {"name": {"a": [0], "aa": [3]}}


def test_a_dictionary_that_is_larger_than_its_column_is_read_by_its_cells() -> None:
    words = pa.array([f"09{number:09}" for number in range(50)])
    for codes in ([3], [3, None, 49], [*range(50)]):
        column = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), words)
        cells = {row: text for text, rows in found(column)["name"].items() for row in rows}
        assert cells == {row: words[code].as_py() for row, code in enumerate(codes) if code is not None}
