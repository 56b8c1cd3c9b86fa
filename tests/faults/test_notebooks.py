"""Notebooks that die, hang, end early or hide a failure, and parameters that nobody knows or that hold a secret."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from governance.errors import EvidenceError
from governance.evidence import Staged
from governance.notebooks import private_kernels, run_notebooks, runner
from tests.conftest import PROJECT, WorldRun
from tests.faults.company import CARD
from tests.faults.test_forged_runs import alive, notebook_with

pytestmark = pytest.mark.slow
# By number: what a cell does, and the error that is named.
CELLS = {
    "44_killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "DeadKernelError"),
    "44_left": ("import os\nos._exit(0)", "DeadKernelError"),
    "45_out_of_memory": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\nblock = bytearray(4 << 30)",
        "MemoryError",
    ),
    "46_beyond_its_time": ("import time\nnot_gone = True\ntime.sleep(300)", "CellTimeoutError"),
    "47_ended_by_itself": ("import sys\nsys.exit(0)", "the end"),
    "47_ended_with_success": ("raise SystemExit", "the end"),
    "64_raised_with_a_value": (f"raise ValueError('{CARD}')", "ValueError"),
}


@pytest.fixture(scope="module")
def complaint(planted_run: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of all of them, run side by side on one run."""
    folder = tmp_path_factory.mktemp("notebooks")
    paths = []
    for name, (cell, _) in CELLS.items():
        (folder / name).mkdir()
        paths.append(notebook_with(folder / name, cell).rename(folder / f"04_{name}.ipynb"))
    run = folder / "run"
    run.mkdir()
    (run / "results.json").write_text(planted_run.results.to_json(), "utf-8")
    with pytest.MonkeyPatch.context() as patch, private_kernels() as kernels:
        patch.setattr(runner, "TIMEOUT_SECONDS", 4)
        with pytest.raises(EvidenceError) as error:
            run_notebooks(
                paths, run=run, write=Staged(run).write, results=planted_run.results, language="en", kernels=kernels
            )
    assert not (run / "notebooks").exists()
    return str(error.value)


@pytest.mark.parametrize("name", CELLS)
def test_a_notebook_that_does_not_run_to_its_end_is_an_error(complaint: str, name: str) -> None:
    assert f"04_{name}.ipynb: expected every cell to run, found {CELLS[name][1]} in code cell 2" in complaint
    assert CARD not in complaint


def test_46_no_kernel_is_left(complaint: str) -> None:
    assert complaint
    assert not alive("ipykernel_launcher")


def injected(notebook: str, *parameters: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """papermill by hand, as a CI job calls it."""
    words = [
        word for name, value in zip(parameters[::2], parameters[1::2], strict=True) for word in ("-p", name, value)
    ]
    return subprocess.run(
        [sys.executable, "-m", "papermill", PROJECT / "notebooks" / notebook, folder / "out.ipynb", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**os.environ, "IPYTHONDIR": str(folder)},
    )


def test_48_a_parameter_that_nobody_knows_is_an_error(tmp_path: Path) -> None:
    done = injected("06_changes.ipynb", "dta", str(tmp_path), folder=tmp_path)
    assert done.returncode != 0
    assert "expected one of" in done.stderr
    assert "did you mean 'data'" in done.stderr


@pytest.mark.parametrize("secret", ["postgresql://user:hunter2@host/db", "A" * 43 + "="])
def test_49_a_parameter_that_looks_like_a_secret_is_an_error(secret: str) -> None:
    from governance.errors import UsageError
    from governance.notebooks import check_parameters

    with pytest.raises(UsageError, match="found what looks like a secret") as error:
        check_parameters({"data": secret})
    assert secret not in str(error.value)


def test_50_a_cell_that_may_fail_is_refused(planted_run: WorldRun, tmp_path: Path) -> None:
    import nbformat

    path = notebook_with(tmp_path, "1 / 0")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata["tags"] = ["raises-exception"]
    nbformat.write(notebook, path)
    (tmp_path / "results.json").write_text(planted_run.results.to_json(), "utf-8")
    begun = time.monotonic()
    with pytest.raises(EvidenceError, match="expected no cell that may fail, found code cell 2"):
        run_notebooks([path], run=tmp_path, write=Staged(tmp_path).write, results=planted_run.results, language="en")
    assert time.monotonic() - begun < 30, "it was never begun"
