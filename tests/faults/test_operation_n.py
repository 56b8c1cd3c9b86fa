"""Publishing fails, or is killed, at its N-th operation, for every N: a run that verifies is there each time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from governance.errors import GovernanceError
from governance.evidence import publication
from governance.evidence.exchange import exchange
from governance.sealing import LOG, Log, Verified, verify
from tests.sealing.conftest import publish

# All that publishing asks of the system, but for writing the files that are not yet a run.
OPERATIONS = ("open", "write", "fsync", "rename", "mkdir", "rmdir", "unlink", "ftruncate", "close", "stat", "lseek")


@contextmanager
def stopping_at(number: int, stop: Callable[[], None]) -> Iterator[list[str]]:
    """Call `stop` in place of the N-th operation; yields the names of those that were done."""
    done: list[str] = []

    def shimmed(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*given: Any, **named: Any) -> Any:
            if len(done) == number:
                done.append(f"{name}!")
                if name == "close":
                    real(*given)  # a failing close closes all the same
                stop()
            done.append(name)
            return real(*given, **named)

        return operation

    with pytest.MonkeyPatch.context() as patch:
        for name in OPERATIONS:
            patch.setattr(os, name, shimmed(name, getattr(os, name)))
        patch.setattr(publication, "exchange", shimmed("exchange", exchange))
        yield done


def full() -> None:
    raise OSError(28, "No space left on device")


def check(run: Path) -> Verified:
    return verify(run, Log.beside(run), any_key=True)


def count() -> int:
    """How many operations one publication takes, in place of an earlier run."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        run = publish(Path(folder) / "run", "first")
        with stopping_at(10_000, full) as done:
            publish(run, "second")
    return len(done)


NUMBERS = range(count())


def test_publishing_takes_more_operations_than_a_file_or_two() -> None:
    assert len(NUMBERS) > 40


@pytest.mark.parametrize("number", NUMBERS)
def test_41_a_full_disk_at_any_operation_leaves_a_run_that_verifies(tmp_path: Path, number: int) -> None:
    run = publish(tmp_path / "run", "first")
    with stopping_at(number, full) as done, suppress(GovernanceError, OSError):
        publish(run, "second")
    assert done[number].endswith("!")
    text = (run / "index.html").read_text("utf-8")
    assert text in {"first", "second"}
    check(run)
    # The next report goes on, whatever was left.
    publish(run, "third")
    found = check(run)
    assert found.notes == ()
    assert (run / "index.html").read_text("utf-8") == "third"
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOG, "run"]


@pytest.mark.slow
def test_42_a_kill_at_any_operation_leaves_a_run_that_verifies(tmp_path: Path) -> None:
    told = []
    for number in NUMBERS:
        run = publish(tmp_path / str(number) / "run", "first")
        pid = os.fork()
        if not pid:
            with stopping_at(number, lambda: os._exit(9)):
                publish(run, "second")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
        found = check(run)
        told.append(((run / "index.html").read_text("utf-8"), found.notes))
        publish(run, "third")
        assert check(run).notes == ()
        assert sorted(path.name for path in run.parent.iterdir()) == [LOG, "run"]
    # First the earlier run, then the same with a line that was not closed, then the new run.
    assert [text for text, _ in told] == sorted(text for text, _ in told)
    assert any("interrupted as it was published" in note for text, notes in told for note in notes if text == "first")
    assert any("interrupted just after it was published" in note for text, notes in told for note in notes)


@pytest.mark.parametrize("number", NUMBERS)
def test_41_where_names_cannot_be_exchanged_a_failure_does_no_harm_either(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "exchange", lambda _one, _other: False)
    run = publish(tmp_path / "run", "first")
    with stopping_at(number, full), suppress(GovernanceError, OSError):
        publish(run, "second")
    if not run.exists():
        with suppress(RuntimeError), publication.publishing(run):
            raise RuntimeError
    check(run)
    publish(run, "third")
    assert (run / "index.html").read_text("utf-8") == "third"
