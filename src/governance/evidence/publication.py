"""A run directory appears whole or not at all: built aside, flushed to disk, renamed into place."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from governance.errors import EvidenceError, UsageError

RUN_FORMAT = "governance-run/1"
MANIFEST = "manifest.json"


def check_target(out: Path) -> None:
    """UsageError unless `out` is absent, or a run of this tool, which may be replaced."""
    if out.is_symlink():
        raise UsageError(f"--out {out}: expected a folder of its own, found a symbolic link.")
    if not out.exists():
        return
    if not out.is_dir() or not is_run(out):
        raise UsageError(
            f"--out {out}: expected a new name or an earlier run, found something else; choose another name."
        )


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run of this tool."""
    try:
        return bool(json.loads((folder / MANIFEST).read_text("utf-8"))["format"] == RUN_FORMAT)
    except (OSError, ValueError, KeyError, TypeError):
        return False


@contextmanager
def publishing(out: Path) -> Iterator[Path]:
    """A folder to build the run in; it becomes `out` if the block ends well, and is removed if it does not."""
    check_target(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        staged = _beside(out, "partial")
    except OSError as error:
        raise EvidenceError(f"--out {out}: expected a place to write, found {type(error).__name__}.") from None
    try:
        yield staged
        _settle(staged)
        _swap(staged, out)
    except OSError as error:
        raise EvidenceError(
            f"{out}: expected to write the report, found {type(error).__name__}; an earlier report there is untouched."
        ) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _beside(out: Path, kind: str) -> Path:
    """A private folder next to the run, named after this process: its remains are told from work in progress."""
    return Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=f".{os.getpid()}.{kind}", dir=out.parent))


def _sweep(out: Path) -> None:
    """Clear what killed processes left; a run that one of them had moved aside goes back to its place."""
    for path in sorted(out.parent.glob(f".{out.name}.*")):
        *_, process, kind = path.name.split(".")
        if kind not in {"partial", "earlier"} or not process.isdecimal() or _is_alive(int(process)):
            continue
        if kind == "earlier" and not out.exists() and is_run(path / "run"):
            (path / "run").rename(out)
        shutil.rmtree(path, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _settle(folder: Path) -> None:
    """Readable by its owner's group as any report, and on disk before it gets its name."""
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
        aside = _beside(out, "earlier")
        out.rename(aside / "run")
        try:
            staged.rename(out)
        except OSError:
            (aside / "run").rename(out)
            raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    with suppress(OSError):
        _flush(out.parent)
