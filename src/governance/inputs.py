"""The inputs of a command: the project with its policy, the data, the keys, the time, and a progress callback."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from governance import policy
from governance.arguments import PathInput, TimeInput, path_of, time_of
from governance.errors import UsageError

if TYPE_CHECKING:
    from governance.encryption.keys import Keyring

DataInput: TypeAlias = str | Path | Mapping[str, Any]
KEYS_VARIABLE = "GOVERNANCE_KEYS"
MARK = Path("expectations") / "policy.yaml"
RECIPE = Path("synthetic_data") / "recipe.yaml"


class Progress(Protocol):
    """Called with the current step, table or notebook, and how many of how many rows are done."""

    def __call__(self, step: str, item: str = "", done: int = 0, of: int = 0) -> None: ...


def quiet(step: str, item: str = "", done: int = 0, of: int = 0) -> None:
    """Reports no progress."""


def find_project(named: PathInput | None = None) -> Path:
    """The named folder, else the nearest folder with a policy upwards from here, else from the package."""
    if named is not None:
        folder = path_of(named, "project")
        if not (folder / MARK).is_file():
            raise UsageError(f"expected a folder with {MARK}, found none in {named}.", argument="project")
        return folder.resolve()
    here = Path.cwd()
    # A notebook may run in any folder; an editable installation still finds its project.
    for start in (here, Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / MARK).is_file():
                return folder
    raise UsageError(
        f"expected {MARK} in {here} or a folder above it, found none; name the folder.", argument="project"
    )


def code_digest() -> str:
    """SHA-256 over this package's own files, which identifies the code behind a proof or a run."""
    package, whole = Path(__file__).resolve().parent, hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            whole.update(f"{path.relative_to(package).as_posix()}\0{found}\n".encode())
    return whole.hexdigest()


def recipe_digest(project: Path) -> str:
    """SHA-256 of the recipe of a project's synthetic worlds; "" when it has none."""
    path = project / RECIPE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def load_policy(project: PathInput | None = None) -> policy.Policy:
    """The policy of a project; UsageError when there is none, PolicyError when its files are wrong."""
    from governance.rules.kinds import KINDS  # noqa: PLC0415  engines and arrays: to find a project takes none of them

    return policy.load(find_project(project) / "expectations", KINDS)


def decided_at(data: DataInput, as_of: TimeInput | None) -> datetime:
    """The evaluation time in UTC: the given one, else the data set's own; UsageError without either."""
    from governance.sources import about  # noqa: PLC0415  arrays: a time that is given needs none

    chosen = about(data).as_of if as_of is None else as_of
    if chosen is None:
        expected = "expected a time that decides what was in force, such as 2026-11-22T00:00:00Z"
        raise UsageError(f"{expected}, found none, and none of the data set's own.", argument="as_of")
    return time_of(chosen, "as_of")


def open_keys(path: PathInput | None) -> Keyring | None:
    """The keys of the given file, else of the file that the environment names; None without either."""
    from governance.encryption.keys import load_keys  # noqa: PLC0415  ciphers and arrays

    chosen = path if path is not None else os.environ.get(KEYS_VARIABLE) or None
    return None if chosen is None else load_keys(path_of(chosen, "keys"))
