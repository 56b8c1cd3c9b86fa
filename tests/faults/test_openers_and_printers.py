"""Files that are no files, names that no file can have, and places that cannot show what is printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from governance.cli.console import _shown, say
from governance.sealing import Log
from tests.commands import govern
from tests.conftest import PROJECT
from tests.sealing.conftest import publish

LONG = "n" * 300
COMMANDS: dict[str, tuple[object, ...]] = {
    "data": ("check", "--data", "{}"),
    "keys": ("check", "--data", "data", "--keys", "{}"),
    "out": ("report", "--data", "data", "--out", "{}"),
    "log": ("report", "--data", "data", "--out", "run", "--log", "{}"),
    "proof": ("report", "--data", "data", "--out", "run", "--proof", "{}"),
    "font": ("report", "--data", "data", "--out", "run", "--font", "{}"),
    "project": ("plan", "--project", "{}"),
    "verify": ("verify", "{}"),
    "verify, log": ("verify", "run", "--log", "{}", "--any-key"),
    "verify, key": ("verify", "run", "--key", "{}"),
    "verify, keys": ("verify", "run", "--keys", "{}"),
    "verify, trust": ("verify", "run", "--trust", "{}"),
    "verify, head": ("verify", "run", "--any-key", "--head", "{}"),
    "verify, data": ("verify", "run", "--any-key", "--data", "{}"),
    "diff": ("diff", "run", "{}"),
    "policy status": ("policy", "status", "--published", "{}"),
    "policy diff": ("policy", "diff", "{}", PROJECT),
    "policy diff, html": ("policy", "diff", PROJECT, PROJECT, "--html", "{}"),
    "prove": ("policy", "export", "--out", "{}"),
    "waive": (
        "waive",
        "no-bank-data/transactions/note",
        "--by",
        "A",
        "--until",
        "2026-12-31",
        "--reason",
        "r",
        "--run",
        "{}",
    ),
    "contract": ("contract", "check", "{}"),
    "keys, new": ("keys", "new", "--out", "{}"),
    "keys, public": ("keys", "public", "--keys", "{}"),
}
TAKES_A_LONG_NAME = {"verify, head"}


def ended(command: str, given: object, folder: Path) -> tuple[int, str]:
    """How a command ended that was given something for a file; a hanging one is stopped."""
    words = [str(given) if word == "{}" else str(word) for word in COMMANDS[command]]
    words = [str(folder / word) if word in {"data", "run"} and words[0] != word else word for word in words]
    done = govern(*words)
    return done.code, done.complaint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "run")
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_for_a_file_is_a_sentence_at_once(folder: Path, command: str) -> None:
    os.mkfifo(folder / "pipe")
    code, told = ended(command, folder / "pipe", folder)
    assert code in {3, 4}, told
    assert "program itself" not in told
    assert told.count("\n") <= 1


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", [LONG, "a/" * 2500, "x\udcff" * 200], ids=["a long name", "a long path", "odd bytes"])
def test_a_name_that_no_file_can_have_is_a_sentence(folder: Path, command: str, name: str) -> None:
    code, told = ended(command, name, folder)
    assert code in {3, 4}, told
    assert "program itself" not in told


@pytest.mark.parametrize("command", ["policy diff, html", "prove"])
def test_nothing_is_written_through_a_link(folder: Path, command: str) -> None:
    target = folder / "mine"
    target.write_text("mine", "utf-8")
    place = folder / "page.html"
    if command == "prove":
        (folder / "out").mkdir()
        place, link = folder / "out", folder / "out" / "catalog.json"
    else:
        link = place
    link.symlink_to(target)
    assert ended(command, place, folder)[0] == 4
    assert target.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("سلام\u200cها", "سلام\u200cها"),
        ("two\nlines", "two\nlines"),
        ("a\x1b[31mred", "a\\u001b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("a\rb\x08", "a\\u000db\\u0008"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("\x9b31m", "\\u009b31m"),
    ],
)
def test_a_terminal_is_given_nothing_to_obey(text: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _shown(text) == shown
    say(text)
    assert capsys.readouterr().out == shown + "\n"


def test_a_changed_text_is_shown_without_its_direction_marks(folder: Path) -> None:
    for name, text in (("old", "یک جمله"), ("new", "یک \u202eجمله دیگر\x1b[2J")):
        (folder / name).mkdir()
        (folder / name / "policy.fa.md").write_text(f"## KP-1-1-1\n\n{text}\n", "utf-8")
    done = govern("policy", "diff", folder / "old", folder / "new")
    assert "\u202e" not in done.out + done.err
    assert "\x1b" not in done.out + done.err


CHECKED = [sys.executable, "-m", "governance", "policy", "status"]


def test_a_place_without_room_is_exit_4_in_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(CHECKED, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 4
    assert done.stderr.strip().splitlines()[-1].startswith("governance: Expected to print the answer, found OSError")


def test_a_reader_that_has_read_enough_changes_no_exit_code() -> None:
    whole = subprocess.run(CHECKED, capture_output=True, text=True, check=False, cwd=PROJECT)
    read, write = os.pipe()
    os.close(read)
    cut = subprocess.run(CHECKED, stdout=write, stderr=subprocess.PIPE, text=True, check=False, cwd=PROJECT)
    os.close(write)
    assert (cut.returncode, cut.stderr) == (whole.returncode, whole.stderr)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp1256", "latin-1"])
def test_an_old_code_page_shows_codes_for_what_it_lacks(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "governance", "plan", "KP-1-2-3"],
        capture_output=True,
        check=False,
        cwd=PROJECT,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(encoding)


def test_an_unreadable_folder_in_a_run_is_not_verified(tmp_path: Path) -> None:
    """As another user than root, whom no mode stops."""
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.owner() == "root" and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    run = publish(tmp_path / "run")
    hidden = run / "hidden"
    hidden.mkdir(mode=0o700)
    code = (
        # Imported before it is another user, who may not read the interpreter's own folder.
        "import os, sys\nfrom governance.errors import EvidenceError\nfrom governance.sealing import verify\n"
        "os.setuid(65534)\n"
        "try:\n    verify(sys.argv[1], any_key=True)\nexcept EvidenceError as error:\n    print(error)\n"
    )
    if os.getuid():
        hidden.chmod(0o000)
        code = code.replace("os.setuid(65534)\n", "")
    done = subprocess.run([sys.executable, "-c", code, str(run)], capture_output=True, text=True, check=False)
    hidden.chmod(0o700)
    assert "expected folders that can be read, found PermissionError" in done.stdout, done.stderr
    assert Log.beside(run).read().lines == 2
