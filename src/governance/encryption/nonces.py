"""Nonces under their keys: no two values may share one, in whichever columns they stand.

A nonce used twice under one key reveals what the texts have in common; an equal value was copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance.encryption.byte_arrays import Bytes, Numbers, cells_of, digests
from governance.encryption.formats import FORMATS, ValueGroup

_NOTHING: Final = np.zeros(0, np.uint64)
_KID_BYTES = 16
_WIDTH = 64  # bytes of a key's digest, the length of a nonce, and the nonce
_Column = Callable[[], Iterable[pa.Array]]  # reads the cells of a column, nulls left out
_Wholes = npt.NDArray[np.bytes_]


@dataclass(frozen=True, slots=True)
class Shared:
    """What several columns share under one key: the digests of nonces, and those of whole values."""

    nonces: Numbers = field(default_factory=lambda: _NOTHING, repr=False)
    values: Numbers = field(default_factory=lambda: _NOTHING, repr=False)


def digests_under(group: ValueGroup) -> Numbers:
    """A number for the key and the nonce of each value of a group that has nonces."""
    keys = np.array([int.from_bytes(_kid(name)[:8]) for name in group.kids], np.uint64)
    return np.asarray(digests(_nonces(group), 2) ^ keys[group.kid])


def shared_by(columns: Sequence[tuple[str, _Column]]) -> Shared:
    """What these columns share with each other; each is read in its format.

    Eight bytes are kept for each nonce. Those of equal digests are read again and compared byte by byte.
    """
    twice = _in_several([_joined(map(digests_under, _groups(*column)), np.uint64) for column in columns])
    if not len(twice):
        return Shared()
    found = [[_candidates(group, twice) for group in _groups(*column)] for column in columns]
    wholes = [_joined((one[0] for one in parts), f"S{_WIDTH}") for parts in found]
    numbers = [_joined((one[1] for one in parts), np.uint64) for parts in found]
    values = [_joined((one[2] for one in parts), np.uint64) for parts in found]
    same = [np.isin(mine, _in_several(wholes)) for mine in wholes]
    nonces = np.unique(np.concatenate([mine[where] for mine, where in zip(numbers, same, strict=True)]))
    return Shared(nonces, _in_several([mine[where] for mine, where in zip(values, same, strict=True)]))


def _groups(form: str, column: _Column) -> Iterator[ValueGroup]:
    return (group for cells in column() if len(cells) for group in FORMATS[form](cells_of(cells)) if group.nonce)


def _candidates(group: ValueGroup, twice: Numbers) -> tuple[_Wholes, Numbers, Numbers]:
    """Of the values whose nonce may be shared: the nonce under its key as bytes, its digest, and the value's."""
    numbers = digests_under(group)
    rows = np.flatnonzero(np.isin(numbers, twice))
    nonces = _nonces(group)[rows]
    wholes = np.zeros((len(rows), _WIDTH), np.uint8)
    kids = np.array([list(_kid(name)) for name in group.kids], np.uint8)
    wholes[:, :_KID_BYTES] = kids[group.kid[rows]]
    wholes[:, _KID_BYTES] = nonces.shape[1]
    wholes[:, _KID_BYTES + 1 : _KID_BYTES + 1 + nonces.shape[1]] = nonces
    return wholes.view(f"S{_WIDTH}").ravel(), numbers[rows], digests(group.raw[rows])


def _nonces(group: ValueGroup) -> Bytes:
    return group.raw[:, group.nonce - group.fresh : group.nonce]


def _kid(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=_KID_BYTES).digest()


def _joined(parts: Iterable[npt.NDArray[Any]], kind: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.concatenate([np.zeros(0, kind), *parts])


def _in_several(columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """What stands in more than one of these, ascending."""
    every = np.sort(np.concatenate([np.unique(column) for column in columns])) if columns else _NOTHING
    return np.unique(every[1:][every[1:] == every[:-1]])
