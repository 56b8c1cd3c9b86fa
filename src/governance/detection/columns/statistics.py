"""What no single cell reveals: columns of card numbers, by their check digits, and columns that together hold them."""

import hashlib
import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns.texts import is_text
from governance.detection.kinds import codes
from governance.detection.sieve.numbers import luhn
from governance.detection.sieve.text_buffers import Flags, Places, places_of
from governance.detection.text.folding import fold_label

_MOST = 2000  # distinct numbers that suffice to judge a column
CHANCE = Fraction(1, 10)  # of a number to have the right check digit
_UNLIKELY = Fraction(1, 10**9)
_SURE = 0.9
_GAP = 1000  # between ids that are counted up, on average; numbers of people lie much farther apart
_FILLER = 2  # digits of a number such as 9999999999, which fills a column
_ISSUED = (2, 4, 5, 6, 9)  # what payment cards begin with: other numbers must not fill the sample
_MASK: Final = re.compile(r"(?<![0-9])([0-9]{6,8})[*xX#•]{4,6}([0-9]{4})(?![0-9])")
_MASK_HINT: Final = "(?:^|[^0-9])[0-9]{6,8}[*xX#•]{4,6}[0-9]{4}(?:[^0-9]|$)"
_MASKS: Final = ("****", "xxxx", "XXXX", "####", "••••")
_HEX: Final = r"(?:^|[^0-9A-Za-z])(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?:[^0-9A-Za-z]|$)"
_DIGEST: Final = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])", re.IGNORECASE)
_BY_LENGTH: Final = {32: "md5", 40: "sha1", 64: "sha256"}
_TRIED = 64  # rows of a table whose hash is tried: a tenth of a second each
Pair: TypeAlias = tuple[str, str]


def names_code(name: str) -> bool:
    """Whether a column is called after a card's code or PIN, which may not be kept in any form."""
    return codes.DETECTOR.is_named_by(fold_label(name))


def at_least(right: int, numbers: int, chance: Fraction = CHANCE) -> Fraction:
    """The exact chance that at least so many of these numbers have the right check digit by accident."""
    ways = (comb(numbers, k) * chance**k * (1 - chance) ** (numbers - k) for k in range(right, numbers + 1))
    return sum(ways, start=Fraction(0))


@dataclass(frozen=True, slots=True, eq=False)
class NumberSample:
    """The distinct sixteen-digit numbers of a column with the smallest lots, independent of the order of rows."""

    numbers: Places = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)
    lots: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64), repr=False)

    @classmethod
    def of(cls, column: pa.Array, secret: bytes) -> "NumberSample":
        """The sample of these cells, by lots keyed with `secret`; only texts and whole numbers count."""
        texts = _sixteen(column)
        if texts is None:
            return cls()
        numbers = pc.cast(pc.unique(texts.drop_null()), pa.int64()).to_numpy()
        return cls.of_numbers(numbers[np.isin(numbers // 10**15, _ISSUED)], secret)

    @classmethod
    def of_numbers(cls, numbers: Places, secret: bytes) -> "NumberSample":
        """The sample of these numbers."""
        return cls._smallest(numbers, _lots(numbers, secret))

    def merge(self, other: "NumberSample") -> "NumberSample":
        """Those of both."""
        return self._smallest(np.concatenate([self.numbers, other.numbers]), np.concatenate([self.lots, other.lots]))

    @classmethod
    def _smallest(cls, numbers: Places, lots: npt.NDArray[np.uint64]) -> "NumberSample":
        _, first = np.unique(lots, return_index=True)
        return cls(numbers[first[:_MOST]], lots[first[:_MOST]])

    def counts_up(self) -> bool:
        """Whether these are numbers in a row, as ids are, or one that fills a column: not as numbers of people lie."""
        if not len(self.numbers):
            return False
        if len(self.numbers) == 1:
            return len(set(str(self.numbers[0]))) <= _FILLER
        share = float(self.lots.max()) / 2**64 if len(self.numbers) == _MOST else 1.0
        return float(self.numbers.max() - self.numbers.min()) * share < _GAP * len(self.numbers)

    def holds_cards(self) -> bool:
        """Whether these are card numbers: nearly all have the right check digit, unlike ids."""
        numbers = [str(number) for number in self.numbers.tolist()]
        if not numbers:
            return False
        digits = np.array([list(number.encode()) for number in numbers], dtype=np.uint8).T - np.uint8(48)
        return _are_nearly_all_right(int(luhn(digits).sum()), len(numbers), _UNLIKELY)


def _lots(numbers: Places, secret: bytes) -> npt.NDArray[np.uint64]:
    """A keyed number for each number, no two the same (the finaliser of SplitMix64)."""
    key = np.uint64(int.from_bytes(hashlib.blake2b(b"numbers", key=secret, digest_size=8).digest()))
    lots = numbers.astype(np.uint64) ^ key
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        lots = (lots ^ (lots >> np.uint64(shift))) * np.uint64(factor)
    return lots ^ (lots >> np.uint64(31))


def _are_nearly_all_right(right: int, numbers: int, unlikely: Fraction) -> bool:
    """Whether nearly all numbers have the right check digit, more than chance allows."""
    if right < _SURE * numbers:
        return False
    if numbers > _MOST:  # nine in ten of so many are no accident, and the exact chance is slow to compute
        right, numbers = int(_SURE * _MOST), _MOST
    return at_least(right, numbers) < unlikely


def _sixteen(column: pa.Array) -> pa.Array | None:
    """The cells that are sixteen digits, as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _sixteen(column.dictionary)
    if pa.types.is_integer(kind) and kind.bit_width == 64:
        return pc.cast(column.filter(pc.and_(pc.greater_equal(column, 10**15), pc.less(column, 10**16))), pa.string())
    if pa.types.is_floating(kind):
        able = pc.and_(pc.greater_equal(column, 1e15), pc.less(column, float(1 << 53)))
        whole = column.filter(pc.fill_null(able, False))  # noqa: FBT003  Arrow's signature
        return pc.cast(pc.cast(whole.filter(pc.equal(whole, pc.floor(whole))), pa.int64()), pa.string())
    if not is_text(kind):
        return None
    few = column.filter(pc.equal(pc.binary_length(column), 16))
    return few.filter(pc.match_substring_regex(few, "^[0-9]{16}$")) if len(few) else None


@dataclass(frozen=True, slots=True, order=True)
class MaskedRow:
    """A row with masked card numbers beside plain hashes; `lot` decides whether its hash is tried."""

    lot: int
    masks: tuple[tuple[str, str], ...] = field(repr=False)
    digests: tuple[str, ...] = field(repr=False)
    key: str = field(repr=False)  # the row's primary key, "" without one


@dataclass(frozen=True, slots=True)
class MaskedRows:
    """The rows of a table whose hash is tried: those with the smallest lots; `left` counts the others."""

    rows: tuple[MaskedRow, ...] = field(default=(), repr=False)
    left: int = 0

    @classmethod
    def of(cls, batch: pa.RecordBatch, keys: pa.Array | None, secret: bytes) -> "MaskedRows":
        """Those of a batch."""
        texts = [batch.column(n) for n in batch.schema.names if is_text(batch.column(n).type)]
        masked = sorted({row for column in texts for row in _matching(column, _MASKS, _MASK_HINT)})
        if not masked:
            return cls()
        few = [column.take(pa.array(masked)) for column in texts]
        both = sorted({row for column in few for row in places_of(pc.match_substring_regex(column, _HEX)).tolist()})
        names = [None] * len(masked) if keys is None else keys.take(pa.array(masked)).to_pylist()
        rows = [_masked_row([str(c[row]) for c in few if c[row].is_valid], names[row] or "", secret) for row in both]
        return cls.smallest(rows)

    def merge(self, other: "MaskedRows") -> "MaskedRows":
        """Those of both."""
        return self.smallest([*self.rows, *other.rows], self.left + other.left)

    @classmethod
    def smallest(cls, rows: Sequence[MaskedRow], left: int = 0) -> "MaskedRows":
        """The smallest lots of these rows; `left` rows were left out before."""
        kept = tuple(heapq.nsmallest(_TRIED, rows))
        return cls(kept, left + len(rows) - len(kept))

    def opened(self) -> list[str]:
        """The keys of rows whose hash is that of a card number that fits the mask."""
        return [row.key for row in self.rows if _is_opened(row.masks, row.digests)]


def _masked_row(texts: Sequence[str], key: str, secret: bytes) -> MaskedRow:
    masks = sorted({(mask[1], mask[2]) for text in texts for mask in _MASK.finditer(text)})
    digests = sorted({match[0].lower() for text in texts for match in _DIGEST.finditer(text)})
    content = repr((masks, digests, key)).encode()
    lot = int.from_bytes(hashlib.blake2b(content, key=secret, digest_size=8).digest())
    return MaskedRow(lot, tuple(masks), tuple(digests), key)


@lru_cache(maxsize=1024)
def _is_opened(masks: tuple[tuple[str, str], ...], digests: tuple[str, ...]) -> bool:
    """Whether one of these is the plain hash of a card number that fits one of the masks."""
    return any(
        hashlib.new(_BY_LENGTH[len(digest)], number, usedforsecurity=False).hexdigest() == digest
        for head, tail in masks
        for digest in digests
        for number in _candidates(head, tail)
    )


@dataclass(frozen=True, slots=True)
class Joined:
    """Rows in which two pieces together begin like a card number, and whether they pass Luhn.

    `tried` counts the rows with such pieces, `chance` is that of a right number in one of them by accident.
    """

    pair: Pair
    rows: Places
    right: Flags
    tried: int = 0
    chance: Fraction = Fraction(1)


def hold_halves(right: int, numbers: int) -> bool:
    """Whether two columns together hold card numbers: nearly all check digits are right."""
    return numbers > 0 and _are_nearly_all_right(right, numbers, Fraction(1, 10**5))


def is_no_accident(right: int, agreeing: int, tried: int, chance: Fraction, unlikely: Fraction) -> bool:
    """Whether so many right numbers among those that were tried are less likely than that.

    Nearly all that agree must be right: numbers that are made alike agree always.
    """
    return 0 < right <= tried and right >= _SURE * agreeing and comb(tried, right) * chance**right < unlikely


def _matching(column: pa.Array, signs: Sequence[str], hint: str) -> list[int]:
    """The rows that match; searching for the signs first is cheaper, as every match holds one."""
    if not any(pc.any(pc.match_substring(column, sign)).as_py() for sign in signs):
        return []
    found: list[int] = places_of(pc.match_substring_regex(column, hint)).tolist()
    return found


def _candidates(head: str, tail: str) -> Iterator[bytes]:
    """Every card number that fits a mask: one in ten candidates has the right check digit."""
    hidden = 16 - len(head) - len(tail)
    shown = np.frombuffer(head.encode(), np.uint8) - np.uint8(48)
    count = 10**hidden
    digits = np.empty((16, count), dtype=np.uint8)
    digits[: len(head)] = shown[:, None]
    for place in range(hidden):
        digits[len(head) + place] = np.arange(count) // 10 ** (hidden - 1 - place) % 10
    digits[len(head) + hidden :] = (np.frombuffer(tail.encode(), np.uint8) - np.uint8(48))[:, None]
    right = np.flatnonzero(luhn(digits))
    for number in (digits[:, right].T + np.uint8(48)).astype(np.uint8):
        yield number.tobytes()
