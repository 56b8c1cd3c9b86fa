"""The folder of a world: replaced whole or not at all, and only if it holds a world."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from governance.errors import UsageError

LEDGER, KEYS, DATA, DATASET = "ledger.json", "keys.json", "data", "dataset.json"
ENDS = ("part", "former")


def refuse_other(out: Path) -> None:
    """UsageError unless `out` is absent or holds a world and nothing else."""
    if not out.is_symlink() and not out.exists():
        return
    if out.is_symlink() or not out.is_dir() or not (out / LEDGER).is_file() or not (out / DATA / DATASET).is_file():
        raise UsageError(f"{out}: expected no folder here, or a former world to replace; found something else.")
    others = [path.name for path in out.iterdir() if path.name not in {LEDGER, KEYS, DATA}]
    others += [path.name for path in (out / DATA).iterdir() if path.name not in _generated(out / DATA / DATASET)]
    if others:
        raise UsageError(
            f"{out}: expected a former world and nothing else, found {min(others)!r} in it; move that away first."
        )


def _generated(about: Path) -> set[str]:
    """The files of `data/` that generation wrote; a world whose description is damaged has none."""
    try:
        return {DATASET, *(f"{table}.parquet" for table in json.loads(about.read_text("utf-8"))["tables"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """A temporary folder, in the same parent, that replaces `out` when the block succeeds."""
    refuse_other(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    # Synthetic data is reproducible, so remnants of killed processes can be deleted.
    aside, former = (Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=f".{end}", dir=out.parent)) for end in ENDS)
    try:
        (aside / DATA).mkdir()
        yield aside
        refuse_other(out)
        if out.exists():
            out.rename(former / out.name)
            try:
                aside.rename(out)
            except OSError:
                (former / out.name).rename(out)
                raise
        else:
            aside.rename(out)
    finally:
        for folder in (aside, former):
            shutil.rmtree(folder, ignore_errors=True)
