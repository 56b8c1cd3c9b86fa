"""The log as a file: what is read of it, who may go on from where, and what a failure leaves of it."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest

from governance.errors import EvidenceError
from governance.sealing import ATTESTATION, LOG, Log, LogState, PublicKey, attestation, digest
from governance.sealing.log import FIRST
from governance.sealing.seal import SUBJECTS

KEY = bytes(range(32))


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "deep" / "er" / LOG)


def run_at(out: Path, previous: str, signing_key: bytes | None = KEY, name: str = "run") -> str:
    """A folder with an attestation, and the digest of that."""
    out.mkdir()
    digests = dict.fromkeys(SUBJECTS, "0" * 64)
    text = attestation(digests, {}, name=name, previous=previous, signing_key=signing_key)
    (out / ATTESTATION).write_text(text, "utf-8")
    return digest(out / ATTESTATION)


def begin(log: Log, attestation: str, name: str = "run") -> None:
    with log.continued() as writer:
        writer.prepare(name, attestation, {})


def test_a_log_need_not_be_there_and_then_is_empty(log: Log) -> None:
    assert (log.read(), log.read().head, log.read().lines) == (LogState(), FIRST, 0)
    assert not log.read().torn
    with log.continued() as writer:
        assert (writer.head, writer.begun) == (FIRST, None)
    assert log.path.read_bytes() == b""
    assert log.read() == LogState()


def test_the_log_beside_a_run_is_the_one_in_its_folder_unless_another_is_named(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "made" / "run")
    assert Log.beside(tmp_path / "link").path == tmp_path / "made" / LOG
    assert Log.beside(tmp_path / "link", tmp_path / "mine").path == tmp_path / "mine"


def test_each_line_continues_the_one_before_and_each_run_has_the_numbers_of_its_lines(log: Log) -> None:
    with log.continued() as writer:
        for name in "ab":
            writer.prepare(name, name, {"n": 1})
            writer.publish(KEY)
    begin(log, "c", "c")
    found = log.read()
    assert [(one.name, one.line, one.closed) for one in found.entries] == [("a", 1, 2), ("b", 3, 4), ("c", 5, 0)]
    assert [one.signer for one in found.entries] == [PublicKey.of(KEY)] * 2 + [None]
    previous = [json.loads(line)["previous"] for line in log.path.read_bytes().splitlines()]
    assert [*previous, found.head] == [FIRST, *found.digests]
    assert (found.lines, found.torn) == (5, False)


@pytest.mark.parametrize("signed", [True, False])
def test_a_run_counts_as_published_if_its_line_says_so_or_it_lies_there(
    log: Log, tmp_path: Path, *, signed: bool
) -> None:
    with log.continued() as writer:
        writer.prepare("closed", "a", {})
        writer.publish(None)
    begin(log, run_at(tmp_path / "run", log.read().head, KEY if signed else None))
    begin(log, "lost", "lost")
    assert [one.name for one in log.published(tmp_path / "run")] == ["closed", "run"]
    assert [one.name for one in log.published(tmp_path / "none")] == ["closed"]
    known = log.published(tmp_path / "run", frozenset({PublicKey.of(KEY)}))
    assert [one.name for one in known] == ["run"] * signed


@pytest.mark.parametrize(("signed", "kept"), [("ab", "ab"), ("a", "a"), ("b", "b"), ("", "")])
def test_with_keys_history_is_of_the_lines_that_one_of_them_signed(log: Log, signed: str, kept: str) -> None:
    for name in "abc":
        with log.continued() as writer:
            writer.prepare(name, name, {"rows": 987_654_321})
            writer.publish(KEY if name in signed else None)
    own, nowhere = frozenset({PublicKey.of(KEY)}), Path("nowhere")
    assert "".join(one.name for one in log.published(nowhere, own)) == kept
    assert "".join(one.name for one in log.published(nowhere)) == "abc"
    assert log.published(nowhere, frozenset({PublicKey.of(bytes(32))})) == ()


def test_a_line_of_the_first_format_follows_none_of_the_second(log: Log) -> None:
    with log.continued() as writer:
        writer.prepare("a", "a", {})
        writer.publish(KEY)
    line = {"format": "governance-log/1", "previous": log.read().head, "name": "b", "attestation": "b", "summary": {}}
    with log.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n")
    with pytest.raises(EvidenceError, match=r":3: expected a line"):
        log.read()


def test_a_report_that_was_killed_once_its_run_had_its_name_is_closed_by_the_next(log: Log, tmp_path: Path) -> None:
    begin(log, run_at(tmp_path / "run", FIRST))
    for out, lines in (("none", 1), ("run", 2), ("run", 2)):
        with log.continued() as writer:
            writer.finish(tmp_path / out, KEY)
            writer.finish(tmp_path / out, KEY)
        assert log.read().lines == lines
    assert (log.read().entries[0].closed, log.read().entries[0].signer) == (2, PublicKey.of(KEY))


@pytest.mark.parametrize("signed_by", [None, bytes(32), b""])
@pytest.mark.parametrize("own", [KEY, None])
def test_no_key_signs_a_line_whose_run_it_did_not_sign(
    log: Log, tmp_path: Path, signed_by: bytes | None, own: bytes | None
) -> None:
    """Whoever may write the log and the run may forge both; the next report must not vouch for them."""
    digest_of_it = run_at(tmp_path / "run", FIRST, signed_by or None)
    if signed_by == b"":
        (tmp_path / "run" / ATTESTATION).write_text("{}", "utf-8")
        digest_of_it = digest(tmp_path / "run" / ATTESTATION)
    begin(log, digest_of_it)
    with log.continued() as writer:
        writer.finish(tmp_path / "run", own)
    assert log.read().lines == (2 if (signed_by, own) == (None, None) else 1)
    assert log.published(tmp_path / "run", frozenset({PublicKey.of(KEY)})) == ()


@pytest.mark.parametrize("change", [{"name": "other"}, {"summary": {"passed": 310}}, {"attestation": "0" * 64}])
def test_a_run_that_says_otherwise_than_its_line_closes_none(log: Log, tmp_path: Path, change: dict[str, Any]) -> None:
    said = {"name": "run", "attestation": run_at(tmp_path / "run", FIRST), "summary": {}} | change
    with log.continued() as writer:
        writer.prepare(**said)
    with log.continued() as writer:
        writer.finish(tmp_path / "run", KEY)
    assert log.read().lines == 1


def test_part_of_a_line_is_told_and_removed_by_the_next_report_alone(log: Log) -> None:
    begin(log, "a")
    whole = log.path.read_bytes()
    for part in (b"{", whole[:-1]):
        log.path.write_bytes(whole + part)
        assert (log.read().torn, log.read().lines) == (True, 1)
        with log.continued():
            assert log.path.read_bytes() == whole
    log.path.write_bytes(whole[:-1])
    with log.continued() as writer:
        assert writer.head == FIRST
    assert log.path.read_bytes() == b""


@pytest.mark.parametrize("fails", ["write", "short", "fsync"])
def test_a_line_that_cannot_be_written_leaves_the_log_as_it_was(
    log: Log, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    begin(log, "a")
    whole, write = log.path.read_bytes(), os.write

    def full(descriptor: int, line: bytes = b"") -> int:
        if fails == "short":
            return write(descriptor, line[:5])
        raise OSError(28, "No space left on device")

    with log.continued() as writer:
        head = writer.head
        monkeypatch.setattr(os, "write" if fails == "short" else fails, full)
        with pytest.raises(OSError, match=r"short|space"):
            writer.publish(KEY)
        monkeypatch.undo()
        assert (writer.head, log.path.read_bytes()) == (head, whole)
        writer.publish(KEY)
    assert log.read().entries[0].closed == 2


def test_two_reports_never_write_at_a_time(log: Log) -> None:
    with log.continued(), log.path.open("rb") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_wrong_line_is_named_by_its_number(log: Log) -> None:
    for name in "ab":
        begin(log, name)
    lines = log.path.read_bytes().splitlines(keepends=True)
    for changed, number in ((lines[::-1], 1), ([lines[0], lines[0]], 2), ([*lines, b"\n"], 3), ([*lines, b"{}\n"], 3)):
        log.path.write_bytes(b"".join(changed))
        with pytest.raises(EvidenceError, match=rf"{LOG}:{number}: expected a line that names the digest"):
            log.read()
    log.path.write_bytes(b'{"format":"governance-log/2","previous":""}\n')
    with pytest.raises(EvidenceError, match=rf"{LOG}:1: expected a line that names the digest"):
        log.read()


def test_a_log_that_cannot_be_read_or_made_is_no_empty_one(log: Log, tmp_path: Path) -> None:
    log.path.mkdir(parents=True)
    (tmp_path / "file").touch()
    for unusable in (log, Log(tmp_path / "file" / LOG)):
        with pytest.raises(EvidenceError, match="expected a log that can be continued"):
            unusable.read()
        with pytest.raises(EvidenceError, match="expected a log that can be continued"), unusable.continued():
            pass
