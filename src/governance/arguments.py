"""Arguments as callers write them: paths as texts, times as ISO texts."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from os import PathLike, fspath
from pathlib import Path
from typing import TypeAlias

from governance.errors import UsageError

PathInput: TypeAlias = str | Path
TimeInput: TypeAlias = str | datetime
_TIME = "2026-11-22T00:00:00Z"
_LONGEST_NAME = 255  # bytes, as of every usual file system
_LONGEST_PATH = 4095


def path_of(value: PathInput, argument: str) -> Path:
    """A path, given as such or as a text; UsageError for anything else, and for an empty text."""
    text = fspath(value) if isinstance(value, str | PathLike) else None
    if not isinstance(text, str):
        raise UsageError(f"expected a path, found {_kind(value)}.", argument=argument)
    if not text.strip() or "\0" in text:
        found = "an empty text" if not text.strip() else "a text that no path can be"
        raise UsageError(f"expected a path, found {found}.", argument=argument)
    try:
        longest = max(map(len, map(os.fsencode, Path(text).parts)), default=0)
    except UnicodeEncodeError:
        raise UsageError("expected a path, found a text that no path can be.", argument=argument) from None
    if longest > _LONGEST_NAME or len(os.fsencode(text)) > _LONGEST_PATH:
        raise UsageError(
            f"expected a path, found a name or a path that is too long, {text[:20]!r}….", argument=argument
        )
    path = Path(text)
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # what it is for says whether it must be there
    except OSError as error:
        raise UsageError(
            f"expected a path that can be reached, found {type(error).__name__}; see who may enter its folders.",
            argument=argument,
            given=path,
        ) from None
    return path


def time_of(value: TimeInput, argument: str) -> datetime:
    """A moment in UTC, given with its zone, or as an ISO text, which means UTC without one; else UsageError."""
    if not isinstance(value, str | date):
        raise UsageError(f"expected a time such as {_TIME}, found {_kind(value)}.", argument=argument)
    shown = repr(value[:40]) if isinstance(value, str) else value.isoformat()
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError:
        raise UsageError(f"expected an ISO time such as {_TIME}, found {shown}.", argument=argument) from None
    if isinstance(value, str) and found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    if not isinstance(found, datetime) or found.utcoffset() is None:
        expected = f"expected a time with its zone such as {_TIME}"
        raise UsageError(f"{expected}, found {shown}; add Z for UTC.", argument=argument)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"expected a time of this age, found {shown}.", argument=argument) from None


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a value of the type {type(value).__name__}"
