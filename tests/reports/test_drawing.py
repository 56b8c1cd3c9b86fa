"""Pages are drawn in a process of their own: as they would be here, or not at all."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace

import pytest

from governance.errors import EvidenceError, UsageError
from governance.reports import render
from governance.reports.exports import export
from governance.reports.pages.drawing import Drawing, Job
from tests.reports.conftest import violated


@pytest.fixture
def job() -> Job:
    return Job(violated().to_json(), "fa", (), (), (), None, {}, None)


@pytest.mark.slow
def test_another_process_draws_what_this_one_would(job: Job) -> None:
    with Drawing() as drawing:
        drawing.begin(job)
        found = drawing.texts()
    exports = {f"exports/{name}": text for name, text in export(violated()).items()}
    assert found == {page.path: page.text for page in render(violated())} | exports


def test_what_is_wrong_with_a_job_is_told_as_it_would_be_here(job: Job) -> None:
    with Drawing() as drawing:
        drawing.begin(replace(job, language="tlh"))
        with pytest.raises(UsageError, match="Expected one of the languages en, fa"):
            drawing.texts()


def test_any_other_error_is_told_without_its_message(job: Job) -> None:
    with Drawing() as drawing:
        drawing.begin(replace(job, stored='{"secret": 1}'))
        with pytest.raises(EvidenceError) as told:
            drawing.texts()
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("end", [lambda pid: os.kill(pid, signal.SIGKILL), lambda pid: os.kill(pid, signal.SIGTERM)])
def test_no_page_is_drawn_by_a_process_that_is_gone(job: Job, end: Callable[[int], None]) -> None:
    with Drawing() as drawing:
        end(drawing._process.pid)
        drawing._process.wait()
        drawing.begin(job)
        with pytest.raises(EvidenceError, match="found the end of the process"):
            drawing.texts()


def test_the_process_ends_with_the_block_whatever_it_does(job: Job) -> None:
    with Drawing() as drawing:
        drawing.begin(job)
    assert drawing._process.returncode == -signal.SIGKILL
