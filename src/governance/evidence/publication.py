"""A run directory appears whole or not at all: built aside, flushed to disk, renamed into place."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from governance.errors import EvidenceError, UsageError
from governance.sealing import MANIFEST, OUTSIDE, RUN_FORMAT, copy_of, files_of


def check_target(out: Path, data: Path | None = None) -> None:
    """UsageError unless `out` is absent, or a run of this tool and nothing else; it must lie apart from the data."""
    if out.is_symlink():
        raise UsageError("expected a folder of its own, found a symbolic link.", argument="out", given=out)
    if data is not None and (_lies_in(out, data) or _lies_in(data, out)):
        raise UsageError("expected a place apart from the data, found one within the other.", argument="out", given=out)
    if out.exists() and not is_run(out):
        raise UsageError(
            "expected a new name or an earlier run, found something else; choose another name.",
            argument="out",
            given=out,
        )
    strangers = _strangers(out) if out.exists() else []
    if strangers:
        raise UsageError(
            f"expected an earlier run and nothing else, found {strangers[0]!r}; move it away.",
            argument="out",
            given=out,
        )


def _lies_in(inner: Path, outer: Path) -> bool:
    return inner.resolve().is_relative_to(outer.resolve())


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run of this tool."""
    return bool(_manifest(folder))


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return dict(manifest) if manifest["format"] == RUN_FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _strangers(folder: Path) -> list[str]:
    """Files of a run's folder that the run did not write, and that replacing it would destroy."""
    own = {*_manifest(folder).get("files", ()), *OUTSIDE}
    # JupyterLab keeps a copy of each notebook that was opened; it holds no work.
    return sorted(name for name in files_of(folder) if name not in own and not copy_of(name))


@contextmanager
def publishing(out: Path, data: Path | None = None) -> Iterator[Path]:
    """A folder to build the run in; it becomes `out` if the block ends well, and is removed if it does not."""
    check_target(out, data)
    with ExitStack() as stack:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            _sweep(out)
            staged = stack.enter_context(_beside(out, "partial"))
        except OSError as error:
            found = f"expected a place to write, found {type(error).__name__}."
            raise EvidenceError(found, argument="out", given=out) from None
        try:
            yield staged
            _settle(staged)
            _swap(staged, out)
        except OSError as error:
            raise EvidenceError(
                f"{out}: expected to write the report, found {type(error).__name__}; an earlier report is untouched."
            ) from None


@contextmanager
def _beside(out: Path, kind: str) -> Iterator[Path]:
    """A private folder next to the run, locked while it is in use, so that nobody clears it as a remnant."""
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=f".{kind}", dir=out.parent))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _sweep(out: Path) -> None:
    """Remove what killed processes left; a run that one of them had moved aside is moved back."""
    name = re.compile(rf"\.{re.escape(out.name)}\.[a-z0-9_]{{8}}\.(?:partial|earlier)")
    for path in sorted(out.parent.iterdir()):
        if not name.fullmatch(path.name) or path.is_symlink() or not path.is_dir():
            continue
        lock = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not out.exists() and is_run(path / "run"):
                (path / "run").rename(out)
            shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(lock)


def _settle(folder: Path) -> None:
    """Set the permissions of a report, and flush everything to disk before the rename."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o755 if path.is_dir() else 0o644)
        _flush(path)
    folder.chmod(0o755)
    _flush(folder)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(staged: Path, out: Path) -> None:
    """A folder cannot be renamed onto another, so the earlier run steps aside first."""
    check_target(out)
    if not out.exists():
        staged.rename(out)
    else:
        with _beside(out, "earlier") as aside:
            out.rename(aside / "run")
            try:
                staged.rename(out)
            except OSError:
                (aside / "run").rename(out)
                raise
    with suppress(OSError):
        _flush(out.parent)
