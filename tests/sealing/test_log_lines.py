"""The lines of a log, one by one: whatever is not to the byte what the program writes is no line of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from governance.sealing.log_lines import (
    LOG_FORMAT,
    LogEntry,
    fields_of,
    prepared,
    prepared_line,
    published,
    published_line,
)
from governance.sealing.signing import PublicKey

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
ENTRY = LogEntry("p" * 64, "run", "a" * 64, {"verdict": "failed"})
BEGUN = replace(ENTRY, line=3)


def spelled(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_a_run_is_read_as_it_was_written() -> None:
    assert (ENTRY.line, ENTRY.closed, ENTRY.signer) == (0, 0, None)
    fields = fields_of(prepared_line(ENTRY))
    assert fields["format"] == LOG_FORMAT
    assert prepared(fields, 3) == BEGUN
    closed = published(fields_of(published_line(BEGUN.attestation, "d" * 64, KEY)), BEGUN, 4)
    assert closed == replace(BEGUN, closed=4, signer=PublicKey.of(KEY))
    assert published(fields_of(published_line(BEGUN.attestation, "d" * 64, None)), BEGUN, 4) == replace(BEGUN, closed=4)


def test_an_entry_is_of_the_same_run_whatever_was_said_of_it_since() -> None:
    assert ENTRY.matches(replace(ENTRY, line=9, closed=10, signer=PublicKey.of(KEY)))
    assert replace(ENTRY, line=9, closed=10, signer=PublicKey.of(KEY)).matches(ENTRY)
    others: list[dict[str, Any]] = [{"previous": "x"}, {"name": "x"}, {"attestation": "x"}, {"summary": {}}]
    assert [one for one in others if ENTRY.matches(replace(ENTRY, **one))] == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"format": "governance-log/2"}',
        b'{"format":"governance-log/3"}',
        b'{"format":["governance-log/2"]}',
        b'{"format":"governance-log/2","format":"governance-log/2"}',
        b'{"format":"governance-log/2","summary":NaN}',
        prepared_line(ENTRY) + b" ",
        prepared_line(ENTRY).replace(b'"run"', b'"r\\u0075n"'),
    ],
)
def test_what_is_not_as_written_has_no_fields(line: bytes) -> None:
    assert fields_of(line) == {}


def test_a_name_stands_in_the_log_as_people_read_it() -> None:
    line = prepared_line(replace(ENTRY, name="گزارش"))
    assert '"name":"گزارش"'.encode() in line
    assert fields_of(line)["name"] == "گزارش"


def test_a_number_that_json_has_not_is_never_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        prepared_line(replace(ENTRY, summary={"seconds": float("nan")}))


def test_a_line_of_the_first_format_begins_and_closes_its_run() -> None:
    fields = {"format": "governance-log/1", "previous": "", "name": "run", "attestation": "a", "summary": {}}
    read = fields_of(spelled(fields))
    assert read == {**fields, "state": "prepared"}
    assert prepared(read, 3) == LogEntry("", "run", "a", {}, line=3, closed=3)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "published"},
        {"previous": 1},
        {"name": None},
        {"attestation": ["a"]},
        {"summary": "failed"},
        {"more": ""},
    ],
)
def test_a_line_of_other_fields_begins_no_run(change: dict[str, Any]) -> None:
    fields = fields_of(prepared_line(ENTRY))
    assert prepared({**fields, **change}, 3) is None
    for name in change:
        assert prepared({key: value for key, value in fields.items() if key != name} | {"other": 1}, 3) is None


@pytest.mark.parametrize("key", [KEY, None])
@pytest.mark.parametrize(
    "change", [{"state": "prepared"}, {"run": "b" * 64}, {"more": ""}, {"signature": "AAAA"}, {"signature": None}]
)
def test_a_line_of_other_fields_closes_no_run(change: dict[str, Any], key: bytes | None) -> None:
    fields = fields_of(published_line(BEGUN.attestation, "d" * 64, key))
    assert published(fields, BEGUN, 4)
    assert published({**fields, **change}, BEGUN, 4) is None


@pytest.mark.parametrize("last", [replace(BEGUN, closed=3), replace(BEGUN, line=2), replace(BEGUN, line=4)])
def test_a_line_closes_only_the_run_of_the_line_before_and_once(last: LogEntry) -> None:
    fields = fields_of(published_line(BEGUN.attestation, "d" * 64, KEY))
    assert published(fields, last, 4) is None


@pytest.mark.parametrize(
    "change", [{"previous": "e" * 64}, {"signer": PublicKey.of(OTHER).raw.hex()}, {"signer": "00"}, {"signer": ""}]
)
def test_a_signature_holds_for_its_own_line_and_key_only(change: dict[str, str]) -> None:
    fields = fields_of(published_line(BEGUN.attestation, "d" * 64, KEY))
    assert published({**fields, **change}, BEGUN, 4) is None
