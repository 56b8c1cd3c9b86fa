"""Contracts as lines for a terminal: what of them is not read or run, and what a lone file lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from governance.policy import Contract
from governance.policy.contract_check import Checked
from governance.policy.terms import Known

_COLUMN = re.compile(r"properties\[\d+\]")


def unread_lines(contracts: Iterable[Contract]) -> Iterator[str]:
    """A line for each file that says something that is not used."""
    files: dict[str, list[Contract]] = {}
    for contract in contracts:
        files.setdefault(contract.file, []).append(contract)
    for file, tables in sorted(files.items()):
        unread = _shapes(path for table in tables for path in table.unread)
        not_run = _shapes(path for table in tables for path in table.not_run)
        parts = [f"not read: {', '.join(unread)}"] if unread else []
        parts += [f"not run: {', '.join(not_run)}"] if not_run else []
        yield from [f"{file}: {'; '.join(parts)}"] if parts else []


def checked_lines(checked: Checked) -> Iterator[str]:
    """What a lone file is: its tables, what is not used of it, what it lacks."""
    yield f"accepted by ODCS {checked.version}: {_counted(checked.contracts, 'table', 'tables')}"
    for contract in checked.contracts:
        key = f"key {', '.join(contract.key)}" if contract.key else "no key"
        run = (
            f", {_counted(contract.quality, 'quality entry', 'quality entries')} to be run" if contract.quality else ""
        )
        stands = f", stands for {contract.physical_name}" if contract.is_pattern else ""
        yield f"  {contract.table}: {_counted(contract.columns, 'column', 'columns')}, {key}{run}{stands}"
    yield from unread_lines(checked.contracts)
    if not checked.missing:
        yield "a project can use it as it is"
        return
    yield "a project needs more:"
    yield from (str(problem) for problem in checked.missing)


def term_lines(found: Iterable[Known]) -> Iterator[str]:
    """Each word with where it is written and what it means."""
    for term in found:
        yield f"{term.name}  {term.what}" + (f": {term.meaning}" if term.meaning else "")


def _counted(things: Sequence[object], one: str, many: str) -> str:
    return f"{len(things):,} {one if len(things) == 1 else many}"


def _shapes(paths: Iterable[str]) -> list[str]:
    """Each path once; the same key of several columns is one, with their number."""
    shapes: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        shapes.setdefault(_COLUMN.sub("properties[*]", path), []).append(path)
    return [f"{shape} ({len(found):,} times)" if len(found) > 1 else found[0] for shape, found in shapes.items()]
