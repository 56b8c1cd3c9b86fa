"""Random draws per block: each stream is named by seed, table and block, so order and workers do not matter."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

BLOCK_ROWS = 65_536
Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bytes: TypeAlias = NDArray[np.uint8]
_BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)


def stream(seed: int, table: str, block: int | str) -> np.random.Generator:
    """The random numbers of one block."""
    digest = hashlib.sha256(f"{seed}\0{table}\0{block}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16])))


def uniform(seed: int, name: str, index: Ints) -> Floats:
    """Numbers from 0 to 1 that depend only on a row's position, so that any table can look them up."""
    mixed = index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + _key(seed, name)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (mixed ^ (mixed >> np.uint64(31))) / 2.0**64 * (1 - 2.0**-52)


def _key(seed: int, name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.sha256(f"{seed}\0{name}".encode()).digest()[:8]))


def ranks(share: Floats, count: int) -> Ints:
    """Ranks from 0 to count - 1 by uniform shares, each about in proportion to 1 / (rank + 1)."""
    return np.minimum(np.exp(share * math.log(count + 1)).astype(np.int64) - 1, count - 1)


def zipf(rng: np.random.Generator, count: int, size: int) -> Ints:
    """Ranks from 0 to count - 1, each drawn about in proportion to 1 / (rank + 1)."""
    return ranks(rng.random(size), count)


def shuffled(index: Ints, count: int, seed: int) -> Ints:
    """A one-to-one rearrangement of 0 … count - 1 that needs no memory; `count` up to 3e9."""
    factor = (seed * 2_654_435_761 + 40_503) % count | 1
    while math.gcd(factor, count) != 1:
        factor += 2
    return (index * factor + seed % count) % count


def choose(pool: pa.Array, places: Ints, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """The values of a pool at these places, null where `missing`; dictionary-encoded, as Parquet stores them anyway.

    The pool's values must be distinct: with one twice, the Parquet writer gives up the dictionary, after writing one
    whose bytes change from run to run.
    """
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32), mask=missing), pool)


def choose_among(values: Sequence[str], places: Ints) -> pa.Array:
    """The same from a short list in which values may repeat."""
    distinct = {value: code for code, value in enumerate(dict.fromkeys(values))}
    return choose(pa.array(list(distinct)), np.array([distinct[value] for value in values])[places])


def weighted(rng: np.random.Generator, weights: Sequence[float], size: int) -> Ints:
    """Places drawn in proportion to these weights."""
    return by_weight(weights, rng.random(size))


def by_weight(weights: Sequence[float], share: Floats) -> Ints:
    """Places in proportion to these weights, by uniform shares."""
    edges = np.cumsum(weights, dtype=np.float64)
    return np.searchsorted(edges / edges[-1], share, side="right").clip(0, len(weights) - 1)


def letters(rng: np.random.Generator, size: int, width: int, prefix: bytes = b"", last: Ints | None = None) -> pa.Array:
    """Random texts of `width` base32 characters (5 bits each), which never look like a long number.

    The last six spell the numbers of `last`, which are below 32**6.
    """
    table = np.empty((size, len(prefix) + width), dtype=np.uint8)
    table[:, : len(prefix)] = np.frombuffer(prefix, dtype=np.uint8)
    table[:, len(prefix) :] = _BASE32[np.frombuffer(rng.bytes(size * width), dtype=np.uint8).reshape(size, width) & 31]
    if last is not None:
        for place in range(6):
            table[:, -1 - place] = _BASE32[(last >> (5 * place)) & 31]
    return texts(table)


def texts(table: Bytes) -> pa.Array:
    """One text per row of ASCII bytes."""
    offsets = np.arange(len(table) + 1, dtype=np.int32) * table.shape[1]
    return pa.StringArray.from_buffers(len(table), pa.py_buffer(offsets), pa.py_buffer(table.ravel()))


def table_of(array: pa.Array, width: int) -> Bytes:
    """The ASCII bytes of texts that all have one width, a row each; the array must be no slice."""
    return np.frombuffer(array.buffers()[2], dtype=np.uint8)[: len(array) * width].reshape(len(array), width)


def side_by_side(size: int, *parts: bytes | Bytes) -> Bytes:
    """Tables of bytes, and bytes that repeat in every row, from left to right."""
    tables = [
        np.broadcast_to(np.frombuffer(p, dtype=np.uint8), (size, len(p))) if isinstance(p, bytes) else p for p in parts
    ]
    return np.concatenate(tables, axis=1)


def moments(microseconds: Ints, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """UTC timestamps from microseconds since 1970."""
    return pa.array(microseconds, pa.int64(), mask=missing).cast(pa.timestamp("us", tz="UTC"))
