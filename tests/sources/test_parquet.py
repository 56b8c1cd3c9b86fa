"""Parquet: one file or a folder of parts, every part and column of it, and no damage goes unnoticed."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.errors import SourceError
from tests.sources.conftest import CARD, contract, opened, read

TABLE = pa.table({"id": pa.array(range(2000)), "note": [f"note {n * n}" for n in range(2000)]})


def write(path: Path, table: pa.Table = TABLE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, write_page_checksum=True, use_dictionary=False, compression="none")
    return path


def whole(data: Path, table: str = "users") -> pa.Table:
    with opened(data) as source:
        found = read(source, table)
        assert source.rows(table) == found.num_rows
        return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_one_file_is_a_table(data: Path) -> None:
    write(data / "users.parquet")
    assert whole(data).equals(TABLE)


@pytest.mark.parametrize("part", ["part-1.parquet", ".part-1.parquet", "_part-1.parquet"])
@pytest.mark.parametrize("folder", ["users", "users.parquet"])
def test_every_part_of_a_folder_is_read_whatever_its_name(data: Path, folder: str, part: str) -> None:
    write(data / folder / "part-0.parquet")
    write(data / folder / part)
    assert whole(data).num_rows == 4000


def test_a_column_that_only_a_later_part_has_is_read(data: Path) -> None:
    write(data / "users" / "part-0.parquet")
    write(data / "users" / "part-1.parquet", pa.table({"id": [1], "card": [CARD]}))
    found = whole(data)
    assert found.schema.names == ["id", "note", "card"]
    assert found["card"].drop_null().to_pylist() == [int(CARD)]


def test_parts_of_other_types_are_read_by_contract(data: Path) -> None:
    write(data / "users" / "part-0.parquet", pa.table({"id": [1], "card": [b"\xff" + CARD.encode()]}))
    write(data / "users" / "part-1.parquet", pa.table({"id": [2.0, None], "card": [int(CARD), None]}))
    write(data / "users" / "part-2.parquet", pa.table({"id": ["3", "one"]}))
    known = contract("users", {"id": "integer"})
    with opened(data, known) as source:
        assert read(source, "users")["id"].to_pylist() == [1, 2, None, 3, None]
        assert [cell for batch in source.cells("users", ["id"]) for cell in batch["id"].to_pylist()][-2:] == [
            "3",
            "one",
        ]
        assert source.rows("users") == source.query("SELECT * FROM users").num_rows == 5
        assert source.query("SELECT SUM(id) AS n FROM users").to_pylist() == [{"n": 6}]
        held = [cell for batch in source.cells("users", ["card"]) for cell in batch["card"].to_pylist()]
        assert held == [b"\xff" + CARD.encode(), CARD.encode(), None, None, None]


def test_what_spark_leaves_beside_its_parts_is_no_table(data: Path) -> None:
    write(data / "users" / "part-0.parquet")
    (data / "users" / ".part-0.parquet.crc").write_bytes(b"crc\0")
    (data / "users" / "_SUCCESS").touch()
    assert whole(data).num_rows == 2000


@pytest.mark.parametrize(
    "stray", ["part-1.csv", "card=1/part-1.parquet", "_SUCCESS", ".lost.parquet.crc", "_delta_log/0.json", "x.parq"]
)
def test_anything_else_among_the_parts_is_refused(data: Path, stray: str) -> None:
    write(data / "users" / "part-0.parquet")
    (data / "users" / stray).parent.mkdir(exist_ok=True)
    (data / "users" / stray).write_bytes(b"some bytes")
    with pytest.raises(SourceError, match="unread"), opened(data):
        pass


@pytest.mark.parametrize("kept", [0, 4, 100, -1, -100])
def test_a_file_cut_short_is_refused(data: Path, kept: int) -> None:
    path = write(data / "users.parquet")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(SourceError, match=r"users\.parquet"), opened(data):
        pass


def test_a_file_that_is_no_parquet_is_refused(data: Path) -> None:
    (data / "users.parquet").write_bytes(b"id,note\n1,x\n")
    with pytest.raises(SourceError, match=r"users\.parquet"), opened(data):
        pass


def test_flipped_bits_are_read_by_nobody(data: Path) -> None:
    path = write(data / "users.parquet")
    good, draw = path.read_bytes(), random.Random(7)  # noqa: S311  picks bits to flip
    for _ in range(60):
        bad = bytearray(good)
        bad[draw.randrange(len(bad))] ^= 1 << draw.randrange(8)
        path.write_bytes(bytes(bad))
        try:
            assert whole(data).equals(TABLE)  # a bit that nothing depends on
        except SourceError as error:
            assert "note" not in str(error)  # noqa: PT017  either outcome will do


def test_sql_does_not_read_flipped_bits_either(data: Path) -> None:
    path = write(data / "users.parquet")
    at = path.read_bytes().index(b"note 1849")
    bad = bytearray(path.read_bytes())
    bad[at] ^= 1
    path.write_bytes(bytes(bad))
    with opened(data) as source, pytest.raises(SourceError, match=r"checksum|InvalidInput"):
        source.query("SELECT count(DISTINCT note) FROM users")


def test_a_file_that_changes_while_it_is_read_is_refused(data: Path) -> None:
    path = write(data / "users.parquet")
    with opened(data) as source:
        source.unchanged()
        status = path.stat()
        path.write_bytes(path.read_bytes())
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        with pytest.raises(SourceError, match="changed"):
            source.unchanged()
        with pytest.raises(SourceError, match="changed"):
            source.digests()
