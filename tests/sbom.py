"""Writes a CycloneDX bill of materials of each lock into `build/sbom`: `make sbom`.

The standard library and the packages of requirements/tools.txt only: it runs where those are installed. The same lock
gives the same bytes, which name no time, path or address: whoever installs has an index of their own.
"""

from __future__ import annotations

import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

PROJECT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE)


def materials(lock: str, project: str) -> str:
    """The bill of a lock's text, for the project whose pyproject.toml is given."""
    about = tomllib.loads(project)["project"]
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_OID, lock))
    bom.metadata.timestamp = None
    bom.metadata.component = root = _component(about["name"], about["version"], ComponentType.APPLICATION)
    bom.components.update(_packages(lock))
    # A lock tells what is needed, not by what.
    bom.register_dependency(root, bom.components)
    text: str = JsonV1Dot6(bom).output_as_string(indent=1)
    if wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise SystemExit(f"expected a valid bill of materials, found {wrong}")
    return text + "\n"


def _packages(lock: str) -> Iterator[Component]:
    for pin in _PIN.finditer(lock):
        digests = re.findall(r"--hash=sha256:([0-9a-f]{64})", pin["rest"])
        yield _component(pin["name"], pin["version"], ComponentType.LIBRARY, digests)


def _component(name: str, version: str, kind: ComponentType, digests: list[str] | None = None) -> Component:
    own = PackageURL("pypi", name=name, version=version)
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in digests or ()]
    return Component(name=name, version=version, type=kind, bom_ref=str(own), purl=own, hashes=hashes)


def main(out: Path) -> None:
    """Write `<lock>.cdx.json` for each lock."""
    out.mkdir(parents=True, exist_ok=True)
    project = (PROJECT / "pyproject.toml").read_text("utf-8")
    for lock in sorted(PROJECT.glob("requirements/*.txt")):
        (out / f"{lock.stem}.cdx.json").write_text(materials(lock.read_text("utf-8"), project), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
