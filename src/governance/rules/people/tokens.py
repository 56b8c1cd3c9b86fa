"""The people of a data set, by keyed tokens: the current ones, and those who asked for erasure.

One index serves every rule of a run, and each column of a batch is searched once for all rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from governance import detection
from governance.detection.kinds.emails import EMAIL
from governance.detection.kinds.phones import PHONE
from governance.detection.subjects import candidates
from governance.encryption.keys import Keyring
from governance.policy import Classification, Contract, Policy, covers
from governance.policy.column_roles import PERSON, SUBJECT_TOKEN
from governance.results import Reason
from governance.rules.batch import Batch, key_texts, missing
from governance.rules.people.compared import prover_of
from governance.rules.people.leads import habits_of, is_token, names_of, spellings, token_beside, tokens_beside
from governance.rules.people.proofs import FOREIGN, PROVEN, UNTRIED
from governance.rules.registered import PEOPLE, Registered, registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, undeclared

# Prefixes of origins: a column of current people, or a completed erasure or rectification, by its reference.
CURRENT: Final = "current:"
OUTDATED: Final = "outdated:"  # of a value that a person had put right, and that still stands in their record
ERASED: Final = "erased:"
RECTIFIED: Final = "rectified:"
Origins = tuple[str, ...]

_NAME = "user.name"
_CONTACT = "user.contact"


@dataclass(frozen=True, slots=True)
class Subjects:
    """Searches the batches of a run; `known` maps tokens to their origins, from people and requests.

    `unproven` is the reason why what is not found proves nothing: not every token was compared with its value.
    """

    known: detection.Known[Origins] = field(repr=False)
    unproven: Reason | None = None

    def search(
        self, batch: Batch, column: str, read: Callable[[], pa.Array] | None = None
    ) -> detection.KnownHits[Origins]:
        """The known people in a column, cached for the batch.

        `read` decrypts a column of envelopes, to search its plaintext instead.
        """
        return batch.once(
            ("known", column, read is not None),
            lambda: detection.scan_known(
                read() if read else batch.column(column),
                self.known,
                label=batch.label(column),
                whole=holds_ids(batch.contract, column),
            ),
        )


def nobody_known(scope: Scope) -> Reason | None:
    """Why the people of a run are not known, if they aren't."""
    people = scope.policy.register.people
    if undeclared(scope, Need(PEOPLE)):
        return Reason.NOT_DECLARED
    return Reason.NO_KEY if scope.keys is None or people in scope.source.sealed else None


def find_subjects(scope: Scope) -> Subjects | None:
    """The index of a run; None where `nobody_known` says why.

    Call it when a kernel starts: it reads tables, and while a batch is folded the source is reading another.
    """
    keys = scope.keys
    if keys is None or nobody_known(scope) is not None:
        return None
    return scope.once("subjects", lambda: _subjects(scope, keys))


def _subjects(scope: Scope, keys: Keyring) -> Subjects:
    seen: Counter[str] = Counter()
    index = _index(scope, keys, seen)
    # A key that makes none of the tokens is another one: what it makes of requests leads to nobody either.
    strange = Reason.OTHER_KEY if seen[FOREIGN] and not seen[PROVEN] else None
    unproven = strange or (Reason.SAMPLED if seen[UNTRIED] else None)
    return Subjects(detection.Known(index, keys.token, habits_of(scope.policy)), unproven)


def holds_ids(contract: Contract | None, column: str) -> bool:
    """Whether a whole cell may be a person's id: a contract says so, or nothing says what the column holds."""
    declared = contract.column(column) if contract else None
    return declared is None or declared.role == PERSON


def clear_contacts(policy: Policy, people: Contract, held: Collection[str]) -> tuple[str, ...]:
    """The columns of people that show a number or an address, and have no tokens beside them."""
    targets = _targets(policy)
    return tuple(
        column.name
        for column in people.columns
        if column.name in held
        and column.name not in people.key
        and column.logical_type == "string"
        and column.classification is not Classification.RESTRICTED
        and not is_token(column)
        and token_beside(people, column.name) not in held
        and (column.category.startswith(_CONTACT) or f"{people.table}.{column.name}" in targets)
    )


def clear_texts(policy: Policy, people: Contract, row: Mapping[str, str | None]) -> dict[str, str]:
    """A person's numbers and addresses in the clear, by column, as their tokens are made of them."""
    habits = habits_of(policy)
    columns = clear_contacts(policy, people, row)
    found = {name: candidates(row[name] or "", people.label(name), habits) for name in columns}
    # The first is the value itself, the others are what else a text might mean.
    written = {name: next((text for kind, text in all_ if kind in {PHONE, EMAIL}), "") for name, all_ in found.items()}
    return {name: text for name, text in written.items() if text}


def clear_tokens(scope: Scope, people: Contract, row: Mapping[str, str | None]) -> frozenset[str]:
    """The tokens of a person's values in the clear; of a name, if any column holds such tokens."""
    targets = _targets(scope.policy)
    found = set(clear_texts(scope.policy, people, row).values())
    for parts in names_of(people, row):
        whole = [text for part in parts if (text := row[part])]
        if len(whole) == len(parts) and any(f"{people.table}.{part}" in targets for part in parts):
            found.update(spellings(whole))
    return frozenset(map(scope.keys.token, found)) if scope.keys else frozenset()


def tokens_of_rows(scope: Scope, people: Contract, batch: pa.RecordBatch) -> list[list[str]]:
    """The tokens that lead to each person of a batch: those of their values, or beside a value that nobody can tell."""
    prover, texts = prover_of(scope, people), key_texts(batch, people)
    if prover is None:
        return [[] for _ in range(batch.num_rows)]
    every = replace(prover, share=1.0)
    columns = _looked_up(scope.policy, people, batch.schema.names)
    proven = [every.prove(batch, texts, column) for column in columns]
    told = list(zip(columns, proven, strict=True))
    return [
        [token for column, proofs in told for token in every.tokens(column, proofs[row])]
        for row in range(batch.num_rows)
    ]


def _targets(policy: Policy) -> frozenset[str]:
    return frozenset(
        target for contract in policy.contracts for column in contract.columns for target in column.token_of
    )


def _index(scope: Scope, keys: Keyring, seen: Counter[str]) -> dict[str, Origins]:
    found: dict[str, dict[str, None]] = {}
    for token, origin in (*_current(scope, keys, seen), *_asked(scope, keys)):
        found.setdefault(token, {})[origin] = None
    shared: dict[Origins, Origins] = {}
    return {token: shared.setdefault(tuple(origins), tuple(origins)) for token, origins in found.items()}


def _current(scope: Scope, keys: Keyring, seen: Counter[str]) -> Iterator[tuple[str, str]]:
    """The tokens of current people: those of their values, and those cells that no value speaks against.

    What a person had put right is no current value of theirs, whatever their record still says.
    """
    people, schemas = scope.policy.tables.get(scope.policy.register.people), scope.source.schemas()
    prover = prover_of(scope, people) if people else None
    if people is None or prover is None or people.table not in schemas:
        return
    held, old = frozenset(schemas[people.table].names), _put_right(scope)
    names, values = names_of(people, held), _looked_up(scope.policy, people, held)
    needed = [name for value in values for name in prover.needs(value)]
    wanted = [name for name in (*people.key, *needed, *chain(*names)) if name in held]
    for batch in scope.source.batches(people.table, list(dict.fromkeys(wanted))) if values or names else ():
        texts = key_texts(batch, people)
        numbers = texts.to_pylist() if texts is not None else [None] * batch.num_rows

        def of(row: int, token: str, column: str, numbers: list[str | None] = numbers) -> tuple[str, str]:
            theirs = {(keys.token(f"user:{numbers[row]}"), field) for field in ("", column)} if token in old else set()
            return token, f"{CURRENT if theirs.isdisjoint(old.get(token, ())) else OUTDATED}{people.table}.{column}"

        for column in values:
            for row, proof in enumerate(prover.prove(batch, texts, column)):
                seen.update(proof.counted)
                yield from (of(row, token, column) for token in prover.tokens(column, proof))
        for parts in names:
            whole = zip(*(prover.read(batch, texts, part) for part in parts), strict=True)
            for row, name in enumerate(whole):
                for spelling in spellings([part for part in name if part]) if all(name) else ():
                    yield of(row, keys.token(spelling), parts[0])


def _looked_up(policy: Policy, people: Contract, held: Collection[str]) -> list[str]:
    """The columns of people with tokens beside them, or with a sealed number or address."""
    targets = _targets(policy)
    return [
        column.name
        for column in people.columns
        if column.name not in people.key
        and not column.name_part
        and (
            any(token in held for token in tokens_beside(people, column.name))
            or (
                column.name in held
                and column.classification is Classification.RESTRICTED
                and not covers(_NAME, column.category)
                and (
                    column.plaintext in {PHONE, EMAIL}
                    or column.category.startswith(_CONTACT)
                    or f"{people.table}.{column.name}" in targets
                )
            )
        )
    ]


def _put_right(scope: Scope) -> Mapping[str, frozenset[tuple[str, str]]]:
    """By old token, whose it was and in which column, as their completed rectifications say."""
    own = registered(scope.policy, "requests")
    schema = scope.source.schemas().get(own.table) if own else None
    needed = ("right", "fulfilled_at", "old_token", SUBJECT_TOKEN)
    if own is None or schema is None or not own.columns.keys() >= {*needed}:
        return {}
    columns = {role: own.columns[role] for role in (*needed, "field", "new_token") if role in own.columns}
    if missing([columns[role] for role in needed], schema):
        return {}
    done: dict[tuple[str, str], list[tuple[datetime, str, str]]] = {}
    for batch in scope.source.batches(own.table, [name for name in columns.values() if name in schema.names]):
        for row in batch.to_pylist():
            said = {role: row.get(name) for role, name in columns.items()}
            who, was, at = said[SUBJECT_TOKEN], said["old_token"], said["fulfilled_at"]
            if said["right"] == "rectification" and at is not None and at <= scope.as_of and who and was:
                change = (at, was, said.get("new_token") or "")
                done.setdefault((who, said.get("field") or ""), []).append(change)
    found: dict[str, set[tuple[str, str]]] = {}
    for place, changes in done.items():
        latest = max(changes)
        for _, was, _ in changes:
            if was != latest[2]:
                found.setdefault(was, set()).add(place)
    return {token: frozenset(places) for token, places in found.items()}


def _asked(scope: Scope, keys: Keyring) -> Iterator[tuple[str, str]]:
    """The tokens of people who were erased by now, and of values that were rectified by now."""
    own = registered(scope.policy, "requests")
    schema = scope.source.schemas().get(own.table) if own else None
    done_by = {"right", "fulfilled_at"}
    if own is None or schema is None or not done_by <= own.columns.keys() or missing(_done(own), schema):
        return
    tokens = [name for name in request_tokens(own) if name in schema.names]
    digests, old = (own.columns.get(role, "") for role in ("digest_tokens", "old_token"))
    columns = [*_done(own), *tokens, *(name for name in (digests, old) if name in schema.names)]
    read = list(dict.fromkeys([*columns, *filter(schema.names.__contains__, own.contract.key)]))
    right, at = _done(own)
    for batch in scope.source.batches(own.table, read):
        by_now = pc.less_equal(batch.column(at), pa.scalar(scope.as_of))
        done = batch.filter(pc.fill_null(by_now, False))  # noqa: FBT003  Arrow's signature
        texts = key_texts(done, own.contract)
        numbers = texts.to_pylist() if texts is not None else [None] * done.num_rows
        for number, row in zip(numbers, done.select(columns).to_pylist(), strict=True):
            reference = keys.reference(own.table, number) if number is not None else ""
            if row[right] == "erasure":
                held = [row[name] for name in tokens] + list(row.get(digests) or ())
                yield from ((token, ERASED + reference) for token in held if token)
            elif row[right] == "rectification" and row.get(old):
                yield row[old], RECTIFIED + reference


def request_tokens(requests: Registered) -> tuple[str, ...]:
    """The columns of the table of requests that name the person who made one."""
    return tuple(column.name for column in requests.contract.columns if column.token_of)


def _done(requests: Registered) -> tuple[str, str]:
    return requests.column("right"), requests.column("fulfilled_at")
