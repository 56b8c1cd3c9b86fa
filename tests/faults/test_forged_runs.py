"""Cells of notebooks that try to change the run which is being made, and processes that outlive their notebook."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import nbformat
import psutil  # type: ignore[import-untyped]
import pytest

from governance import evidence
from governance.errors import EvidenceError
from governance.evidence import Staged, publishing
from governance.notebooks import private_kernels, run_notebooks
from governance.reports.facts.history import Past
from governance.sealing import Log, verify
from tests.conftest import WorldRun
from tests.sealing.conftest import publish

ENDS_WELL = Path(__file__).parent.parent / "notebooks" / "cases" / "04_ends_well.ipynb"
pytestmark = pytest.mark.slow

STAGED = """
from pathlib import Path
(staged,) = Path({out!r}).parent.glob(".run.*.partial/run")
"""
FORGERIES = {
    "results rewritten": 'r = staged / "results.json"; r.write_text(r.read_text().replace("failed", "passed"))',
    "results deleted": '(staged / "results.json").unlink()',
    "results by a link": 'r = staged / "results.json"; p = r.rename(staged.parent / "x"); r.symlink_to(p)',
    "a page more": '(staged / "extra.html").write_text("<script>1</script>")',
    "a folder for a link": '(staged / "exports").symlink_to("/tmp")',
    "a notebook too early": '(staged / "notebooks").mkdir(); (staged / "notebooks/04_cell.ipynb").write_text("x")',
}
# What a notebook leaves behind: in a session of its own, with two forks, without its environment.
LEFT_BEHIND = """
import os, subprocess, sys
code = "import time; time.sleep(300)  # left by a cell"
if not os.fork():
    os.setsid()
    if not os.fork():
        os.execve(sys.executable, [sys.executable, "-c", code], {{}})
    os._exit(0)
os.wait()
subprocess.Popen(["setsid", sys.executable, "-c", code], start_new_session=True)
"""
LATE = """
import subprocess, sys
code = "import time; time.sleep(1.0); open({late!r}, 'w').write('late')"
subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
"""


def notebook_with(folder: Path, code: str) -> Path:
    """The notebook that ends well, with one cell more."""
    notebook: Any = nbformat.read(ENDS_WELL, as_version=4)
    notebook.cells.insert(2, nbformat.v4.new_code_cell(code))
    nbformat.write(notebook, folder / "04_cell.ipynb")
    return folder / "04_cell.ipynb"


def make(out: Path, notebook: Path, run: WorldRun) -> None:
    """What `report` does with one notebook."""
    with publishing(out) as staged:
        staged.write("results.json", run.results.to_json())
        with private_kernels() as kernels:
            run_notebooks(
                [notebook], run=staged.folder, write=staged.write, results=run.results, language="en", kernels=kernels
            )
        evidence.write_manifest(staged, run.results, {})
        staged.write("run.json", "{}")
        evidence.publish(staged, out, Log.beside(out), Past.of(run.results).summary(), None)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_cell_that_changes_the_run_being_made_stops_it(planted_run: WorldRun, tmp_path: Path, name: str) -> None:
    out = tmp_path / "run"
    notebook = notebook_with(tmp_path, STAGED.format(out=str(out)) + FORGERIES[name])
    with pytest.raises(EvidenceError, match=r"computed|expected to write") as error:
        make(out, notebook, planted_run)
    assert not out.exists()
    assert "Nothing was published" in str(error.value) or "untouched" in str(error.value)


@pytest.mark.parametrize(
    "change",
    ['p.write_text("{}")', "p.unlink()", 'p.with_name("more").write_text("x")', "os.link(p, p.with_name('l'))"],
)
def test_a_cell_that_changes_what_notebooks_read_stops_the_run(
    planted_run: WorldRun, tmp_path: Path, change: str
) -> None:
    cell = 'import os\nfrom pathlib import Path\np = Path(run) / "results.json"\n'
    cell += f"os.chmod(p.parent, 0o700)\nos.chmod(p, 0o600)\n{change}"
    out = tmp_path / "run"
    with pytest.raises(EvidenceError, match="expected cells that only read the run's files, found these changed"):
        make(out, notebook_with(tmp_path, cell), planted_run)
    assert not out.exists()


def test_no_folder_of_the_making_stands_in_a_notebook(planted_run: WorldRun, tmp_path: Path) -> None:
    out = tmp_path / "گزارش ۱ \"quoted\" & 'so'" / "run"
    out.parent.mkdir()
    cell = "from IPython.display import display, HTML\nimport html\nprint(run)\n"
    cell += "display(HTML(html.escape(run) + '!'))\nstr(run)"
    make(out, notebook_with(tmp_path, cell), planted_run)
    text = (out / "notebooks" / "04_cell.ipynb").read_text("utf-8")
    assert "gov-" not in text
    assert "partial" not in text
    assert 'run = \\"..\\"' in text


def test_the_place_of_a_run_changes_none_of_its_bytes(planted_run: WorldRun, tmp_path: Path) -> None:
    notebook = notebook_with(tmp_path, "from pathlib import Path\nPath(run)")
    found = []
    for name in ("run", "گزارش ۱ از دو"):
        (tmp_path / name).mkdir()
        make(tmp_path / name / name, notebook, planted_run)
        found.append((tmp_path / name / name / "notebooks" / "04_cell.ipynb").read_bytes())
    assert found[0] == found[1]


def alive(mark: str) -> list[int]:
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        command = " ".join(process.info["cmdline"] or ())
        if mark in command and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found


def test_what_a_notebook_started_ends_with_it(planted_run: WorldRun, tmp_path: Path) -> None:
    late = tmp_path / "late"
    cell = LEFT_BEHIND.format() + LATE.format(late=str(late))
    make(tmp_path / "run", notebook_with(tmp_path, cell), planted_run)
    assert not alive("left by a cell")
    time.sleep(1.2)
    assert not late.exists()
    assert not [child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE]


def test_processes_of_the_caller_live_on() -> None:
    import subprocess

    before = subprocess.Popen(["sleep", "30"], start_new_session=True)
    with private_kernels():
        within = subprocess.Popen(["sleep", "30"])
    try:
        assert (before.poll(), within.poll()) == (None, None)
    finally:
        for process in (before, within):
            process.kill()
            process.wait()


def test_the_digest_of_a_file_is_that_of_what_was_computed(tmp_path: Path) -> None:
    staged = Staged(tmp_path)
    staged.write("index.html", "one", "two")
    staged.check()
    (tmp_path / "index.html").write_text("onetwO", "utf-8")
    with pytest.raises(EvidenceError, match=r"found another 'index\.html'"):
        staged.check()
    with pytest.raises(FileExistsError):
        staged.write("index.html", "again")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EvidenceError, match="a file too many, 'pipe'"):
        staged.check()


@pytest.mark.parametrize("left", ["empty folder", "second name", "mode", "mode of a folder", "pipe", "link"])
def test_nothing_that_a_cell_leaves_in_the_run_being_made_is_sealed(tmp_path: Path, left: str) -> None:
    """Notebooks see a copy; this is for one that looked for the run itself."""
    with pytest.raises(EvidenceError, match="Expected the files of the run as they were computed"):
        _publish_with(left, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def _publish_with(left: str, out: Path) -> None:
    with publishing(out) as staged:
        staged.write("index.html", "page")
        staged.write("rows/a.csv", "reference\n")
        page, rows = staged.folder / "index.html", staged.folder / "rows"
        match left:
            case "empty folder":
                (rows / "empty").mkdir()
            case "second name":
                os.link(page, out.with_name("mine.html"))
            case "mode":
                page.chmod(0o777)
            case "mode of a folder":
                rows.chmod(0o777)
            case "pipe":
                os.mkfifo(rows / "pipe")
            case "link":
                (rows / "more").symlink_to(out.parent)
        evidence.publish(staged, out, Log.beside(out), {}, None)


def test_an_empty_folder_in_a_run_is_one_too_many(tmp_path: Path) -> None:
    run = publish(tmp_path / "run")
    (run / "notebooks" / ".ipynb_checkpoints").mkdir()
    assert verify(run, any_key=True).ignored == ()
    (run / "rows" / "کارت").mkdir()
    with pytest.raises(EvidenceError, match="a file too many, 'rows/کارت/'"):
        verify(run, any_key=True)
