"""Tables by contract: what batches, searches and queries see of them, and how columns without a contract are read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.errors import SourceError
from governance.policy import Contract, Term
from governance.rules.batch import Batch, key_texts, misfits
from governance.sources import Source
from governance.sources.tables import gathered
from tests.sources.conftest import CARD, contract, opened, read

MEMBERS = (Term("Erasure", "erasure"), Term("access", "access"))
REQUESTS = contract("requests", {"id": "integer", "right": "string", "at": "timestamp", "n": "number"})
REQUESTS = replace(
    REQUESTS,
    columns=tuple(replace(column, vocabulary=MEMBERS if column.name == "right" else ()) for column in REQUESTS.columns),
)
AS_TEXTS = {
    "id": ["1", "2.0", "x", None],
    "right": ["ERASURE", " access ", "forget me", ""],
    "at": ["2026-11-01 12:00:00", "2026-11-01T12:00Z", "yesterday", None],
    "n": ["1.50", "2", "1,5", None],
}
TYPED = {"id": [1, 2, None, None], "right": ["erasure", "access", "forget me", None], "n": [1.5, 2.0, None, None]}


def held_by(source: Source, *columns: str) -> dict[str, list[Any]]:
    return {name: read(source, "requests")[name].to_pylist() for name in columns}


@pytest.mark.parametrize("form", ["frames", "Parquet"])
def test_batches_and_queries_see_the_same_typed_and_folded_cells(form: str, tmp_path: Path) -> None:
    table = pa.table(AS_TEXTS)
    pq.write_table(table, tmp_path / "requests.parquet")
    with opened({"requests": table} if form == "frames" else tmp_path, REQUESTS) as source:
        assert held_by(source, *TYPED) == TYPED
        assert source.query('SELECT id, "right", n FROM requests').to_pydict() == TYPED
        assert source.query('SELECT COUNT("at") AS n, COUNT(DISTINCT "at") AS m FROM requests').to_pylist() == [
            {"n": 2, "m": 1}
        ]


def test_what_is_searched_is_as_it_is_written_where_a_type_would_lose_something() -> None:
    with opened({"requests": pa.table(AS_TEXTS)}, REQUESTS) as source:
        (cells,) = source.cells("requests", ["id", "right", "n"])
    assert cells.to_pydict() == {
        "id": ["1", "2", "x", None],
        "right": AS_TEXTS["right"],
        "n": ["1.5", "2", "1,5", None],
    }


@pytest.mark.parametrize("name", ["governance_mistyped", "Governance_Mistyped"])
def test_no_column_of_the_data_says_which_rows_a_rule_leaves_out(name: str) -> None:
    with (
        pytest.raises(SourceError, match="t: expected no column called 'governance_mistyped'"),
        opened({"t": pa.table({"x": [1], name: [",x,"]})}),
    ):
        pass


def test_misfits_are_counted_by_column_and_a_batch_knows_its_own() -> None:
    with opened({"requests": pa.table(AS_TEXTS)}, REQUESTS) as source:
        assert misfits(source, REQUESTS) == {"id": (1, 0), "right": (0, 1), "at": (1, 0), "n": (1, 0)}
        (cells,) = source.cells("requests", list(AS_TEXTS))
    batch = Batch(cells, contract=REQUESTS)
    assert {name: batch.typed(name).to_pylist() for name in TYPED} == TYPED
    assert [mask.tolist() for mask in batch.misfits("right")] == [[False] * 4, [False, False, True, False]]


def test_a_table_as_declared_is_read_once_and_copied_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = contract("requests", {"id": "integer", "right": "string"})
    pq.write_table(pa.table({"id": [1], "right": ["Erasure"]}), tmp_path / "requests.parquet")
    with opened(tmp_path, plain) as source:
        assert source.doubtful("requests") == ()
        assert misfits(source, plain) == {}
        monkeypatch.setattr(type(source), "_copy", None)
        assert source.query("SELECT * FROM requests").num_rows == 1


def as_type(cells: list[bytes], kind: pa.DataType) -> pa.Array:
    """Bytes under the name of a type that promises UTF-8, as Parquet and Arrow let a writer do."""
    held = pa.array(cells, pa.binary())
    if kind == pa.binary():
        return held
    texts = pa.StringArray.from_buffers(len(held), *held.buffers()[1:])
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(pa.array(range(len(cells)), pa.int32()), texts)
    return texts.cast(kind)


@pytest.mark.parametrize("form", ["frames", "Parquet"])
@pytest.mark.parametrize("kind", [pa.string(), pa.binary(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_a_text_that_is_none_is_mistyped_whatever_its_type_says(form: str, kind: pa.DataType, tmp_path: Path) -> None:
    known = contract("requests", {"id": "integer", "actor": "string", "role": "string"})
    table = pa.table(
        {"id": [1, 2], "actor": as_type([b"\xffa", b"b"], kind), "role": ["x", "y"]},
    )
    pq.write_table(table, tmp_path / "requests.parquet")
    with opened({"requests": table} if form == "frames" else tmp_path, known) as source:
        assert source.doubtful("requests") == ("actor",)
        assert misfits(source, known) == {"actor": (1, 0)}
        found = source.query("SELECT actor, role, governance_mistyped AS marks FROM requests").to_pydict()
        assert found == {"actor": [None, "b"], "role": ["x", "y"], "marks": [",actor,", None]}


def test_a_time_of_no_year_is_left_out_of_what_queries_see() -> None:
    known = contract("requests", {"id": "integer", "at": "timestamp"})
    late = pa.array([0, 253_402_318_799_000_000]).cast(pa.timestamp("us", "UTC"))
    with opened({"requests": pa.table({"id": [1, 2], "at": late})}, known) as source:
        assert misfits(source, known) == {"at": (1, 0)}
        assert source.query('SELECT COUNT("at") AS n FROM requests').to_pylist() == [{"n": 1}]


def test_a_copy_on_the_disk_is_private_and_goes_with_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "spill"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    (tmp_path / "data").mkdir()
    pq.write_table(pa.table(AS_TEXTS), tmp_path / "data" / "requests.parquet")
    with opened(tmp_path / "data", REQUESTS) as source:
        source.query("SELECT * FROM requests")
        (copy,) = place.rglob("*.arrow")
        assert copy.parent.stat().st_mode & 0o077 == 0
    assert not list(place.iterdir())


@pytest.mark.parametrize("form", ["csv", "frames"])
def test_of_tables_in_memory_no_copy_touches_the_disk(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spill").mkdir()
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "spill"))
    (tmp_path / "data" / "requests.csv").write_text("id,right,at,n\n1,Erasure,,\n")
    frames = {"requests": pd.DataFrame({"id": ["1"], "right": ["Erasure"], "at": [None], "n": [None]})}
    with opened(tmp_path / "data" if form == "csv" else frames, REQUESTS) as source:
        assert source.query('SELECT id, "right" FROM requests').to_pydict() == {"id": [1], "right": ["erasure"]}
        assert not list((tmp_path / "spill").rglob("*.arrow"))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2.0", None], [1, 2, None]),
        (["1", "1.5"], [1.0, 1.5]),
        (["1e2", "3"], [100, 3]),
        (["True", "false"], [True, False]),
        (["007", "1"], ["007", "1"]),
        (["1", ""], ["1", ""]),
        (["t", "f"], ["t", "f"]),
        (["1.50.0"], ["1.50.0"]),
        (["2026-11-01"], ["2026-11-01"]),
        ([str(2**64)], [str(2**64)]),
        (["0.1000000000000000055"], ["0.1000000000000000055"]),
        ([None, None], [None, None]),
        ([*[None] * 70_000, "1"], [*[None] * 70_000, 1]),
        ([*["1"] * 70_000, "x"], [*["1"] * 70_000, "x"]),
        ([*["1"] * 70_000, "1.5"], [*[1.0] * 70_000, 1.5]),
    ],
    ids=repr,
)
def test_a_column_without_a_contract_is_what_all_its_texts_are(cells: list[Any], expected: list[Any]) -> None:
    with opened({"t": pa.table({"x": pa.array(cells, pa.string())})}) as source:
        found = read(source, "t")["x"].to_pylist()
        assert found == expected
        assert list(map(type, found)) == list(map(type, expected))


NATIVE: Mapping[str, pa.Array] = {
    "small": pa.array([1, None], pa.int8()),
    "wide": pa.array([2**64 - 1, 1], pa.uint64()),
    "float": pa.array([1.0, None]),
    "fraction": pa.array([1.5, float("nan")]),
    "narrow": pa.array([0.1, 2.0], pa.float32()),
    "decimal": pa.array([1, 2], pa.decimal128(9, 2)),
    "truth": pa.array([True, None]),
    "time": pa.array([1_000, None], pa.timestamp("ns")),
    "day": pa.array([20_000, None], pa.date32()),
    "pan": pa.array([float(CARD), 1.0]),
}


@pytest.mark.parametrize("name", NATIVE)
def test_its_type_is_that_of_its_texts_in_every_format(
    name: str, folder: Callable[[Mapping[str, bytes]], Path]
) -> None:
    def found(data: object) -> tuple[pa.DataType, list[Any]]:
        with opened(data) as source:
            (cells,) = source.cells("t", ["x"])
            assert read(source, "t")["x"].to_pylist() == cells["x"].to_pylist()
            return source.schemas()["t"].field("x").type, cells["x"].to_pylist()

    table = pa.table({"x": NATIVE[name], "row": ["a", "b"]})
    root = folder({"t.csv": table.to_pandas().to_csv(index=False).encode()})
    expected = found({"t": table})
    assert found(root) == expected
    assert found({"t": table.to_pandas()}) == expected


@pytest.mark.parametrize("cells", [pa.array([[CARD]]), pa.array([{"pan": CARD}]), pa.array([CARD.encode()])])
def test_nested_cells_and_bytes_without_a_contract_stay_as_they_are(cells: pa.Array) -> None:
    with opened({"t": pa.table({"x": cells})}) as source:
        assert next(iter(source.cells("t", ["x"])))["x"].equals(cells)


@pytest.mark.parametrize(
    "ids",
    [pa.array([7, None]), pa.array([7.0, None]), pa.array(["7.0", None]), pa.array(["7", None]).dictionary_encode()],
)
def test_a_row_has_the_same_key_in_every_format(ids: pa.Array) -> None:
    known: Contract = contract("requests", {"id": "integer"})
    with opened({"requests": pa.table({"id": ids})}, known) as source:
        for batches in (source.batches, source.cells):
            (batch,) = batches("requests", ["id"])
            keys = key_texts(batch, known)
            assert keys is not None
            assert keys.to_pylist() == ["7", None]


@pytest.mark.parametrize("form", ["row groups", "parts"])
def test_small_row_groups_and_small_parts_are_read_together_and_in_order(form: str, tmp_path: Path) -> None:
    """Each batch costs something of its own, and writers that stream leave a hundred rows at a time."""
    texts = pa.array([f"word {row % 7}" for row in range(700)])
    table = pa.table(
        {"id": range(700), "right": texts, "at": texts.dictionary_encode(), "n": [[row] for row in range(700)]}
    )
    if form == "row groups":
        pq.write_table(table, tmp_path / "requests.parquet", row_group_size=10)
    else:
        (tmp_path / "requests").mkdir()
        for first in range(0, 700, 10):
            pq.write_table(table.slice(first, 10), tmp_path / "requests" / f"part-{first:04}.parquet")
    with opened(tmp_path, REQUESTS) as source:
        (cells,) = source.cells("requests", ["id", "right", "at", "n"])
        assert cells.column("id").to_pylist() == [*range(700)]
        assert cells.column("right").to_pylist() == texts.to_pylist() == cells.column("at").to_pylist()


def test_gathered_batches_have_no_more_rows_than_asked_for_but_one_that_has() -> None:
    def made(*sizes: int) -> list[pa.RecordBatch]:
        return [pa.record_batch({"n": pa.array(range(size), pa.int64())}) for size in sizes]

    assert [one.num_rows for one in gathered(made(2, 3, 4, 9, 0, 1), 5)] == [5, 4, 9, 1]
    assert [one.num_rows for one in gathered(made(0, 0), 5)] == [0]
    assert [*gathered([], 5)] == []


def test_batches_that_arrow_cannot_join_stay_apart() -> None:
    places = pa.array([1, 0], pa.int8())
    lists = [pa.DictionaryArray.from_arrays(places, pa.array(held)) for held in ([[1], [2]], [[3], [4]])]
    found = gathered([pa.record_batch({"n": cells}) for cells in lists], 5)
    assert [one.column(0).to_pylist() for one in found] == [[[2], [1]], [[4], [3]]]


def test_parts_without_a_row_are_a_table_without_a_row(tmp_path: Path) -> None:
    (tmp_path / "requests").mkdir()
    empty = pa.table({name: pa.array([], pa.string()) for name in AS_TEXTS})
    for part in range(3):
        pq.write_table(empty, tmp_path / "requests" / f"part-{part}.parquet")
    with opened(tmp_path, REQUESTS) as source:
        assert [one.num_rows for one in source.cells("requests", ["id", "right"])] == [0]
