"""What lies in a folder, against the digests that were attested of it."""

from __future__ import annotations

import hmac
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from governance.errors import EvidenceError
from governance.regular_files import read_regular
from governance.sealing.run_files import MANIFEST, OUTSIDE, RUN_FORMAT, copy_of, digest, files_of, is_litter
from governance.spelling import canonical_json, strict_json

_SHOWN_PROBLEMS: Final = 5
_SPARKS_MARKER: Final = "_SUCCESS"
_OTHER_NAME: Final = re.compile(r"/part [0-9]+$|…|\(name withheld\)|\ufffd| \([0-9]+\)$")


@dataclass(frozen=True, slots=True)
class Compared:
    """The files of an intact run, those in it that are none of it, and the digests of its data by file."""

    files: int
    ignored: tuple[str, ...]
    inputs: Mapping[str, str]


def compare_run(run: Path, subjects: Mapping[str, str]) -> Compared:
    """EvidenceError unless a run's folder holds, to the byte, the attested subjects and what its manifest lists."""
    manifest = _manifest(run)
    files = manifest["files"] if manifest else {}
    there = _files(run)
    ignored = {name for name in there if _is_ignored(run, name, files)}
    found = there - ignored
    problems = _differing(run, subjects)
    if manifest is None:
        problems.append(f"no manifest of ours in {MANIFEST}")
    else:
        problems += [f"a file too many, {name!r}" for name in sorted(found - files.keys() - OUTSIDE)]
        problems += _differing(run, files)
    if manifest is None or problems:
        raise EvidenceError(f"{run}: expected the files that were attested, found {_listed(problems)}.")
    return Compared(len(found), tuple(sorted(ignored)), manifest["inputs"])


def compare_data(folder: Path, attested: Mapping[str, str]) -> None:
    """EvidenceError unless a folder holds the files that a run was made of, and no others.

    A name that may be data was attested as another: those of parts as numbers, long ones short. Such files are told
    by their digests.
    """
    if not folder.is_dir():
        raise EvidenceError(f"{folder}: expected the folder with the data of this run, found none.")
    if not attested:
        raise EvidenceError(f"{folder}: expected a run that attests its data, found one of tables in memory.")
    there = {name for name in _files(folder) if not is_litter(name) and Path(name).name != _SPARKS_MARKER}
    there = {name for name in there if not name.endswith("/")}  # a folder of parts may be without any
    named = {name: expected for name, expected in attested.items() if name in there or not _OTHER_NAME.search(name)}
    renamed = Counter((_table(name), str(expected)) for name, expected in attested.items() if name not in named)
    problems = []
    for name in sorted(there - named.keys()):
        # What stands for a name says its table, unless that is long itself.
        ways = [(table, _digest(folder / name)) for table in (Path(name).parts[0], "")]
        way = next((way for way in ways if renamed[way]), None)
        if way is None:
            problems.append(f"a file too many, {name!r}")
        else:
            renamed[way] -= 1
    problems += [f"no file for {'a part of ' * bool(table)}{table!r}" for table, _ in renamed.elements()]
    problems += _differing(folder, named)
    if problems:
        raise EvidenceError(f"{folder}: expected the data that the run was made of, found {_listed(problems)}.")


def _table(name: str) -> str:
    """The table of a part; "" where its own name is not told."""
    table = name.split("/part ", maxsplit=1)[0]
    return "" if _OTHER_NAME.search(table) else table


def _listed(problems: Collection[str]) -> str:
    more = len(problems) - _SHOWN_PROBLEMS
    return "; ".join(list(problems)[:_SHOWN_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")


def _manifest(run: Path) -> dict[str, Any] | None:
    """The manifest; None if it is none of this tool."""
    try:
        text = read_regular(run / MANIFEST).decode()
        manifest = strict_json(text)
        ours = manifest["format"] == RUN_FORMAT and canonical_json(manifest) == text
        ours = ours and isinstance(manifest["files"], dict) and isinstance(manifest["inputs"], dict)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return manifest if ours else None


def _files(folder: Path) -> set[str]:
    try:
        return set(files_of(folder))
    except OSError as error:
        raise EvidenceError(f"{folder}: expected folders that can be read, found {type(error).__name__}.") from None


def _is_ignored(run: Path, name: str, files: Collection[str]) -> bool:
    """Whether a file is JupyterLab's copy of a notebook of this run, or a file manager's; looking must not undo it."""
    place = run / name
    return (copy_of(name) in files or is_litter(name)) and place.is_file() and not place.is_symlink()


def _differing(folder: Path, expected: Mapping[str, str]) -> list[str]:
    """The files that are missing or not as expected."""
    return [problem for name in expected if (problem := _differs(folder, name, expected[name]))]


def _digest(path: Path) -> str:
    try:
        return digest(path)
    except OSError:
        return ""


def _differs(folder: Path, name: str, expected: object) -> str:
    """The problem of one file; "" for none."""
    try:
        found = digest(folder / name)
    except OSError:
        return f"no file {name!r}"
    same = isinstance(expected, str) and hmac.compare_digest(found, expected)
    return "" if same else f"another {name!r}"
