"""Two names are exchanged in one step, or it is known that they cannot be."""

from __future__ import annotations

import ctypes
import errno
from pathlib import Path
from typing import Any

import pytest

from governance.evidence.exchange import exchange


class System:
    """In place of the C library: answers with a code, and keeps what it was asked."""

    def __init__(self, code: int) -> None:
        self.code, self.asked = code, list[tuple[Any, ...]]()

    def renameat2(self, *given: object) -> int:
        self.asked.append(given)
        ctypes.set_errno(self.code)
        return -1 if self.code else 0


def answering(monkeypatch: pytest.MonkeyPatch, code: int) -> System:
    system = System(code)

    def load(name: object, *, use_errno: bool = False) -> System:
        assert (name, use_errno) == (None, True)
        return system

    monkeypatch.setattr(ctypes, "CDLL", load)
    return system


def test_the_system_is_asked_to_exchange_both_names_as_this_process_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    system = answering(monkeypatch, 0)
    assert exchange(Path("one"), Path("نام"))
    assert system.asked == [(-100, b"one", -100, "نام".encode(), 2)]


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM])
def test_where_it_cannot_be_done_nothing_was(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    answering(monkeypatch, code)
    assert exchange(Path("one"), Path("other")) is False


def test_a_system_without_the_call_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name, **_: object())
    assert exchange(Path("one"), Path("other")) is False


def test_what_could_be_done_and_failed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output") as error:
        exchange(Path("one"), Path("other"))
    assert error.value.errno == errno.EIO


def test_names_are_exchanged_and_each_file_keeps_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "other"):
        Path(name).write_text(name, "utf-8")
    swapped = exchange(Path("one"), Path("other"))
    assert Path("one").read_text("utf-8") == ("other" if swapped else "one")
    with pytest.raises(FileNotFoundError):
        exchange(Path("one"), Path("none"))
