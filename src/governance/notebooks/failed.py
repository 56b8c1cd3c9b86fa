"""Keeps notebooks that did not run to their end, for repair, apart from all evidence.

They lie beside the unpublished run, in a folder that only its owner can read: a traceback may quote data.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from governance.regular_files import create_regular, read_regular
from governance.reports import words

_MARK: Final = "governance_failed"
_KEPT: Final = ("kernelspec", "language_info")
_PAPERMILLS: Final = "papermill-error-cell-tag"


def failed_folder(run: Path) -> Path:
    """Where the failed notebooks of a run are kept."""
    return run.with_name(f"{run.name}.failed")


def keep(notebook: Any, folder: Path, name: str, *, cell: int, error: str, language: str) -> Path | None:  # noqa: ANN401
    """Store a partial notebook under a banner in the report's language; returns its path, None if nothing was kept.

    `cell` is the code cell that stopped, 0 if all cells ended and the verdict is wrong; `error` is "" if unknown.
    """
    import nbformat  # noqa: PLC0415  the notebook stack takes a second to import

    if not notebook.cells or folder.is_symlink():
        return None
    say = words(language)
    cause = say.say("failed.stopped", cell=cell, error=f"`{error or '—'}`") if cell else say.say("failed.verdict")
    banner = (
        f'<div dir="{say.direction}" style="border:3px solid #9b1226;padding:1em">\n\n'
        f"# ✖ {say.say('failed.title')}\n\n{cause} {say.say('failed.warning')}\n\n</div>"
    )
    # papermill's own error marks are in English, and less complete.
    cells = [cell for cell in notebook.cells if _PAPERMILLS not in cell.metadata.get("tags", [])]
    notebook.cells = [nbformat.v4.new_markdown_cell(banner, id="failed"), *cells]
    notebook.metadata = {**{key: notebook.metadata[key] for key in _KEPT if key in notebook.metadata}, _MARK: True}
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = folder.stat()
        if there.st_uid != os.getuid() or there.st_mode & 0o077:
            return None  # somebody else could read it
        path.unlink(missing_ok=True)
        create_regular(path, nbformat.writes(notebook) + "\n", 0o600)
    except OSError:
        return None
    return path


def clear(folder: Path) -> None:
    """Remove the notebooks that an earlier run left there, and nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.glob("*.ipynb"):
        with suppress(OSError):
            if f'"{_MARK}"' in read_regular(path).decode("utf-8", "replace"):
                path.unlink()
    with suppress(OSError):
        folder.rmdir()
