"""A small run, sealed and logged without an evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.evidence import publishing, write_manifest
from governance.reports.facts.history import Past
from governance.results import Results
from governance.sealing import Log, seal
from tests.reports.conftest import violated

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


def publish(out: Path, text: str = "page", *, key: bytes | None = KEY, results: Results | None = None) -> Path:
    """What `report` does to publish, with files of a few bytes."""
    results = results or violated()
    with publishing(out) as folder:
        (folder / "rows").mkdir()
        (folder / "index.html").write_text(text, "utf-8")
        (folder / "rows" / "a.csv").write_text("reference,table,column,problem\n", "utf-8")
        (folder / "notebooks").mkdir()
        (folder / "notebooks" / "04_security.ipynb").write_text("{}\n", "utf-8")
        (folder / "results.json").write_text(results.to_json(), "utf-8")
        write_manifest(folder, results, {"users.parquet": "ab" * 32})
        (folder / "run.json").write_text('{"started": null}\n', "utf-8")
        seal(folder, Past.of(results).summary(), Log.beside(out), name=out.name, signing_key=key)
    return out


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return publish(tmp_path / "run")
