"""Interpreters that wait to become a kernel, one per notebook, with all imports of kernels and notebooks done.

Those imports are most of a kernel's start, and can be done while the data is evaluated.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Thread
from types import TracebackType
from typing import Self

_MODULE = "governance.notebooks.spare"


@dataclass(frozen=True, slots=True)
class Spare:
    """A started process; over the channel it reports that it is ready, and receives a kernel's arguments."""

    process: subprocess.Popen[bytes]
    channel: socket.socket

    @classmethod
    def start(cls, environment: Mapping[str, str]) -> Spare:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603  this interpreter, a module of our own
                [sys.executable, "-m", _MODULE], stdin=theirs.fileno(), env=environment, start_new_session=True
            )
        return cls(process, ours)

    def is_ready(self) -> bool:
        """Wait until it is ready; False if it never will be."""
        with suppress(OSError):
            return bool(self.channel.recv(1))
        return False

    def become(self, arguments: Sequence[str], folder: str) -> bool:
        """Let it be a kernel with these arguments in a folder; False if it has ended."""
        with self.channel, suppress(OSError):
            self.channel.sendall(json.dumps([*arguments, folder]).encode())
            return self.process.poll() is None
        return False

    def stop(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        self.channel.close()


@dataclass(slots=True)
class Spares:
    """A number of them, started one after the other so that they take one processor at most."""

    wanted: int
    environment: Mapping[str, str] = field(repr=False)
    _ready: deque[Spare] = field(default_factory=deque, init=False)
    _starting: Spare | None = field(default=None, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)
    _thread: Thread = field(init=False)

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._start, daemon=True)
        self._thread.start()
        return self

    def _start(self) -> None:
        while True:
            with self._lock:
                if self.wanted <= 0:
                    return
                self.wanted -= 1
                try:
                    spare = self._starting = Spare.start(self.environment)
                except OSError:
                    self.wanted = 0  # no room for more processes; starting a kernel raises if there still is none
                    return
            ready = spare.is_ready()
            with self._lock:
                self._starting = None
                if ready:
                    self._ready.append(spare)
                    continue
            spare.stop()

    def take(self) -> Spare | None:
        """A ready spare, if there is one; without one the caller starts a kernel, and one spare fewer is needed."""
        with self._lock:
            if self._ready:
                return self._ready.popleft()
            self.wanted -= 1
            return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self.wanted = 0
            if self._starting:
                self._starting.process.kill()
        self._thread.join()
        for spare in self._ready:
            spare.stop()
