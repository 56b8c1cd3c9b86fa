"""The files and the inputs of a run, by digest."""

from __future__ import annotations

from collections.abc import Mapping

from governance.evidence.staged import Staged
from governance.results import Results
from governance.sealing import MANIFEST, RUN_FORMAT
from governance.spelling import canonical_json


def write_manifest(staged: Staged, results: Results, inputs: Mapping[str, str]) -> None:
    """`manifest.json` over every file that was computed so far; `inputs` are digests of the data by file name."""
    manifest = {
        "format": RUN_FORMAT,
        "policy": {"id": results.policy.id, "version": results.policy.version, "sha256": results.policy.digest},
        "as_of": results.as_of,
        "verdict": results.verdict.value,
        "exit_code": results.exit_code,
        "inputs": dict(sorted(inputs.items())),
        "files": dict(sorted(staged.digests.items())),
    }
    staged.write(MANIFEST, canonical_json(manifest))
