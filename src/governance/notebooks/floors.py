"""Refuses versions of the notebook stack with known vulnerabilities, those below what pyproject.toml asks for."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from governance.errors import UsageError

# What shows or serves what cells put out; other packages ask for far older ones of them.
FLOORED = ("jupyter-server", "jupyterlab", "mistune", "nbconvert")


def check_floors() -> None:
    """UsageError if one of these packages is older than this package needs, or missing."""
    needed = {need.name: need for need in map(Requirement, requires("governance") or ()) if need.name in FLOORED}
    for name in FLOORED:
        specifier, found = needed[name].specifier, _version(name)
        # A pre-release of a mended version may come from before the mending.
        if not found or not specifier.contains(found, prereleases=False):
            raise UsageError(
                f"{name}: expected a version {specifier}, as older ones have known vulnerabilities, found "
                f"{found or 'none'}; install the package's lock again, or run `pip install '{name}{specifier}'`."
            )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
