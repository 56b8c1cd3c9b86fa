"""The tokens of current people, as their own values prove them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Final

import pyarrow as pa

from governance.detection.kinds.emails import EMAIL
from governance.detection.kinds.phones import PHONE
from governance.encryption.keys import Keyring
from governance.policy import Classification, Contract, Policy, covers
from governance.policy.column_roles import SUBJECT_TOKEN
from governance.rules.batch import key_texts, missing
from governance.rules.people.compared import prover_of
from governance.rules.people.leads import names_of, spellings, tokens_beside
from governance.rules.registered import registered
from governance.rules.scope import Scope

# Prefixes of origins, before a column of people.
CURRENT: Final = "current:"
OUTDATED: Final = "outdated:"  # of a value that the person had put right, and that still stands in their record

_NAME, _CONTACT = "user.name", "user.contact"


def token_targets(policy: Policy) -> frozenset[str]:
    """The columns of whose values any column holds tokens."""
    return frozenset(
        target for contract in policy.contracts for column in contract.columns for target in column.token_of
    )


def current_tokens(scope: Scope, keys: Keyring, seen: Counter[str]) -> Iterator[tuple[str, str]]:
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


def _looked_up(policy: Policy, people: Contract, held: Collection[str]) -> list[str]:
    """The columns of people with tokens beside them, or with a sealed number or address."""
    targets = token_targets(policy)
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
