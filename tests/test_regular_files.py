"""Files are opened, made and replaced without waiting for a pipe, and never through a link that nobody named."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from governance.regular_files import NotRegularError, create_regular, open_regular, read_regular, replace_regular

OTHERS: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to a folder": lambda path: path.symlink_to(path.parent),
}


@pytest.fixture(params=[0, 0o027])
def mask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    assert os.umask(before) == request.param, "the process keeps its mask"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_read_whole_or_up_to_so_many_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_regular(tmp_path / "file") == b"12345"
    assert [read_regular(tmp_path / "file", most) for most in (0, 3, 5, 9)] == [b"", b"123", b"12345", b"12345"]
    with open_regular(tmp_path / "file") as file, pytest.raises(OSError, match="writing"):
        file.write(b"x")


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("follow", [False, True])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], object], *, follow: bool) -> None:
    make(tmp_path / "other")
    with pytest.raises(OSError, match=r"not a regular file|symbolic|directory"):
        read_regular(tmp_path / "other", 1, follow=follow)


def test_a_refused_file_is_closed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(NotRegularError):
            open_regular(tmp_path / "pipe")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_name_that_no_file_can_have_is_an_error_of_the_system() -> None:
    with pytest.raises(NotRegularError, match="no name of a file"):
        read_regular(Path("a\0b"))


def test_a_link_is_followed_only_where_the_user_named_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_regular(tmp_path / "link", follow=True) == b"x"
    for opened in (read_regular, open_regular):
        with pytest.raises(OSError, match="symbolic"):
            opened(tmp_path / "link")


def test_a_file_is_opened_to_append_with_the_modes_that_the_user_asks_for(tmp_path: Path, mask: int) -> None:
    with open_regular(tmp_path / "log", os.O_RDWR | os.O_APPEND | os.O_CREAT) as file:
        assert file.write(b"one") == 3
    with open_regular(tmp_path / "log", os.O_RDWR | os.O_APPEND) as file:
        assert file.read() == b"one"
        file.write(b"two")
    assert ((tmp_path / "log").read_bytes(), mode(tmp_path / "log")) == (b"onetwo", 0o666 & ~mask)


def test_a_new_file_is_its_owners_and_takes_no_ones_place(tmp_path: Path, mask: int) -> None:
    create_regular(tmp_path / "keys", "متن\n")
    assert ((tmp_path / "keys").read_bytes(), mode(tmp_path / "keys")) == ("متن\n".encode(), 0o600 & ~mask)
    create_regular(tmp_path / "page", "", 0o644)
    assert mode(tmp_path / "page") == 0o644 & ~mask
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("keys", "dangling"):
        with pytest.raises(FileExistsError):
            create_regular(tmp_path / name, "other")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_is_replaced_whole_with_the_modes_that_the_user_asks_for(tmp_path: Path, mask: int) -> None:
    for text in ("first\r\n", "second\n"):
        replace_regular(tmp_path / "page", text)
        assert ((tmp_path / "page").read_bytes(), mode(tmp_path / "page")) == (text.encode(), 0o666 & ~mask)
    assert [path.name for path in tmp_path.iterdir()] == ["page"]


@pytest.mark.parametrize("make", [*OTHERS.values(), lambda path: path.symlink_to("nowhere")], ids=[*OTHERS, "a link"])
def test_nothing_else_is_replaced(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "other")
    with pytest.raises(NotRegularError, match="not a regular file"):
        replace_regular(tmp_path / "other", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_failure_leaves_the_earlier_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_regular(tmp_path / "page", "first")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_regular(tmp_path / "page", "second")
    assert [(path.name, path.read_text("utf-8")) for path in tmp_path.iterdir()] == [("page", "first")]


def test_where_no_file_can_be_made_the_cause_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("governance.regular_files.create_regular", refuse)
    with pytest.raises(PermissionError):
        replace_regular(tmp_path / "page", "text")
