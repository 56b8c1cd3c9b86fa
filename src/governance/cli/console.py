"""What a command prints: its answer on standard output, progress and complaints on standard error.

Names and keys of rows come from data and policy files: characters that a terminal would obey are shown as their codes.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from governance.arguments import path_of
from governance.errors import EvidenceError
from governance.regular_files import replace_regular

if TYPE_CHECKING:
    from rich.progress import TaskID

    from governance.inputs import Progress


def say(text: str, *, end: str = "\n", as_json: bool = False) -> None:
    """Print an answer; EvidenceError if it cannot be written, after which nothing more is.

    A reader who closes the pipe has read enough: the exit code still tells.
    """
    try:
        _write(sys.stdout, text if as_json else _shown(text), end)
    except BrokenPipeError:
        _discard(sys.stdout)
    except OSError as error:
        _discard(sys.stdout)
        raise EvidenceError(
            f"Expected to print the answer, found {type(error).__name__}; direct standard output to a place with room."
        ) from None


def complain(text: str) -> None:
    """Print a complaint, if anybody can read it."""
    try:
        _write(sys.stderr, _shown(text), "\n")
    except OSError:
        _discard(sys.stderr)


def stand_in_for_closed_streams() -> None:
    """Open what the caller closed of input, output and errors to nowhere, or the next file opened would take its place.

    Python leaves such a stream out, and whatever writes to it then ends the program with the code of a violation.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))


def write_file(path: Path, text: str, argument: str) -> None:
    """Write a file that an option names, its folders too; EvidenceError if that fails, or something else is there."""
    path = path_of(path, argument)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_regular(path, text)
    except OSError as error:
        found = f"expected a file that can be written, found {type(error).__name__}."
        raise EvidenceError(found, argument=argument, given=path) from None


def _shown(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text  # without an import, as one may just have been interrupted
    from governance.reports.language.safe_names import visible  # noqa: PLC0415  words, which --help needs not

    return "\n".join(map(visible, text.split("\n")))


def _write(stream: TextIO, text: str, end: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write((text + end).encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def _discard(stream: TextIO) -> None:
    """Send the rest nowhere, or Python would try to write it once more at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def watching() -> Iterator[Progress]:
    """A progress that a person can watch, if there is one; else one line a step."""
    if sys.stderr.isatty() and not os.environ.get("CI"):
        with _live() as progress:
            yield progress
    else:
        yield _plain()


@contextmanager
def _live() -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415  only a terminal needs it
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (SpinnerColumn(finished_text="✔"), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(step: str, item: str = "", done: int = 0, of: int = 0) -> None:
            name = f"  {item}" if item else step
            if not item:
                # A step ends when the next one begins; tables and notebooks report themselves when they are done.
                for task in bars.tasks:
                    bars.update(task.id, completed=task.total or 1, total=task.total or 1)
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=of or None)
            if of or step == "done":
                bars.update(tasks[name], completed=done if of else 1, total=of or 1)

        yield progress


def _plain() -> Progress:
    start = time.monotonic()

    def progress(step: str, item: str = "", done: int = 0, of: int = 0) -> None:
        if done and done < of:
            return
        seconds = f"[{time.monotonic() - start:5.1f} s]"
        counted = f" {done:,} rows" if done else ""
        if not item:
            complain(f"{seconds} {step}")
        elif done or step == "done":
            complain(f"{seconds}   {item}{counted}")

    return progress
