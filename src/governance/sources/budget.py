"""How long an evaluation may take, and how much memory: what is not finished by then is incomplete, never green."""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final, TypeVar

from governance.errors import SourceError

T = TypeVar("T")
_LIMIT: Final = resource.RLIMIT_DATA  # of the memory that a process may write to, threads and libraries included
_GROUP_LIMITS: Final = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_SHARE: Final = 0.8  # of the machine's memory; the rest is for the notebooks, and everybody else


class OutOfBudgetError(SourceError):
    """The time or the memory of an evaluation is used up."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place}: expected to be done within the time and memory allowed, found them used up.")


class Budget:
    """Minutes, from now on, and bytes of memory; None for as much as there is."""

    def __init__(self, minutes: float | None = None, memory: int | None = None) -> None:
        self._end = None if minutes is None else time.monotonic() + minutes * 60
        self._memory = memory

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Within this, what reads data stops at the end of its time, and no more memory is given."""
        before = resource.getrlimit(_LIMIT)
        token = _BUDGET.set(self)
        try:
            if self._memory is not None and not 0 <= before[0] < self._memory:  # below 0 there is no limit
                resource.setrlimit(_LIMIT, (self._memory, before[1]))
            yield
        except MemoryError:
            raise OutOfBudgetError("the data") from None
        finally:
            resource.setrlimit(_LIMIT, before)
            _BUDGET.reset(token)

    def left(self) -> float | None:
        """Seconds; None without an end."""
        return None if self._end is None else self._end - time.monotonic()


_BUDGET: ContextVar[Budget] = ContextVar("budget", default=Budget())  # noqa: B039  it holds nothing


def each(place: str, batches: Iterable[T]) -> Iterator[T]:
    """These batches, until the time is up: then OutOfBudgetError."""
    for batch in batches:
        check(place)
        yield batch


def check(place: str) -> None:
    """OutOfBudgetError when the time is up."""
    left = _BUDGET.get().left()
    if left is not None and left <= 0:
        raise OutOfBudgetError(place)


@contextmanager
def interrupted(place: str, interrupt: Callable[[], None]) -> Iterator[None]:
    """Calls `interrupt` when the time is up meanwhile."""
    check(place)
    left = _BUDGET.get().left()
    timer = None if left is None else threading.Timer(left, interrupt)
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        if timer:
            timer.cancel()


def usual_memory() -> int:
    """Four fifths of the machine's memory, or of what the group of processes may have of it."""
    most = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for path in map(Path, _GROUP_LIMITS):
        told = path.read_text("ascii").strip() if path.is_file() else ""
        most = min(most, int(told)) if told.isdecimal() else most
    return int(most * _SHARE)
