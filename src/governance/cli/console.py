"""Progress on standard error: live on a terminal, plain lines elsewhere; names are shown without control characters."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import TaskID

    from governance.inputs import Progress


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
            print(f"{seconds} {step}", file=sys.stderr, flush=True)  # noqa: T201  the program's own lines
        elif done or step == "done":
            print(f"{seconds}   {item}{counted}", file=sys.stderr, flush=True)  # noqa: T201

    return progress
