"""A folder: what is in it is read or refused, under the names of the contracts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from governance.errors import SourceError, UsageError
from governance.sources import about, open_source
from governance.sources.base import MISTYPED
from tests.sources.conftest import CARD, contract, opened, read

Folder = Callable[[Mapping[str, bytes]], Path]
ROW = b"id,name\n1,x\n"


@pytest.mark.parametrize(
    "name", ["users.csv.gz", "users.CSV", "notes.txt", ".users.csv.swp", ".ipynb_checkpoints/users.csv", "empty/x.md"]
)
def test_anything_that_is_no_table_is_refused(folder: Folder, name: str) -> None:
    with pytest.raises(SourceError, match="unread"), opened(folder({"books.csv": ROW, name: ROW})):
        pass


def test_a_folder_without_tables_is_refused(folder: Folder) -> None:
    with pytest.raises(SourceError, match="found none"), opened(folder({"dataset.json": b"{}"})):
        pass


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="expected a folder"), opened(tmp_path / "nowhere"):
        pass


@pytest.mark.parametrize("address", ["https://example.org/x", "s3://bucket/x", "spark:x", "postgresql://host/db"])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="address of the kind"):
        open_source(address, {})


def test_links_and_pipes_are_refused_and_nothing_waits_for_them(folder: Folder) -> None:
    root = folder({"users.csv": ROW})
    os.mkfifo(root / "books.parquet")
    with pytest.raises(SourceError, match="pipe"), opened(root):
        pass
    (root / "books.parquet").unlink()
    (root / "books.csv").symlink_to("/etc/passwd")
    with pytest.raises(SourceError, match="link"), opened(root):
        pass


def test_a_folder_disguised_as_metadata_is_refused(folder: Folder) -> None:
    with pytest.raises(SourceError, match="unread"), opened(folder({"users.csv": ROW, "_SUCCESS/part.csv": ROW})):
        pass


def test_two_files_for_one_table_are_refused(folder: Folder) -> None:
    with pytest.raises(SourceError, match="two files"), opened(folder({"users.csv": ROW, "users.parquet": ROW})):
        pass


def test_tables_and_columns_go_by_the_names_of_their_contract(folder: Folder) -> None:
    users = contract("users", {"id": "integer", "name": "string"}, physical="tbl_usr", named={"name": "usr name"})
    with opened(folder({"tbl_usr.csv": b"id,usr name\n1,x\n"}), users) as source:
        assert read(source, "users").to_pydict() == {"id": [1], "name": ["x"]}
        assert source.query("SELECT name FROM users").to_pydict() == {"name": ["x"]}


@pytest.mark.parametrize("name", ["users.csv", "USERS.csv"])
def test_two_tables_of_one_name_are_refused(folder: Folder, name: str) -> None:
    users = contract("users", {"id": "integer"}, physical="people")
    with (
        pytest.raises(SourceError, match="two that would both be called"),
        opened(folder({"people.csv": ROW, name: ROW, "Users.csv": ROW}), users),
    ):
        pass


@pytest.mark.parametrize("header", ["id,ID", "actor_id,Actor_ID", "usr,name"])
def test_two_columns_of_one_name_are_refused_for_sql_could_not_tell_them_apart(folder: Folder, header: str) -> None:
    users = contract("users", {"id": "integer", "name": "string"}, named={"name": "usr"})
    with (
        pytest.raises(SourceError, match="two that would both"),
        opened(folder({"users.csv": f"{header}\n1,2\n".encode()}), users),
    ):
        pass


NASTY = ['a"b', "a b", "نام", "x'); DROP TABLE users; --", "select", "a.b", "%s", "arrow 0", "🂡", ";"]


def test_names_cannot_do_anything_but_name(folder: Folder) -> None:
    header = ",".join('"' + name.replace('"', '""') + '"' for name in NASTY)
    content = f"{header}\n{','.join('1' * len(NASTY))}\n".encode()
    with opened(folder({"users.csv": content, "x'; DROP TABLE users; --.csv": content, "arrow 0.csv": ROW})) as source:
        assert source.schemas()["users"].names == NASTY
        assert read(source, "users").num_rows == 1
        assert source.query("SELECT * FROM users").schema.names == [*NASTY, MISTYPED]


@pytest.mark.parametrize("name", ["governance_overview", "GOVERNANCE_OVERVIEW 0"])
def test_a_table_called_like_one_of_ours_is_refused(folder: Folder, name: str) -> None:
    with pytest.raises(SourceError, match="a name of this program"), opened(folder({f"{name}.csv": ROW})):
        pass


def test_a_name_that_is_a_card_number_stands_in_no_message_and_no_digest(folder: Folder) -> None:
    root = folder({f"{CARD}.csv": ROW})
    with opened(root) as source:
        assert source.digests() == {"(name withheld)": hashlib.sha256(ROW).hexdigest()}
    (root / f"{CARD}.csv").write_bytes(f"{CARD},{CARD}\n1,2\n".encode())
    with pytest.raises(SourceError) as caught, opened(root):
        pass
    assert CARD not in str(caught.value)


def test_digests_are_of_every_file_by_its_path(folder: Folder) -> None:
    root = folder({"users.csv": ROW, "dataset.json": b"{}"})
    with opened(root) as source:
        assert sorted(source.digests()) == ["dataset.json", "users.csv"]


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        '{"as_of": "soon"}',
        '{"as_of": "2026-01-01T00:00:00"}',
        '{"as_of": 5}',
        "{",
        "[" * 100_000,
        '{"a":1,"a":2}',
    ],
)
def test_a_data_set_that_cannot_tell_its_time_is_refused(folder: Folder, text: str) -> None:
    with pytest.raises(SourceError, match="ISO time"):
        about(folder({"dataset.json": text.encode()}))
