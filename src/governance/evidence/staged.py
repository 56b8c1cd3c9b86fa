"""A run that is being made: its files, each with the digest of what was computed for it.

What lies in the folder is not trusted: notebooks run code of their own beside it. So digests are taken before a file is
written, and every file is compared with its own before the run is sealed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from governance.errors import EvidenceError
from governance.sealing import digest, files_of


@dataclass(frozen=True, slots=True)
class Staged:
    """The folder of an unpublished run, the digests by file of all that belongs to it, and the modes it was given."""

    folder: Path
    digests: dict[str, str] = field(default_factory=dict)
    modes: dict[Path, int] = field(default_factory=dict)

    def write(self, name: str, *texts: str) -> None:
        """Write a new file of the run."""
        self.write_parts(name, texts)

    def write_parts(self, name: str, texts: Iterable[str]) -> None:
        """Write a new file of the run from its parts, one after the other."""
        path, whole = self.folder / name, hashlib.sha256()
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as file:
            for made in (path, path.parent, self.folder):
                self.modes.setdefault(made, made.lstat().st_mode)
            for text in texts:
                raw = text.encode()
                whole.update(raw)
                file.write(raw)
        self.digests[name] = whole.hexdigest()

    def check(self) -> None:
        """EvidenceError unless the folder holds every file as it was computed, and no other."""
        there = set(files_of(self.folder))
        changed = [f"no file {name!r}" for name in sorted(self.digests.keys() - there)]
        changed += [f"a file too many, {name!r}" for name in sorted(there - self.digests.keys())]
        changed += [f"another {name!r}" for name in sorted(there & self.digests.keys()) if not self._holds(name)]
        changed += [f"another mode of {path.name!r}" for path, mode in self.modes.items() if _mode(path) != mode]
        if changed:
            raise EvidenceError(
                f"Expected the files of the run as they were computed, found {changed[0]}; something changed the run "
                "while it was made, look at the cells of the notebooks. Nothing was published."
            )

    def _holds(self, name: str) -> bool:
        try:
            # A second name would let its holder write the file after it was sealed.
            path = self.folder / name
            return path.lstat().st_nlink == 1 and digest(path) == self.digests[name]
        except OSError:
            return False


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError:
        return 0
