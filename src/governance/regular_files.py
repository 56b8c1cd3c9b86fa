"""The one way to open a file that somebody else may have put there: it never waits for a pipe, and follows no link.

A link to a file that the user named for reading may be followed; what is written never goes through one.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader, FileIO
from pathlib import Path
from uuid import uuid4

_READ = os.O_RDONLY


class NotRegularError(OSError):
    """Something else than a file has this name: a pipe, a folder, a device."""


def open_regular(path: Path, flags: int = _READ, mode: int = 0o666, *, follow: bool = False) -> FileIO:
    """A regular file, unbuffered; OSError for anything else under this name: a pipe, a folder, a device, a link."""
    try:
        linked = 0 if follow else os.O_NOFOLLOW
        descriptor = os.open(path, flags | linked | os.O_NONBLOCK, mode)
    except ValueError:
        raise NotRegularError("no name of a file") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotRegularError("not a regular file")
        return FileIO(descriptor, "rb" if flags == _READ else "r+b")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path, most: int = -1, *, follow: bool = False) -> bytes:
    """The bytes of a regular file, the first `most` of them at most if given; OSError as `open_regular`."""
    with BufferedReader(open_regular(path, follow=follow)) as file:
        return file.read(most)


def create_regular(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a new file to disk, for its owner alone unless told; OSError where anything has its name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def replace_regular(path: Path, text: str) -> None:
    """Write a file whole or not at all, in place of an earlier one; OSError where anything else has its name."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise NotRegularError("not a regular file")
    aside = path.with_name(f".{uuid4().hex}.part")
    try:
        create_regular(aside, text, 0o666)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
