"""The same results give the same bytes, in another process and after a round trip through results.json."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from governance.reports import render
from governance.results import Results

from .conftest import violated

PROGRAM = """
import hashlib, sys
from pathlib import Path
from governance.reports import render
from governance.results import Results
run = Results.from_json(Path(sys.argv[1]).read_text(encoding="utf-8"))
rows = {check.id for check in run.checks}
print(hashlib.sha256("".join(page.path + page.text for page in render(run, rows=rows)).encode()).hexdigest())
"""


def test_a_second_render_is_the_same(run: Results) -> None:
    assert render(run) == render(run)


def test_a_stored_run_renders_like_the_fresh_one() -> None:
    assert render(Results.from_json(violated().to_json())) == render(violated())


@pytest.mark.slow
def test_the_hash_seed_changes_nothing(tmp_path: Path) -> None:
    stored = tmp_path / "results.json"
    stored.write_text(violated().to_json(), encoding="utf-8")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(stored)],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            stdout=subprocess.PIPE,
        )
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tehran"))
    ]
    digests = [process.communicate()[0] for process in processes]
    assert digests[0] == digests[1]
    assert len(digests[0].strip()) == 64
