"""Finds links from a table to people: cells with a value that leads to a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance import detection
from governance.rules.people.leads import Lead, habits_of, is_token, leads, referring
from governance.rules.people.pieces import are_among, codes, hashes_of, plain_of
from governance.rules.scope import Scope
from governance.sources.database import quote

# By column and problem: the values of the column that lead to a person; None if every value does.
Links = Mapping[tuple[str, str], pa.Array | None]

# Measured numbers equal keys by chance. A column of keys holds keys in most rows.
_LEAST_SHARE = 0.5
_TOKEN_SIZE = 64  # hexadecimal digits
_MATCHES = """
WITH own AS ({own}), other AS ({other})
SELECT DISTINCT own.place AS place, other.problem AS problem, own.value AS value
FROM own JOIN other ON own.value = other.value
"""


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """The keys of all persons: numbers where they are numbers, so that a million fit into eight megabytes."""

    numbers: npt.NDArray[np.int64] | None = field(repr=False)
    texts: frozenset[str] = field(repr=False)
    whole: bool = True  # whether each person has one

    def held(self, cells: pa.Array) -> npt.NDArray[np.bool_]:
        """The cells that hold a person's key; empty cells don't."""
        if self.numbers is not None:
            if pa.types.is_integer(cells.type):
                numbers = pc.fill_null(pc.cast(cells, pa.int64(), safe=False), -1).to_numpy(zero_copy_only=False)
                valid: npt.NDArray[np.bool_] = pc.is_valid(cells).to_numpy(zero_copy_only=False)
                return self._held(numbers) & valid
            return np.array([self.holds(text) for text in pc.cast(cells, pa.string()).to_pylist()], dtype=bool)
        texts = pc.cast(cells, pa.string()).to_pylist()
        return np.array([text in self.texts for text in texts], dtype=bool)

    def holds(self, text: str | None) -> bool:
        if text is None:
            return False
        if self.numbers is None:
            return text in self.texts
        return bool(re.fullmatch("[0-9]{1,18}", text)) and bool(self._held(np.array([int(text)]))[0])

    def _held(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        assert self.numbers is not None  # noqa: S101  the callers checked it
        return are_among(numbers, self.numbers)


def person_keys(scope: Scope) -> PersonKeys | None:
    """The keys of all persons, read once a run; None without their table. Ask for it when a kernel starts."""
    people = scope.policy.register.people
    contract = scope.policy.tables.get(people)
    schema = scope.source.schemas().get(people)
    if contract is None or schema is None or contract.primary_key not in schema.names:
        return None
    return scope.once("person keys", lambda: _read_keys(scope, people, contract.primary_key))


def _read_keys(scope: Scope, people: str, key: str) -> PersonKeys:
    parts = [batch.column(0) for batch in scope.source.batches(people, [key])]
    complete = not any(part.null_count for part in parts)
    if parts and all(pa.types.is_integer(part.type) for part in parts):
        whole = np.concatenate([pc.drop_null(part).cast(pa.int64()).to_numpy() for part in parts])
        return PersonKeys(np.unique(whole), frozenset(), complete)
    texts = (text for part in parts for text in pc.cast(part, pa.string()).to_pylist() if text is not None)
    return PersonKeys(None, frozenset(texts), complete)


def hidden_keys(scope: Scope) -> bool:
    """Whether keys of people are texts of a form that is not looked for within other texts."""
    ids = person_keys(scope) if habits_of(scope.policy).texts else None
    return ids is not None and scope.once("hidden keys", lambda: not all(map(detection.findable, ids.texts)))


def find_links(scope: Scope, table: str, session: str) -> Links:
    """Every column of a table with its values that lead to a person, or that are sessions of another table's rows."""
    source, contract, people = scope.source, scope.policy.tables[table], scope.policy.register.people
    schemas = source.schemas()
    known = leads(scope.policy)
    key = scope.policy.tables[people].primary_key
    links: dict[tuple[str, str], pa.Array | None] = {}
    # A value that is unique in this table alone leads back to its own row.
    own = {column.name for column in contract.columns if column.references or is_token(column)}
    declared = {lead.column: lead.problem for lead in known if lead.table == table and lead.column in own}
    for name in schemas[table].names:
        # A contract calls it a key, or it has the key's name: then it leads to people even if no row has the value.
        if name in referring(contract, people) or (name.casefold() == key.casefold() and name != contract.primary_key):
            links[name, "user_key"] = None
        elif name in declared and name != contract.primary_key:
            links[name, declared[name]] = None
    free = [
        name
        for name in schemas[table].names
        if name != contract.primary_key and not any(column == name for column, _ in links)
    ]
    places = [name for name in free if is_text(schemas[table].field(name).type) or _is_number(schemas, table, name)]
    others = [
        lead for lead in known if lead.table != table and lead.column in getattr(schemas.get(lead.table), "names", ())
    ]
    links |= _matched(scope, table, places, _lead_values(others))
    if session in places:
        found = _matched(scope, table, [session], _session_values(schemas, table, session))
        if is_text(schemas[table].field(session).type):
            whole = found.get((session, "shared_session"))
            told = {*(whole.to_pylist() if whole is not None else ()), *_told_elsewhere(scope, table, session)}
            found |= {(session, "shared_session"): pa.array(sorted(told), pa.string())} if told else {}
        links |= {place: values for place, values in found.items() if place not in links}
    return links


def _matched(scope: Scope, table: str, places: list[str], other: str) -> dict[tuple[str, str], pa.Array]:
    """The values of these columns that also occur in the others, by column and problem."""
    if not places or not other:
        return {}
    own = " UNION ALL ".join(
        f"SELECT DISTINCT {number} AS place, CAST({quote(name)} AS STRING) AS value FROM {quote(table)}"
        f" WHERE {quote(name)} IS NOT NULL"
        for number, name in enumerate(places)
    )
    found = scope.source.query(_MATCHES.format(own=own, other=other))
    by_place: dict[tuple[str, str], list[str]] = {}
    for row in found.to_pylist():
        by_place.setdefault((places[row["place"]], row["problem"]), []).append(row["value"])
    schema = scope.source.schemas()[table]
    return {
        (name, problem): pa.array(values, pa.string())
        for (name, problem), values in by_place.items()
        if is_text(schema.field(name).type) or _share(scope, table, name, values) >= _LEAST_SHARE
    }


def _share(scope: Scope, table: str, name: str, values: list[str]) -> float:
    """The share of a column's distinct numbers that are among these."""
    sql = f"SELECT COUNT(DISTINCT {quote(name)}) AS distinct_values FROM {quote(table)}"
    return len(values) / max(int(scope.source.query(sql).column(0)[0].as_py()), 1)


def _lead_values(known: Iterable[Lead]) -> str:
    return " UNION ALL ".join(
        f"SELECT DISTINCT '{lead.problem}' AS problem, CAST({quote(lead.column)} AS STRING) AS value"
        f" FROM {quote(lead.table)} WHERE {quote(lead.column)} IS NOT NULL"
        # Any other text in it is no token.
        + (f" AND LENGTH({quote(lead.column)}) = {_TOKEN_SIZE}" if lead.problem == "person_token" else "")
        for lead in known
    )


def _session_values(schemas: Mapping[str, pa.Schema], table: str, session: str) -> str:
    """The values of other tables that could be sessions: texts, and numbers under the same name."""
    return " UNION ALL ".join(
        f"SELECT DISTINCT 'shared_session' AS problem, CAST({quote(field.name)} AS STRING) AS value FROM {quote(name)}"
        for name, schema in schemas.items()
        if name != table
        for field in schema
        if is_text(field.type) or field.name.casefold() == session.casefold()
    )


def _told_elsewhere(scope: Scope, table: str, session: str) -> Iterator[str]:
    """The sessions that stand within a text of another table, as they are written."""
    sql = f"SELECT DISTINCT CAST({quote(session)} AS STRING) AS value FROM {quote(table)}"
    own = [text for text in scope.source.query(sql).column(0).to_pylist() if text and plain_of(text) in codes(text)]
    hashes = np.unique(hashes_of(map(plain_of, own)))
    found: set[str] = set()
    for name, schema in scope.source.schemas().items() if len(hashes) else ():
        columns = [field.name for field in schema if is_text(field.type)] if name != table else []
        for batch in scope.source.batches(name, columns) if columns else ():
            texts = [text for cells in batch.columns for text in pc.unique(cells).to_pylist() if text]
            pieces = [piece for text in texts for piece in codes(text)]
            found.update(pieces[n] for n in np.flatnonzero(np.isin(hashes_of(pieces), hashes)).tolist())
    yield from (text for text in own if plain_of(text) in found)


def is_text(kind: pa.DataType) -> bool:
    """Whether a column holds texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_number(schemas: Mapping[str, pa.Schema], table: str, name: str) -> bool:
    kind = schemas[table].field(name).type
    return bool(pa.types.is_integer(kind))
