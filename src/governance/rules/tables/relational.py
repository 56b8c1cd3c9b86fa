"""Shared code of rules that join tables: required columns, comparable times, and rows by their keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from governance.policy import Contract, covers
from governance.results import Reason
from governance.rules.batch import misfits, missing
from governance.rules.registered import ROW_KEY, Registered, registered
from governance.rules.scope import Scope
from governance.sources.database import literal, quote
from governance.spelling import FOR_NOTHING

# Earlier years are implausible: a year such as 1405 is a Jalali date read as a Gregorian one.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_KEY = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Need:
    """What a rule reads of the table of a register's entry: columns by role.

    `times` are those that must be moments before the evaluation time, `spans` bounds of validity, which may lie ahead
    and be days. `table` names one of an entry's tables; the rule's own is one. `whole`: a row that cannot be read
    leaves every other in doubt, as it may be the one that allows it. `words` are what a vocabulary must be able to say.
    """

    entry: str
    roles: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    table: str = ""
    whole: bool = False
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def all(self) -> tuple[str, ...]:
        """Every role, once."""
        return tuple(dict.fromkeys([*self.roles, *self.times, *self.spans]))


class Ready(NamedTuple):
    """Why these columns prove nothing, if they don't, and whether their rows can be judged all the same."""

    reason: Reason | None
    rows: bool


def ready(scope: Scope, *needs: Need) -> Ready:
    """Whether the columns that a rule needs can be judged, and what passes is proven.

    No moment may lie before 1900, nor after the evaluation time, as a clock that runs ahead can hide lateness; days
    begin at midnight UTC.
    """
    reason = _blocked(scope, *needs)
    if reason not in {None, Reason.IN_THE_FUTURE}:
        return Ready(reason, rows=False)
    # Of an unknown word the rules assume what accuses nobody.
    if misfitting(scope, *(need for need in needs if need.whole)) is Reason.MISTYPED:
        return Ready(Reason.MISTYPED, rows=False)
    return Ready(reason or misfitting(scope, *needs), rows=True)


def _blocked(scope: Scope, *needs: Need) -> Reason | None:
    source = scope.source
    if not source.relational:
        return Reason.NEEDS_TABLES
    if undeclared(scope, *needs):
        return Reason.NOT_DECLARED
    schemas, tables = source.schemas(), [(need, entry(scope, need.entry, need.table)) for need in needs]
    if any(own.table in source.sealed for _, own in tables):
        return Reason.NO_KEY
    if any(own.table not in schemas for _, own in tables):
        return Reason.MISSING_TABLE
    if any(missing([*_read(own, need), *own.contract.key], schemas[own.table]) for need, own in tables):
        return Reason.MISSING_COLUMN
    ahead = False
    for need, own in tables:
        for roles, lasting in ((need.times, False), (need.spans, True)):
            columns = tuple(own.column(role) for role in roles)
            early, late = scope.once(("span", own.table, columns), partial(_outside, scope, own.table, columns))
            if early:
                return Reason.NOT_A_TIME
            ahead = ahead or (late and not lasting)
    return Reason.IN_THE_FUTURE if ahead else None


def undeclared(scope: Scope, *needs: Need) -> tuple[str, ...]:
    """The entries of the register, and the roles and vocabularies of contracts, that these needs lack."""
    found: list[str] = []
    for need in needs:
        own = registered(scope.policy, need.entry, need.table)
        found += [f"register.{need.entry}"] if own is None else own.lacks(need.all, need.words)
    return tuple(dict.fromkeys(found))


def lacking(scope: Scope, *needs: Need) -> tuple[str, ...]:
    """What is not declared, and the missing ones of these tables and columns; none for a lone batch."""
    if not scope.source.relational:
        return ()
    schemas, found = scope.source.schemas(), [*undeclared(scope, *needs)]
    for need in needs:
        own = registered(scope.policy, need.entry, need.table)
        if own is not None and own.table not in schemas:
            found.append(own.table)
        elif own is not None:
            names = [own.columns[role] for role in need.all if role in own.columns]
            found += [f"{own.table}.{name}" for name in names if name not in schemas[own.table].names]
    return tuple(sorted({*found}))


def misfitting(scope: Scope, *needs: Need) -> Reason | None:
    """Whether cells of these columns are not of the contract's type, or no members of its vocabulary."""
    tables = [(need, registered(scope.policy, need.entry, need.table)) for need in needs]
    return misfits_in(scope, *((own.contract, (*_read(own, need), *own.contract.key)) for need, own in tables if own))


def misfits_in(scope: Scope, *tables: tuple[Contract, Collection[str]]) -> Reason | None:
    """The same of columns of any tables."""
    counts = [
        cells.get(name, (0, 0))
        for contract, columns in tables
        for cells in [scope.once(("misfits", contract.table), partial(misfits, scope.source, contract))]
        for name in columns
    ]
    if any(mistyped for mistyped, _ in counts):
        return Reason.MISTYPED
    return Reason.UNKNOWN_VALUE if any(unknown for _, unknown in counts) else None


def _read(own: Registered, need: Need) -> tuple[str, ...]:
    return tuple(own.column(role) for role in need.all)


def entry(scope: Scope, name: str, table: str = "") -> Registered:
    """The table of an entry that a need was proven for."""
    own = registered(scope.policy, name, table)
    assert own is not None  # noqa: S101  `undeclared` looked
    return own


def _outside(scope: Scope, table: str, columns: Sequence[str]) -> tuple[bool, bool]:
    """Whether any of these times lies before 1900, and whether any lies after the evaluation time."""
    if not columns:
        return False, False
    spans = ", ".join(f"MIN({moment(quote(name))}), MAX({moment(quote(name))})" for name in columns)
    # Named by position, as engines name such columns differently.
    row = [column[0].as_py() for column in scope.source.query(f"SELECT {spans} FROM {quote(table)}").columns]
    found = [value.replace(tzinfo=UTC) for value in row if value is not None]
    return any(value < EARLIEST for value in found), any(value > scope.as_of for value in found)


def moment(expression: str) -> str:
    """SQL of a time in UTC, whatever its unit and zone."""
    return f"CAST({expression} AS TIMESTAMP)"


def text(column: str) -> str:
    """SQL of a cell as text without the blanks around it, null where it says nothing, as `says_something` means it."""
    cell = f"CAST({column} AS STRING)"
    word = rf"LOWER(REGEXP_REPLACE({cell}, '[^\pL\pN]', '', 'g'))"
    return f"CASE WHEN NOT {among(word, ('', *FOR_NOTHING))} THEN TRIM({cell}) END"


def below(expression: str, keys: Sequence[str]) -> str:
    """SQL that is true where a dotted key is one of these or lies below one."""
    parts = [
        f"{expression} = {literal(key)} OR SUBSTR({expression}, 1, {len(key) + 1}) = {literal(key + '.')}"
        for key in keys
    ]
    return f"({' OR '.join(parts)})" if parts else "(1 = 0)"


def among(expression: str, texts: Iterable[str]) -> str:
    """SQL that is true where a text is one of these."""
    listed = ", ".join(map(literal, sorted(texts)))
    return f"{expression} IN ({listed})" if listed else "(1 = 0)"


def values(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """SQL of a relation of constant texts, under these names."""
    tuples = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
    empty = "SELECT " + ", ".join(f"'' AS {name}" for name in names) + " WHERE 1 = 0"
    return f"SELECT * FROM (VALUES {tuples}) AS given({', '.join(names)})" if tuples else empty


def spelled(scope: Scope, own: Registered, role: str) -> tuple[str, ...]:
    """The distinct values of a column in the form of a dotted key; no other value can lie below a key.

    Python computes what a general key covers and passes it as relations, so that SQL only compares keys for equality.
    """
    return tuple(sorted(text for text in said(scope, own, role) if _KEY.fullmatch(text)))


def written_as(scope: Scope, own: Registered, role: str, contract: Contract) -> tuple[str, ...]:
    """The names by which a column calls the table of a contract; of a pattern, those tables that it names."""
    if not contract.is_pattern:
        return (contract.physical_name,)
    return tuple(sorted(name for name in said(scope, own, role) if contract.matches(name)))


def said(scope: Scope, own: Registered, role: str) -> tuple[str, ...]:
    """The distinct values of a column, as text; asked once in a run."""
    sql = f"SELECT DISTINCT CAST({quote(own.column(role))} AS STRING) AS value FROM {quote(own.table)}"
    found = scope.once(("said", own.table, role), lambda: scope.source.query(sql).column(0).to_pylist())
    return tuple(filter(None, found))


def of_policy(scope: Scope, own: Registered) -> tuple[str, ...]:
    """The purposes of a table's rows that the policy has: below one of its purposes, and known for what they are."""
    known = scope.policy.uses
    written = [use for use in spelled(scope, own, "purpose") if use in known]
    return covered(written, [purpose.use for purpose in scope.policy.purposes])


def covered(keys: Iterable[str], general: Collection[str]) -> tuple[str, ...]:
    """The keys that one of the general keys covers: `user.contact` covers `user.contact.email`."""
    return tuple(key for key in keys if any(covers(own, key) for own in general))


def row_keys(found: pa.Table, contract: Contract) -> list[str | None]:
    """The primary keys, as text, of rows that were selected with `row_key`; None for rows without one."""
    try:
        keys = pc.cast(found.column(ROW_KEY), pa.string()) if contract.key else None
    except pa.ArrowException:
        keys = None
    return [None] * found.num_rows if keys is None else list(keys.to_pylist())
