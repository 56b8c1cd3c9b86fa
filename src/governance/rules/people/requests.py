"""Requests of people about their own data, and the current people who made them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from governance.policy import Contract
from governance.results import Reason
from governance.rules.people.leads import tokens_of
from governance.rules.registered import Registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import moment, text
from governance.sources.database import quote


@dataclass(frozen=True, slots=True)
class Request:
    """One row of the requests; `key` is its primary key as text."""

    key: str | None
    right: str
    outcome: str
    received_at: datetime | None
    answered_at: datetime | None
    fulfilled_at: datetime | None

    @classmethod
    def of(cls, keys: Sequence[str | None], rows: Sequence[Mapping[str, Any]]) -> Iterator[Request]:
        for key, row in zip(keys, rows, strict=True):
            times = (row["received_at"], row["answered_at"], row["fulfilled_at"])
            received, answered, fulfilled = (at and at.replace(tzinfo=UTC) for at in times)
            yield cls(key, row["asked"] or "", row["outcome"] or "", received, answered, fulfilled)


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """The problems of the fulfilment: table, primary key and problem of each row.

    `examined` are rows beside the requests; `verified` requests were compared with the data, `unverifiable` ones can't
    be, because the subject was erased since, or rows may have been.
    """

    problems: tuple[tuple[str, str | None, str], ...] = ()
    examined: int = 0
    verified: int = 0
    unverifiable: int = 0
    unproven: Reason | None = None
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the table of people: its key and its values by column."""

    key: str
    cells: Mapping[str, str | None]


def owners(scope: Scope, requests: Registered, people: Contract, *, right: str) -> dict[str, Person]:
    """By a request's key, the current person who made it; needs keys.

    A look-up token selects candidates and the token of the id confirms one, as a phone number may have a new owner.
    """
    keys = scope.keys
    if keys is None:
        return {}
    names = set(scope.source.schemas()[people.table].names)
    wanted = [c.name for c in people.columns if c.name in names and c.logical_type == "string"]
    cells = ", ".join(f"CAST(p.{quote(name)} AS STRING) AS {quote('cell ' + name)}" for name in wanted)
    more = f", {cells}" if cells else ""
    found: dict[str, Person] = {}
    for own, other in _shared(scope, requests, people):
        sql = (
            "SELECT CAST(r.row_key AS STRING) AS request_key, r.subject_token AS asked_by,"
            f" CAST(p.{quote(people.primary_key)} AS STRING) AS person_key{more}"
            f" FROM {requests.sql('right', 'subject_token', also=[other])} r"
            f" JOIN {quote(people.table)} p ON p.{quote(own)} = r.{quote(other)}"
            f" WHERE {text('r.' + quote('right'))} = '{right}'"
        )
        for row in scope.source.query(sql).to_pylist():
            if row["person_key"] is not None and keys.token(f"user:{row['person_key']}") == row["asked_by"]:
                found[row["request_key"]] = Person(row["person_key"], {name: row[f"cell {name}"] for name in wanted})
    left: dict[str, list[str]] = {}
    for token, request in _asked(scope, requests, right):
        if request not in found:
            left.setdefault(token, []).append(request)
    return found | _by_number(scope, people, left, wanted)


def _shared(scope: Scope, requests: Registered, people: Contract) -> Iterator[tuple[str, str]]:
    """The columns of people and of requests with tokens of the same values."""
    schemas = scope.source.schemas()
    for name in tokens_of(people):
        own = people.column(name)
        for column in requests.contract.columns:
            same = own is not None and set(own.token_of) & set(column.token_of)
            if same and name in schemas[people.table].names and column.name in schemas[requests.table].names:
                yield name, column.name


def _asked(scope: Scope, requests: Registered, right: str) -> Iterator[tuple[str, str]]:
    """The token of the id of the subject who made a request, and the request."""
    sql = (
        "SELECT CAST(row_key AS STRING) AS request_key, subject_token AS asked_by"
        f" FROM {requests.sql('right', 'subject_token')} r"
        f" WHERE {text(quote('right'))} = '{right}' AND subject_token IS NOT NULL"
    )
    yield from ((row["asked_by"], row["request_key"]) for row in scope.source.query(sql).to_pylist())


def _by_number(
    scope: Scope, people: Contract, left: Mapping[str, Sequence[str]], wanted: Sequence[str]
) -> dict[str, Person]:
    """The subjects whose other tokens match nobody: every person's id is tried, in one pass, if there are any."""
    keys = scope.keys
    more: dict[str, Person] = {}
    if not left or keys is None:
        return more
    for batch in scope.source.batches(people.table, list(dict.fromkeys([people.primary_key, *wanted]))):
        for place, number in enumerate(batch.column(0).to_pylist()):
            for request in left.get(keys.token(f"user:{number}"), ()) if number is not None else ():
                cells = {name: batch.column(name)[place].as_py() for name in wanted}
                more[request] = Person(str(number), cells)
    return more


def erased_ids(scope: Scope, requests: Registered) -> dict[str, datetime]:
    """The tokens of the ids of all erased people, and when each was erased first."""
    sql = (
        f"SELECT subject_token, MIN({moment('fulfilled_at')}) AS since"
        f" FROM {requests.sql('right', 'fulfilled_at', 'subject_token')} r"
        f" WHERE {text(quote('right'))} = 'erasure' AND fulfilled_at IS NOT NULL AND subject_token IS NOT NULL"
        " GROUP BY subject_token"
    )
    return {row["subject_token"]: row["since"].replace(tzinfo=UTC) for row in scope.source.query(sql).to_pylist()}
