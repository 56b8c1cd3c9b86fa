"""What can no longer be told for certain is said: pages without checksums, a file's first bytes, files that appear."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from governance import check
from governance.errors import SourceError
from governance.sources.database import DatabaseSource
from governance.sources.parquet_pages import Footer
from tests.faults.company import Company

NOTE = "no-bank-data/transactions/note"


def _unchecked(company: Company) -> list[str]:
    return [table.name for table in company.check(NOTE).results.source.tables if table.unchecked]


def test_56_pages_with_checksums_are_nothing_to_say(company: Company) -> None:
    assert _unchecked(company) == []


def test_56_pages_without_checksums_are_said_of_their_table(company: Company) -> None:
    pq.write_table(company.table("reviews"), company.data / "reviews.parquet")
    assert _unchecked(company) == ["reviews"]


def test_56_one_part_of_a_table_is_enough(company: Company) -> None:
    table = company.table("reviews")
    (company.data / "reviews.parquet").unlink()
    (company.data / "reviews").mkdir()
    for name, summed in (("a", True), ("b", False)):
        pq.write_table(table, company.data / "reviews" / f"{name}.parquet", write_page_checksum=summed)
    assert _unchecked(company) == ["reviews"]


@pytest.mark.parametrize("summed", [True, False])
@pytest.mark.parametrize("more", [{}, {"use_dictionary": False}, {"data_page_version": "2.0"}, {"compression": "none"}])
def test_56_in_every_form_of_page(tmp_path: Path, more: dict[str, str], *, summed: bool) -> None:
    table = pa.table({"a": ["x", None] * 400, "b": range(800), "c": [[1.5], []] * 400, "d": pa.nulls(800)})
    pq.write_table(table, tmp_path / "t.parquet", write_page_checksum=summed, row_group_size=300, **more)
    assert Footer(tmp_path / "t.parquet").agrees
    assert Footer(tmp_path / "t.parquet").lacks_checksums() is not summed


@pytest.mark.parametrize("place", range(4))
def test_55_a_file_that_no_longer_begins_as_parquet_is_refused(company: Company, place: int) -> None:
    path = company.data / "reviews.parquet"
    content = bytearray(path.read_bytes())
    content[place] ^= 4
    path.write_bytes(content)
    assert "reviews.parquet: expected a Parquet file" in company.refusal(NOTE)


@pytest.mark.parametrize("name", ["orders.parquet", "reviews2.csv", "reviews/part.parquet"])
def test_54_a_file_that_appears_during_the_run_is_an_error(
    company: Company, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    read = DatabaseSource.cells

    def cells(self: DatabaseSource, table: str, columns: list[str]) -> Iterator[pa.RecordBatch]:
        (company.data / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(company.data / "books.parquet", company.data / name)
        return read(self, table, columns)

    monkeypatch.setattr(DatabaseSource, "cells", cells)
    with pytest.raises(SourceError, match="expected the same files from start to end, found another one"):
        check(company.data, select=[NOTE])


def _plain(path: Path) -> pa.Table:
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(50)]
    columns = {
        "id": pa.array(range(50)),
        "text": [f"t{n}" for n in range(50)],
        "number": [n * 1.5 for n in range(50)],
        "at": pa.array(hours, pa.timestamp("us", "UTC")),
        "day": [hour.date() for hour in hours],
        "pay": [Decimal(n) / 4 for n in range(50)],
        "many": [[n] * (n % 3) for n in range(50)],
    }
    pq.write_table(pa.table(columns), path, write_page_checksum=True, store_schema=False, write_statistics=False)
    return pq.read_table(path)


def test_55_no_flipped_bit_of_a_footer_changes_what_is_read_without_a_word(tmp_path: Path) -> None:
    """Every third bit: refused, or read as before, or as a type or a name that its contract does not declare."""
    path = tmp_path / "t.parquet"
    table, content = _plain(path), path.read_bytes()
    assert Footer(path).agrees
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    silent, refused = [], 0
    for bit in range(8 * start, 8 * (len(content) - 8), 3):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        if not Footer(path).agrees:
            refused += 1
            continue
        try:
            found = ds.dataset(str(path), format="parquet").to_table()
            same = found.schema.names == table.schema.names
        except (pa.ArrowException, OSError, UnicodeError):
            refused += 1
            continue
        types = (
            {kind for kind, was in zip(found.schema.types, table.schema.types, strict=True) if kind != was}
            if same
            else set()
        )
        if same and not found.equals(table) and not (types and all(map(_is_bare, types))):
            silent.append(bit - 8 * start)
    assert silent == []
    assert refused > 300


def test_55_a_footer_that_tells_another_type_is_refused(company: Company) -> None:
    path = company.data / "reviews.parquet"
    content = path.read_bytes()
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    for place in range(start, len(content) - 8):
        path.write_bytes(content[:place] + bytes([content[place] ^ 2]) + content[place + 1 :])
        if not Footer(path).agrees and _is_read(path):
            break
    assert "reviews.parquet: expected a footer that agrees with itself" in company.refusal(NOTE)


def _is_bare(kind: pa.DataType) -> bool:
    """Whether cells have lost what said of which type they are, so that a contract's type fits none."""
    return (
        kind in {pa.int32(), pa.int64(), pa.binary()} or pa.types.is_fixed_size_binary(kind) or pa.types.is_struct(kind)
    )


def _is_read(path: Path) -> bool:
    try:
        ds.dataset(str(path), format="parquet").head(1)
    except (pa.ArrowException, OSError):
        return False
    return True


@pytest.mark.parametrize("version", ["1.0", "2.4", "2.6"])
def test_55_footers_of_other_programs_and_types_agree(tmp_path: Path, version: str) -> None:
    times = pa.array([1, None, 3])
    columns = {
        f"at_{unit}_{zone}": times.cast(pa.timestamp(unit, zone))
        for unit in ("s", "ms", "us", *(["ns"] if version == "2.6" else []))
        for zone in (None, "UTC")
    }
    columns |= {
        f"of_{unit}": pa.array([time(1), None, time(3)], kind)
        for unit, kind in {"ms": pa.time32("ms"), "us": pa.time64("us")}.items()
    }
    columns |= {
        str(kind): times.cast(kind)
        for kind in (pa.int8(), pa.uint16(), pa.uint64(), pa.float32(), pa.decimal128(25, 2))
    }
    columns |= {
        "nothing": pa.nulls(3),
        "b": pa.array([True, None, False]),
        "map": pa.array([[("a", 1)], [], None], pa.map_(pa.string(), pa.int64())),
    }
    columns |= {"deep": pa.array([[[{"a": [1, 2]}]], [], None]), "one": pa.array([{"a": {"b": 1}}, None, {"a": None}])}
    columns |= {"word": pa.array(["a", "b", None]).dictionary_encode(), "bytes": pa.array([b"a", b"", None])}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet", version=version)
    assert Footer(tmp_path / "a.parquet").agrees
    pq.write_table(pa.table(columns).slice(0, 0), tmp_path / "none.parquet", version=version)
    assert Footer(tmp_path / "none.parquet").agrees
    sql = "SELECT 1 AS a, 'x' AS b, TIMESTAMP '2026-01-01' AS c, DATE '2026-01-01' AS d, [1, 2] AS e, {'x': 1.5} AS f"
    duckdb.sql(f"COPY ({sql}, uuid() AS g, TIME '10:00' AS h, 1::UTINYINT AS i) TO '{tmp_path}/d.parquet'")
    assert Footer(tmp_path / "d.parquet").agrees
    assert Footer(tmp_path / "d.parquet").lacks_checksums()
