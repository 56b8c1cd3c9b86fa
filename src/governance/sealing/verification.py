"""`verify`: checks that every byte of a run is as attested and logged."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.arguments import PathInput, path_of
from governance.errors import EvidenceError
from governance.sealing.log import Log, LogEntry
from governance.sealing.run_files import ATTESTATION, MANIFEST, OUTSIDE, RUN_FORMAT, copy_of, digest, files_of
from governance.sealing.seal import PREDICATE, STATEMENT, SUBJECTS, UNSIGNED
from governance.sealing.signing import PublicKey, SignedEnvelope, decode_key, read_public_key
from governance.spelling import canonical_json, strict_json

_SHOWN_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Verified:
    """A verified run: the number of its files, its signer, its place in the log, its statement.

    `ignored` are JupyterLab's copies of its notebooks, which are no part of the run and unproven.
    """

    files: int
    ignored: tuple[str, ...]
    signer: PublicKey | None
    trusted: bool
    line: int
    lines: int
    head: str
    summary: dict[str, Any]


def verify(
    run: PathInput,
    log: Log | PathInput | None = None,
    *,
    trusted: PublicKey | None = None,
    key: PathInput | None = None,
    keys: PathInput | None = None,
    unsigned: bool = False,
) -> Verified:
    """EvidenceError with the problem, unless everything about a run is as attested.

    `log` is the one beside the run unless given. `trusted`, or that of a `key` in PEM or of a file of `keys`, must have
    signed; without it any key is accepted, and the caller must report which. `unsigned` accepts a run that declares
    that it was made without keys.
    """
    run = path_of(run, "run")
    log = log if isinstance(log, Log) else Log.beside(run, None if log is None else path_of(log, "log"))
    trusted = trusted or _trusted(key, keys)
    envelope, raw = _envelope(run)
    try:
        statement = envelope.statement()
        predicate = statement["predicate"]
        signer = _signer(envelope, predicate["signer"], trusted=trusted, unsigned=unsigned, run=run)
        subjects = {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
        if (
            statement["_type"] != STATEMENT
            or statement["predicateType"] != PREDICATE
            or set(statement) != {"_type", "subject", "predicateType", "predicate"}
            or sorted(subjects) != sorted(SUBJECTS)
            or len(statement["subject"]) != len(SUBJECTS)
        ):
            raise ValueError("another statement")
        entry = LogEntry(predicate["previous"], predicate["name"], raw, predicate["summary"])
    except (ValueError, KeyError, TypeError):
        raise EvidenceError(f"{run / ATTESTATION}: expected an attestation of ours, found something else.") from None
    manifest = _manifest(run)
    found = {name for name in files_of(run) if not _is_copy(run, name, manifest)}
    problems = [*_changed(run, subjects), *_compared(run, manifest, found)]
    if problems:
        more = len(problems) - _SHOWN_PROBLEMS
        listed = "; ".join(problems[:_SHOWN_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")
        raise EvidenceError(f"{run}: expected the files that were attested, found {listed}.")
    entries = log.entries()
    line = _line(entry, entries, log, run)
    return Verified(
        files=len(found),
        ignored=tuple(sorted(set(files_of(run)) - found)),
        signer=signer,
        trusted=trusted is not None,
        line=line,
        lines=len(entries),
        head=entries[-1].digest,
        summary=predicate["summary"],
    )


def _envelope(run: Path) -> tuple[SignedEnvelope, str]:
    """The envelope of a run, and the digest of its file."""
    path = run / ATTESTATION
    try:
        found = digest(path)
        return SignedEnvelope.read(path.read_text("utf-8")), found
    except FileNotFoundError:
        raise EvidenceError(
            f"{run}: expected a finished run with {ATTESTATION}, found none; it is incomplete, or no run at all."
        ) from None
    except (OSError, ValueError, RecursionError):
        raise EvidenceError(f"{path}: expected an attestation of ours, found something else.") from None


def _trusted(key: PathInput | None, keys: PathInput | None) -> PublicKey | None:
    if keys is not None:
        from governance.encryption.keys import load_keys  # noqa: PLC0415  arrays, which a public key needs not

        return PublicKey.of(load_keys(path_of(keys, "keys")).signing_key)
    return None if key is None else read_public_key(path_of(key, "key"))


def _signer(
    envelope: SignedEnvelope, named: object, *, trusted: PublicKey | None, unsigned: bool, run: Path
) -> PublicKey | None:
    """The key that signed, after its signature was verified."""
    if not envelope.signatures and named == UNSIGNED:
        if trusted is None and unsigned:
            return None
        raise EvidenceError(
            f"{run}: expected a signature, found {UNSIGNED}: the run was made without keys; "
            "make it again with keys, or verify its digests alone, as unsigned."
        )
    key = trusted or decode_key(named)
    if key is None or key != decode_key(named) or len(envelope.signatures) != 1 or not envelope.signed_by(key):
        raise EvidenceError(
            f"{run}: expected the signature of {'the trusted key' if trusted else 'the key that it names'}, "
            "found none that holds."
        )
    return key


def _changed(run: Path, subjects: dict[str, str]) -> Iterator[str]:
    for name, expected in subjects.items():
        problem = _differs(run, name, expected)
        if problem:
            yield problem


def _manifest(run: Path) -> dict[str, Any] | None:
    """The digests by file in the manifest; None if it is no manifest of this tool."""
    try:
        text = (run / MANIFEST).read_text("utf-8")
        manifest = strict_json(text)
        files = manifest["files"]
        ours = manifest["format"] == RUN_FORMAT and canonical_json(manifest) == text and isinstance(files, dict)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return files if ours else None


def _is_copy(run: Path, name: str, manifest: dict[str, Any] | None) -> bool:
    """Whether a file is JupyterLab's copy of a notebook of this run; opening one must not break verification."""
    place = run / name
    return copy_of(name) in (manifest or ()) and place.is_file() and not place.is_symlink()


def _compared(run: Path, manifest: dict[str, Any] | None, found: set[str]) -> Iterator[str]:
    """The differences between manifest and folder: changed, missing and foreign files."""
    if manifest is None:
        yield f"no manifest of ours in {MANIFEST}"
        return
    yield from (f"a file too many, {name!r}" for name in sorted(found - manifest.keys() - OUTSIDE))
    for name, expected in manifest.items():
        problem = _differs(run, name, expected) if name in found else f"no file {name!r}"
        if problem:
            yield problem


def _differs(run: Path, name: str, expected: object) -> str:
    """The problem of one file; "" for none."""
    try:
        found = digest(run / name)
    except OSError:
        return f"no file {name!r}"
    same = isinstance(expected, str) and hmac.compare_digest(found, expected)
    return "" if same else f"another {name!r}"


def _line(entry: LogEntry, entries: tuple[LogEntry, ...], log: Log, run: Path) -> int:
    """The number of a run's own line; a later line of the same name means that an older run was restored."""
    if entry not in entries:
        raise EvidenceError(
            "expected the line of this run, found none; name the log that it was written to.",
            argument="log",
            given=log.path,
        )
    line = entries.index(entry) + 1
    later = [number for number, other in enumerate(entries[line:], line + 1) if other.name == entry.name]
    if later and run.resolve().name == entry.name:
        raise EvidenceError(
            f"{run}: expected the latest run of this name, found an earlier one; line {later[-1]} of {log.path} names "
            "a later one (either this one was put back, or that one was cut short: make the report again)."
        )
    return line
