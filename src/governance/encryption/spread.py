"""The distribution of a column's bytes: ciphertext looks random at every position, most other data does not.

It is judged on a bounded sample that does not depend on the order of the rows: the values with the smallest digests.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from governance.encryption.byte_arrays import Bytes, Flags, Numbers, Places, digests, distinct

LEAST = 30  # fewer values cannot distinguish genuine from fake
BLOCK = 16
_KEPT = 1 << 14  # values
_HEAD, _TAIL = 192, 64  # bytes looked at from either end
_SIGMAS = 7.0  # genuine bytes exceed it in less than one of a billion columns
_FEW = 5 * 256  # from so many values on, counts by byte prove more than the number of different bytes
_SHARE = 0.1  # of blocks that repeat: a few are two values with one nonce, which are found one by one
_LENGTHS = 2


@dataclass(frozen=True, slots=True)
class _Part:
    """Some values of the sample: their digests, sizes, and first and last bytes, the last in reverse."""

    digests: Numbers = field(repr=False)
    sizes: Numbers = field(repr=False)
    heads: Bytes = field(repr=False)
    tails: Bytes = field(repr=False)

    def take(self, places: Places) -> _Part:
        return _Part(self.digests[places], self.sizes[places], self.heads[places], self.tails[places])


def _joined(parts: Sequence[_Part]) -> _Part:
    names = ("digests", "sizes", "heads", "tails")
    return _Part(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _smallest(names: Numbers) -> Places:
    """The places of the smallest different digests, ascending."""
    first: Places = np.unique(names, return_index=True)[1]
    return first[:_KEPT]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The bytes after the nonce; `offset` is where the blocks of a cipher without a nonce would lie in them.

    `lengths` counts values by length, with the nonce; `sample` holds the values whose digests are smallest, each once.
    """

    offset: int
    lengths: Counter[int] = field(repr=False)
    sample: _Part = field(repr=False)

    @classmethod
    def of(cls, offset: int, bodies: Bytes, names: Numbers, length: int) -> Spread:
        """Values of one length, and their digests."""
        chosen = _smallest(names)
        counted, bodies, size = len(bodies), bodies[chosen], bodies.shape[1]
        heads, tails = np.zeros((len(chosen), _HEAD), np.uint8), np.zeros((len(chosen), _TAIL), np.uint8)
        heads[:, : min(size, _HEAD)] = bodies[:, :_HEAD]
        tails[:, : min(size, _TAIL)] = bodies[:, ::-1][:, :_TAIL]
        sizes = np.full(len(chosen), size, np.uint64)
        return cls(offset, Counter({length: counted}), _Part(names[chosen], sizes, heads, tails))

    def merge(self, *others: Spread) -> Spread:
        """All together."""
        whole = _joined([self.sample, *(other.sample for other in others)])
        lengths = sum((other.lengths for other in others), start=self.lengths)
        return Spread(self.offset, lengths, whole.take(_smallest(whole.digests)))

    def diversity(self, most: int) -> tuple[int, ...]:
        """The number of different bytes at each of the first places that every value reaches."""
        sample = self.sample
        width = min(most, _HEAD, int(sample.sizes.min()) if len(sample.sizes) else 0)
        return tuple(len(np.unique(sample.heads[:, place])) for place in range(width))

    def verdict(self) -> str:
        """The problem that the bytes of the whole column reveal, "" if none."""
        sample = self.sample
        if len(sample.digests) < LEAST:
            return ""
        if self._repeats(sample):
            return "repeated_block"
        if self.in_blocks and len(self.lengths) >= _LENGTHS:
            return "unauthenticated_blocks"
        if _uneven(sample.heads, sample.sizes) or _uneven(sample.tails, sample.sizes):
            return "not_random"
        return ""

    @property
    def in_blocks(self) -> bool:
        """Whether every length is that of whole blocks, as a block cipher without authentication makes them."""
        return bool(self.lengths) and all(length % BLOCK == 0 for length in self.lengths)

    def _repeats(self, sample: _Part) -> bool:
        """Whether blocks repeat, within a value or across values, as when equal texts give equal blocks."""
        for offset in dict.fromkeys((0, self.offset)):
            parts = []
            for start in range(offset, _HEAD - BLOCK + 1, BLOCK):
                whole: Flags = sample.sizes >= start + BLOCK
                parts.append(digests(sample.heads[whole, start : start + BLOCK]))
            blocks = np.concatenate(parts)
            if len(blocks) and len(blocks) - distinct(blocks) > max(1, _SHARE * len(blocks)):
                return True
        return False


def _uneven(table: Bytes, sizes: Numbers) -> bool:
    """Whether the bytes at a position, or all together, are less evenly distributed than random ones."""
    collisions = variance = 0.0
    pooled = np.zeros(256, np.int64)
    for place in range(table.shape[1]):
        here = table[sizes > place, place]
        if len(here) < LEAST:
            break
        counts = np.bincount(here, minlength=256)
        pooled += counts
        expected, spread = _distinct(len(here))
        missing = expected - np.count_nonzero(counts)
        if missing > _SIGMAS * spread + 1 or (len(here) >= _FEW and _deviation(counts) > _SIGMAS):
            return True
        collisions += missing
        variance += spread**2
    if collisions > _SIGMAS * math.sqrt(variance) + 1:
        return True
    return bool(pooled.sum() >= _FEW and _deviation(pooled) > _SIGMAS)


def _distinct(count: int) -> tuple[float, float]:
    """The expected number of different bytes among so many random ones, and its deviation."""
    once, twice = (255 / 256) ** count, (254 / 256) ** count
    variance = 256 * once + 256 * 255 * twice - (256 * once) ** 2
    return 256 * (1 - once), math.sqrt(max(variance, 1e-9))


def _deviation(counts: np.ndarray) -> float:
    """Chi-square of 256 counts against equal ones, as a normal deviate (Wilson and Hilferty)."""
    expected = counts.sum() / 256
    freedom = 255
    ratio = float(((counts - expected) ** 2).sum() / expected) / freedom
    return float((ratio ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom)))
