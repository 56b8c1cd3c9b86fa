"""A small run, sealed and logged without an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from governance import evidence
from governance.evidence import publishing, write_manifest
from governance.reports.facts.history import Past
from governance.results import Results
from governance.sealing import Log
from governance.spelling import canonical_json
from tests.reports.conftest import violated

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


STARTED = "2026-11-22T09:00:00+00:00"


def publish(
    out: Path,
    text: str = "page",
    *,
    key: bytes | None = KEY,
    results: Results | None = None,
    started: str | None = STARTED,
    inputs: Mapping[str, str] = MappingProxyType({"users.parquet": "ab" * 32}),
) -> Path:
    """What `report` does to publish, with files of a few bytes."""
    results = results or violated()
    with publishing(out) as staged:
        staged.write("index.html", text)
        staged.write("rows/a.csv", "reference,table,column,problem\n")
        staged.write("notebooks/04_security.ipynb", "{}\n")
        staged.write("results.json", results.to_json())
        write_manifest(staged, results, inputs)
        staged.write("run.json", canonical_json({"started": started}))
        evidence.publish(staged, out, Log.beside(out), Past.of(results).summary(), key)
    return out


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return publish(tmp_path / "run")
