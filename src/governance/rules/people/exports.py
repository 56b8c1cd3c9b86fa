"""Verifies access exports: all rows of the subject who asked, from every table that can hold any, and nobody else's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from governance.policy import Contract, Policy
from governance.results import Reason
from governance.rules.batch import missing
from governance.rules.people.leads import is_token, referring
from governance.rules.people.requests import Fulfilment, Person, Request, erased_ids, owners
from governance.rules.scope import Scope
from governance.rules.tables.relational import literal, moment
from governance.sources.database import quote

COLUMNS = ("request_id", "subject_token", "table_name", "row_count")
_LEADS = 5_000  # values in one statement


@dataclass(slots=True)
class _Export:
    """One export according to the ledger: its subject and its rows by table."""

    held: dict[str, int] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set, repr=False)


def inventory(policy: Policy, people: str, records: Sequence[str] = ()) -> tuple[str, ...]:
    """The tables that can hold rows of a person: that of people, tables that refer to it, and those with tokens."""
    return tuple(
        contract.table
        for contract in policy.contracts
        if contract.table not in records
        and (contract.table == people or referring(contract, people) or _tokens(contract))
    )


@dataclass(frozen=True, slots=True)
class Exports:
    """The tables of export contents (`items`) and of people (`people`), and those about requests (`records`)."""

    items: str
    people: str
    records: tuple[str, ...]

    def judge(self, scope: Scope, requests: Contract, fulfilled: Sequence[Request]) -> Fulfilment:
        """The requests with a wrong export, and items of exports that nobody requested."""
        ledger, persons = scope.policy.tables.get(self.items), scope.policy.tables.get(self.people)
        schemas = scope.source.schemas()
        tables = inventory(scope.policy, self.people, self.records)
        if ledger is None or persons is None or any(name not in schemas for name in (self.items, *tables)):
            return Fulfilment(unproven=Reason.MISSING_TABLE)
        if missing([*COLUMNS, *filter(None, [ledger.primary_key])], schemas[self.items]):
            return Fulfilment(unproven=Reason.MISSING_COLUMN)
        exports, asked = _exports(scope, ledger), _asked(scope, requests)
        strange = [(self.items, key, "gap_unknown_request") for key in _orphans(scope, requests, ledger)]
        examined = scope.source.rows(self.items)
        if scope.keys is None:
            foreign = [r.key for r in fulfilled if exports[r.key].subjects - {asked.get(r.key or "", "")}]
            found = [*strange, *((requests.table, key, "foreign_subject") for key in foreign)]
            return Fulfilment(tuple(found), examined, unproven=Reason.NO_KEY if fulfilled else None)
        who = owners(scope, requests, persons, right="access")
        gone = erased_ids(scope, requests)
        expected = _expected(scope, tables, persons, who, {r.key: r for r in fulfilled})
        unverifiable = {r.key for r in fulfilled if r.key not in who and asked.get(r.key or "", "") in gone}
        problems = {
            request.key: _problem(
                exports[request.key],
                asked.get(request.key or "", ""),
                {name: expected[request.key, name] for name in tables} if request.key in who else None,
            )
            for request in fulfilled
            if request.key not in unverifiable
        }
        wrong = [(requests.table, key, problem) for key, problem in problems.items() if problem]
        verified = len(problems) - len(wrong)
        return Fulfilment((*strange, *wrong), examined, verified, len(unverifiable))


def _problem(export: _Export, subject: str, expected: dict[str, int] | None) -> str:
    """The gravest problem of an export; `expected` is None when no current person asked."""
    if export.subjects - {subject}:
        return "foreign_subject"
    if expected is None:
        return "gap_unknown_subject"
    if any(export.held.get(name, -1) < count for name, count in expected.items()):
        return "incomplete_export"
    return "excessive_export" if any(n > expected.get(name, 0) for name, n in export.held.items()) else ""


def _exports(scope: Scope, ledger: Contract) -> defaultdict[str | None, _Export]:
    """The exports by request; tables by their logical names, whichever of their names the ledger uses."""
    logical = {contract.physical_name: contract.table for contract in scope.policy.contracts}
    sql = (
        "SELECT CAST(request_id AS STRING) AS request_key, CAST(subject_token AS STRING) AS subject_token,"
        f" CAST(table_name AS STRING) AS table_name, row_count FROM {quote(ledger.table)}"
    )
    found: defaultdict[str | None, _Export] = defaultdict(_Export)
    for row in scope.source.query(sql).to_pylist():
        export, name = found[row["request_key"]], logical.get(row["table_name"] or "", row["table_name"] or "")
        export.held[name] = export.held.get(name, 0) + int(row["row_count"] or 0)
        export.subjects.add(row["subject_token"] or "")
    return found


def _asked(scope: Scope, requests: Contract) -> dict[str, str]:
    """By request, the token of the id of the subject who made it."""
    sql = (
        f"SELECT CAST({quote(requests.primary_key)} AS STRING) AS request_key, CAST(id_token AS STRING) AS id_token"
        f" FROM {quote(requests.table)}"
    )
    return {row["request_key"]: row["id_token"] or "" for row in scope.source.query(sql).to_pylist()}


def _orphans(scope: Scope, requests: Contract, ledger: Contract) -> list[str | None]:
    """The items of exports that no access request asked for, by their primary keys."""
    key = f"CAST(i.{quote(ledger.primary_key)} AS STRING)" if ledger.primary_key else "NULL"
    sql = (
        f"SELECT {key} AS item_key FROM {quote(ledger.table)} i"
        f" WHERE NOT EXISTS (SELECT 1 FROM {quote(requests.table)} r"
        f" WHERE CAST(r.{quote(requests.primary_key)} AS STRING) = CAST(i.request_id AS STRING)"
        f" AND LOWER(TRIM(CAST(r.{quote('right')} AS STRING))) = 'access')"
    )
    return list(scope.source.query(sql).column(0).to_pylist())


def _expected(
    scope: Scope,
    tables: Sequence[str],
    persons: Contract,
    who: dict[str, Person],
    fulfilled: dict[str | None, Request],
) -> defaultdict[tuple[str | None, str], int]:
    """By request and table, how many rows of the subject there were when it was fulfilled."""
    counts: defaultdict[tuple[str | None, str], int] = defaultdict(int)
    asked = [(key, person, fulfilled[key].fulfilled_at) for key, person in who.items() if key in fulfilled]
    people = [(key, person.key, at) for key, person, at in asked if at is not None]
    owned = [
        (key, token, at)
        for key, person, at in asked
        if at is not None
        for token in sorted({*(t for name, t in person.cells.items() if is_token(persons, name) and t)})
    ]
    for table in tables:
        contract = scope.policy.tables[table]
        own = [persons.primary_key] if contract.table == persons.table else list(referring(contract, persons.table))
        columns = own or _tokens(contract)
        leads = people if own else owned
        if not leads:
            continue
        for key, count in _count(scope, contract, columns, leads):
            counts[key, table] += count
    return counts


def _count(
    scope: Scope, contract: Contract, columns: Sequence[str], leads: Sequence[tuple[str, str, datetime]]
) -> Iterator[tuple[str, int]]:
    """By request, the number of rows of a table that one of these values leads to, and that existed by then."""
    names = scope.source.schemas()[contract.table].names
    at = moment(quote(contract.event_time)) if contract.event_time in names else "CAST(NULL AS TIMESTAMP)"
    key = f"CAST({quote(contract.primary_key)} AS STRING)" if contract.primary_key else "NULL"
    rows = " UNION ALL ".join(
        f"SELECT CAST({quote(column)} AS STRING) AS value, {key} AS row_key, {at} AS at FROM {quote(contract.table)}"
        for column in columns
        if column in names
    )
    # A row found by two of its columns counts once.
    what = "COUNT(DISTINCT t.row_key)" if len(columns) > 1 and contract.primary_key else "COUNT(*)"
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


def _tokens(contract: Contract) -> list[str]:
    return [column.name for column in contract.columns if is_token(contract, column.name)]
