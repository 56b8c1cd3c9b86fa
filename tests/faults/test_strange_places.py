"""Paths that cannot be reached, what others left or locked, a second Ctrl-C: one sentence, and no wait for ever."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from governance.errors import EvidenceError, UsageError
from governance.evidence.publication import check_target
from governance.notebooks.runner import discover
from governance.sealing import Log, log, verify
from tests.commands import govern
from tests.conftest import PROJECT
from tests.faults.company import Company, interrupted_report
from tests.sealing.conftest import publish

NOBODY = 65534


def test_a_path_below_a_closed_folder_is_named(tmp_path: Path) -> None:
    """As another user than root, whom no mode stops."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    code = (
        # Imported before it is another user, who may not read the interpreter's own folder.
        "import os, sys\nfrom governance.arguments import path_of\nfrom governance.errors import UsageError\n"
        f"os.getuid() or os.setuid({NOBODY})\n"
        "try:\n    path_of(sys.argv[1], 'data')\nexcept UsageError as error:\n    print(error.named('--data'))\n"
    )
    if os.getuid():
        closed.chmod(0)
    given = closed / "data"
    done = subprocess.run([sys.executable, "-c", code, str(given)], capture_output=True, text=True, check=False)
    closed.chmod(0o700)
    assert "expected a path that can be reached, found PermissionError" in done.stdout, done.stderr
    assert done.stdout.startswith(f"--data {tmp_path}")


@pytest.mark.parametrize(
    "command",
    [
        "check --data {}",
        "check --data . --project {}",
        "check --data . --keys {}",
        "report --data . --out {}/run",
        "subject find 100001 --data {}",
        "verify {}",
        "verify . --key {}",
        "verify . --trust {}",
        "verify . --log {}",
        "contract check {}/users.yaml",
    ],
)
def test_whatever_leads_to_itself_is_named_with_its_option(tmp_path: Path, command: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = govern(*command.format(tmp_path / "loop").split())
    assert (done.code, done.complaint.count("\n")) == (UsageError.exit_code, 0), done.complaint
    assert "expected a path that can be reached, found OSError" in done.complaint


def test_a_name_outside_of_unicode_is_no_place_for_a_report(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^out 'r\\udce9p': expected a name in UTF-8, found another"):
        check_target(Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xe9p")))


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_run_of_the_first_or_the_last_day_has_no_age(tmp_path: Path, moment: str) -> None:
    run = publish(tmp_path / "run", started=moment)
    assert verify(run, any_key=True).notes == ()


@pytest.mark.parametrize("mode", [0, 0o700])
def test_a_remnant_that_cannot_be_opened_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    remnant = tmp_path / ".run.a1b2c3d4.partial"
    remnant.mkdir(mode=mode)
    opened = os.open

    def refusing(path: str | Path, *given: int, **named: int) -> int:
        if Path(path) == remnant:
            raise PermissionError(13, "Permission denied")
        return opened(path, *given, **named)

    monkeypatch.setattr(os, "open", refusing)
    publish(tmp_path / "run")
    assert verify(tmp_path / "run", any_key=True).notes == ()
    assert remnant.exists()


def test_a_log_that_somebody_else_has_locked_is_waited_for_and_then_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_PATIENCE", 0.2)
    monkeypatch.setattr(log, "_SILENCE", 0.1)
    told: list[str] = []
    held = Log(tmp_path / "log.jsonl")
    with held.path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(EvidenceError, match="another process has locked"), held.continued(told.append):
            pass
    assert told == [f"wait for {held.path}, which another process has locked"]
    with held.continued() as writer:
        assert writer.head == ""


@pytest.mark.parametrize("kind", ["pipe", "socket", "link", "folder"])
def test_a_notebook_that_is_no_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    place = tmp_path / "00_welcome.ipynb"
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "socket":
            with socket.socket(socket.AF_UNIX) as held:
                monkeypatch.chdir(tmp_path)  # as its name may be of about a hundred bytes
                held.bind(place.name)
        case "link":
            place.symlink_to("nowhere")
        case "folder":
            place.mkdir()
    with pytest.raises(UsageError, match=r"00_welcome\.ipynb: expected a notebook, found something else than a file"):
        discover(tmp_path, [])


@pytest.mark.slow
def test_ctrl_c_many_times_is_one_interruption(company: Company, tmp_path: Path) -> None:
    stops = (signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGINT)
    code, told = interrupted_report(company, tmp_path / "out" / "run", *stops)
    assert code == 130, told
    assert "Traceback" not in told
    assert told.count("interrupted; no half-made report was published") == 1
    assert [*(tmp_path / "out").glob("*run*")] == []


@pytest.mark.parametrize("loaded", ["governance.cli.main", "yaml", "governance.run"])
def test_ctrl_c_while_the_program_loads_is_an_interruption_too(tmp_path: Path, loaded: str) -> None:
    """No module that was left half loaded makes it an error, and least of all a violation, which exits with 1."""
    code = (
        "import builtins, os, signal, sys\nfrom governance.__main__ import main\nload = builtins.__import__\n"
        "def interrupted(name, *given, **named):\n"
        f"    if name == {loaded!r}:\n"
        "        for _ in range(4):\n            os.kill(os.getpid(), signal.SIGINT)\n"
        "    return load(name, *given, **named)\n"
        "builtins.__import__ = interrupted\nmain()\n"
    )
    command = [sys.executable, "-c", code, "report", "--data", str(tmp_path), "--out", str(tmp_path / "run")]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "governance: interrupted; no half-made report was published.\n")


@pytest.mark.parametrize("name", ["__filename", "__fragment_index"])
def test_a_column_with_a_name_of_the_readers_own_is_named(company: Company, name: str) -> None:
    users = company.table("users")
    company.put("users", users.append_column(name, pa.nulls(users.num_rows, pa.string())))
    assert f"found '{name}', a name that Arrow keeps for itself" in company.refusal("declared/users")
