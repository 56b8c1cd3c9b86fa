"""The same world in every format gives the same checks: verdicts, reasons, counts, facts and references."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from governance.planning.checks import Plan
from governance.results import Results, Verdict
from governance.run import check
from governance.sources import about
from governance.sources.files import ABOUT
from governance.synthetic import Dataset
from governance.synthetic.generate import WorldName
from tests.conftest import PROJECT, Shared, make_run

ROWS = 200
Tables = Mapping[str, pa.Table]


def as_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_nested(column.type):
        cells = [None if cell is None else json.dumps(cell, ensure_ascii=False) for cell in column.to_pylist()]
        return pa.chunked_array([pa.array(cells, pa.string())])
    return pc.cast(column, pa.string())


def changed(table: pa.Table, change: Callable[[pa.ChunkedArray], Any]) -> pa.Table:
    return pa.table({name: change(table[name]) for name in table.schema.names})


def flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """What Arrow can write as CSV."""
    return as_texts(column) if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) else column


def without_empty_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """What is left of a column in a CSV file of pandas, which writes nothing for an empty text."""
    return pc.if_else(pc.equal(column, ""), None, column) if pa.types.is_string(column.type) else column


def encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column if pa.types.is_nested(column.type) else column.dictionary_encode()


def texts_in_parquet(table: pa.Table, folder: Path, name: str) -> None:
    pq.write_table(changed(table, as_texts), folder / f"{name}.parquet", write_page_checksum=True)


def csv_by_arrow(table: pa.Table, folder: Path, name: str) -> None:
    pa_csv.write_csv(changed(table, flat), folder / f"{name}.csv")


def csv_by_pandas(table: pa.Table, folder: Path, name: str) -> None:
    table.to_pandas().to_csv(folder / f"{name}.csv", index=False)


def in_files(write: Callable[[pa.Table, Path, str], None]) -> Callable[[Tables, Path], Any]:
    def make(tables: Tables, folder: Path) -> Path:
        for name, table in tables.items():
            write(table, folder, name)
        return folder

    return make


FORMS: Mapping[str, Callable[[Tables, Path], Any]] = {
    "texts in Parquet": in_files(texts_in_parquet),
    "CSV by Arrow": in_files(csv_by_arrow),
    "CSV by pandas": in_files(csv_by_pandas),
    "pandas": lambda tables, _: {name: table.to_pandas() for name, table in tables.items()},
    "dictionaries": lambda tables, _: {name: changed(table, encoded) for name, table in tables.items()},
}


def evaluated(data: Any, world: Dataset) -> Results:
    return check(data, keys=world.keys, as_of=about(world.data).as_of, project=PROJECT)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["clean", "demo", "planted"])
def test_no_format_changes_a_check(shared: Shared, plan: Plan, tmp_path: Path, name: str) -> None:
    run = make_run(shared, plan, cast("WorldName", name), ROWS)
    world, whole = run.dataset, run.results
    tables = {path.stem: pq.read_table(path) for path in sorted(world.data.glob("*.parquet"))}
    # An empty text is lost to whoever writes with pandas.
    rest = {t: changed(table, without_empty_texts) for t, table in tables.items()}
    emptied = whole if all(rest[t].equals(table) for t, table in tables.items()) else evaluated(rest, world)
    assert (name == "clean") is not any(one.verdict is Verdict.FAILED for one in whole.checks)
    for form, make in FORMS.items():
        folder = tmp_path / form
        folder.mkdir()
        shutil.copy(world.data / ABOUT, folder)
        found, expected = evaluated(make(tables, folder), world), emptied if form == "CSV by pandas" else whole
        assert [one.id for one, other in zip(found.checks, expected.checks, strict=True) if one != other] == [], form
        assert found.source.tables == expected.source.tables, form
