"""The files and the inputs of a run, by digest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from governance.results import Results
from governance.sealing import MANIFEST, OUTSIDE, RUN_FORMAT, digest, files_of
from governance.spelling import canonical_json


def write_manifest(folder: Path, results: Results, inputs: Mapping[str, str]) -> None:
    """`manifest.json` over every file of the run; `inputs` are digests of the data by file name."""
    manifest = {
        "format": RUN_FORMAT,
        "policy": {"id": results.policy.id, "version": results.policy.version, "sha256": results.policy.digest},
        "as_of": results.as_of,
        "verdict": results.verdict.value,
        "exit_code": results.exit_code,
        "inputs": dict(sorted(inputs.items())),
        "files": {name: digest(folder / name) for name in sorted(files_of(folder)) if name not in OUTSIDE},
    }
    (folder / MANIFEST).write_text(canonical_json(manifest), "utf-8")
