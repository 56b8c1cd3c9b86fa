"""Places that cannot be written, runs at the same time, interruptions, forged runs, replays, and unknown signers."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from governance.errors import EvidenceError
from governance.evidence import publishing
from governance.sealing import LOG, Log, verify
from tests.commands import govern
from tests.conftest import PROJECT
from tests.faults.company import Company, interrupted_report
from tests.sealing.conftest import publish


@pytest.mark.parametrize("place", ["s3://bucket/data", "https://host/data", "file:///etc", "postgresql://u:pw@h/d"])
def test_37_data_elsewhere_is_refused_and_no_password_printed(place: str) -> None:
    done = govern("check", "--data", place)
    assert done.code == 3
    assert "pw@" not in done.err
    assert "program itself" not in done.err


def test_37_data_is_where_it_is_said_to_be(company: Company, tmp_path: Path) -> None:
    (company.data / "more").symlink_to(tmp_path)
    assert "found a link" in company.refusal()


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(path)]
)
def test_38_a_table_that_is_no_file_is_refused_at_once(company: Company, make: Callable[[Path], object]) -> None:
    (company.data / "reviews.parquet").unlink()
    make(company.data / "reviews.parquet")
    assert "found a link, pipe or device" in company.refusal()


def test_39_nothing_is_published_through_a_link(company: Company, tmp_path: Path) -> None:
    """A place that cannot be is a wrong argument, and so 3."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    done = govern("report", "--data", company.data, "--out", tmp_path / "out")
    assert (done.code, "found a symbolic link" in done.complaint) == (3, True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_40_a_place_that_cannot_be_written_is_exit_4(company: Company) -> None:
    done = govern("report", "--data", company.data, "--out", "/proc/nowhere/run")
    assert (done.code, "expected a place to write" in done.complaint) == (4, True)


# 41 and 42, at every operation of publishing: test_operation_n.py


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_43_an_interrupted_report_leaves_nothing(company: Company, tmp_path: Path, stop: signal.Signals) -> None:
    code, told = interrupted_report(company, tmp_path / "out" / "run", stop)
    # A library may pass the signal on at the very end, so that it ends the process itself: 130 to a shell, too.
    assert code in {130, -signal.SIGINT}, told
    assert "no half-made report was published" in told
    assert [path for path in (tmp_path / "out").iterdir() if path.name != LOG] == []


@pytest.mark.slow
def test_51_two_runs_at_one_place_are_both_whole(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests.sealing.conftest import publish\n"
        "for number in range(5):\n    publish(Path(sys.argv[1]), sys.argv[2] * 1000)\n"
    )
    run = tmp_path / "run"
    both = [subprocess.Popen([sys.executable, "-c", code, str(run), letter], cwd=PROJECT) for letter in "ab"]
    assert {process.wait() for process in both} <= {0, 1}
    assert (run / "index.html").read_text("utf-8") in {"a" * 1000, "b" * 1000}
    assert verify(run, any_key=True).notes == ()


def test_52_the_lock_of_a_dead_process_is_no_obstacle(tmp_path: Path) -> None:
    run = publish(tmp_path / "run")
    pid = os.fork()
    if not pid:
        with publishing(run), Log.beside(run).continued():
            os._exit(9)
    os.waitpid(pid, 0)
    (remains,) = tmp_path.glob(".run.*.partial")
    publish(run, "newer")
    assert not remains.exists()
    assert verify(run, any_key=True).line == 3


def test_52_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    run = publish(tmp_path / "run")
    with publishing(run) as staged:
        publish(run, "newer")
        assert staged.folder.is_dir()
        lock = os.open(staged.folder.parent, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(lock)


FORGED: dict[str, Callable[[Path], object]] = {
    "results": lambda run: (run / "results.json").write_text("{}", "utf-8"),
    "page": lambda run: (run / "index.html").write_text("310 passed", "utf-8"),
    "manifest": lambda run: (run / "manifest.json").write_text("{}", "utf-8"),
    "facts": lambda run: (run / "run.json").write_text("{}", "utf-8"),
    "envelope": lambda run: (run / "attestation.dsse.json").write_text("{}", "utf-8"),
    "no envelope": lambda run: (run / "attestation.dsse.json").unlink(),
    "no results": lambda run: (run / "results.json").unlink(),
    "a page more": lambda run: (run / "extra.html").touch(),
    "log": lambda run: Log.beside(run).path.write_text("", "utf-8"),
    "a line of the log": lambda run: Log.beside(run).path.write_bytes(
        Log.beside(run).path.read_bytes().replace(b'"error"', b'"passed"')
    ),
    "a name": lambda run: run.rename(run.with_name("run2")),
}


@pytest.mark.parametrize("what", FORGED)
def test_61_a_tampered_run_is_exit_4_in_one_sentence(tmp_path: Path, what: str) -> None:
    run = publish(tmp_path / "run")
    FORGED[what](run)
    done = govern("verify", next(path for path in tmp_path.iterdir() if path.is_dir()), "--any-key")
    assert (done.code, done.out) == (4, "")
    assert done.complaint.startswith("governance: ")


def test_62_an_unknown_signer_and_none_are_exit_4(tmp_path: Path) -> None:
    assert govern("verify", publish(tmp_path / "run")).code == 4
    assert govern("verify", publish(tmp_path / "unsigned", key=None)).code == 4


def test_63_an_earlier_run_in_the_place_of_a_later_is_exit_4(tmp_path: Path) -> None:
    run = publish(tmp_path / "run")
    shutil.copytree(run, tmp_path / "kept")
    publish(run, "newer")
    head = verify(run, any_key=True).head
    shutil.rmtree(run)
    (tmp_path / "kept").rename(run)
    with pytest.raises(EvidenceError, match="this one was put back"):
        verify(run, any_key=True)
    # With the log cut, only who kept the head or asks for its age can tell.
    log = Log.beside(run).path
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    assert govern("verify", run, "--any-key", "--head", head).code == 4
    assert govern("verify", run, "--any-key", "--max-age", "1h").code == 4
