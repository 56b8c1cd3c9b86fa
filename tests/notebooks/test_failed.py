"""Failed notebooks are kept where only their owner can read them, or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import nbformat
import pytest

from governance.notebooks.failed import clear, keep

NAME = "04_security.ipynb"


def kept(folder: Path) -> Path | None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    return keep(notebook, folder, NAME, cell=1, error="ZeroDivisionError", language="en")


def test_only_its_owner_can_read_what_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "run.failed"
    assert kept(folder) == folder / NAME
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o705])
def test_nothing_is_kept_in_a_folder_that_others_can_enter(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "run.failed"
    folder.mkdir()
    folder.chmod(mode)
    assert kept(folder) is None
    assert list(folder.iterdir()) == []


def test_a_file_that_lies_there_is_not_written_into(tmp_path: Path) -> None:
    folder = tmp_path / "run.failed"
    folder.mkdir(mode=0o700)
    (folder / NAME).write_text("open", "utf-8")
    (folder / NAME).chmod(0o666)
    with (folder / NAME).open(encoding="utf-8") as reader:
        assert kept(folder) == folder / NAME
        assert reader.read() == "open"
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600


def test_a_pipe_there_makes_nobody_wait(tmp_path: Path) -> None:
    folder = tmp_path / "run.failed"
    kept(folder)
    os.mkfifo(folder / "x.ipynb")
    clear(folder)
    assert [path.name for path in folder.iterdir()] == ["x.ipynb"]
