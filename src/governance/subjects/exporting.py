"""`export_subject`: a complete, readable copy of a person's data, without data of other people."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from governance.arguments import PathInput, path_of
from governance.errors import EvidenceError, UsageError
from governance.inputs import DataInput, Progress, load_policy, open_keys, quiet
from governance.policy import Contract, Policy
from governance.regular_files import create_regular
from governance.rules.batch import key_texts
from governance.rules.people.exports import inventory
from governance.rules.people.holdings import held_before, leads_of
from governance.rules.people.leads import tokens_of
from governance.rules.people.sealed import is_sealed, opened
from governance.rules.scope import Scope
from governance.sources import about
from governance.sources.spelled_cells import as_texts
from governance.spelling import canonical_json
from governance.subjects.finding import opened_source, people_of
from governance.subjects.identity import Identity, identify

FORMAT = "governance-export/1"
INDEX = "export.json"
# Spaces and marks that nobody sees do not hide a formula from every spreadsheet; full-width signs are signs too.
_FORMULA = re.compile(r"[ \u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20]")


def export_subject(
    subject: str,
    data: DataInput,
    out: PathInput,
    *,
    keys: PathInput | None = None,
    project: PathInput | None = None,
    progress: Progress = quiet,
) -> Mapping[str, int]:
    """Write a person's rows of every table that can hold any, as JSON and CSV, and an index; rows by table.

    `out` is a new folder that only its owner can enter, with files that only they can read; it appears whole or not at
    all. Sealed values are opened, keyed tokens left out. UsageError unless exactly one person of the data matches, or
    when `out` exists.
    """
    folder = path_of(out, "out")
    if folder.exists() or folder.is_symlink():
        raise UsageError("expected a new name, found something there; choose another.", argument="out", given=folder)
    policy = load_policy(project)
    with opened_source(data, policy, open_keys(keys)) as scope, _staged(folder) as staged:
        who = identify(subject, scope, people_of(scope))
        if who.key is None:
            raise UsageError("Expected somebody whom the table of people has, found nobody; nothing was exported.")
        tables = inventory(policy)
        absent = [table for table in tables if table not in scope.source.schemas()]
        if absent:
            raise UsageError(f"{absent[0]}: expected every table that can hold a person's rows, found it missing.")
        counts, entries = {}, []
        for table in tables:
            progress("table", table)
            rows, columns, closed = _rows(scope, policy.tables[table], who)
            counts[table] = len(rows)
            entries.append(_entry(policy.tables[table], len(rows), columns, closed))
            create_regular(staged / f"{table}.json", canonical_json({"format": FORMAT, "table": table, "rows": rows}))
            create_regular(staged / f"{table}.csv", _csv(columns, rows))
        as_of = about(data).as_of
        index = {
            "format": FORMAT,
            "as_of": as_of.isoformat() if as_of else None,
            "policy": {"id": policy.id, "version": policy.version},
            "tables": entries,
            "without_rows_of_people": sorted(set(policy.tables) - set(tables)),
        }
        create_regular(staged / INDEX, canonical_json(index))
    return counts


class _staged:  # noqa: N801  reads as a phrase at its use
    """A private folder beside the target; it becomes the target if the block succeeds, and is removed otherwise."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __enter__(self) -> Path:
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=f".{self._target.name}.", dir=self._target.parent))
        except OSError as error:
            raise self._unwritten("a place to write", error) from None
        return self._folder

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        try:
            if kind is None:
                self._folder.rename(self._target)
        except OSError as failure:
            raise self._unwritten("a new name", failure) from None
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _unwritten(self, expected: str, error: OSError) -> EvidenceError:
        found = f"expected {expected}, found {type(error).__name__}."
        return EvidenceError(found, argument="out", given=self._target)


def _rows(scope: Scope, contract: Contract, who: Identity) -> tuple[list[dict[str, Any]], list[str], dict[str, int]]:
    """A person's rows, the columns that they may read, and how many sealed values of each did not open."""
    schema = scope.source.schemas()[contract.table]
    tokens = {*tokens_of(contract), contract.role("digest_tokens")}
    shown = [name for name in schema.names if name not in tokens]
    found: list[dict[str, Any]] = []
    closed: dict[str, int] = {}
    for batch in scope.source.cells(contract.table, schema.names):
        names = key_texts(batch, contract)
        mine = pc.indices_nonzero(_theirs(batch, contract, who, scope.policy)).to_pylist()
        for row in mine:
            key = names[row].as_py() if names is not None else None
            cells = {name: batch.column(name)[row].as_py() for name in shown}
            for name in shown:
                if is_sealed(contract, name) and scope.keys is not None and cells[name] is not None:
                    cells[name] = opened(contract, name, key, cells[name], scope.keys)
                    closed[name] = closed.get(name, 0) + (cells[name] is None)
            found.append({name: _plain(value) for name, value in cells.items()})
    return found, shown, {name: count for name, count in closed.items() if count}


def _theirs(batch: pa.RecordBatch, contract: Contract, who: Identity, policy: Policy) -> pa.Array:
    """The rows of a person: by foreign key, or by their tokens, former ones too, in a table without one."""
    columns = leads_of(policy, contract.table)
    by_token = columns == tokens_of(contract)
    wanted = sorted(who.own) if by_token else [who.key]
    hit = pa.array([False] * batch.num_rows, pa.bool_())
    for name in columns:
        if name in batch.schema.names:
            texts = as_texts(batch.column(name))
            hit = pc.or_(hit, pc.is_in(texts, value_set=pa.array(wanted, pa.string())))
            hit = pc.or_(hit, held_before(batch, contract, name, who.former)) if by_token else hit
    return hit


def _entry(contract: Contract, rows: int, columns: Sequence[str], closed: Mapping[str, int]) -> dict[str, Any]:
    files = [f"{contract.table}.json", f"{contract.table}.csv"]
    entry: dict[str, Any] = {"table": contract.table, "what": contract.description, "rows": rows, "files": files}
    entry["columns"] = {name: column.description if (column := contract.column(name)) else "" for name in columns}
    return entry | ({"values_that_do_not_open": dict(closed)} if closed else {})


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever Arrow holds
    """A value as JSON has it."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case dict():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case _:
            return str(value)


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """CSV that no spreadsheet reads as formulas, with the signature of UTF-8."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([_guarded(name) for name in columns])
    lines.writerows([[_guarded(row[name]) for name in columns] for row in rows])
    return "\ufeff" + text.getvalue()


def _guarded(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list | dict):
        return canonical_json(value).strip()
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
