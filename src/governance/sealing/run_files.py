"""The files of a run, and their digests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from governance.regular_files import open_regular

RUN_FORMAT: Final = "governance-run/1"
MANIFEST: Final = "manifest.json"
RUN_FACTS: Final = "run.json"
ATTESTATION: Final = "attestation.dsse.json"
# These files hold the time and place of a run, or digests of such files; all others depend on the inputs alone.
OUTSIDE: Final = frozenset({MANIFEST, RUN_FACTS, ATTESTATION})
_CHECKPOINTS: Final = ".ipynb_checkpoints"
_LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def digest(path: Path) -> str:
    """SHA-256 of a regular file, as hex; OSError for anything else."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_of(name: str) -> str:
    """The notebook of which JupyterLab keeps a copy under this path of a run since somebody opened it, "" if none."""
    folder, _, file = name.rpartition("/")
    stem = file.removesuffix("-checkpoint.ipynb")
    return f"notebooks/{stem}.ipynb" if folder == f"notebooks/{_CHECKPOINTS}" and stem != file else ""


def is_litter(name: str) -> bool:
    """Whether a path is that of a file which file managers leave in folders that somebody looked into."""
    return name.rpartition("/")[2] in _LITTER


def files_of(folder: Path) -> Iterator[str]:
    """Everything in a folder by relative path: files, links, pipes, and `folder/` where one holds nothing.

    OSError if a folder cannot be read. One that JupyterLab keeps its copies in may be empty.
    """

    def stop(error: OSError) -> None:
        raise error

    for place, folders, names in os.walk(folder, onerror=stop):
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        if not (folders or names) and Path(place) != folder and Path(place).name != _CHECKPOINTS:
            yield f"{Path(place).relative_to(folder).as_posix()}/"
        for name in (*names, *linked):
            yield (Path(place) / name).relative_to(folder).as_posix()
