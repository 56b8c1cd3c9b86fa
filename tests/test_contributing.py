"""What CONTRIBUTING.md shows works: its files, written into a copy of the project, add a kind and a detector."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.slow
GUIDE = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```\w+ title=(\S+)\n(.*?)```", GUIDE, re.DOTALL))
PROVE = """
import json
from pathlib import Path
from governance.proving.bench import Bench

bench = Bench.of(Path.cwd())
mine = [one for one in bench.violations if one.kind == "retained" or "passport" in one.form]
seen = bench.clean["messages-retained/messages"]
print(json.dumps({
    "clean": [seen.examined > 0, seen.violations, seen.unproven],
    "planted": {one.name: [(planted := bench.try_alone(one)).expected, planted.fired] for one in mine},
}))
"""


def run(folder: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the guide's kind, rule and detector."""
    folder = tmp_path_factory.mktemp("extended")
    for part in ("src", "expectations", "synthetic_data"):
        shutil.copytree(PROJECT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "worlds"))
    for place, text in BLOCKS.items():
        if place != "rule":
            assert not (folder / place).exists(), place
            (folder / place).write_text(text, "utf-8")
    policy = folder / "expectations" / "policy.yaml"
    policy.write_text(policy.read_text("utf-8").rstrip() + "\n\n" + BLOCKS["rule"], "utf-8")
    govern = (sys.executable, "-m", "governance")
    run(folder, *govern, "plan", "--write")
    run(folder, *govern, "policy", "review", "KP-1-1-4", "--by", "Somebody")
    return folder


def test_the_guides_kind_and_detector_are_planned_and_fire_exactly_their_own(extended: Path) -> None:
    plan = run(extended, sys.executable, "-m", "governance", "plan", "--explain", "messages-retained/messages")
    assert "expect_rows_to_be_retained_for_days" in plan
    assert "kept_too_long, gap_undated" in plan
    found = json.loads(run(extended, sys.executable, "-c", PROVE).splitlines()[-1])
    assert found["clean"] == [True, 0, None]
    planted = found["planted"]
    assert "retained: message of long ago" in planted
    assert any("passport" in name for name in planted)
    for name, (expected, fired) in planted.items():
        assert expected, name
        assert sorted(map(tuple, expected)) == sorted(map(tuple, fired)), name
    assert dict(map(tuple, planted["retained: message of long ago"][1]))["messages-retained/messages"] == 1


def test_the_guides_detector_is_found_in_columns_and_look_alikes_are_not(extended: Path) -> None:
    code = (
        "import pyarrow as pa; from governance.detection import scan, classify;"
        "cells = ['passport no: K12345678', 'order K12345678', '{\"note\": \"passport: A87654321\"}', None];"
        "found = scan(pa.array(cells), ['passport_number']).rows.tolist();"
        "print(found, len(classify(cells[0])), len(classify(cells[1])))"
    )
    assert run(extended, sys.executable, "-c", code).strip() == "[0, 2] 1 0"
