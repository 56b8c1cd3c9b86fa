"""Verifies access exports: all rows of the subject who asked, from every table that can hold any, and nobody else's.

They are compared with the rows of today that existed by then. Of a row that was deleted since nothing is left, so more
rows than today's prove nothing, unless the contract of their table says that none is deleted (`appendOnly`), or the
table is that of people, who are one row each, or of nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from governance.policy import Contract, Policy
from governance.policy.column_roles import RIGHTS
from governance.results import Reason
from governance.rules.people.leads import personal_tables, referring, tokens_of
from governance.rules.people.requests import Fulfilment, Person, Request, erased_ids, owners
from governance.rules.people.tokens import clear_tokens
from governance.rules.registered import Registered, row_key
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, lacking, misfits_in, moment, ready, text, written_as
from governance.sources.database import literal, quote

_NEED = Need("exports", ("request", "subject_token", "table_name", "row_count"), whole=True)
_LEADS = 5_000  # values in one statement


@dataclass(slots=True)
class _Export:
    """One export according to the ledger: its subject and its rows by table."""

    held: dict[str, int] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set, repr=False)


def inventory(policy: Policy) -> tuple[str, ...]:
    """The tables that can hold rows of a person: that of people, tables that refer to it, and those with tokens.

    Not those about requests themselves.
    """
    people, records = policy.register.people, (policy.register.requests, policy.register.exports)
    return tuple(
        contract.table
        for contract in policy.contracts
        if contract.table not in records
        and (contract.table == people or referring(contract, people) or tokens_of(contract))
    )


def beyond(policy: Policy) -> tuple[str, ...]:
    """The tables that lead to a person only by way of another, so that no row of theirs can be counted here."""
    records = {policy.register.requests, policy.register.exports}
    return tuple(sorted(personal_tables(policy).difference(inventory(policy), records)))


def judge_exports(scope: Scope, requests: Registered, fulfilled: Sequence[Request]) -> Fulfilment:
    """The requests with a wrong export, and items of exports that nobody requested."""
    needs = (_NEED, Need("people"))
    reason, judged = ready(scope, *needs)
    if not judged:
        return Fulfilment(unproven=reason, lacks=lacking(scope, *needs))
    ledger, persons = entry(scope, "exports"), entry(scope, "people").contract
    tables = inventory(scope.policy)
    absent = [name for name in tables if name not in scope.source.schemas()]
    if absent:
        return Fulfilment(unproven=Reason.MISSING_TABLE, lacks=tuple(absent))
    # A row that cannot be read may be one of those that an export holds.
    doubt = misfits_in(scope, *((scope.policy.tables[name], _leads_of(scope.policy, name)) for name in tables))
    if doubt is not None:
        return Fulfilment(unproven=doubt)
    exports, asked = _exports(scope, ledger), _asked(scope, requests)
    strange = [(ledger.table, key, "gap_unknown_request") for key in _orphans(scope, requests, ledger)]
    examined = scope.source.rows(ledger.table)
    if scope.keys is None:
        foreign = [r.key for r in fulfilled if exports[r.key].subjects - {asked.get(r.key or "", "")}]
        found = [*strange, *((requests.table, key, "foreign_subject") for key in foreign)]
        return Fulfilment(tuple(found), examined, unproven=Reason.NO_KEY if fulfilled else reason)
    who, far = owners(scope, requests, persons, right="access"), beyond(scope.policy)
    gone = erased_ids(scope, requests)
    expected = _expected(scope, tables, persons, who, {r.key: r for r in fulfilled})
    unverifiable = {r.key for r in fulfilled if r.key not in who and asked.get(r.key or "", "") in gone}
    lasting = {name for name in tables if scope.policy.tables[name].append_only} | {persons.table}
    problems: dict[str | None, str] = {}
    open_questions: dict[str, None] = dict.fromkeys(far if fulfilled else ())
    for request in (one for one in fulfilled if one.key not in unverifiable):
        held = {name: n for name, n in exports[request.key].held.items() if name not in far}
        counts = {name: expected[request.key, name] for name in tables} if request.key in who else None
        more = {name for name, n in held.items() if n > (counts or {}).get(name, 0)}
        problem = _problem(
            exports[request.key], asked.get(request.key or "", ""), counts, more & lasting | more - {*tables}
        )
        if not problem and more:
            open_questions |= dict.fromkeys(sorted(more))
            unverifiable.add(request.key)
        else:
            problems[request.key] = problem
    wrong = [(requests.table, key, problem) for key, problem in problems.items() if problem]
    verified = len(problems) - len(wrong)
    reason = reason or (Reason.INCOMPLETE if open_questions else None)
    return Fulfilment((*strange, *wrong), examined, verified, len(unverifiable), reason, tuple(open_questions))


def _problem(export: _Export, subject: str, expected: dict[str, int] | None, excess: Collection[str]) -> str:
    """The gravest problem of an export; `excess` are tables of which it has too much, whatever was deleted since.

    `expected` is None when nobody current asked.
    """
    if export.subjects - {subject}:
        return "foreign_subject"
    if expected is None:
        return "gap_unknown_subject"
    if any(export.held.get(name, -1) < count for name, count in expected.items()):
        return "incomplete_export"
    return "excessive_export" if excess else ""


def _exports(scope: Scope, ledger: Registered) -> defaultdict[str | None, _Export]:
    """The exports by request; tables by their logical names, whichever of their names the ledger uses."""
    named = [
        (name, contract.table)
        for contract in scope.policy.contracts
        for name in written_as(scope, ledger, "table_name", contract)
    ]
    logical = dict(named)
    sql = (
        "SELECT CAST(request AS STRING) AS request_key, CAST(subject_token AS STRING) AS subject_token,"
        f" CAST(table_name AS STRING) AS table_name, row_count FROM {ledger.sql(*_NEED.roles)} i"
    )
    found: defaultdict[str | None, _Export] = defaultdict(_Export)
    for row in scope.source.query(sql).to_pylist():
        export, name = found[row["request_key"]], logical.get(row["table_name"] or "", row["table_name"] or "")
        export.held[name] = export.held.get(name, 0) + int(row["row_count"] or 0)
        export.subjects.add(row["subject_token"] or "")
    return found


def _asked(scope: Scope, requests: Registered) -> dict[str, str]:
    """By request, the token of the id of the subject who made it."""
    sql = (
        "SELECT CAST(row_key AS STRING) AS request_key, CAST(subject_token AS STRING) AS asked_by"
        f" FROM {requests.sql('subject_token')} r"
    )
    return {row["request_key"]: row["asked_by"] or "" for row in scope.source.query(sql).to_pylist()}


def _orphans(scope: Scope, requests: Registered, ledger: Registered) -> list[str | None]:
    """The items of exports that no access request asked for, by their primary keys."""
    # A right that nobody knows may be that of access.
    others = ", ".join(literal(right) for right in RIGHTS if right != "access")
    sql = (
        f"SELECT CAST(i.row_key AS STRING) AS item_key FROM {ledger.sql('request')} i"
        f" WHERE NOT EXISTS (SELECT 1 FROM {requests.sql('right')} r"
        f" WHERE CAST(r.row_key AS STRING) = CAST(i.request AS STRING)"
        f" AND {text('r.' + quote('right'))} NOT IN ({others}))"
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
        for token in sorted(
            {t for name, t in person.cells.items() if name in tokens_of(persons) and t}
            | clear_tokens(scope, persons, person.cells)
        )
    ]
    for table in tables:
        contract = scope.policy.tables[table]
        columns = _leads_of(scope.policy, table)
        leads = owned if columns == tokens_of(contract) else people
        if not leads:
            continue
        for key, count in _count(scope, contract, columns, leads):
            counts[key, table] += count
    return counts


def _leads_of(policy: Policy, table: str) -> tuple[str, ...]:
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
