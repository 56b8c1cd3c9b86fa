"""The files of a run, and their digests."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

RUN_FORMAT: Final = "governance-run/1"
MANIFEST: Final = "manifest.json"
RUN_FACTS: Final = "run.json"
ATTESTATION: Final = "attestation.dsse.json"
# These files hold the time and place of a run, or digests of such files; all others depend on the inputs alone.
OUTSIDE: Final = frozenset({MANIFEST, RUN_FACTS, ATTESTATION})


def digest(path: Path) -> str:
    """SHA-256 of a regular file, as hex; OSError for a symbolic link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file")
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_of(name: str) -> str:
    """The notebook of which JupyterLab keeps a copy under this path of a run since somebody opened it, "" if none."""
    folder, _, file = name.rpartition("/")
    stem = file.removesuffix("-checkpoint.ipynb")
    return f"notebooks/{stem}.ipynb" if folder == "notebooks/.ipynb_checkpoints" and stem != file else ""


def files_of(folder: Path) -> Iterator[str]:
    """Everything in a folder except folders, by relative path: files, links, pipes."""
    for place, folders, names in os.walk(folder):
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in (*names, *linked):
            yield (Path(place) / name).relative_to(folder).as_posix()
