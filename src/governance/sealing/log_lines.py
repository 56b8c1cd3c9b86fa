"""The lines of a log: canonical JSON, with the digest of the line before; what each says of a run."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from governance.sealing.signing import PublicKey, decode_key, sign, signed
from governance.spelling import strict_json

LOG_FORMAT: Final = "governance-log/2"
# One line a run, written before the run had its name.
_FORMAT_1: Final = "governance-log/1"
_PREPARED: Final = frozenset({"format", "previous", "state", "name", "attestation", "summary"})
_PUBLISHED: Final = frozenset({"format", "previous", "state", "run", "signer", "signature"})
_TYPE: Final = "application/vnd.governance.log-line+json"
_UNSIGNED: Final = ""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A run in the log: the folder's name, the digest of its attestation, and the summary that the attestation signs.

    `line` is its number from 1, `closed` that of the line which says that it was published, 0 without one; `signer`
    signed that line.
    """

    previous: str
    name: str
    attestation: str
    summary: dict[str, Any]
    line: int = 0
    closed: int = 0
    signer: PublicKey | None = None

    @property
    def old(self) -> bool:
        """Whether it is of the first format, which has one line a run; none follows one of the second."""
        return self.closed == self.line

    def matches(self, other: LogEntry) -> bool:
        """Whether both are of one run, by what its attestation says."""
        return replace(self, line=0, closed=0, signer=None) == replace(other, line=0, closed=0, signer=None)


def prepared_line(entry: LogEntry) -> bytes:
    """The line that says that a run is about to get its name."""
    said = {"name": entry.name, "attestation": entry.attestation, "summary": entry.summary}
    return _text({"format": LOG_FORMAT, "previous": entry.previous, "state": "prepared", **said})


def published_line(attestation: str, previous: str, signing_key: bytes | None) -> bytes:
    """The line that says that the run of this attestation has its name; signed, it vouches for all lines before."""
    signer = PublicKey.of(signing_key).raw.hex() if signing_key is not None else _UNSIGNED
    said = {
        "format": LOG_FORMAT,
        "previous": previous,
        "state": "published",
        "run": attestation,
        "signer": signer,
    }
    signature = sign(_TYPE, _text(said), signing_key) if signing_key is not None else ""
    return _text({**said, "signature": signature})


def fields_of(line: bytes) -> dict[str, Any]:
    """The fields of a line of ours, none for any other."""
    try:
        found = strict_json(line.decode())
        if not isinstance(found, dict) or _text(found) != line:
            return {}
    except (ValueError, TypeError, RecursionError):
        return {}
    if found.get("format") == _FORMAT_1:
        found["state"] = "prepared"
    # A tuple: what stands there may be a list, which no set takes.
    return found if found.get("format") in (LOG_FORMAT, _FORMAT_1) else {}


def prepared(fields: dict[str, Any], number: int) -> LogEntry | None:
    """The run that a line begins; None for any other line."""
    if set(fields) != _PREPARED or fields["state"] != "prepared":
        return None
    previous, name, digest, summary = (fields[one] for one in ("previous", "name", "attestation", "summary"))
    if not all(isinstance(text, str) for text in (previous, name, digest)) or not isinstance(summary, dict):
        return None
    closed = number if fields["format"] == _FORMAT_1 else 0
    return LogEntry(previous, name, digest, summary, line=number, closed=closed)


def published(fields: dict[str, Any], last: LogEntry, number: int) -> LogEntry | None:
    """The run of the line before, which this line closes; None for any other, or a signature that does not hold."""
    if set(fields) != _PUBLISHED or fields["state"] != "published" or last.closed or last.line != number - 1:
        return None
    if fields["run"] != last.attestation:
        return None
    if fields["signer"] == _UNSIGNED:
        return replace(last, closed=number) if fields["signature"] == "" else None
    signer = decode_key(fields["signer"])
    said = _text({name: value for name, value in fields.items() if name != "signature"})
    if signer is None or not signed(_TYPE, said, fields["signature"], signer):
        return None
    return replace(last, closed=number, signer=signer)


def _text(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
