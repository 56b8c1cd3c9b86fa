"""Interpreters that wait to become a kernel: each becomes one, or ends unused."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from governance.evidence import Staged
from governance.notebooks import private_kernels, run_notebooks
from governance.notebooks.spares import Spare, Spares
from tests.conftest import PROJECT, WorldRun

WELCOME = PROJECT / "notebooks" / "00_welcome.ipynb"


def all_ready(spares: Spares, number: int) -> list[Spare]:
    end = time.monotonic() + 120
    while len(spares._ready) < number and time.monotonic() < end:
        time.sleep(0.05)
    return list(spares._ready)


def test_those_that_nobody_needs_end_with_the_block() -> None:
    with Spares(2, os.environ) as spares:
        held = all_ready(spares, 2)
    assert [spare.process.poll() is not None for spare in held] == [True, True]


def test_one_that_is_still_starting_does_not_hold_up_the_end() -> None:
    with Spares(5, os.environ) as spares:
        pass
    assert spares.take() is None
    assert not spares._thread.is_alive()


def test_who_takes_none_needs_none_to_be_started() -> None:
    spares = Spares(1, os.environ)
    assert spares.take() is None
    with spares:
        spares._thread.join()
        assert spares.take() is None


def test_where_no_process_can_be_started_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(environment: object) -> Spare:
        raise BlockingIOError(11, str(environment)[:0])

    monkeypatch.setattr(Spare, "start", refuse)
    with Spares(3, os.environ) as spares:
        spares._thread.join()
        assert spares.wanted == 0
        assert spares.take() is None


def test_one_that_is_told_nothing_ends_by_itself() -> None:
    spare = Spare.start(os.environ)
    assert spare.is_ready()
    spare.channel.close()
    assert spare.process.wait(timeout=60) == 0


@pytest.mark.slow
@pytest.mark.parametrize("alive", [True, False])
def test_a_notebook_runs_in_a_spare_or_without_it(planted_run: WorldRun, tmp_path: Path, *, alive: bool) -> None:
    for name in ("run", "made"):
        (tmp_path / name).mkdir()
    (tmp_path / "run" / "results.json").write_text(planted_run.results.to_json(), "utf-8")
    with private_kernels(spares=1) as kernels:
        (spare,) = all_ready(kernels.spares, 1)
        if not alive:
            spare.process.kill()
            spare.process.wait()
        write = Staged(tmp_path / "made").write
        ran = run_notebooks(
            [WELCOME], run=tmp_path / "run", write=write, results=planted_run.results, language="fa", kernels=kernels
        )
        assert ran == (WELCOME.name,)
        assert not kernels.spares._ready
        assert spare.process.poll() is not None
