"""A run directory appears whole or not at all: built aside, flushed to disk, logged, renamed into place, logged again.

The rename is the one moment at which the new run takes the place of an earlier one. Whatever fails or is killed before
leaves the earlier run, whatever does so after leaves the new one, and `verify` accepts what it left.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from governance.errors import EvidenceError, UsageError
from governance.evidence.exchange import exchange
from governance.evidence.staged import Staged
from governance.regular_files import read_regular
from governance.sealing import (
    ATTESTATION,
    MANIFEST,
    OUTSIDE,
    RUN_FORMAT,
    Log,
    attestation,
    copy_of,
    files_of,
    is_litter,
)

_RUN = "run"
_EARLIER = "earlier"


def check_target(out: Path, data: Path | None = None) -> None:
    """UsageError unless `out` is absent, or a run of this tool and nothing else; it must lie apart from the data."""
    try:
        _check_target(out, data)
    except OSError as error:
        found = f"expected the name of a folder, found one that gives {type(error).__name__}; choose another name."
        raise UsageError(found, argument="out", given=f"{str(out)[:60]}…" if len(str(out)) > 200 else out) from None


def _check_target(out: Path, data: Path | None) -> None:
    try:
        out.name.encode()
    except UnicodeEncodeError:
        raise UsageError("expected a name in UTF-8, found another.", argument="out", given=repr(out.name)) from None
    if out.is_symlink():
        raise UsageError("expected a folder of its own, found a symbolic link.", argument="out", given=out)
    if data is not None and (_lies_in(out, data) or _lies_in(data, out)):
        raise UsageError("expected a place apart from the data, found one within the other.", argument="out", given=out)
    if _stat(out) is None:
        return
    manifest = _manifest(out)
    if manifest is None:
        raise UsageError(
            "expected a new name or an earlier run, found something else; choose another name.",
            argument="out",
            given=out,
        )
    strangers = _strangers(out, manifest)
    if strangers:
        raise UsageError(
            f"expected an earlier run and nothing else, found {strangers[0]!r}; move it away.",
            argument="out",
            given=out,
        )


def _stat(path: Path) -> os.stat_result | None:
    """Unlike `exists`, an error for a name that no file can have."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _lies_in(inner: Path, outer: Path) -> bool:
    return inner.resolve().is_relative_to(outer.resolve())


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run of this tool."""
    return _manifest(folder) is not None


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads(read_regular(folder / MANIFEST))
        return dict(manifest) if manifest["format"] == RUN_FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _strangers(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Files of a run's folder that the run did not write, and that replacing it would destroy."""
    own = {*manifest.get("files", ()), *OUTSIDE}
    # JupyterLab keeps a copy of each notebook that was opened; it holds no work, and neither do file managers' files.
    there = (name for name in files_of(folder) if not copy_of(name) and not is_litter(name))
    return sorted(name for name in there if name not in own)


@contextmanager
def publishing(out: Path, data: Path | None = None) -> Iterator[Staged]:
    """A run to build aside; it is removed at the end of the block unless `publish` gave it its name."""
    check_target(out, data)
    with ExitStack() as stack:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            _sweep(out)
            aside = stack.enter_context(_beside(out))
            (aside / _RUN).mkdir()
        except OSError as error:
            found = f"expected a place to write, found {type(error).__name__}."
            raise EvidenceError(found, argument="out", given=out) from None
        try:
            yield Staged(aside / _RUN)
        except OSError as error:
            raise EvidenceError(
                f"{out}: expected to write the report, found {type(error).__name__}; an earlier report is untouched."
            ) from None


def publish(  # noqa: PLR0917  everything about one run
    staged: Staged,
    out: Path,
    log: Log,
    summary: dict[str, Any],
    signing_key: bytes | None,
    tell: Callable[[str], object] = lambda _: None,
) -> None:
    """Attest a finished run, give it its name, and log both steps; EvidenceError says which of the runs is there.

    The log stays locked, so that no other report comes in between; `tell` of a wait until it is free.
    """
    staged.check()
    name = Path(os.path.abspath(out)).name  # noqa: PTH100  resolving would follow links
    named = False
    try:
        with log.continued(tell) as writer:
            writer.finish(out, signing_key)
            digests = staged.digests
            text = attestation(digests, summary, name=name, previous=writer.head, signing_key=signing_key)
            staged.write(ATTESTATION, text)
            _flush_all(staged.folder)
            writer.prepare(name, digests[ATTESTATION], summary)
            check_target(out)
            _swap(staged.folder, out)
            named = True
            with suppress(OSError):
                _flush(out.parent)
            writer.publish(signing_key)
    except OSError as error:
        there = "the report is there, and the next one goes on from it" if named else "an earlier report is untouched"
        raise EvidenceError(
            f"{out}: expected to attest and log the report, found {type(error).__name__}; {there}."
        ) from None


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A private folder next to the run, locked while it is in use, so that nobody clears it as a remnant."""
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".partial", dir=out.parent))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        try:
            # An earlier run that could not be moved back is kept; the next report does it.
            if not (folder / _EARLIER).exists() or os.path.lexists(out):
                with suppress(OSError):
                    shutil.rmtree(folder)
        finally:
            os.close(lock)


def _sweep(out: Path) -> None:
    """Remove what killed processes left; a run that one of them had moved aside is moved back."""
    name = re.compile(rf"\.{re.escape(out.name)}\.[a-z0-9_]{{8}}\.partial")
    for path in sorted(out.parent.iterdir()):
        if not name.fullmatch(path.name) or path.is_symlink() or not path.is_dir():
            continue
        try:
            lock = os.open(path, os.O_RDONLY)
        except OSError:
            continue  # another user's
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not out.exists() and is_run(path / _EARLIER):
                (path / _EARLIER).rename(out)
            with suppress(OSError):
                shutil.rmtree(path)
        except OSError:  # in use, or another user's
            continue
        finally:
            os.close(lock)


def _flush_all(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _flush(path)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(staged: Path, out: Path) -> None:
    """Give the run its name; an earlier run of this name gets the staged one's, and is removed with it."""
    if not out.exists():
        staged.rename(out)
        return
    if exchange(staged, out):
        return
    # Where names cannot be exchanged, the earlier run steps aside first.
    earlier = staged.parent / _EARLIER
    out.rename(earlier)
    try:
        staged.rename(out)
    except OSError:
        earlier.rename(out)
        raise
