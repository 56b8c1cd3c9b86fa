"""The folder that holds a policy, and the policy in it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from governance import policy
from governance.errors import UsageError

MARK = Path("expectations") / "policy.yaml"
RECIPE = Path("synthetic_data") / "recipe.yaml"


def find_project(named: Path | None = None) -> Path:
    """The folder that was named, else the nearest one upwards from here, else from the package, with a policy in it."""
    if named is not None:
        if not (named / MARK).is_file():
            raise UsageError(f"--project: expected a folder with {MARK}, found none in {named}.")
        return named.resolve()
    here = Path.cwd()
    # A notebook runs in whichever folder it was started from; an editable installation still knows its project.
    for start in (here, Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / MARK).is_file():
                return folder
    raise UsageError(f"Expected {MARK} in {here} or a folder above it, found none; name the project with --project.")


def code_digest() -> str:
    """SHA-256 over this package's own files: which code a proof or a run was made with."""
    package, whole = Path(__file__).resolve().parent, hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            whole.update(f"{path.relative_to(package).as_posix()}\0{found}\n".encode())
    return whole.hexdigest()


def recipe_digest(project: Path) -> str:
    """SHA-256 of the recipe that synthetic worlds of a project are made by; "" when it has none."""
    path = project / RECIPE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def load_policy(project: Path | None = None) -> policy.Policy:
    """The policy of a project; UsageError when there is none, PolicyError when its files are wrong."""
    from governance.rules import KINDS  # noqa: PLC0415  engines and arrays: to find a project takes none of them

    return policy.load(find_project(project) / "expectations", KINDS)
