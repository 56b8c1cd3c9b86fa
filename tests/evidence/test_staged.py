"""The files of a run that is being made: each as it was computed, none too many; a copy that only its owner reads."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from governance.errors import EvidenceError
from governance.evidence import Staged


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    made = Staged(tmp_path / "run")
    made.folder.mkdir()
    made.write("index.html", "one", "متن")
    made.write_parts("rows/a.csv", ["a\n", "b\n"])
    return made


def test_a_file_has_the_digest_of_its_parts_together(staged: Staged) -> None:
    assert staged.digests == {
        "index.html": hashlib.sha256("oneمتن".encode()).hexdigest(),
        "rows/a.csv": hashlib.sha256(b"a\nb\n").hexdigest(),
    }
    staged.check()


def test_a_file_is_written_once(staged: Staged) -> None:
    with pytest.raises(FileExistsError):
        staged.write("index.html", "again")
    staged.write("rows/b.csv", "")
    staged.check()


def piped(run: Path) -> None:
    (run / "index.html").unlink()
    os.mkfifo(run / "index.html")


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (lambda run: (run / "extra.html").write_text("", "utf-8"), "a file too many, 'extra.html'"),
        (lambda run: (run / "rows" / "a.csv").unlink(), "no file 'rows/a.csv'"),
        (lambda run: (run / "rows" / "a.csv").write_text("a\nc\n", "utf-8"), "another 'rows/a.csv'"),
        (piped, "another 'index.html'"),
        (lambda run: (run / "index.html").rename(run / "x.html"), "no file 'index.html'"),
    ],
)
def test_what_is_not_as_computed_stops_the_run(staged: Staged, fault: object, found: str) -> None:
    assert callable(fault)
    fault(staged.folder)
    with pytest.raises(EvidenceError, match=f"as they were computed, found {found}; something changed the run"):
        staged.check()
