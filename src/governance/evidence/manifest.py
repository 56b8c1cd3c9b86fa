"""What a run consists of and what it was made from, by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from governance.evidence.publication import MANIFEST, OUTSIDE, RUN_FORMAT
from governance.results import Results, canonical_json


def digest(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, results: Results, inputs: Mapping[str, str]) -> None:
    """`manifest.json` over every file of the run; `inputs` are digests of the data by file name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): digest(path) for path in paths}
    manifest = {
        "format": RUN_FORMAT,
        "policy": {"id": results.policy.id, "version": results.policy.version, "sha256": results.policy.digest},
        "as_of": results.as_of,
        "verdict": results.verdict.value,
        "exit_code": results.exit_code,
        "inputs": dict(sorted(inputs.items())),
        "files": {name: value for name, value in files.items() if name not in OUTSIDE},
    }
    (folder / MANIFEST).write_text(canonical_json(manifest), "utf-8")
