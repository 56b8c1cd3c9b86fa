"""Verifies access exports: all rows of the subject who asked, from every table that can hold any, and nobody else's.

They are compared with the rows of today that existed by then. Of a row that was deleted since nothing is left, so more
rows than today's prove nothing, unless the contract of their table says that none is deleted (`appendOnly`), or the
table is that of people, who are one row each, or of nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from governance.policy import Policy
from governance.policy.column_roles import RIGHTS
from governance.results import Reason
from governance.rules.people.corrections import changes_of
from governance.rules.people.holdings import former_tokens, holdings, leads_of
from governance.rules.people.leads import personal_tables, referring, tokens_of
from governance.rules.people.requests import Fulfilment, Request, erased_ids, owners
from governance.rules.registered import Registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, lacking, misfits_in, ready, text, written_as
from governance.sources.database import literal, quote

_NEED = Need("exports", ("request", "subject_token", "table_name", "row_count"), whole=True)


@dataclass(slots=True)
class _Export:
    """One export according to the ledger: its subject and its rows by table."""

    held: dict[str, int] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set, repr=False)


class _Bounds(NamedTuple):
    """How many rows an export may hold, by table; in tables that are `sure` no row was deleted since."""

    least: Mapping[str, int]
    most: Mapping[str, int]
    sure: Collection[str]


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
    changed = tuple(role for role in ("old_token",) if role in requests.columns)
    needs = (_NEED, Need("people"), Need("requests", changed, table=requests.table))
    reason, judged = ready(scope, *needs)
    if not judged:
        return Fulfilment(unproven=reason, lacks=lacking(scope, *needs))
    ledger, persons = entry(scope, "exports"), entry(scope, "people").contract
    tables = inventory(scope.policy)
    absent = [name for name in tables if name not in scope.source.schemas()]
    if absent:
        return Fulfilment(unproven=Reason.MISSING_TABLE, lacks=tuple(absent))
    # A row that cannot be read may be one of those that an export holds.
    doubt = misfits_in(scope, *((scope.policy.tables[name], leads_of(scope.policy, name)) for name in tables))
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
    made = {
        r.key: (asked.get(r.key, ""), r.fulfilled_at) for r in fulfilled if r.key in who and r.key and r.fulfilled_at
    }
    surely, maybe = former_tokens(scope, changes_of(scope, requests, *changed).values(), made)
    least = holdings(scope, tables, who, made, surely)
    most = holdings(scope, tables, who, {key: made[key] for key in maybe}, maybe)
    lasting = {name for name in tables if scope.policy.tables[name].append_only} | {persons.table}
    unverifiable = set[str | None]()
    problems: dict[str | None, str] = {}
    open_questions: dict[str, None] = dict.fromkeys(far if fulfilled else ())
    for request in fulfilled:
        export, subject = exports[request.key], asked.get(request.key or "", "")
        held = {name: n for name, n in export.held.items() if name not in far}
        erased = request.key not in who and subject in gone
        bounds: _Bounds | None = None
        if erased:
            bounds = _of_erased(scope.policy, tables, request, gone[subject])
        elif request.key in who:
            counts = {name: least[request.key, name] for name in tables}
            bounds = _Bounds(counts, {n: max(count, most[request.key, n]) for n, count in counts.items()}, lasting)
        more = {name for name, n in held.items() if bounds and n > bounds.most.get(name, 0)}
        problem = _problem(export, subject, bounds, more & {*bounds.sure} | more - {*tables} if bounds else ())
        if problem or not (more or erased):
            problems[request.key] = problem
            continue
        unverifiable.add(request.key)
        if not erased:
            open_questions |= dict.fromkeys(sorted(more))
    wrong = [(requests.table, key, problem) for key, problem in problems.items() if problem]
    verified = len(problems) - len(wrong)
    reason = reason or (Reason.INCOMPLETE if open_questions else None)
    return Fulfilment((*strange, *wrong), examined, verified, len(unverifiable), reason, tuple(open_questions))


def _of_erased(policy: Policy, tables: Collection[str], request: Request, since: datetime) -> _Bounds:
    """Of the erased only their row in the table of people is known, and that nothing was left, but what may be kept."""
    at, people, nothing = request.fulfilled_at or since, policy.register.people, dict.fromkeys(tables, 0)
    least, most = nothing | {people: int(at < since)}, nothing | {people: int(at <= since)}
    kept = {name for rule in policy.rules if rule.kind == "erased" for name in getattr(rule.parameters, "keeps", ())}
    return _Bounds(least, most, {people} if at <= since else {*tables} - kept)


def _problem(export: _Export, subject: str, bounds: _Bounds | None, excess: Collection[str]) -> str:
    """The gravest problem of an export; `excess` are tables of which it has too much, whatever was deleted since.

    `bounds` is None when nobody known asked.
    """
    if export.subjects - {subject}:
        return "foreign_subject"
    if bounds is None:
        return "gap_unknown_subject"
    if any(export.held.get(name, -1) < count for name, count in bounds.least.items()):
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
