"""Failing rows by their opaque references: rows/<check>.csv, and the way back for those who hold the keys."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from governance.encryption.keys import Keyring
from governance.errors import UsageError
from governance.evidence.staged import Staged
from governance.policy import Policy
from governance.results import CheckResult, RowReference
from governance.rules.batch import key_of, key_texts
from governance.rules.references import read_listing
from governance.sources import Source


def all_rows(check: CheckResult, listings: Mapping[str, Path]) -> Iterable[RowReference]:
    """Every reference of a check, in order: from its listing if it has more than its result holds."""
    return read_listing(listings[check.id]) if check.id in listings else check.evidence.rows


def write_rows(
    staged: Staged, checks: Iterable[CheckResult], file_name: Callable[[str], str], listings: Mapping[str, Path]
) -> tuple[str, ...]:
    """One file in rows/ for each check that has references; the ids of those checks."""
    written = []
    for check in checks:
        if check.evidence.rows:
            staged.write_parts(f"rows/{file_name(check.id)}", _lines(check, all_rows(check, listings)))
            written.append(check.id)
    return tuple(written)


def _lines(check: CheckResult, rows: Iterable[RowReference]) -> Iterator[str]:
    """The lines of a file of references, each as it is written, since there may be millions."""
    # Tables and places are the contracts', references base32, problems codes: no cell can start a formula.
    lines = csv.writer(_Echo(), lineterminator="\n")
    yield lines.writerow(["stands_in", "about", "reference", "problem"])
    for row in rows:
        yield lines.writerow([row.table, check.place, row.reference, row.problem])


class _Echo:
    """Hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def find_row(reference: str, policy: Policy, source: Source, keys: Keyring) -> tuple[str, str]:
    """The table and the primary key, as text, of the row with this reference; UsageError when no row has it."""
    schemas = source.schemas()
    for contract in policy.contracts:
        key = key_of(contract, schemas[contract.table]) if contract.table in schemas else ()
        if key:
            for batch in source.cells(contract.table, key):
                row_keys = key_texts(batch, contract)
                for text in row_keys.to_pylist() if row_keys is not None else ():
                    if text is not None and keys.reference(contract.table, text) == reference:
                        return contract.table, text
    raise UsageError(f"Expected a row reference of this data, found {reference!r}, which no row has under these keys.")
