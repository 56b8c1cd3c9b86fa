"""Progress on standard error: live on a terminal, plain lines elsewhere; and names that cannot drive the terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.run import Progress


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
    from rich.console import Console  # noqa: PLC0415  only a terminal pays for it
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, object] = {}

        def progress(step: str, item: str = "", done: int = 0, of: int = 0) -> None:
            name = item or step
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=of or None)
            bars.update(tasks[name], completed=done, total=of or None)  # type: ignore[arg-type]
            if step == "done":
                bars.update(tasks[name], completed=1, total=1)  # type: ignore[arg-type]

        yield progress


def _plain() -> Progress:
    start = time.monotonic()

    def progress(step: str, item: str = "", done: int = 0, of: int = 0) -> None:
        if done and done < of:
            return
        seconds = f"[{time.monotonic() - start:5.1f} s]"
        counted = f" {done:,} rows" if done else ""
        if not item:
            print(f"{seconds} {step}", file=sys.stderr, flush=True)  # noqa: T201  this is where the program speaks
        elif done or step == "done":
            print(f"{seconds}   {item}{counted}", file=sys.stderr, flush=True)  # noqa: T201

    return progress
