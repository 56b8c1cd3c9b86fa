"""A private folder for data beyond memory: it holds values in the clear, so even a killed run's is removed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Final

_PREFIX: Final = "governance-spill-"
_LOCK: Final = "in-use"


class Spill:
    """A folder that only its owner can enter, until `close`, the end of the process, or the next of its `prefix`."""

    def __init__(self, prefix: str = _PREFIX) -> None:
        for old in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            _sweep(old)
        self.folder = Path(tempfile.mkdtemp(prefix=prefix))
        lock = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.close = weakref.finalize(self, _remove, self.folder, lock)


def _remove(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)


def _sweep(folder: Path) -> None:
    """Remove a folder whose process has ended and so released its lock."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if os.fstat(lock).st_uid == os.getuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(lock)
