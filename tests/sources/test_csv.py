"""CSV: every value arrives as it was written, and what cannot be read for certain is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.errors import SourceError
from governance.sources import csv_files
from tests.sources.conftest import CARD, contract, opened, read

Folder = Callable[[Mapping[str, bytes]], Path]
USERS = contract("users", {"id": "integer", "at": "timestamp"})


def cells(folder: Folder, content: bytes) -> dict[str, list[object]]:
    with opened(folder({"users.csv": content}), USERS) as source:
        found: dict[str, list[object]] = read(source, "users").to_pydict()
        return found


def test_a_byte_order_mark_is_no_part_of_the_first_name(folder: Folder) -> None:
    assert cells(folder, "\ufeffid,note\n1,x\n".encode()) == {"id": [1], "note": ["x"]}


@pytest.mark.parametrize("text", ["0912", "NA", "null", "nan", "۶۰۳۷", "+1", "1.5.0", " x ", 'x"y', "9" * 30])
def test_values_stay_as_they_are_written(folder: Folder, text: str) -> None:
    assert cells(folder, f"id,note\n1,{text}\n".encode())["note"] == [text]


def test_nothing_between_two_commas_is_null_and_an_empty_quote_is_not(folder: Folder) -> None:
    assert cells(folder, b'id,note\n1,\n2,""\n')["note"] == [None, ""]


def test_a_cell_may_hold_lines_commas_and_a_megabyte(folder: Folder) -> None:
    long = "x" * 1_500_000
    assert cells(folder, f'id,note\n1,"a,\nb"\n2,{long}\n'.encode())["note"] == ["a,\nb", long]


@pytest.mark.parametrize("text", ["2026-01-01T03:30:00+03:30", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00"])
def test_declared_timestamps_are_utc_with_or_without_a_zone(folder: Folder, text: str) -> None:
    assert cells(folder, f"id,at\n1,{text}\n2,\n".encode())["at"] == [datetime(2026, 1, 1, tzinfo=UTC), None]


@pytest.mark.parametrize("text", [CARD, "2026-01-01"])
def test_a_timestamp_that_is_none_is_no_time_and_stays_a_text_that_is_searched(folder: Folder, text: str) -> None:
    with opened(folder({"users.csv": f"id,at\n1,{text}\n".encode()}), USERS) as source:
        assert read(source, "users")["at"].to_pylist() == [None]
        assert [batch["at"].to_pylist() for batch in source.cells("users", ["at"])] == [[text]]


def test_a_contract_may_say_that_its_file_has_no_empty_texts(folder: Folder) -> None:
    with opened(folder({"users.csv": b'id,note\n1,\n2,""\n'}), replace(USERS, csv_empty="null")) as source:
        assert read(source, "users")["note"].to_pylist() == [None, None]


def test_a_header_without_rows_is_an_empty_table(folder: Folder) -> None:
    with opened(folder({"users.csv": b"id,at\n"}), USERS) as source:
        assert source.rows("users") == 0
        assert source.schemas()["users"].names == ["id", "at"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "header"),
        (b"id,id\n1,2\n", "header"),
        (b"id,,x\n1,2,3\n", "header"),
        (b"id,note\n1\n", ":2: expected 2 cells as in the header, found 1"),
        (b'id,note\n4,"x\n"\n\n1,2,3\n', ":5: expected 2 cells as in the header, found 3"),
        (b'id,note\n1,"6037991234567893\n2,x\n', "quotes"),
        (b'id,note\n1,"a"b\n', "quotes"),
        (b"id,note\n1,a\0b\n", "NUL"),
        ("id,note\n1,علی\n".encode("cp1256", "replace"), "another encoding"),
        ("id,note\n1,x\n".encode("utf-16"), "NUL"),
        (b"id,note\n1,x\n" + b"2,y\n" * 500_000 + b"3,\xff\n", "another encoding"),
    ],
    ids=["empty", "twice", "unnamed", "short", "long", "open quote", "after quote", "NUL", "cp1256", "UTF-16", "late"],
)
def test_a_file_that_cannot_be_read_for_certain_is_refused(folder: Folder, content: bytes, told: str) -> None:
    with pytest.raises(SourceError, match=told) as caught, opened(folder({"users.csv": content}), USERS):
        pass
    assert CARD not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_another_separator_is_named(folder: Folder, separator: str) -> None:
    content = f"id{separator}note\n1{separator}x\n".encode()
    with (
        pytest.raises(SourceError, match=f"expected cells that commas separate, found {re.escape(repr(separator))}"),
        opened(folder({"users.csv": content}), USERS),
    ):
        pass


def straddling(block: int) -> bytes:
    """Rows of which one has a quoted cell with CR and LF in two blocks, where Arrow loses the LF."""
    before = b"id,note\r\n" + b"".join(b"%d,x\r\n" % number for number in range(1000, 2000)) + b'1,"'
    return before + b"a" * (block - 1 - len(before)) + b'\r\nb"\r\n' + b"2,y\r\n" * 10


def test_no_byte_is_lost_between_two_blocks(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "_BLOCK", 1 << 16)
    place = folder({"users.csv": straddling(1 << 16)})
    with opened(place, USERS) as source:
        assert read(source, "users")["note"].to_pylist()[1000].endswith("a\r\nb")
    # Where no block is large enough, the row is told and nothing of it.
    monkeypatch.setattr(csv_files, "_LARGEST_BLOCK", 1 << 16)
    with pytest.raises(SourceError, match="found row 1,001 read differently") as caught, opened(place, USERS):
        pass
    assert "aaa" not in str(caught.value)
