"""Shared code of rules that join tables: required columns, comparable times, and rows by their keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from governance.policy import Contract, covers
from governance.results import Reason
from governance.rules.batch import PART, missing
from governance.rules.scope import Scope

# Earlier years are implausible: a year such as 1405 is a Jalali date read as a Gregorian one.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
ROW_KEY = "row_key"
_KEY = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")


def unproven(
    scope: Scope,
    needs: Mapping[str, Sequence[str]],
    times: Mapping[str, Sequence[str]] | None = None,
    spans: Mapping[str, Sequence[str]] | None = None,
) -> Reason | None:
    """Why these columns of these tables cannot be judged; None when they can.

    `times` must be timestamps, as days and texts cannot be ordered exactly. None may lie before 1900 or after the
    evaluation time, as a clock that runs ahead can hide lateness. `spans` are bounds of validity: they may lie ahead,
    and be days, which begin at midnight UTC.
    """
    source, contracts = scope.source, scope.policy.tables
    if not source.relational:
        return Reason.NEEDS_TABLES
    schemas = source.schemas()
    if any(table in source.sealed for table in needs):
        return Reason.NO_KEY
    if any(table not in schemas or table not in contracts for table in needs):
        return Reason.MISSING_TABLE
    for table, columns in needs.items():
        if missing([*columns, *contracts[table].key], schemas[table]):
            return Reason.MISSING_COLUMN
    ahead = False
    moments = [(*item, False) for item in (times or {}).items()] + [(*item, True) for item in (spans or {}).items()]
    for table, columns, lasting in moments:
        kinds = [schemas[table].field(name).type for name in columns]
        if not all(is_time(kind) or (lasting and pa.types.is_date(kind)) for kind in kinds):
            return Reason.NOT_A_TIME
        early, late = scope.once(("span", table, tuple(columns)), partial(_outside, scope, table, columns))
        if early:
            return Reason.NOT_A_TIME
        ahead = ahead or (late and not lasting)
    return Reason.IN_THE_FUTURE if ahead else None


def is_time(kind: pa.DataType) -> bool:
    """Whether a column of this type holds moments, or nothing at all."""
    return bool(pa.types.is_timestamp(kind) or pa.types.is_null(kind))


def lacking(scope: Scope, needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The missing ones of these tables, and columns as `table.column`; none for a lone batch."""
    if not scope.source.relational:
        return ()
    schemas = scope.source.schemas()
    tables = [table for table in needs if table not in schemas]
    columns = [f"{t}.{name}" for t in needs if t in schemas for name in needs[t] if name not in schemas[t].names]
    return tuple(sorted([*tables, *columns]))


def _outside(scope: Scope, table: str, columns: Sequence[str]) -> tuple[bool, bool]:
    """Whether any of these times lies before 1900, and whether any lies after the evaluation time."""
    spans = ", ".join(f"MIN({moment(name)}), MAX({moment(name)})" for name in columns)
    # Named by position, as engines name such columns differently.
    row = [column[0].as_py() for column in scope.source.query(f'SELECT {spans} FROM "{table}"').columns]
    found = [value.replace(tzinfo=UTC) for value in row if value is not None]
    return any(value < EARLIEST for value in found), any(value > scope.as_of for value in found)


def moment(expression: str) -> str:
    """SQL of a time in UTC, whatever its unit and zone."""
    return f"CAST({expression} AS TIMESTAMP)"


def literal(value: str | datetime) -> str:
    """SQL of a constant."""
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'"
    return "'" + value.replace("'", "''") + "'"


def text(column: str) -> str:
    """SQL of a cell as text without the blanks around it, null where nothing is left."""
    return f"NULLIF(TRIM(CAST({column} AS STRING)), '')"


def below(expression: str, keys: Sequence[str]) -> str:
    """SQL that is true where a dotted key is one of these or lies below one."""
    parts = [
        f"{expression} = {literal(key)} OR SUBSTR({expression}, 1, {len(key) + 1}) = {literal(key + '.')}"
        for key in keys
    ]
    return f"({' OR '.join(parts)})" if parts else "(1 = 0)"


def values(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """SQL of a relation of constant texts, under these names."""
    tuples = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
    empty = "SELECT " + ", ".join(f"'' AS {name}" for name in names) + " WHERE 1 = 0"
    return f"SELECT * FROM (VALUES {tuples}) AS given({', '.join(names)})" if tuples else empty


def spelled(scope: Scope, table: str, column: str) -> tuple[str, ...]:
    """The distinct values of a column in the form of a dotted key; no other value can lie below a key.

    Python computes what a general key covers and passes it as relations, so that SQL only compares keys for equality.
    """
    found = scope.source.query(f'SELECT DISTINCT CAST("{column}" AS STRING) AS value FROM "{table}"')
    return tuple(sorted(text for text in found.column(0).to_pylist() if text is not None and _KEY.fullmatch(text)))


def covered(keys: Iterable[str], general: Collection[str]) -> tuple[str, ...]:
    """The keys that one of the general keys covers: `user.contact` covers `user.contact.email`."""
    return tuple(key for key in keys if any(covers(own, key) for own in general))


def row_key(contract: Contract) -> str:
    """SQL of a row's primary key under the name that `row_keys` reads."""
    parts = [f'"{name}"' for name in contract.key]
    if len(parts) > 1:
        parts = [f" || CHR({ord(PART)}) || ".join(f"CAST({part} AS STRING)" for part in parts)]
    return f"{parts[0] if parts else 'NULL'} AS {ROW_KEY}"


def row_keys(found: pa.Table, contract: Contract) -> list[str | None]:
    """The primary keys, as text, of rows that were selected with `row_key`; None for rows without one."""
    try:
        keys = pc.cast(found.column(ROW_KEY), pa.string()) if contract.key else None
    except pa.ArrowException:
        keys = None
    return [None] * found.num_rows if keys is None else list(keys.to_pylist())
