"""The digests of current people's values: whoever hashes a number without a key shows it to all who can count."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.digests import digests
from governance.detection.kinds.phones import PHONE
from governance.detection.subjects import candidates
from governance.encryption.keys import Keyring
from governance.policy import Classification, Contract
from governance.rules.batch import key_texts
from governance.rules.people.leads import habits_of
from governance.rules.people.sealed import opened
from governance.rules.scope import Scope

MOST: Final = 200_000  # people whose digests are kept, half a kilobyte and a fifth of a millisecond each
Origins = tuple[str, ...]
_FIGURES = 16  # of a digest: as many as tell a billion others from it


@dataclass(frozen=True, slots=True)
class Digests:
    """Looks up digests; `people` are those whose values are in it, and `whole` says whether all are."""

    people: int = 0
    whole: bool = True
    _digests: array[int] = field(default_factory=lambda: array("Q"), repr=False)
    _places: bytes = field(default=b"", repr=False)
    _origins: tuple[Origins, ...] = ()

    def added(self, digest: str, found: Origins | None) -> Origins | None:
        """The origins of a digest, with the column of people of whose value it is, if it is of any."""
        wanted = int(digest[:_FIGURES], 16)
        place = bisect_left(self._digests, wanted)
        if place >= len(self._digests) or self._digests[place] != wanted:
            return found
        return tuple(dict.fromkeys((*(found or ()), *self._origins[self._places[place]])))


def current_digests(scope: Scope, keys: Keyring, contacts: tuple[str, ...], prefix: str) -> Digests:
    """The digests of everybody's id, opened values and `contacts` in the clear, in every spelling.

    The origin of each is `prefix` and the column. They are kept as they are, in memory only: a keyed token of each
    would take longer than all else, and hide nothing from whoever reads the values there.
    """
    people, schemas = scope.policy.tables.get(scope.policy.register.people), scope.source.schemas()
    if people is None or people.table not in schemas or not people.primary_key:
        return Digests()
    held = schemas[people.table].names
    sealed = {c.name for c in people.columns if c.classification is Classification.RESTRICTED}
    columns = [name for name in held if name in {people.primary_key, *contacts, *sealed}]
    origins = tuple((f"{prefix}{people.table}.{name}",) for name in columns)
    found, places, rows, whole = array("Q"), bytearray(), 0, True
    for batch in scope.source.batches(people.table, columns) if people.primary_key in columns else ():
        batch, whole = batch.slice(0, MOST - rows), batch.num_rows <= MOST - rows  # noqa: PLW2901  the rest is not kept
        rows += batch.num_rows
        for place, name in enumerate(columns):
            for text in _values(scope, keys, people, batch, name, sealed=name in sealed):
                made = [int(digest[:_FIGURES], 16) for digest in digests(text)]
                found.extend(made)
                places.extend([place] * len(made))
        if not whole:
            break
    order = np.argsort(np.frombuffer(found, np.uint64), kind="stable") if found else np.zeros(0, np.int64)
    ordered = array("Q", np.frombuffer(found, np.uint64)[order].tobytes()) if found else found
    return Digests(rows, whole, ordered, bytes(np.frombuffer(places, np.uint8)[order]) if places else b"", origins)


def _values(
    scope: Scope, keys: Keyring, people: Contract, batch: pa.RecordBatch, column: str, *, sealed: bool
) -> Iterator[str]:
    """The texts of a column as their tokens are made of them, those that the keys do not open left out."""
    names = key_texts(batch, people)
    numbers = names.to_pylist() if names is not None else [None] * batch.num_rows
    if column == people.primary_key:
        yield from filter(None, numbers)
        return
    label, habits = people.label(column), habits_of(scope.policy)
    for number, cell in zip(numbers, pc.cast(batch.column(column), pa.string()).to_pylist(), strict=True):
        text = opened(people, column, number, cell, keys) if sealed else cell
        if text and not text.startswith("+") and "@" not in text:
            text = next((one for kind, one in candidates(text, label, habits) if kind == PHONE), text)
        if text:
            yield text
