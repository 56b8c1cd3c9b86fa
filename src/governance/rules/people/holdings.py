"""Counts the rows that each person who asked for an export had by then, by table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from governance.policy import Contract, Policy
from governance.rules.people.leads import referring, tokens_of
from governance.rules.people.requests import Person, Request
from governance.rules.people.tokens import clear_tokens
from governance.rules.registered import row_key
from governance.rules.scope import Scope
from governance.rules.tables.relational import moment
from governance.sources.database import literal, quote

_LEADS = 5_000  # values in one statement


def holdings(
    scope: Scope,
    tables: Sequence[str],
    persons: Contract,
    who: Mapping[str, Person],
    fulfilled: Mapping[str | None, Request],
) -> defaultdict[tuple[str | None, str], int]:
    """By request and table, how many rows of the subject there were when it was fulfilled."""
    counts: defaultdict[tuple[str | None, str], int] = defaultdict(int)
    asked = [(key, person, fulfilled[key].fulfilled_at) for key, person in who.items() if key in fulfilled]
    people = [(key, person.key, at) for key, person, at in asked if at is not None]
    owned = [
        (key, token, at)
        for key, person, at in asked
        if at is not None
        for token in sorted(
            {t for name, t in person.cells.items() if name in tokens_of(persons) and t}
            | clear_tokens(scope, persons, person.cells)
        )
    ]
    for table in tables:
        contract = scope.policy.tables[table]
        columns = leads_of(scope.policy, table)
        leads = owned if columns == tokens_of(contract) else people
        if not leads:
            continue
        for key, count in _count(scope, contract, columns, leads):
            counts[key, table] += count
    return counts


def leads_of(policy: Policy, table: str) -> tuple[str, ...]:
    """The columns of a table that say whose a row is: the key of people, references to it, else tokens."""
    contract, people = policy.tables[table], policy.register.people
    own = contract.key if table == people else referring(contract, people)
    return own or tokens_of(contract)


def _count(
    scope: Scope, contract: Contract, columns: Sequence[str], leads: Sequence[tuple[str, str, datetime]]
) -> Iterator[tuple[str, int]]:
    """By request, the number of rows of a table that one of these values leads to, and that existed by then."""
    names = scope.source.schemas()[contract.table].names
    at = moment(quote(contract.event_time)) if contract.event_time in names else "CAST(NULL AS TIMESTAMP)"
    rows = " UNION ALL ".join(
        f"SELECT CAST({quote(column)} AS STRING) AS value, {row_key(contract)}, {at} AS at FROM {quote(contract.table)}"
        for column in columns
        if column in names
    )
    # A row found by two of its columns counts once.
    what = "COUNT(DISTINCT t.row_key)" if len(columns) > 1 and contract.key else "COUNT(*)"
    for start in range(0, len(leads) if rows else 0, _LEADS):
        values = ", ".join(
            f"({literal(request)}, {literal(value)}, {literal(until)})"
            for request, value, until in leads[start : start + _LEADS]
        )
        sql = (
            f"SELECT l.request_key AS request_key, {what} AS held"
            f" FROM (VALUES {values}) AS l(request_key, value, until) JOIN ({rows}) t ON t.value = l.value"
            " WHERE t.at IS NULL OR t.at <= l.until GROUP BY l.request_key"
        )
        for row in scope.source.query(sql).to_pylist():
            yield row["request_key"], row["held"]
