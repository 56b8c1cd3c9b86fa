"""Verifies rectifications: the record of the subject who asked holds the new value.

The kind `rectified` checks that the old value is left nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from governance.encryption.keys import Keyring
from governance.policy import Contract
from governance.results import Reason
from governance.rules.batch import missing
from governance.rules.people.leads import TOKEN_ENDING
from governance.rules.people.requests import Fulfilment, Person, Request, erased_ids, owners
from governance.rules.scope import Scope
from governance.sources.database import quote
from governance.spelling import normalise

COLUMNS = ("field", "old_token", "new_token")


@dataclass(frozen=True, slots=True)
class _Change:
    """A rectification: its subject, the field, and the token of the new value."""

    subject: str
    field: str
    new: str


def judge_rectified(scope: Scope, requests: Contract, people: str, fulfilled: Sequence[Request]) -> Fulfilment:
    """The requests whose new value is not in the record of the subject who made them."""
    persons, keys = scope.policy.tables.get(people), scope.keys
    if persons is None or people not in scope.source.schemas():
        return Fulfilment(unproven=Reason.MISSING_TABLE)
    if missing(COLUMNS, scope.source.schemas()[requests.table]):
        return Fulfilment(unproven=Reason.MISSING_COLUMN)
    if keys is None:
        return Fulfilment(unproven=Reason.NO_KEY if fulfilled else None)
    changes = _changes(scope, requests)
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
        problem = _problem(change, person, keys, superseded=superseded)
        if problem:
            problems.append((requests.table, request.key, problem))
        else:
            verified += 1
    return Fulfilment(tuple(problems), verified=verified, unverifiable=unverifiable)


def _problem(change: _Change, person: Person | None, keys: Keyring, *, superseded: bool) -> str:
    if not (change.field and change.new):
        return "gap_unknown_value"
    if person is None:
        return "gap_unknown_subject"
    return "" if superseded or change.new in _tokens(person, change.field, keys) else "new_value_missing"


def _latest(changes: Mapping[str, _Change], fulfilled: Sequence[Request]) -> dict[tuple[str, str], Request]:
    """By subject and field, the request that was fulfilled last."""
    found: dict[tuple[str, str], Request] = {}
    for request in sorted(fulfilled, key=lambda request: str(request.fulfilled_at)):
        change = changes.get(request.key or "")
        if change is not None:
            found[change.subject, change.field] = request
    return found


def _changes(scope: Scope, requests: Contract) -> dict[str, _Change]:
    sql = (
        f"SELECT CAST({quote(requests.primary_key)} AS STRING) AS request_key, CAST(id_token AS STRING) AS id_token,"
        f" LOWER(TRIM(CAST(field AS STRING))) AS field, CAST(new_token AS STRING) AS new_token"
        f" FROM {quote(requests.table)}"
    )
    rows = scope.source.query(sql).to_pylist()
    return {
        row["request_key"]: _Change(row["id_token"] or "", row["field"] or "", row["new_token"] or "") for row in rows
    }


def _tokens(person: Person, field: str, keys: Keyring) -> set[str]:
    """The tokens of a person's record: the token beside a sealed value, or made from a value in the clear."""
    beside, clear = person.cells.get(field + TOKEN_ENDING), person.cells.get(field)
    found = {beside} if beside else set()
    if clear and not clear.startswith("enc:"):
        found.add(keys.token(normalise(clear).casefold()))
    return found
