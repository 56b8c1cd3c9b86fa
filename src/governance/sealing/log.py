"""The log of runs, the only history: each line holds the digest of the line before it, so that none can change.

A run has two lines: `prepared`, written before it gets its name, and `published`, signed, written after. A report that
was interrupted in between leaves the first alone, which spoils no other run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from governance.errors import EvidenceError
from governance.regular_files import open_regular, read_regular
from governance.sealing.log_lines import LogEntry, fields_of, prepared, prepared_line, published, published_line
from governance.sealing.seal import Attested, attested
from governance.sealing.signing import PublicKey

LOG: Final = "governance-log.jsonl"
_PATIENCE: Final = 60.0  # seconds; another report holds a log for one or two
_SILENCE: Final = 1.0  # seconds, before one is told what is waited for
_PAUSE: Final = 0.05
FIRST: Final = ""  # the previous digest in the first line


@dataclass(frozen=True, slots=True)
class LogState:
    """The runs of a log, the digest of each line, and whether a killed report left part of a line at its end."""

    entries: tuple[LogEntry, ...] = ()
    digests: tuple[str, ...] = ()
    torn: bool = False

    @property
    def head(self) -> str:
        """The digest of the last line, which stands for all of them."""
        return self.digests[-1] if self.digests else FIRST

    @property
    def lines(self) -> int:
        return len(self.digests)


@dataclass(frozen=True, slots=True)
class Log:
    """A log file; it need not exist yet."""

    path: Path

    @classmethod
    def beside(cls, run: Path, named: Path | None = None) -> Log:
        """The named log, else the one beside the run."""
        return cls(named if named is not None else run.resolve().parent / LOG)

    def read(self) -> LogState:
        """Every line, verified to continue the one before; EvidenceError names the first that does not."""
        try:
            return self._parsed(read_regular(self.path))
        except FileNotFoundError:
            return LogState()
        except OSError as error:
            raise self._unusable(error) from None

    def published(self, out: Path, signers: Collection[PublicKey] | None = None) -> tuple[LogEntry, ...]:
        """The runs that were published; one whose report was killed just after counts if it lies at `out`.

        With `signers`, those whose line one of them signed, as anybody may have written the others.
        """
        here = _attested(out)
        there = (one if one.closed else _named(one, here) for one in self.read().entries)
        return tuple(one for one in there if one and (signers is None or one.signer in signers))

    @contextmanager
    def continued(self, tell: Callable[[str], object] = lambda _: None) -> Iterator[Writer]:
        """Lock the log, to append to it; part of a line that a killed report left is removed.

        `tell` what is waited for if another process has locked it.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = open_regular(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        except OSError as error:
            raise self._unusable(error) from None
        with file:
            descriptor = file.fileno()
            try:
                _lock(descriptor, lambda: tell(f"wait for {self.path}, which another process has locked"))
                raw = file.read()
                state = self._parsed(raw)
                if state.torn:
                    os.ftruncate(descriptor, raw.rfind(b"\n") + 1)
            except OSError as error:
                raise self._unusable(error) from None
            last = state.entries[-1] if state.entries else None
            yield Writer(descriptor, state.head, last if last and not last.closed else None)

    def _parsed(self, raw: bytes) -> LogState:
        lines = raw.split(b"\n")
        torn = bool(lines.pop())
        previous, entries, digests = FIRST, list[LogEntry](), list[str]()
        for number, line in enumerate(lines, 1):
            found = fields_of(line)
            if found.get("previous") != previous or not _take(found, entries, number):
                raise EvidenceError(f"{self.path}:{number}: {_complaint(line)}")
            previous = hashlib.sha256(line).hexdigest()
            digests.append(previous)
        return LogState(tuple(entries), tuple(digests), torn)

    def _unusable(self, error: OSError) -> EvidenceError:
        if isinstance(error, TimeoutError):
            return EvidenceError(
                f"{self.path}: expected a log that is free within {_PATIENCE:.0f} seconds, found one that another "
                "process has locked; let it end, or end it."
            )
        return EvidenceError(f"{self.path}: expected a log that can be continued, found {type(error).__name__}.")


@dataclass(slots=True)
class Writer:
    """A locked log at its end; `begun` is the last run while no line closes it, else None."""

    descriptor: int
    head: str
    begun: LogEntry | None

    def prepare(self, name: str, attestation: str, summary: dict[str, Any]) -> None:
        """Say that a finished run is about to get its name."""
        entry = LogEntry(self.head, name, attestation, summary)
        self._append(prepared_line(entry))
        self.begun = entry

    def publish(self, signing_key: bytes | None) -> None:
        """Say that the run of the last line has its name, and sign the log up to here."""
        if self.begun is not None:
            self._append(published_line(self.begun.attestation, self.head, signing_key))
            self.begun = None

    def finish(self, out: Path, signing_key: bytes | None) -> None:
        """Close the last line if its report was killed just after its run had got its name, `out`.

        Only for a run that this key signed, as anybody may have written that line, and what lies at `out`.
        """
        here = _named(self.begun, _attested(out)) if self.begun else None
        if here is not None and here.signer == (None if signing_key is None else PublicKey.of(signing_key)):
            self.publish(signing_key)

    def _append(self, line: bytes) -> None:
        """Add a line in one write, and flush it to disk; OSError leaves the log as it was."""
        end = os.lseek(self.descriptor, 0, os.SEEK_END)
        try:
            if os.write(self.descriptor, line + b"\n") != len(line) + 1:
                raise OSError("short write")
            os.fsync(self.descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self.descriptor, end)
            raise
        self.head = hashlib.sha256(line).hexdigest()


def _lock(descriptor: int, tell: Callable[[], object]) -> None:
    """Be the only one who writes; TimeoutError when another process stays at it, which is told before."""
    start, told = time.monotonic(), False
    while (waited := time.monotonic() - start) < _PATIENCE:
        with suppress(BlockingIOError):
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if waited > _SILENCE and not told:
            told = True
            tell()
        time.sleep(_PAUSE)
    raise TimeoutError("locked")


def _attested(out: Path) -> Attested | None:
    try:
        return attested(out)
    except EvidenceError:
        return None


def _named(begun: LogEntry, here: Attested | None) -> LogEntry | None:
    """A run that no line closes, with who signed its attestation, if that is what lies at its place."""
    return replace(begun, signer=here.signer) if here and begun.matches(here.entry) else None


def _take(fields: dict[str, Any], entries: list[LogEntry], number: int) -> bool:
    """Add what a line says to the runs; whether it is a line of ours at its place."""
    begun = prepared(fields, number)
    if begun is not None and not (begun.old and entries and not entries[-1].old):
        entries.append(begun)
        return True
    closed = published(fields, entries[-1], number) if entries else None
    if closed is not None:
        entries[-1] = closed
    return closed is not None


def _complaint(line: bytes) -> str:
    if line.endswith(b"\r"):
        return (
            "expected lines that end with a line feed alone, found a carriage return before it; some program rewrote "
            "the line ends of the log, get it back from a copy, and let none do so (in git: `*.jsonl -text`)."
        )
    return (
        "expected a line that names the digest of the one before it, found another; the log was changed, get it back "
        "from a copy."
    )
