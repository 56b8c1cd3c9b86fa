"""Verifies rectifications: the record of the subject who asked holds the new value.

The kind `rectified` checks that the old value is left nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from governance.results import Reason
from governance.rules.people.compared import prover_of
from governance.rules.people.proofs import Prover
from governance.rules.people.requests import Fulfilment, Person, Request, erased_ids, owners
from governance.rules.people.tokens import find_subjects
from governance.rules.registered import Registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, lacking, ready

_ROLES = ("field", "old_token", "new_token")


@dataclass(frozen=True, slots=True)
class _Change:
    """A rectification: its subject, the field, and the token of the new value."""

    subject: str
    field: str
    new: str


def judge_rectified(scope: Scope, requests: Registered, fulfilled: Sequence[Request]) -> Fulfilment:
    """The requests whose new value is not in the record of the subject who made them."""
    needs = (Need("requests", _ROLES, table=requests.table), Need("people"))
    reason, judged = ready(scope, *needs)
    if not judged:
        return Fulfilment(unproven=reason, lacks=lacking(scope, *needs))
    if scope.keys is None:
        return Fulfilment(unproven=Reason.NO_KEY if fulfilled else reason)
    persons, changes, subjects = entry(scope, "people").contract, _changes(scope, requests), find_subjects(scope)
    prover, unproven = prover_of(scope, persons), subjects.unproven if subjects else None
    if prover is None or unproven is Reason.OTHER_KEY:
        return Fulfilment(unproven=reason or unproven or Reason.NO_KEY)
    who = owners(scope, requests, persons, right="rectification")
    gone = erased_ids(scope, requests)
    latest = _latest(changes, fulfilled)
    problems: list[tuple[str, str | None, str]] = []
    verified = unverifiable = 0
    for request in fulfilled:
        change, person = changes.get(request.key or "", _Change("", "", "")), who.get(request.key or "")
        if person is None and change.subject in gone:
            unverifiable += 1
            continue
        # A value that was rectified again since need not be there any more.
        superseded = latest.get((change.subject, change.field)) is not request
        problem = _problem(change, person, prover, superseded=superseded)
        if problem:
            problems.append((requests.table, request.key, problem))
        else:
            verified += 1
    return Fulfilment(tuple(problems), verified=verified, unverifiable=unverifiable, unproven=reason)


def _problem(change: _Change, person: Person | None, prover: Prover, *, superseded: bool) -> str:
    if not change.new or prover.contract.column(change.field) is None:
        return "gap_unknown_value"
    if person is None:
        return "gap_unknown_subject"
    return "" if superseded or _holds(person, prover, change.field, change.new) else "new_value_missing"


def _latest(changes: Mapping[str, _Change], fulfilled: Sequence[Request]) -> dict[tuple[str, str], Request]:
    """By subject and field, the request that was fulfilled last."""
    found: dict[tuple[str, str], Request] = {}
    for request in sorted(fulfilled, key=lambda request: str(request.fulfilled_at)):
        change = changes.get(request.key or "")
        if change is not None:
            found[change.subject, change.field] = request
    return found


def _changes(scope: Scope, requests: Registered) -> dict[str, _Change]:
    sql = (
        "SELECT CAST(row_key AS STRING) AS request_key, CAST(subject_token AS STRING) AS asked_by,"
        " CAST(field AS STRING) AS field, CAST(new_token AS STRING) AS new_token"
        f" FROM {requests.sql('subject_token', 'field', 'new_token')} r"
    )
    rows = scope.source.query(sql).to_pylist()
    return {
        row["request_key"]: _Change(row["asked_by"] or "", row["field"] or "", row["new_token"] or "") for row in rows
    }


def _holds(person: Person, prover: Prover, column: str, token: str) -> bool:
    """Whether a person's value is that of a token; a cell of tokens counts only where nothing tells the value."""
    cells = {name: pa.array([person.cells[name]]) for name in prover.needs(column) if name in person.cells}
    if not cells:
        return False
    [proof] = prover.prove(pa.RecordBatch.from_pydict(cells), pa.array([person.key]), column)
    return token in proof.tokens or (proof.text is not None and prover.is_of(token, column, proof.text))
