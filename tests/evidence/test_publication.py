"""A run appears whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from governance import evidence
from governance.errors import EvidenceError, UsageError
from governance.evidence import Staged, publishing
from governance.sealing import LOG, Log

FILES = ["index.html", *(f"page{number}.html" for number in range(20))]
MANIFEST = json.dumps({"format": "governance-run/1", "files": dict.fromkeys([*FILES, "rows/a.csv"], "")})


def write(staged: Staged, text: str = "page") -> None:
    staged.write("index.html", text)
    staged.write("manifest.json", MANIFEST)
    staged.write("run.json", "{}")


def publish(out: Path, text: str = "page") -> None:
    with publishing(out) as staged:
        write(staged, text)
        evidence.publish(staged, out, Log.beside(out), {}, None)


def test_a_run_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "very" / "deep" / "run"
    with publishing(out) as staged:
        write(staged)
        assert not out.exists()
        evidence.publish(staged, out, Log.beside(out), {}, None)
    assert sorted(path.name for path in out.iterdir()) == [
        "attestation.dsse.json",
        "index.html",
        "manifest.json",
        "run.json",
    ]
    assert sorted(path.name for path in out.parent.iterdir()) == [LOG, "run"]


def test_an_earlier_run_is_replaced(tmp_path: Path) -> None:
    for text in ("first", "second"):
        publish(tmp_path / "run", text)
    assert (tmp_path / "run" / "index.html").read_text("utf-8") == "second"
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOG, "run"]


def test_a_failure_leaves_the_earlier_run_and_nothing_else(tmp_path: Path) -> None:
    publish(tmp_path / "run", "first")

    def fail(staged: Staged) -> None:
        staged.write("half", "")
        raise RuntimeError

    with pytest.raises(RuntimeError), publishing(tmp_path / "run") as staged:
        fail(staged)
    assert (tmp_path / "run" / "index.html").read_text("utf-8") == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOG, "run"]


def test_a_full_disk_is_exit_4(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as error, publishing(tmp_path / "run"):
        raise OSError(28, "No space left on device: secret value")
    assert str(error.value) == (
        f"{tmp_path / 'run'}: expected to write the report, found OSError; an earlier report is untouched."
    )
    assert list(tmp_path.iterdir()) == []


def test_anything_but_a_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    (tmp_path / "file").touch()
    publish(tmp_path / "run")
    (tmp_path / "link").symlink_to(tmp_path / "run")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("mine", "file", "link", "dangling"):
        with pytest.raises(UsageError, match="found"):
            publish(tmp_path / name)
    assert (tmp_path / "mine" / "thesis.txt").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "governance-run/2"}'])
def test_what_another_program_calls_a_manifest_makes_no_run(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(UsageError, match="found something else"):
        publish(tmp_path / "run")


def test_files_that_are_not_the_runs_are_not_destroyed(tmp_path: Path) -> None:
    publish(tmp_path / "run")
    checkpoints = tmp_path / "run" / "notebooks" / ".ipynb_checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "04_security-checkpoint.ipynb").touch()
    (tmp_path / "run" / "Thumbs.db").touch()
    publish(tmp_path / "run")
    (tmp_path / "run" / "notebooks" / ".ipynb_checkpoints").mkdir(parents=True)
    (tmp_path / "run" / "notebooks" / ".ipynb_checkpoints" / "mine.txt").touch()
    with pytest.raises(UsageError, match=r"found 'notebooks/.ipynb_checkpoints/mine.txt'; move it away"):
        publish(tmp_path / "run")
    (tmp_path / "run" / "notebooks" / ".ipynb_checkpoints" / "mine.txt").unlink()
    (tmp_path / "run" / "signed").mkdir()
    (tmp_path / "run" / "signed" / "by-me.pdf").touch()
    with pytest.raises(UsageError, match=r"an earlier run and nothing else, found 'signed/by-me.pdf'; move it away"):
        publish(tmp_path / "run")


def test_a_run_is_kept_apart_from_the_data(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for out, data in (("data/run", "data"), ("data", "data"), ("run", "run/data")):
        with (
            pytest.raises(UsageError, match="expected a place apart from the data"),
            publishing(tmp_path / out, tmp_path / data),
        ):
            pass
    with publishing(tmp_path / "run", tmp_path / "data") as staged:
        assert staged.folder.is_dir()


def test_the_remains_of_another_run_are_left_alone(tmp_path: Path) -> None:
    publish(tmp_path / "report.v2")
    aside = tmp_path / ".report.v2.abcd1234.partial"
    aside.mkdir()
    (tmp_path / "report.v2").rename(aside / "earlier")
    publish(tmp_path / "report")
    assert (aside / "earlier" / "index.html").exists()


def test_what_a_killed_report_left_beside_a_run_is_removed(tmp_path: Path) -> None:
    aside = tmp_path / ".run.abcd1234.partial"
    (aside / "run").mkdir(parents=True)
    publish(tmp_path / "run", "first")
    assert not aside.exists()
    # Here it was killed between the two names, and the run got its name again.
    publish(aside / "earlier", "older")
    publish(tmp_path / "run", "second")
    assert (tmp_path / "run" / "index.html").read_text("utf-8") == "second"
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOG, "run"]


@pytest.mark.parametrize("name", [".run.abcd1234.partial", ".run.abcd123.partial", ".run.abcd12345.partial"])
def test_a_link_or_a_file_of_such_a_name_is_left_alone(tmp_path: Path, name: str) -> None:
    publish(tmp_path / "elsewhere" / "earlier")
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / ".run.fifo1234.partial")
    with pytest.raises(RuntimeError), publishing(tmp_path / "run"):
        raise RuntimeError
    assert not (tmp_path / "run").exists()
    assert (tmp_path / name / "earlier" / "index.html").exists()


def test_where_names_cannot_be_exchanged_the_earlier_run_goes_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.evidence.publication.exchange", lambda _one, _other: False)
    for text in ("first", "second"):
        publish(tmp_path / "run", text)
    assert (tmp_path / "run" / "index.html").read_text("utf-8") == "second"
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOG, "run"]


@pytest.mark.parametrize(
    ("step", "text", "told"),
    [
        ("prepare", "first", "an earlier report is untouched"),
        ("publish", "second", "the report is there, and the next"),
    ],
)
def test_a_log_that_fails_is_told_with_which_of_the_runs_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, text: str, told: str
) -> None:
    publish(tmp_path / "run", "first")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"governance.sealing.log.Writer.{step}", fail)
    with pytest.raises(EvidenceError, match=f"expected to attest and log the report, found OSError; {told}"):
        publish(tmp_path / "run", "second")
    assert (tmp_path / "run" / "index.html").read_text("utf-8") == text


def test_an_empty_folder_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(UsageError, match="found something else"):
        publish(tmp_path / "run")


def test_a_read_only_place_is_exit_4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr("governance.evidence.publication.tempfile.mkdtemp", refuse)
    with pytest.raises(EvidenceError, match="expected a place to write, found PermissionError"):
        publish(tmp_path / "run")


@pytest.mark.slow
def test_a_killed_program_leaves_no_run(tmp_path: Path) -> None:
    """Killed at many moments: whatever stands under the name is a whole run."""
    code = f"""
from pathlib import Path
from governance.evidence import publish, publishing
from governance.sealing import Log
print("ready", flush=True)
out = Path({str(tmp_path)!r}) / "run"
while True:
    with publishing(out) as staged:
        for number in range(20):
            staged.write(f"page{{number}}.html", "x" * 10_000)
        staged.write("manifest.json", {MANIFEST!r})
        staged.write("run.json", "x" * 10_000)
        publish(staged, out, Log.beside(out), {{}}, None)
"""
    for moment in range(12):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.01 + 0.013 * moment)
            os.kill(process.pid, signal.SIGKILL)
        run = tmp_path / "run"
        if run.exists():
            sizes = [path.stat().st_size for path in run.iterdir() if path.name != "attestation.dsse.json"]
            assert sorted(sizes) == sorted([*[10_000] * 21, len(MANIFEST)])
    publish(tmp_path / "run")
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOG, "run"]


def test_a_run_that_a_killed_program_had_moved_aside_is_put_back(tmp_path: Path) -> None:
    publish(tmp_path / "run", "first")
    aside = tmp_path / ".run.abcd1234.partial"
    aside.mkdir()
    (tmp_path / "run").rename(aside / "earlier")
    with pytest.raises(RuntimeError), publishing(tmp_path / "run"):
        raise RuntimeError
    assert (tmp_path / "run" / "index.html").read_text("utf-8") == "first"


@pytest.mark.parametrize(
    ("mask", "folder", "file"), [(0o022, 0o755, 0o644), (0o077, 0o700, 0o600), (0o002, 0o775, 0o664)]
)
def test_a_run_has_the_modes_that_the_user_asks_for(tmp_path: Path, mask: int, folder: int, file: int) -> None:
    before = os.umask(mask)
    try:
        for text in ("first", "second"):
            with publishing(tmp_path / "run") as staged:
                write(staged, text)
                staged.write("rows/a.csv", "")
                evidence.publish(staged, tmp_path / "run", Log.beside(tmp_path / "run"), {}, None)
    finally:
        os.umask(before)
    for path in (tmp_path / "run", *(tmp_path / "run").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (folder if path.is_dir() else file), path.name
