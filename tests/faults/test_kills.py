"""Reports that are killed at any moment: what stands under the name verifies, and nothing of them lives on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from governance.planning.checks import Plan
from governance.sealing import LOG
from governance.synthetic import Dataset
from tests.commands import govern
from tests.conftest import PROJECT, Sampling, Shared, make_world

pytestmark = [pytest.mark.slow, pytest.mark.soak]
MARK = "GOVERNANCE_TESTED_KILL"
# After how many lines of progress to kill, counted from the first, or from the one that begins the notebooks.
IN_NOTEBOOKS = tuple(range(10)) * 2
ELSEWHERE = tuple(range(40)) * 2


@dataclass
class Killed:
    """Reports of one world under one name, with temporary folders of their own."""

    dataset: Dataset
    folder: Path
    told: list[str] = field(default_factory=list)

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def temporary(self) -> Path:
        return self.folder / "t"

    def start(self) -> subprocess.Popen[str]:
        command = ["report", "--data", self.dataset.data, "--keys", self.dataset.keys, "--out", self.run]
        return subprocess.Popen(
            [sys.executable, "-m", "governance", *map(str, command), "--project", str(PROJECT)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(self.temporary), MARK: str(self.folder)},
        )

    def kill(self, lines: int, *, after: str, delay: float) -> None:
        """Kill a report so many lines of progress, and a moment, after the line that ends in `after`."""
        with self.start() as process:
            assert process.stderr is not None
            seen = not after
            for line in process.stderr:
                lines -= seen
                seen = seen or line.rstrip().endswith(after)
                if lines < 0:
                    break
            time.sleep(delay)
            process.kill()
        ended = "killed" if process.returncode == -signal.SIGKILL else "had ended"
        left = self.living()
        assert left == [], "what a killed report started lives on"
        self.told.append(f"{ended}: {self.state()}")

    def living(self) -> list[str]:
        """The processes of a report that are alive, once they had time to notice its end."""
        deadline = time.monotonic() + 20
        while (found := self._living()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def _living(self) -> list[str]:
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == str(self.folder) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(process.cmdline()[:4]))
            except psutil.Error:
                continue
        return found

    def state(self) -> str:
        """`intact` or `none`: a run that does not verify is neither."""
        if not self.run.exists():
            return "none"
        done = govern("verify", self.run, "--any-key")
        assert done.code == 0, done.err
        assert "intact" in done.out
        return "intact"

    def finish(self) -> None:
        """Let a report come to its end: nothing is left but its run."""
        with self.start() as process:
            assert process.stderr is not None
            said = process.stderr.read()
        assert process.returncode in {0, 1}, said[-2000:]
        assert self.state() == "intact"
        assert self.living() == []
        assert sorted(path.name for path in self.folder.iterdir()) == [LOG, "run", "t"]
        assert [path.name for path in self.temporary.iterdir()] == []


def test_a_report_killed_at_any_moment_leaves_what_verifies_and_nothing_alive(
    shared: Shared,
    plan: Plan,
    sampling: Sampling,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> None:
    killed = Killed(make_world(shared, plan, "demo", 60), tmp_path_factory.mktemp("k"))
    killed.temporary.mkdir()
    chance = random.Random(pytestconfig.option.seed)  # noqa: S311  picks moments
    moments = [(lines, " notebooks") for lines in sampling.of(IN_NOTEBOOKS, 2)]
    moments += [(lines, "") for lines in sampling.of(ELSEWHERE, 3)]
    chance.shuffle(moments)
    for number, (lines, after) in enumerate(moments):
        if number % 25 == 2:
            killed.finish()
        killed.kill(lines, after=after, delay=chance.random() * 0.4)
    if sampling.whole:
        killed.finish()
    # Some were killed before there was a run, some in place of one.
    assert any(one.startswith("killed") for one in killed.told)
    assert killed.told[0].endswith((": none", ": intact"))
    assert killed.told[-1].endswith(": intact")
