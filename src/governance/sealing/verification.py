"""`verify`: checks that every byte of a run is as attested and logged, and that somebody trusted signed it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from governance.arguments import PathInput, path_of
from governance.errors import EvidenceError, UsageError
from governance.regular_files import read_regular
from governance.sealing.comparing import compare_data, compare_run
from governance.sealing.log import Log, LogState
from governance.sealing.log_lines import LogEntry
from governance.sealing.run_files import RUN_FACTS
from governance.sealing.seal import UNSIGNED, attested
from governance.sealing.signing import PublicKey
from governance.sealing.trust import TrustedKey, trusted_keys
from governance.spelling import strict_json

_CLOCKS: Final = timedelta(minutes=5)  # by which two may differ
_DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True, slots=True)
class Verified:
    """A verified run: the number of its files, its signer and who vouches for it, its place in the log, its statement.

    `ignored` are no part of the run and unproven: JupyterLab's copies of its notebooks, and what file managers leave.
    `trusted` says where the signer was named, "" where nobody vouches for it. `notes` are sentences on the log.
    """

    files: int
    ignored: tuple[str, ...]
    signer: PublicKey | None
    trusted: str
    line: int
    lines: int
    head: str
    summary: dict[str, Any]
    notes: tuple[str, ...] = ()


def verify(
    run: PathInput,
    log: Log | PathInput | None = None,
    *,
    key: PathInput | Sequence[PathInput] = (),
    keys: PathInput | None = None,
    trust: PathInput | None = None,
    any_key: bool = False,
    unsigned: bool = False,
    max_age: timedelta | None = None,
    now: datetime | None = None,
    head: str | None = None,
    data: PathInput | None = None,
) -> Verified:
    """EvidenceError with the problem, unless everything about a run is as attested, and its signer is trusted.

    `log` is the one beside the run unless given. The public `key`s in PEM, or that of a file of `keys`, must have
    signed. Without either, the environment or the `trust` file says who must; then `any_key` accepts any other too, and
    `unsigned` a run that declares that it was made without keys. At `now`, the run may be as old as `max_age`. `head`
    is a digest that the log must still hold, or a file with one; `data` the folder that must be the attested one.
    """
    run = path_of(run, "run")
    log = log if isinstance(log, Log) else Log.beside(run, None if log is None else path_of(log, "log"))
    known = None if head is None else _head(head)
    named = [key] if isinstance(key, str | Path) else key
    trusted = trusted_keys(
        run,
        key=[path_of(one, "key") for one in named],
        keys=None if keys is None else path_of(keys, "keys"),
        trust=None if trust is None else path_of(trust, "trust"),
    )
    if run.is_symlink():
        raise EvidenceError(f"{run}: expected the folder of a run, found a link; name the folder that it leads to.")
    said = attested(run)
    signer, entry = said.signer, said.entry
    compared = compare_run(run, said.subjects)
    made = _made(run)
    told = bool(named) or keys is not None  # who must have signed, so that no other key will do, nor none
    vouched = _vouched(signer, trusted, made, run, any_key=any_key and not told, unsigned=unsigned and not told)
    _check_name(run, entry.name)
    state = log.read()
    own = _own_entry(entry, state, log, signer)
    notes = _notes(own, state, log, run)
    if known is not None and known not in state.digests:
        raise EvidenceError(
            f"{log.path}: expected a log that continues the head {known}, found another; lines of it were cut or "
            "changed since, or this is another log."
        )
    if max_age is not None:
        _check_age(run, made, now, max_age)
    if data is not None:
        compare_data(path_of(data, "data"), compared.inputs)
    return Verified(
        files=compared.files,
        ignored=compared.ignored,
        signer=signer,
        trusted=vouched,
        line=own.line,
        lines=state.lines,
        head=state.head,
        summary=entry.summary,
        notes=tuple(notes),
    )


def _head(head: str) -> str:
    """A digest of a line of the log, given as such or in a file: a kept log, or a text whose last digest counts."""
    if re.fullmatch(_DIGEST, head):
        return head
    path = path_of(head, "head")
    with suppress(EvidenceError):
        if kept := Log(path).read().head:
            return kept
    try:
        found = _DIGEST.findall(read_regular(path, 1_000_000).decode("utf-8", "replace"))
    except OSError:
        found = []
    if not found:
        raise UsageError(
            "expected the head of a log, 64 hex digits, a file with it, or a kept log, found none.",
            argument="head",
            given=head,
        )
    return str(found[-1])


def _vouched(
    signer: PublicKey | None,
    trusted: tuple[TrustedKey, ...],
    made: date | None,
    run: Path,
    *,
    any_key: bool,
    unsigned: bool,
) -> str:
    """Where the signer was named as trusted, "" where that need not be; else EvidenceError."""
    if signer is None:
        if unsigned:
            return ""
        raise EvidenceError(
            f"{run}: expected a signature, found {UNSIGNED}: the run was made without keys; "
            "make it again with keys, or verify its digests alone, as unsigned."
        )
    named = [one for one in trusted if one.key == signer]
    for one in named:
        if one.counts_on(made):
            return one.source
    if named:
        raise EvidenceError(
            f"{run}: expected a signature of the days {named[0].since} to {named[0].until}, for which the key counts, "
            f"found one of {made.isoformat() if made else 'no known day'}."
        )
    if any_key:
        return ""
    raise EvidenceError(
        f"{run}: expected the signature of {'the trusted key' if trusted else 'a key that somebody vouched for here'}, "
        f"found that of {signer.id}; if it is your signer's, name its public key (--key, GOVERNANCE_TRUSTED_KEYS, or "
        "trusted_signers.yaml beside the policy), or accept any with --any-key."
    )


def _made(run: Path) -> date | None:
    """The day on which an attested run says that it was made."""
    try:
        return _moment(run).date()
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def _moment(run: Path) -> datetime:
    found = datetime.fromisoformat(strict_json(read_regular(run / RUN_FACTS).decode())["started"])
    return found.astimezone(UTC)


def _check_age(run: Path, made: date | None, now: datetime | None, longest: timedelta) -> None:
    if now is None:
        raise UsageError("expected the present time, to tell the age of a run, found none.", argument="now")
    if made is None:
        raise EvidenceError(f"{run}: expected a run that says when it was made, found none; make the report again.")
    age = now - _moment(run)
    if not -_CLOCKS <= age <= longest:
        raise EvidenceError(
            f"{run}: expected a run of at most {_spelled(longest)} ago, found one of {_moment(run).isoformat()}; "
            "make the report again."
        )


def _spelled(span: timedelta) -> str:
    return f"{span.days} days" if not span.seconds else f"{span.total_seconds() / 3600:g} hours"


def _check_name(run: Path, name: str) -> None:
    given = Path(os.path.abspath(run)).name  # noqa: PTH100  resolving would follow links
    if given != name:
        raise EvidenceError(
            f"{run}: expected the name that was attested, {name!r}, found {given!r}; an older run may stand in for a "
            "newer one. If you moved it yourself, give it its name again."
        )


def _own_entry(entry: LogEntry, state: LogState, log: Log, signer: PublicKey | None) -> LogEntry:
    """The line of a run in its log."""
    for one in state.entries:
        if one.matches(entry):
            if one.closed and one.signer != signer and one.closed != one.line:
                raise EvidenceError(
                    f"{log.path}:{one.closed}: expected the signature of the run's signer, found another or none."
                )
            return one
    raise EvidenceError(
        "expected the line of this run, found none; name the log that it was written to.",
        argument="log",
        given=log.path,
    )


def _notes(own: LogEntry, state: LogState, log: Log, run: Path) -> Iterator[str]:
    """What the log says besides; EvidenceError for a later run of this name, as then an older one was put back."""
    later = [one for one in state.entries if one.line > own.line and one.name == own.name]
    published = [one.line for one in later if one.closed]
    if published:
        raise EvidenceError(
            f"{run}: expected the latest run of this name, found an earlier one; line {published[-1]} of {log.path} "
            "names a later one: this one was put back. Runs of two places that share a log need two names."
        )
    if later:
        yield (
            f"line {later[-1].line} is of a later report of this name that was interrupted as it was published; "
            "the next report goes on from here"
        )
    if not own.closed:
        yield f"line {own.line} is not closed: the report was interrupted just after it was published"
    if state.torn:
        yield "the last line is a part of one, which an interrupted report left; the next report removes it"
