"""Every failing row of a check, by its opaque reference: rows/<check>.csv."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from governance.results import CheckResult


def write_rows(folder: Path, checks: Iterable[CheckResult], file_name: Callable[[str], str]) -> tuple[str, ...]:
    """One file for each check that has references; the ids of those checks."""
    written = []
    for check in checks:
        if not check.evidence.rows:
            continue
        folder.mkdir(exist_ok=True)
        with (folder / file_name(check.id)).open("w", encoding="utf-8", newline="") as file:
            # References are base32 and problems are codes: no cell can start a formula.
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(["reference", "table", "column", "problem"])
            lines.writerows([row.reference, check.table, check.column, row.problem] for row in check.evidence.rows)
        written.append(check.id)
    return tuple(written)
