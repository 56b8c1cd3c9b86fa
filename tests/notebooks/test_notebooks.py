"""Notebooks: their hygiene, their parameters, and how they run by hand; the runner has tests of its own."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from governance.errors import UsageError
from governance.notebooks import PARAMETERS, check_parameters, discover
from governance.synthetic import Dataset
from tests.conftest import PROJECT
from tests.sealing.conftest import publish

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
named = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_of(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


@named
def test_committed_notebooks_hold_no_outputs_and_nothing_of_a_machine(path: Path) -> None:
    notebook = read(path)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec == {"display_name": "Python 3", "language": "python", "name": "python3"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@named
def test_notebooks_start_with_a_question_in_both_languages(path: Path) -> None:
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    assert "<strong>پرسش:</strong>" in first.source
    assert "**Question:**" in first.source


@named
def test_notebooks_have_exactly_the_parameters_typed_and_described(path: Path) -> None:
    (cell,) = [cell for cell in code_of(path) if "parameters" in cell.metadata.get("tags", [])]
    found = {}
    for node in ast.parse(cell.source).body:
        assert isinstance(node, ast.AnnAssign)
        assert isinstance(node.target, ast.Name)
        found[node.target.id] = ast.unparse(node.annotation)
    assert found == {name: kind.__name__ for name, kind in PARAMETERS.items()}
    assert all("  # " in line for line in cell.source.splitlines())


@named
def test_notebooks_are_thin(path: Path) -> None:
    cells = code_of(path)
    assert len(cells) <= 15
    for cell in cells:
        assert len(cell.source.splitlines()) <= 10
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert ast.unparse(node) == "import governance"
    assert cells[-1].source == "section.conclude(strict=strict)"


def test_notebooks_are_found_by_their_section(tmp_path: Path) -> None:
    for name in ("00_welcome.ipynb", "01_collection.ipynb", "04_security.ipynb", "07_proof.ipynb", "draft.ipynb"):
        (tmp_path / name).touch()
    assert [path.name for path in discover(tmp_path, ["4"])] == [
        "00_welcome.ipynb",
        "04_security.ipynb",
        "07_proof.ipynb",
    ]
    for section in ("7", "10"):
        number = section.zfill(2)
        with pytest.raises(UsageError, match=rf"expected a notebook {number}_….ipynb for that section, found none"):
            discover(tmp_path, ["4", section])
    (tmp_path / "00_welcome.ipynb").unlink()
    with pytest.raises(UsageError, match=r"expected a notebook 00_welcome.ipynb, found none"):
        discover(tmp_path, ["4"])


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"strcit": True}, "found 'strcit'; did you mean 'strict'?"),
        ({"strict": "false"}, "strict: expected a bool, found a str."),
        ({"run": 7}, "run: expected a str, found a int."),
        ({"data": "postgresql://user:secret@host/db"}, "found what looks like a secret."),
        ({"keys": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}, "found what looks like a secret."),
        ({"password": "x"}, "expected one of run, data, keys, as_of, lang, strict"),
    ],
)
def test_wrong_parameters_are_refused_without_their_values(parameters: dict[str, object], complaint: str) -> None:
    with pytest.raises(UsageError) as error:
        check_parameters(parameters)
    assert complaint in str(error.value)
    assert "secret@" not in str(error.value)
    assert "c2Vj" not in str(error.value)


def papermill(name: str, world: Dataset | None, out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "papermill", str(PROJECT / "notebooks" / f"{name}.ipynb"), str(out / "out.ipynb")]
    command += ["-p", "data", str(world.data), "-p", "keys", str(world.keys)] if world else []
    command += arguments
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=out, env=environment)


@pytest.mark.slow
class TestByHand:
    """papermill on a notebook and data, from a folder that is not the project's."""

    def test_a_strict_notebook_fails_on_the_planted_world(self, planted_world: Dataset, tmp_path: Path) -> None:
        done = papermill("04_security", planted_world, tmp_path, "-p", "lang", "en")
        assert done.returncode != 0
        assert "clauses are violated" in done.stderr

    def test_it_succeeds_on_the_clean_world(self, clean_world: Dataset, tmp_path: Path) -> None:
        done = papermill("04_security", clean_world, tmp_path)
        assert done.returncode == 0, done.stderr

    def test_a_mistyped_strict_is_refused(self, planted_world: Dataset, tmp_path: Path) -> None:
        done = papermill("04_security", planted_world, tmp_path, "-p", "strict", "no")
        assert done.returncode != 0
        assert "strict: expected a bool, found a str." in done.stderr

    @pytest.mark.parametrize(
        ("arguments", "found"),
        [
            (("dta", "X"), "found 'dta'; did you mean 'data'?"),
            (("keys", "X"), "keys: expected the data that it is for"),
            (("run", "X"), "X/results.json: expected the results of a run, found none"),
        ],
    )
    def test_a_slip_never_answers_from_another_run(
        self, arguments: tuple[str, str], found: str, tmp_path: Path
    ) -> None:
        done = papermill("05_rights", None, tmp_path, "-p", *arguments)
        assert done.returncode != 0
        assert found in done.stderr

    def test_a_stored_run_says_that_it_was_verified(self, tmp_path: Path) -> None:
        run = publish(tmp_path / "run")
        done = papermill("07_proof", None, tmp_path, "-p", "run", str(run), "-p", "lang", "en", "-p", "strict", "False")
        assert done.returncode == 0, done.stderr
        assert "verified, signed by the key" in (tmp_path / "out.ipynb").read_text("utf-8")
