"""What CONTRIBUTING.md shows works: its files, written into a copy of the project, add a kind and a detector."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from governance.planning.checks import plan
from governance.results import Evidence, Reason
from governance.rules import kernel
from governance.rules.part import Part
from governance.rules.scope import Scope
from governance.rules.tables import relational
from governance.sources import open_source
from tests.conftest import PROJECT
from tests.rules.conftest import AS_OF, KEYS, policy

pytestmark = pytest.mark.slow
GUIDE = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```\w+ title=(\S+)\n(.*?)```", GUIDE, re.DOTALL))
PROVE = """
import json
from pathlib import Path
from governance.proving.bench import Bench

bench = Bench.of(Path.cwd())
mine = [one for one in bench.violations if one.kind == "retained" or "licence" in one.form]
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
        if "/" in place:
            assert not (folder / place).exists(), place
            (folder / place).write_text(text, "utf-8")
    policy = folder / "expectations" / "policy.yaml"
    policy.write_text(policy.read_text("utf-8").rstrip() + "\n\n" + BLOCKS["rule"], "utf-8")
    govern = (sys.executable, "-m", "governance")
    run(folder, *govern, "plan", "--write")
    run(folder, *govern, "policy", "review", "KP-1-1-4", "--by", "Somebody")
    return folder


def test_the_guides_kind_and_detector_are_planned_and_fire_exactly_their_own(extended: Path) -> None:
    explained = run(extended, sys.executable, "-m", "governance", "plan", "--explain", "messages-retained/messages")
    assert "expect_rows_to_be_retained_for_days" in explained
    assert "kept_too_long, gap_undated" in explained
    found = json.loads(run(extended, sys.executable, "-c", PROVE).splitlines()[-1])
    assert found["clean"] == [True, 0, None]
    planted = found["planted"]
    assert "retained: message of long ago" in planted
    assert any("licence" in name for name in planted)
    for name, (expected, fired) in planted.items():
        assert expected, name
        assert sorted(map(tuple, expected)) == sorted(map(tuple, fired)), name
    assert dict(map(tuple, planted["retained: message of long ago"][1]))["messages-retained/messages"] == 1


def test_the_guides_detector_is_found_in_columns_and_look_alikes_are_not(extended: Path) -> None:
    code = (
        "import pyarrow as pa; from governance.detection import scan, classify;"
        "cells = ['licence no: K12345678', 'order K12345678', '{\"note\": \"licence: A87654321\"}', None];"
        "found = scan(pa.array(cells), ['licence_number']).rows.tolist();"
        "print(found, len(classify(cells[0])), len(classify(cells[1])))"
    )
    assert run(extended, sys.executable, "-c", code).strip() == "[0, 2] 1 0"


def test_the_guides_engine_kernel_finds_what_it_says() -> None:
    names: dict[str, Any] = {
        "dataclass": dataclasses.dataclass,
        **{name: getattr(kernel, name) for name in ("EngineKernel", "evidence", "part_of")},
        **{name: getattr(relational, name) for name in ("Need", "ready", "lacking", "entry", "row_keys")},
        "Evidence": Evidence,
    }
    exec(compile("from __future__ import annotations\n" + BLOCKS["engine"], "CONTRIBUTING.md", "exec"), names)  # noqa: S102
    made = policy()
    (check,) = [one for one in plan(made).checks if one.id == "declared/grants"]
    ends = {name: pa.nulls(4, pa.timestamp("us", "UTC")) for name in ("valid_from", "valid_until")}
    grants = pa.table({"grant": list("ghij"), "actor_id": ["a", "b", "a", None], "role": ["clerk"] * 4, **ends})
    with closing(open_source({"grants": grants}, made.tables)) as source:
        scope = Scope(made, source, KEYS, AS_OF)
        found = names["Repeated"](check, "grants", "actor_id").finish(Part(rows=4), scope)
        assert (found.examined, found.violations, found.problems) == (4, 2, (("repeated_value", 2),))
        assert len(found.rows) == 2
        missing = names["Repeated"](check, "grants", "ticket").finish(Part(rows=4), scope)
        assert (missing.unproven, missing.lacks) == (Reason.NOT_DECLARED, ("grants: columnRole ticket",))
