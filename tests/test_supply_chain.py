"""What is installed: no lock holds a version with a known vulnerability, and a bill of materials names all of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from governance.errors import UsageError
from governance.guide import lab
from governance.notebooks import floors, private_kernels
from tests.commands import govern
from tests.conftest import PROJECT

# The first versions without what is known: stored scripts that a server or a page runs, paths out of a folder.
FLOORS = {"jupyter-server": "2.20", "jupyterlab": "4.6.2", "mistune": "3.3", "nbconvert": "7.17.2"}
LOCKS = sorted(PROJECT.glob("requirements/*.txt"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def declared() -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    return [Requirement(one) for one in project["dependencies"]]


def pins(lock: Path) -> list[tuple[str, str]]:
    return PIN.findall(lock.read_text("utf-8"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_no_lock_holds_a_version_with_a_known_vulnerability(lock: Path) -> None:
    found = pins(lock)
    assert len(found) > 50
    older = [(name, version) for name, version in found if name in FLOORS and Version(version) < Version(FLOORS[name])]
    assert older == []
    # The tools run apart from the project; whatever else serves or shows notebooks is in every other lock.
    assert lock.stem == "tools" or {name for name, _ in found} >= FLOORS.keys()


def test_the_project_asks_for_no_older_version_and_the_program_for_what_the_project_does() -> None:
    asked = {need.name: need.specifier for need in declared()}
    assert set(floors.FLOORED) == set(FLOORS)
    for name, floor in FLOORS.items():
        assert asked[name].contains(floor)
        assert not asked[name].contains("1.0")
        (least,) = [Version(one.version) for one in asked[name] if one.operator == ">="]
        assert least >= Version(floor)


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock.stem != "tools"], ids=lambda path: path.stem)
def test_every_lock_holds_what_the_project_asks_for(lock: Path) -> None:
    found = dict(pins(lock))
    assert [need.name for need in declared() if not need.specifier.contains(found[need.name.lower()])] == []


@pytest.mark.parametrize("name", FLOORS)
@pytest.mark.parametrize("found", ["1.0", "floor, but a release candidate", "none"])
def test_an_older_version_starts_no_kernel_and_no_lab(name: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = f"{FLOORS[name]}rc1" if "candidate" in found else found
    real = metadata.version

    def version(package: str) -> str:
        if package != name:
            return real(package)
        if given == "none":
            raise metadata.PackageNotFoundError
        return given

    monkeypatch.setattr(floors, "version", version)
    said = f"{name}: expected a version >={FLOORS[name]}, as older ones have known vulnerabilities, found {given}; "
    with pytest.raises(UsageError, match=re.escape(said)), private_kernels():
        raise AssertionError
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("JupyterLab was started"))
    with pytest.raises(UsageError, match=re.escape(said)):
        lab.open_lab(PROJECT)


def test_the_program_says_it_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floors, "version", lambda _: "0.8.4")
    done = govern("lab", "--project", PROJECT)
    assert done.code == 3
    assert re.fullmatch(r"governance: jupyter-server: expected .*, found 0\.8\.4; .*\n", done.err)


def test_what_is_installed_here_starts() -> None:
    floors.check_floors()


def test_the_locks_are_made_by_a_locked_program() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    assert "install -q uv" not in makefile
    assert "COMPILE := .venv-tools/bin/uv " in makefile
    assert "uv" in dict(pins(PROJECT / "requirements" / "tools.txt"))


def test_a_bill_of_materials_is_valid_and_names_every_locked_package(tmp_path: Path) -> None:
    python = PROJECT / ".venv-tools" / "bin" / "python"
    assert python.exists(), "this test needs .venv-tools; `make test` makes it"
    for out in ("first", "second"):
        # It refuses to write what is not valid.
        subprocess.run([python, "-W", "error", "-m", "tests.sbom", tmp_path / out], cwd=PROJECT, check=True)
    assert {path.name for path in (tmp_path / "first").iterdir()} == {f"{lock.stem}.cdx.json" for lock in LOCKS}
    for lock in LOCKS:
        text = (tmp_path / "first" / f"{lock.stem}.cdx.json").read_text("utf-8")
        assert text == (tmp_path / "second" / f"{lock.stem}.cdx.json").read_text("utf-8")
        bill = json.loads(text)
        assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
        assert {(one["name"], one["version"]) for one in bill["components"]} == set(pins(lock))
        held = {one["content"] for part in bill["components"] for one in part["hashes"]}
        assert held == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock.read_text("utf-8")))
        assert bill["metadata"]["component"]["name"] == "governance"
        # Neither an index nor this machine: the one address is that of the format's schema.
        assert set(re.findall(r"\w+://[^\"]*", text)) == {"http://cyclonedx.org/schema/bom-1.6.schema.json"}
        assert str(PROJECT) not in text
