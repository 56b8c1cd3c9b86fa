"""Verifies rectifications: the record of the subject who asked holds the new value.

The kind `rectified` checks that the old value is left nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from governance.results import Reason
from governance.rules.people.compared import prover_of
from governance.rules.people.proofs import Prover
from governance.rules.people.requests import Fulfilment, Person, Request, erased_ids, owners
from governance.rules.people.tokens import find_subjects
from governance.rules.registered import Registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, lacking, moment, ready, text
from governance.sources.database import quote

_ROLES = ("field", "old_token", "new_token")


@dataclass(frozen=True, slots=True)
class Change:
    """A rectification: its subject, the field, the tokens of both values, and when it was done."""

    subject: str
    field: str
    old: str
    new: str
    at: datetime


def judge_rectified(scope: Scope, requests: Registered, fulfilled: Sequence[Request]) -> Fulfilment:
    """The requests whose new value is not in the record of the subject who made them."""
    needs = (Need("requests", _ROLES, table=requests.table), Need("people"))
    reason, judged = ready(scope, *needs)
    if not judged:
        return Fulfilment(unproven=reason, lacks=lacking(scope, *needs))
    if scope.keys is None:
        return Fulfilment(unproven=Reason.NO_KEY if fulfilled else reason)
    persons, changes, subjects = (
        entry(scope, "people").contract,
        changes_of(scope, requests, *_ROLES),
        find_subjects(scope),
    )
    prover, unproven = prover_of(scope, persons), subjects.unproven if subjects else None
    if prover is None or unproven is Reason.OTHER_KEY:
        return Fulfilment(unproven=reason or unproven or Reason.NO_KEY)
    who = owners(scope, requests, persons, right="rectification")
    gone = erased_ids(scope, requests)
    latest = _latest(change for change in changes.values() if change.new)
    problems: list[tuple[str, str | None, str]] = []
    verified = unverifiable = 0
    for request in fulfilled:
        change, person = changes.get(request.key or ""), who.get(request.key or "")
        if change is None or not change.new or prover.contract.column(change.field) is None:
            problem = "gap_unknown_value"
        elif person is None:
            problem = "" if change.subject in gone else "gap_unknown_subject"
        else:
            # A value that was rectified again since need not be there any more.
            last = latest[change.subject, change.field]
            superseded = change.new not in last or any(_holds(person, prover, change.field, new) for new in last)
            problem = "" if superseded else "new_value_missing"
        if problem:
            problems.append((requests.table, request.key, problem))
        unverifiable += not problem and person is None
        verified += not problem and person is not None
    return Fulfilment(tuple(problems), verified=verified, unverifiable=unverifiable, unproven=reason)


def _latest(changes: Iterable[Change]) -> dict[tuple[str, str], set[str]]:
    """By subject and field, the new values of the last moment that no other change of that moment replaced.

    Where each replaces another, nobody knows which came last, and any of them may be.
    """
    last: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        others = last.setdefault((change.subject, change.field), [])
        if not others or change.at >= others[0].at:
            others[:] = [change, *(other for other in others if other.at == change.at)]
    every = {who: ({one.new for one in found}, {one.old for one in found}) for who, found in last.items()}
    return {who: new - old or new for who, (new, old) in every.items()}


def changes_of(scope: Scope, requests: Registered, *roles: str) -> dict[str, Change]:
    """By request, the rectifications that were done; only these roles are read, of the others nothing is known."""
    read = ("subject_token", *roles)
    cells = ", ".join(f"CAST({name} AS STRING) AS {name}" for name in read)
    sql = (
        f"SELECT CAST(row_key AS STRING) AS request_key, {moment('fulfilled_at')} AS done_at, {cells}"
        f" FROM {requests.sql('right', 'fulfilled_at', *read)} r"
        f" WHERE {text(quote('right'))} = 'rectification' AND fulfilled_at IS NOT NULL"
    )
    return {
        row["request_key"]: Change(
            row["subject_token"] or "",
            row.get("field") or "",
            row.get("old_token") or "",
            row.get("new_token") or "",
            row["done_at"].replace(tzinfo=UTC),
        )
        for row in scope.source.query(sql).to_pylist()
    }


def _holds(person: Person, prover: Prover, column: str, token: str) -> bool:
    """Whether a person's value is that of a token; a cell of tokens counts only where nothing tells the value."""
    cells = {name: pa.array([person.cells[name]]) for name in prover.needs(column) if name in person.cells}
    if not cells:
        return False
    [proof] = prover.prove(pa.RecordBatch.from_pydict(cells), pa.array([person.key]), column)
    return token in proof.tokens or (proof.text is not None and prover.is_of(token, column, proof.text))
