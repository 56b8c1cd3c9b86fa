"""The log of runs: one line per run, each with the digest of the line before it, so that no line can change or vanish.

It is the only history: pages read earlier runs from its lines.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from governance.errors import EvidenceError
from governance.spelling import strict_json

LOG: Final = "governance-log.jsonl"
LOG_FORMAT: Final = "governance-log/1"
FIRST: Final = ""  # the previous digest in the first line


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line: the folder's name, the digest of the run's attestation, and the summary that the attestation signs."""

    previous: str
    name: str
    attestation: str
    summary: dict[str, Any]

    @property
    def line(self) -> bytes:
        whole = {
            "attestation": self.attestation,
            "format": LOG_FORMAT,
            "name": self.name,
            "previous": self.previous,
            "summary": self.summary,
        }
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.line).hexdigest()


@dataclass(frozen=True, slots=True)
class Log:
    """A log file; it need not exist yet."""

    path: Path

    @classmethod
    def beside(cls, run: Path, named: Path | None = None) -> Log:
        """The named log, else the one beside the run."""
        return cls(named if named is not None else run.resolve().parent / LOG)

    def entries(self) -> tuple[LogEntry, ...]:
        """Every line, verified to continue the one before; EvidenceError names the first that does not."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._unusable(error) from None
        with os.fdopen(descriptor, "rb") as file:
            return tuple(self._parsed(file.read()))

    @contextmanager
    def continued(self) -> Iterator[Writer]:
        """Lock the log, to append to it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(
                self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode=0o644
            )
        except OSError as error:
            raise self._unusable(error) from None
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                raw = file.read()
                # A line without its line break was not written completely: its run was not published.
                whole = raw[: raw.rfind(b"\n") + 1]
                found = tuple(self._parsed(whole))
                if whole != raw:
                    os.ftruncate(descriptor, len(whole))
                yield Writer(descriptor, found[-1].digest if found else FIRST)
            except OSError as error:
                raise self._unusable(error) from None

    def _parsed(self, raw: bytes) -> Iterator[LogEntry]:
        previous = FIRST
        lines = raw.split(b"\n")
        if lines.pop():
            raise EvidenceError(f"{self.path}: expected whole lines, found part of one; the next report removes it.")
        for number, line in enumerate(lines, 1):
            entry = _read(line)
            if entry is None or entry.previous != previous:
                raise EvidenceError(
                    f"{self.path}:{number}: expected a line that names the digest of the one before it, found another; "
                    "the log was changed, get it back from a copy."
                )
            yield entry
            previous = entry.digest

    def _unusable(self, error: OSError) -> EvidenceError:
        return EvidenceError(f"{self.path}: expected a log that can be continued, found {type(error).__name__}.")


@dataclass(frozen=True, slots=True)
class Writer:
    """A locked log at its end."""

    descriptor: int
    head: str

    def append(self, entry: LogEntry) -> None:
        """Add a line in one write, and flush it to disk."""
        line = entry.line + b"\n"
        if os.write(self.descriptor, line) != len(line):
            raise OSError("short write")
        os.fsync(self.descriptor)


def _read(line: bytes) -> LogEntry | None:
    """The entry of a canonical line, None for any other."""
    try:
        raw = strict_json(line.decode())
        summary = raw["summary"]
        entry = LogEntry(raw["previous"], raw["name"], raw["attestation"], summary)
        kinds = [type(entry.previous), type(entry.name), type(entry.attestation), type(summary)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return entry if kinds == [str, str, str, dict] and entry.line == line else None
