"""Identifies a person by id, mobile number or e-mail address, in any spelling, and gives their tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from governance import detection
from governance.detection.digests import digests
from governance.detection.kinds.emails import EMAIL
from governance.detection.kinds.phones import PHONE
from governance.detection.subjects import USER, candidates
from governance.detection.text.folding import fold
from governance.encryption.keys import Keyring
from governance.errors import UsageError
from governance.policy import Contract, covers
from governance.rules.batch import key_texts
from governance.rules.people.corrections import changes_of
from governance.rules.people.current import tokens_of_rows
from governance.rules.people.holdings import former_tokens
from governance.rules.people.leads import habits_of, names_of, spellings
from governance.rules.people.public_names import public_names
from governance.rules.people.sealed import is_sealed, opened
from governance.rules.people.tokens import (
    clear_contacts,
    clear_texts,
    clear_tokens,
    request_tokens,
)
from governance.rules.registered import registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, ready

_NAME, _PROVEN = "user.name", "proven tokens"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person by keyed tokens: `tokens` of all their identifiers, `own` those in their own rows.

    `key` is their key in the table of people, None for people who are not, or no longer, in it. `requests` counts their
    requests; `namesakes` counts others with the same name, which then proves nothing, and a public name. `former` are
    tokens of values that they had put right and that surely were nobody else's, with the moments until when.
    """

    key: str | None
    tokens: frozenset[str] = field(repr=False)
    own: frozenset[str] = field(repr=False)
    requests: int = 0
    namesakes: int = 0
    former: Mapping[str, datetime] = field(default_factory=dict, repr=False, hash=False)


def identify(written: str, scope: Scope, people: Contract) -> Identity:
    """Identify a person; UsageError for a text that is no id, number or address, or that matches two people."""
    keys = scope.keys
    if keys is None:
        raise UsageError("expected the keys of the data, found none: nobody can be looked up.", argument="keys")
    exact, habits = f"user:{written.strip()}", habits_of(scope.policy)
    texts = [(kind, text) for kind, text in candidates(written, "user", habits) if kind in {PHONE, EMAIL, USER}]
    contacts = [text for kind, text in texts if kind != USER]
    # Digits within a number or an address are no id.
    canonical = contacts + [text for kind, text in texts if kind == USER and (not contacts or text == fold(exact))]
    if habits.texts and exact != "user:":
        canonical.append(exact)
    if not canonical:
        raise UsageError("Expected a user id, a mobile number or an e-mail address, found something else.")
    asked = frozenset(map(keys.token, canonical))
    numbers = frozenset(text.removeprefix("user:") for text in canonical if text.startswith("user:"))
    persons = list(_persons(scope, keys, people, numbers, asked))
    if with_key := [person for person in persons if f"user:{person[0]}" == exact]:
        persons = with_key
    if len({key for key, _ in persons}) > 1:
        raise UsageError("Expected the id, number or address of one person, found two; name one by the user id.")
    if not persons:
        rows = list(_requests(scope, asked))
        return Identity(None, asked.union(*rows), frozenset(), len(rows))
    key, row = person = persons[0]
    names = _names(row, people)
    clear, named = clear_tokens(scope, people, row), frozenset(map(keys.token, names))
    public = bool(public_names(scope, keys, named))  # an author, say
    namesakes = _bearing(scope, people, frozenset(names)) - 1 + public if names else 0
    if namesakes:
        clear, named = clear - named, frozenset()
    subject = keys.token(f"user:{key}")
    own = clear.union([subject], row[_PROVEN])
    requests = sum(1 for _ in _requests(scope, own))
    tokens = own | named | _digests(person, scope, people)
    return Identity(key, tokens, own, requests, namesakes, _former(scope, subject))


def _persons(
    scope: Scope, keys: Keyring, people: Contract, numbers: frozenset[str], asked: frozenset[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    names = scope.source.schemas()[people.table].names
    declared = [column.name for column in people.columns if column.name in names]
    clear = clear_contacts(scope.policy, people, names)
    known = detection.Known(dict.fromkeys(asked, True), keys.token, habits_of(scope.policy))
    for batch in scope.source.batches(people.table, declared):
        texts = key_texts(batch, people)
        if texts is None:
            continue
        hit = pc.is_in(texts, value_set=pa.array(sorted(numbers), pa.string()))
        tokens = tokens_of_rows(scope, people, batch)
        hit = pc.or_(hit, pa.array([not asked.isdisjoint(theirs) for theirs in tokens], pa.bool_()))
        rows = [
            row
            for name in clear
            for hits in [detection.scan_known(batch.column(name), known, label=people.label(name))]
            for row, kind in zip(hits.rows.tolist(), hits.kinds, strict=True)
            if kind in {PHONE, EMAIL}
        ]
        hit = pc.or_(hit, pc.is_in(pa.array(range(batch.num_rows)), value_set=pa.array(rows, pa.int64())))
        more = pa.array(tokens, pa.list_(pa.string()))
        chosen = pa.table(batch).append_column("row key", texts).append_column(_PROVEN, more).filter(hit)
        yield from ((row["row key"], row) for row in chosen.to_pylist() if row["row key"] is not None)


def _requests(scope: Scope, asked: frozenset[str]) -> Iterator[frozenset[str]]:
    """The tokens in each request that one of these tokens made; a name alone makes nobody the same person."""
    own = registered(scope.policy, "requests")
    schema = scope.source.schemas().get(own.table) if own else None
    if own is None or schema is None:
        return
    tokens = [name for name in request_tokens(own) if name in schema.names]
    people = scope.policy.tables.get(scope.policy.register.people)
    columns = people.columns if people else ()
    named = {f"{people.table}.{column.name}" for column in columns if people and covers(_NAME, column.category)}
    telling = [c.name for c in own.contract.columns if c.name in tokens and not named.intersection(c.token_of)]
    digests = [name for name in [own.columns.get("digest_tokens", "")] if name in schema.names]
    for batch in scope.source.batches(own.table, [*tokens, *digests]) if tokens else ():
        for row in batch.to_pylist():
            if any(row[name] in asked for name in telling if row[name]):
                yield frozenset(
                    [row[name] for name in tokens if row[name]] + [t for name in digests for t in row[name] or ()]
                )


def _former(scope: Scope, subject: str) -> Mapping[str, datetime]:
    """The former tokens that surely lead to their rows, which the answer to an access request must hold."""
    if not ready(scope, Need("requests", ("right", "fulfilled_at", "subject_token", "old_token"))).rows:
        return {}
    changes = changes_of(scope, entry(scope, "requests"), "old_token").values()
    surely, _ = former_tokens(scope, changes, {subject: (subject, scope.as_of)})
    return surely.get(subject, {})


def _names(row: Mapping[str, Any], people: Contract) -> list[str]:
    whole = [[row[part] for part in parts] for parts in names_of(people, row.keys())]
    return [spelling for parts in whole if all(parts) for spelling in spellings(parts)]


def _bearing(scope: Scope, people: Contract, names: frozenset[str]) -> int:
    """How many people bear one of these names."""
    found = 0
    for parts in names_of(people, scope.source.schemas()[people.table].names):
        for batch in scope.source.batches(people.table, parts):
            whole = zip(*(batch.column(part).to_pylist() for part in parts), strict=True)
            found += sum(all(name) and not names.isdisjoint(spellings(name)) for name in whole)
    return found


def _digests(person: tuple[str, Mapping[str, Any]], scope: Scope, people: Contract) -> frozenset[str]:
    """The tokens of the usual digests of the id, the number in each of its forms, and the address."""
    key, row = person
    keys = scope.keys
    if keys is None:
        return frozenset()
    sealed = (c.name for c in people.columns if is_sealed(people, c.name) and c.name in row)
    plain = [opened(people, column, key, row[column], keys) for column in sealed]
    texts = filter(None, (key, *plain, *clear_texts(scope.policy, people, row).values()))
    return frozenset(keys.token(digest) for text in texts for digest in digests(text))
