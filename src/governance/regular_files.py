"""The one way to open a file that somebody else may have put there: it follows no link and never waits for a pipe."""

from __future__ import annotations

import os
import stat
from io import FileIO
from pathlib import Path

_READ = os.O_RDONLY


def open_regular(path: Path, flags: int = _READ, mode: int = 0o666) -> FileIO:
    """A regular file, unbuffered; OSError for anything else under this name: a link, a pipe, a folder, a device."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode)
    except ValueError:
        raise OSError("no name of a file") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file")
        return FileIO(descriptor, "rb" if flags == _READ else "r+b")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path, most: int = -1) -> bytes:
    """The bytes of a regular file, the first `most` of them at most if given; OSError as `open_regular`."""
    with open_regular(path) as file:
        found = bytearray()
        while most < 0 or len(found) < most:
            part = file.read(1 << 20 if most < 0 else min(1 << 20, most - len(found)))
            if not part:
                break
            found += part
        return bytes(found)
