"""How the bytes of a column are spread: ciphertext looks random at every position, and most of what is none does not.

Judged on a sample that is bounded and does not depend on the order of the rows: the values whose digests are smallest.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from governance.encryption.cells import Bytes, Flags, Words, digests

LEAST = 30  # values below which genuine and fake cannot be told apart
BLOCK = 16
_KEPT = 1 << 14  # values
_HEAD, _TAIL = 192, 64  # bytes looked at from either end
_SIGMAS = 7.0  # genuine bytes are so uneven less than once in a billion columns
_FEW = 5 * 256  # values from which counts by byte say more than how many bytes there are
_SHARE = 0.1  # of blocks that repeat: a few are two values with one nonce, which are found one by one
_LENGTHS = 2


@dataclass(slots=True)
class Spread:
    """Sees the bytes after the nonce; `offset` is where the blocks of a cipher without a nonce would lie in them."""

    offset: int = 0
    _digests: Words = field(default_factory=lambda: np.zeros(0, np.uint64), repr=False)
    _heads: Bytes = field(default_factory=lambda: np.zeros((0, _HEAD), np.uint8), repr=False)
    _tails: Bytes = field(default_factory=lambda: np.zeros((0, _TAIL), np.uint8), repr=False)
    _sizes: Words = field(default_factory=lambda: np.zeros(0, np.uint64), repr=False)
    _most: int = (1 << 64) - 1
    lengths: Counter[int] = field(default_factory=Counter, repr=False)

    def see(self, bodies: Bytes, names: Words, length: int) -> None:
        """Values of one length, `length` bytes with the nonce, and their digests."""
        self.lengths[length] += len(bodies)
        chosen = np.flatnonzero(names <= np.uint64(self._most))
        bodies, size = bodies[chosen], bodies.shape[1]
        heads, tails = np.zeros((len(chosen), _HEAD), np.uint8), np.zeros((len(chosen), _TAIL), np.uint8)
        heads[:, : min(size, _HEAD)] = bodies[:, :_HEAD]
        tails[:, : min(size, _TAIL)] = bodies[:, ::-1][:, :_TAIL]
        self._digests = np.concatenate((self._digests, names[chosen]))
        self._heads = np.concatenate((self._heads, heads))
        self._tails = np.concatenate((self._tails, tails))
        self._sizes = np.concatenate((self._sizes, np.full(len(chosen), size, np.uint64)))
        if len(self._digests) > 4 * _KEPT:
            self._prune()

    def _prune(self) -> None:
        self._digests, first = np.unique(self._digests, return_index=True)
        kept = first[:_KEPT]
        self._digests = self._digests[:_KEPT]
        self._heads, self._tails, self._sizes = self._heads[kept], self._tails[kept], self._sizes[kept]
        if len(self._digests) == _KEPT:
            self._most = int(self._digests[-1])

    def diversity(self, most: int) -> tuple[int, ...]:
        """How many different bytes stand at each of the first places, as far as every value reaches."""
        self._prune()
        width = min(most, _HEAD, int(self._sizes.min()) if len(self._sizes) else 0)
        return tuple(len(np.unique(self._heads[:, place])) for place in range(width))

    def verdict(self) -> str:
        """What the bytes give away of the whole column, "" if nothing."""
        self._prune()
        if len(self._digests) < LEAST:
            return ""
        if self._repeats():
            return "repeated_block"
        if self.in_blocks and len(self.lengths) >= _LENGTHS:
            return "unauthenticated_blocks"
        if self._uneven(self._heads, _HEAD) or self._uneven(self._tails, _TAIL):
            return "not_random"
        return ""

    @property
    def in_blocks(self) -> bool:
        """Whether every length is that of whole blocks, as a block cipher without authentication makes them."""
        return bool(self.lengths) and all(length % BLOCK == 0 for length in self.lengths)

    def _uneven(self, table: Bytes, width: int) -> bool:
        collisions = variance = 0.0
        pooled = np.zeros(256, np.int64)
        for place in range(width):
            here = table[self._sizes > place, place]
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

    def _repeats(self) -> bool:
        """Whether blocks come again, within a value or in others, as they do where equal text gives equal blocks."""
        for offset in dict.fromkeys((0, self.offset)):
            parts = []
            for start in range(offset, _HEAD - BLOCK + 1, BLOCK):
                whole: Flags = self._sizes >= start + BLOCK
                parts.append(digests(self._heads[whole, start : start + BLOCK]))
            blocks = np.concatenate(parts)
            if len(blocks) and len(blocks) - len(np.unique(blocks)) > max(1, _SHARE * len(blocks)):
                return True
        return False


def _distinct(count: int) -> tuple[float, float]:
    """How many different bytes so many random ones are, and by how much that varies."""
    once, twice = (255 / 256) ** count, (254 / 256) ** count
    variance = 256 * once + 256 * 255 * twice - (256 * once) ** 2
    return 256 * (1 - once), math.sqrt(max(variance, 1e-9))


def _deviation(counts: np.ndarray) -> float:
    """Chi-square of 256 counts against equal ones, as a normal deviate (Wilson and Hilferty)."""
    expected = counts.sum() / 256
    freedom = 255
    ratio = float(((counts - expected) ** 2).sum() / expected) / freedom
    return float((ratio ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom)))
