"""The people of a data set, by keyed tokens: the current ones, and those who asked for erasure.

One index serves every rule of a run, and each column of a batch is searched once for all rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from governance import detection
from governance.encryption.keys import Keyring
from governance.policy import Classification
from governance.rules.batch import Batch, key_texts
from governance.rules.people.leads import REQUESTS, is_of_people
from governance.rules.scope import Scope
from governance.spelling import normalise

# Prefixes of origins: a column of current people, or a completed erasure or rectification, by its reference.
CURRENT: Final = "current:"
ERASED: Final = "erased:"
RECTIFIED: Final = "rectified:"
Origins = tuple[str, ...]

REQUEST_TOKENS = ("id_token", "mobile_token", "email_token", "name_token")
REQUEST_COLUMNS = ("right", "fulfilled_at", *REQUEST_TOKENS, "digest_tokens", "old_token")
_NAME = "user.name"
_TOKEN = "_token"  # noqa: S105  a column name


@dataclass(frozen=True, slots=True)
class Subjects:
    """Searches the batches of a run; `known` maps tokens to their origins, from people and `requests`."""

    known: detection.Known[Origins] = field(repr=False)
    requests: str

    def search(
        self, batch: Batch, column: str, read: Callable[[], pa.Array] | None = None
    ) -> detection.KnownHits[Origins]:
        """The known people in a column, cached for the batch.

        `read` decrypts a column of envelopes, to search its plaintext instead.
        """
        return batch.once(
            ("known", self.requests, column, read is not None),
            lambda: detection.scan_known(read() if read else batch.column(column), self.known, label=column),
        )


def find_subjects(scope: Scope, requests: str = REQUESTS) -> Subjects | None:
    """The index of a run; None without keys, or where no key opens a table of people, as it would be incomplete.

    Call it when a kernel starts: it reads tables, and while a batch is folded the source is reading another.
    """
    keys = scope.keys
    people = {contract.table for contract in scope.policy.contracts if is_of_people(contract)}
    if keys is None or people & set(scope.source.sealed):
        return None
    return scope.once(
        ("subjects", requests), lambda: Subjects(detection.Known(_index(scope, keys, requests), keys.token), requests)
    )


def _index(scope: Scope, keys: Keyring, requests: str) -> dict[str, Origins]:
    found: dict[str, dict[str, None]] = {}
    for token, origin in (*_current(scope, keys), *_asked(scope, keys, requests)):
        found.setdefault(token, {})[origin] = None
    shared: dict[Origins, Origins] = {}
    return {token: shared.setdefault(tuple(origins), tuple(origins)) for token, origins in found.items()}


def _current(scope: Scope, keys: Keyring) -> Iterator[tuple[str, str]]:
    """The tokens of current people: made from names, which are in the clear, and those beside sealed columns."""
    schemas = scope.source.schemas()
    for contract in scope.policy.contracts:
        if not is_of_people(contract) or contract.table not in schemas:
            continue
        names = set(schemas[contract.table].names)
        sealed = [c.name for c in contract.columns if c.classification is Classification.RESTRICTED]
        beside = {f"{name}{_TOKEN}": name for name in sealed if f"{name}{_TOKEN}" in names}
        named = [column.name for column in contract.columns if column.category == _NAME and column.name in names]
        clear = [name for name in named if name not in sealed and name not in beside]
        for batch in scope.source.batches(contract.table, [*beside, *clear]) if beside or clear else ():
            for column, name in beside.items():
                for token in _texts(batch.column(column)):
                    yield token, f"{CURRENT}{contract.table}.{name}"
            for column in clear:
                for text in _texts(pc.unique(batch.column(column))):
                    yield keys.token(normalise(text).casefold()), f"{CURRENT}{contract.table}.{column}"


def _asked(scope: Scope, keys: Keyring, requests: str) -> Iterator[tuple[str, str]]:
    """The tokens of people who were erased by now, and of values that were rectified by now."""
    contract = scope.policy.tables.get(requests)
    schema = scope.source.schemas().get(requests)
    if contract is None or schema is None or not {"right", "fulfilled_at"}.issubset(schema.names):
        return
    columns = [name for name in REQUEST_COLUMNS if name in schema.names]
    read = list(dict.fromkeys([*columns, *filter(schema.names.__contains__, [contract.primary_key])]))
    for batch in scope.source.batches(requests, read):
        by_now = pc.less_equal(pc.cast(batch.column("fulfilled_at"), pa.timestamp("us", "UTC")), pa.scalar(scope.as_of))
        done = batch.filter(pc.fill_null(by_now, False))  # noqa: FBT003  Arrow's signature
        texts = key_texts(done, contract)
        numbers = texts.to_pylist() if texts is not None else [None] * done.num_rows
        for number, row in zip(numbers, done.select(columns).to_pylist(), strict=True):
            reference = keys.reference(requests, number) if number is not None else ""
            if row["right"] == "erasure":
                tokens = [row.get(name) for name in REQUEST_TOKENS] + list(row.get("digest_tokens") or ())
                yield from ((token, ERASED + reference) for token in tokens if token)
            elif row["right"] == "rectification" and row.get("old_token"):
                yield row["old_token"], RECTIFIED + reference


def _texts(column: pa.Array) -> list[str]:
    return [text for text in pc.cast(column, pa.large_string()).to_pylist() if text]
