"""Verifies rectifications: the record of the subject who asked holds the new value.

The kind `rectified` checks that the old value is left nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from governance.encryption.keys import Keyring
from governance.policy import Contract
from governance.results import Reason
from governance.rules.people.leads import token_beside
from governance.rules.people.requests import Fulfilment, Person, Request, erased_ids, owners
from governance.rules.registered import Registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, lacking, ready
from governance.spelling import normalise

_ROLES = ("field", "old_token", "new_token")


@dataclass(frozen=True, slots=True)
class _Change:
    """A rectification: its subject, the field, and the token of the new value."""

    subject: str
    field: str
    new: str


def judge_rectified(scope: Scope, requests: Registered, fulfilled: Sequence[Request]) -> Fulfilment:
    """The requests whose new value is not in the record of the subject who made them."""
    keys, needs = scope.keys, (Need("requests", _ROLES, table=requests.table), Need("people"))
    reason, judged = ready(scope, *needs)
    if not judged:
        return Fulfilment(unproven=reason, lacks=lacking(scope, *needs))
    if keys is None:
        return Fulfilment(unproven=Reason.NO_KEY if fulfilled else reason)
    persons, changes = entry(scope, "people").contract, _changes(scope, requests)
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
        problem = _problem(change, person, persons, keys, superseded=superseded)
        if problem:
            problems.append((requests.table, request.key, problem))
        else:
            verified += 1
    return Fulfilment(tuple(problems), verified=verified, unverifiable=unverifiable, unproven=reason)


def _problem(change: _Change, person: Person | None, people: Contract, keys: Keyring, *, superseded: bool) -> str:
    if not change.new or people.column(change.field) is None:
        return "gap_unknown_value"
    if person is None:
        return "gap_unknown_subject"
    return "" if superseded or change.new in _tokens(person, people, change.field, keys) else "new_value_missing"


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


def _tokens(person: Person, people: Contract, field: str, keys: Keyring) -> set[str]:
    """The tokens of a person's record: the token beside a sealed value, or made from a value in the clear."""
    beside, clear = person.cells.get(token_beside(people, field)), person.cells.get(field)
    found = {beside} if beside else set()
    if clear and not clear.startswith("enc:"):
        found.add(keys.token(normalise(clear).casefold()))
    return found
