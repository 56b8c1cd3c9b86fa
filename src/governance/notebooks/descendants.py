"""Ends what kernels started, also what they put into a session of its own, where no signal to the kernel reaches it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SET_CHILD_SUBREAPER: Final = 36
_GET_CHILD_SUBREAPER: Final = 37
_PATIENCE: Final = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    session: int
    started: str


@contextmanager
def descendants_ended() -> Iterator[None]:
    """Whatever was started within the block in another session than ours has ended after it, with all that it started.

    Processes whose parent ended become children of this one for the time of the block. Only Linux can do this;
    elsewhere a process that left its parents behind lives on.
    """
    if not sys.platform.startswith("linux"):
        yield
        return
    before = {(one.pid, one.started) for one in _children()}
    with _adopting():
        try:
            yield
        finally:
            _end(before)


@contextmanager
def _adopting() -> Iterator[None]:
    libc = ctypes.CDLL(None, use_errno=True)
    was = ctypes.c_int()
    libc.prctl(_GET_CHILD_SUBREAPER, ctypes.byref(was), 0, 0, 0)
    libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_SET_CHILD_SUBREAPER, was.value, 0, 0, 0)


def _end(before: set[tuple[int, str]]) -> None:
    """Kill and reap until none is left: the end of one makes its children ours."""
    own, deadline = os.getsid(0), time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        living = _processes()
        mine = [one for one in living.get(os.getpid(), ()) if (one.pid, one.started) not in before]
        theirs = [one for one in mine if one.session != own]
        if not theirs:
            return
        for one in theirs:
            for pid in _tree(one.pid, living):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(one.pid, os.WNOHANG)
        time.sleep(0.002)


def _tree(root: int, living: Mapping[int, list[_Process]]) -> Iterator[int]:
    yield root
    for child in living.get(root, ()):
        yield from _tree(child.pid, living)


def _children() -> list[_Process]:
    return _processes().get(os.getpid(), [])


def _processes() -> Mapping[int, list[_Process]]:
    """All processes by their parent."""
    found: defaultdict[int, list[_Process]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            text = path.read_text("utf-8", "replace")
            # The name, in brackets, may hold anything.
            fields = text[text.rindex(")") + 2 :].split()
            one = _Process(int(path.parent.name), int(fields[1]), int(fields[3]), fields[19])
            found[one.parent].append(one)
    return found
