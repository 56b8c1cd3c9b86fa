"""Several tables of one shape that one contract stands for: read as one, in every form of data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.errors import SourceError
from tests.sources.conftest import contract, opened, read

EVENTS = contract("events", {"id": "integer", "what": "string"}, physical="events_*", named={"what": "WHAT"})
ROWS = {"events_1": {"id": [1, 2], "WHAT": ["a", "b"]}, "events_2": {"id": [3], "WHAT": [None]}}


def told(rows: pa.Table) -> list[dict[str, object]]:
    return sorted(rows.to_pylist(), key=lambda row: int(row["id"]))


@pytest.mark.parametrize("form", ["frames", "parquet", "csv"])
def test_the_tables_of_a_pattern_are_one(form: str, folder: Callable[[Mapping[str, bytes]], Path]) -> None:
    if form == "csv":
        data: object = folder({"events_1.csv": b"id,WHAT\n1,a\n2,b\n", "events_2.csv": b"WHAT,id\nc,3\n"})
    elif form == "parquet":
        data = folder({})
        for name, rows in ROWS.items():
            pq.write_table(pa.table(rows, pa.schema({"id": pa.int64(), "WHAT": pa.string()})), f"{data}/{name}.parquet")
    else:
        schema = pa.schema({"id": pa.int64(), "WHAT": pa.string()})
        data = {name: pa.table(rows, schema) for name, rows in ROWS.items()} | {"other": pa.table({"id": [1]})}
    with opened(data, EVENTS) as source:
        assert sorted(source.schemas()) == (["events", "other"] if form == "frames" else ["events"])
        assert (source.rows("events"), [row["what"] for row in told(read(source, "events"))][:2]) == (3, ["a", "b"])
        assert source.query("SELECT count(*) AS n FROM events").to_pylist() == [{"n": 3}]


def test_a_pattern_that_matches_nothing_is_a_missing_table() -> None:
    with opened({"event_1": pa.table({"id": [1]})}, EVENTS) as source:
        assert list(source.schemas()) == ["event_1"]


def test_tables_of_another_shape_are_refused_without_their_names() -> None:
    one, other = pa.table({"id": [1], "WHAT": ["a"]}), pa.table({"id": [1], "09121234567": ["a"]})
    with (
        pytest.raises(SourceError, match="events: expected tables of the same columns") as caught,
        opened({"events_1": one, "events_2": other}, EVENTS),
    ):
        pass
    assert "0912" not in str(caught.value)


def test_tables_of_other_types_are_read_by_their_contract() -> None:
    data = {"events_1": pa.table({"id": [1], "WHAT": ["a"]}), "events_2": pa.table({"id": ["2"], "WHAT": [1.5]})}
    with opened(data, EVENTS) as source:
        assert told(read(source, "events")) == [{"id": 1, "what": "a"}, {"id": 2, "what": "1.5"}]
        assert source.query("SELECT SUM(id) AS n FROM events").to_pylist() == [{"n": 3}]


def test_a_table_of_two_contracts_is_refused() -> None:
    late = contract("late", {"id": "integer"}, physical="*_2")
    with (
        pytest.raises(SourceError, match="expected one contract for each table, found events and late for 'events_2'"),
        opened({"events_2": pa.table({"id": [1]})}, EVENTS, late),
    ):
        pass


def test_a_table_that_has_the_name_of_the_united_ones_is_refused() -> None:
    data = {"events_1": pa.table({"id": [1]}), "events": pa.table({"id": [1]})}
    with pytest.raises(SourceError, match="found two that would both be called 'events'"), opened(data, EVENTS):
        pass
