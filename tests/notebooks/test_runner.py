"""What papermill would have believed: a notebook a fault, all run at once, none of them taken for evidence."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil  # type: ignore[import-untyped]
import pytest

from governance.errors import EvidenceError
from governance.evidence import Staged
from governance.notebooks import failed_folder, private_kernels, run_notebooks, runner
from governance.results import Results
from tests.conftest import WorldRun

FIXTURES = Path(__file__).parent / "cases"
# A notebook's name, what is said of it, and whether there is anything of it to keep.
FAULTS = {
    "04_raises_with_a_value": "expected every cell to run, found ValueError in code cell 2",
    "04_raises_an_error_named_after_a_value": "expected every cell to run, found an error in code cell 2",
    "04_calls_sys_exit": "expected every cell to run, found the end in code cell 2",
    "04_calls_sys_exit_at_the_end": "expected every cell to run, found the end in code cell 2",
    "04_leaves_its_kernel": "expected every cell to run, found DeadKernelError in code cell 2",
    "04_kills_its_kernel": "expected every cell to run, found DeadKernelError in code cell 2",
    "04_never_ends": "expected every cell to run, found CellTimeoutError in code cell 2",
    "04_asks_for_input": "expected every cell to run, found an error in code cell 2",
    "04_runs_out_of_memory": "expected every cell to run, found MemoryError in code cell 2",
    "04_shows_no_verdict": "expected the last cell to show the verdict of the results, found another or none",
    "04_shows_another_verdict": "expected the last cell to show the verdict of the results",
    "04_shows_the_verdict_of_another_section": "expected the last cell to show the verdict of the results",
    "04_shows_the_verdict_too_early": "expected the last cell to show the verdict of the results",
    "04_shows_the_verdict_twice": "expected the last cell to show the verdict of the results",
}
NEVER_BEGUN = {
    "04_allows_an_exception": "expected no cell that may fail, found code cell 2 tagged 'raises-exception'.",
    "04_lacks_parameters": "expected the parameters run, data, keys, as_of, lang, strict, found another set.",
    "04_only_comments_on_a_parameter": "expected the parameters run, data, keys, as_of, lang, strict, found another",
    "04_has_two_parameters_cells": "expected one cell tagged 'parameters', found 2.",
}
VALUES = ("6037991234567893", "Zahra_Karimi")

pytestmark = pytest.mark.slow


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def stored_run(folder: Path, results: Results) -> Path:
    folder.mkdir()
    (folder / "results.json").write_text(results.to_json(), "utf-8")
    return folder


@dataclass
class Ran:
    """All notebooks after a run that none of the bad ones let succeed."""

    run: Path
    complaint: str
    states: list[tuple[str, str]] = field(default_factory=list)

    @property
    def failed(self) -> Path:
        return failed_folder(self.run)


@pytest.fixture(scope="module", params=[0, 20], ids=["kernels", "spares"])
def ran(request: pytest.FixtureRequest, planted_run: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    run = stored_run(tmp_path_factory.mktemp("runner") / "run", planted_run.results)
    states: list[tuple[str, str]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "TIMEOUT_SECONDS", 5)
        patch.setenv("GOVERNANCE_KEYS", "/a/key/file")
        with private_kernels(spares=request.param) as kernels, pytest.raises(EvidenceError) as error:
            run_notebooks(
                sorted(FIXTURES.glob("*.ipynb")),
                run=run,
                write=Staged(run).write,
                results=planted_run.results,
                language="fa",
                progress=lambda name, state: states.append((name, state)),
                kernels=kernels,
            )
    return Ran(run, str(error.value), states)


def on(run: Path, planted: WorldRun) -> dict[str, Any]:
    """The arguments of notebooks that read a run, and are written into it."""
    return {"run": run, "write": Staged(run).write, "results": planted.results, "language": "en"}


def test_every_fixture_is_expected() -> None:
    assert {path.stem for path in FIXTURES.glob("*.ipynb")} == {"04_ends_well", *FAULTS, *NEVER_BEGUN}


@pytest.mark.parametrize("name", [*FAULTS, *NEVER_BEGUN])
def test_a_notebook_that_did_not_end_well_is_evidence_of_nothing(ran: Ran, name: str) -> None:
    said = {**FAULTS, **NEVER_BEGUN}[name]
    assert f"{name}.ipynb: {said}" in ran.complaint
    assert not (ran.run / "notebooks" / f"{name}.ipynb").exists()
    assert (ran.failed / f"{name}.ipynb").exists() == (name in FAULTS)
    assert (f"{name}.ipynb", "failed") in ran.states


def test_no_value_stands_in_the_complaint(ran: Ran) -> None:
    assert not [value for value in VALUES if value in ran.complaint]


def test_failed_notebooks_are_kept_privately_under_a_banner(ran: Ran) -> None:
    assert stat.S_IMODE(ran.failed.stat().st_mode) == 0o700
    for path in ran.failed.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        banner = read(path).cells[0]
        assert banner.cell_type == "markdown"
        assert 'dir="rtl"' in banner.source
        assert "این دفترچه تا پایان اجرا نشد" in banner.source
    assert "در خانهٔ کد ۲ ایستاد (`DeadKernelError`)" in read(ran.failed / "04_kills_its_kernel.ipynb").cells[0].source


def test_a_good_notebook_is_stored_without_its_machine(ran: Ran) -> None:
    stored = ran.run / "notebooks" / "04_ends_well.ipynb"
    notebook = read(stored)
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", []))
    assert 'run = ".."' in injected.source
    assert "papermill" not in stored.read_text("utf-8").replace("# Parameters", "")
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_kernels_keep_no_history_and_know_no_keys(ran: Ran) -> None:
    cells = read(ran.run / "notebooks" / "04_ends_well.ipynb").cells
    (told,) = [output.text for cell in cells for output in cell.get("outputs", []) if output.output_type == "stream"]
    assert told.splitlines()[:2] == ["False", "None UTC"]


def test_at_most_two_run_at_a_time_and_no_kernel_stays(ran: Ran) -> None:
    running: set[str] = set()
    most = 0
    for name, state in ran.states:
        running = running | {name} if state == "running" else running - {name}
        most = max(most, len(running))
    assert most == 2
    children = [" ".join(child.cmdline()) for child in psutil.Process().children(recursive=True)]
    assert not [command for command in children if "ipykernel" in command or "spare" in command]


def test_what_an_earlier_run_left_is_cleared_and_nothing_else(planted_run: WorldRun, tmp_path: Path) -> None:
    run = stored_run(tmp_path / "run", planted_run.results)
    arguments = on(run, planted_run)
    with pytest.raises(EvidenceError):
        run_notebooks([FIXTURES / "04_shows_no_verdict.ipynb"], **arguments)
    mine = failed_folder(run) / "mine.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), mine)
    assert run_notebooks([FIXTURES / "04_ends_well.ipynb"], **arguments) == ("04_ends_well.ipynb",)
    assert list(failed_folder(run).iterdir()) == [mine]


def test_a_link_in_the_place_of_the_failed_is_not_followed(planted_run: WorldRun, tmp_path: Path) -> None:
    run = stored_run(tmp_path / "run", planted_run.results)
    (tmp_path / "elsewhere").mkdir()
    failed_folder(run).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EvidenceError, match="open it in JupyterLab to see it"):
        run_notebooks([FIXTURES / "04_shows_no_verdict.ipynb"], **on(run, planted_run))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_results_that_are_not_there_are_an_error(planted_run: WorldRun, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="expected stored results for the notebooks to read, found none"):
        run_notebooks([FIXTURES / "04_ends_well.ipynb"], **on(tmp_path, planted_run))
