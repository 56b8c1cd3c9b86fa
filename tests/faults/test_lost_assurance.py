"""What can no longer be told for certain is said: pages without checksums, a file's first bytes, files that appear."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance import check
from governance.errors import SourceError
from governance.sources.database import DatabaseSource
from governance.sources.parquet_pages import lacks_checksums
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
    assert lacks_checksums(tmp_path / "t.parquet") is not summed


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
