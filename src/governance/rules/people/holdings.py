"""Counts the rows that each person who asked for an export had by then, by table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from governance.policy import Contract, Policy
from governance.rules.people.corrections import Change
from governance.rules.people.current import CURRENT
from governance.rules.people.leads import referring, tokens_of
from governance.rules.people.requests import Person
from governance.rules.people.tokens import ERASED, clear_tokens, find_subjects
from governance.rules.registered import row_key
from governance.rules.scope import Scope
from governance.rules.tables.relational import moment
from governance.sources.database import literal, quote
from governance.sources.spelled_cells import as_texts
from governance.sources.typing import typed

_LEADS = 5_000  # values in one statement

Made = Mapping[str, tuple[str, datetime]]  # the subject and the moment of each export, by request
Former = Mapping[str, Mapping[str, datetime]]  # by request, the tokens that its subject had before, and until when


def former_tokens(scope: Scope, changes: Collection[Change], made: Made) -> tuple[Former, Former]:
    """What leads to rows that are surely theirs, and to those that may be: a value may have been, or become, another's.

    A table keeps the old token, as of a wish, or has the new one.
    """
    had: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    for change in changes:
        if change.old:
            had[change.subject][change.old] = max(change.at, had[change.subject].get(change.old, change.at))
    theirs = {key: (had[subject], at) for key, (subject, at) in made.items() if subject in had}
    subjects, bearers = find_subjects(scope) if theirs else None, Counter(old for held in had.values() for old in held)
    known = subjects.known.tokens if subjects else {}
    alone = {
        old
        for held, _ in theirs.values()
        for old in held
        if bearers[old] == 1 and not any(origin.startswith((CURRENT, ERASED)) for origin in known.get(old, ()))
    }
    surely = {key: {o: min(at, end) for o, end in held.items() if o in alone} for key, (held, at) in theirs.items()}
    return surely, {key: dict.fromkeys(held, at) for key, (held, at) in theirs.items()}


def holdings(
    scope: Scope,
    tables: Sequence[str],
    who: Mapping[str, Person],
    made: Made,
    former: Former,
) -> defaultdict[tuple[str | None, str], int]:
    """By request and table, how many rows of the subject there were when it was fulfilled."""
    counts: defaultdict[tuple[str | None, str], int] = defaultdict(int)
    persons = scope.policy.tables[scope.policy.register.people]
    asked = [(key, who[key], at) for key, (_, at) in made.items()]
    people = [(key, person.key, at) for key, person, at in asked]
    owned = [
        (key, token, until)
        for key, person, at in asked
        for present in [
            {t for name, t in person.cells.items() if name in tokens_of(persons) and t}
            | clear_tokens(scope, persons, person.cells)
        ]
        for token, until in sorted({**former.get(key, {}), **dict.fromkeys(present, at)}.items())
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


def held_before(batch: pa.RecordBatch, contract: Contract, column: str, former: Mapping[str, datetime]) -> pa.Array:
    """The rows of a batch of cells that a former token leads to, and that existed while it was its subject's.

    The same rows as `_count` counts: a row without a moment counts, too.
    """
    hit = pa.array([False] * batch.num_rows, pa.bool_())
    declared = contract.column(contract.event_time) if contract.event_time in batch.schema.names else None
    at = typed(batch.column(declared.name), declared).array if former and declared is not None else None
    texts = as_texts(batch.column(column)) if former else hit
    for token, until in former.items():
        theirs = pc.fill_null(pc.equal(texts, pa.scalar(token, pa.string())), False)  # noqa: FBT003  Arrow's signature
        if at is not None:
            early = pc.less_equal(at, pa.scalar(until, at.type))
            theirs = pc.and_(theirs, pc.fill_null(early, True))  # noqa: FBT003  Arrow's signature
        hit = pc.or_(hit, theirs)
    return hit


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
