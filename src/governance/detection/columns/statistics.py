"""What no single cell gives away: a column of card numbers by their check digits, and columns that add up to one."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import permutations
from math import comb
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.kinds import codes
from governance.detection.kinds.checksums import luhn as is_right
from governance.detection.sieve.bytemap import Places
from governance.detection.sieve.windows import luhn, tables
from governance.detection.text.folding import fold_label

_MOST = 2000  # distinct numbers that tell enough of a column
_CHANCE = Fraction(1, 10)  # of a number to have the right check digit
_UNLIKELY = Fraction(1, 10**9)
_SURE = 0.9
_ISSUED = "24569"  # what payment cards begin with
_MASK: Final = re.compile(r"(?<![0-9])([0-9]{6,8})[*xX#•]{4,6}([0-9]{4})(?![0-9])")
_MASKS: Final = ("****", "xxxx", "XXXX", "####", "••••")
_HEX: Final = r"(?:^|[^0-9A-Za-z])(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?:[^0-9A-Za-z]|$)"
_DIGEST: Final = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])", re.IGNORECASE)
_BY_LENGTH: Final = {32: "md5", 40: "sha1", 64: "sha256"}
_TRIED = 20  # rows of a table whose hash is tried: a tenth of a second each


def names_code(name: str) -> bool:
    """Whether a column is called after a card's code or PIN, which may not be kept in any form."""
    return codes.announces(fold_label(name))


def at_least(right: int, numbers: int, chance: Fraction = _CHANCE) -> Fraction:
    """The exact chance that so many of some numbers, or more, have the right check digit by accident."""
    ways = (comb(numbers, k) * chance**k * (1 - chance) ** (numbers - k) for k in range(right, numbers + 1))
    return sum(ways, start=Fraction(0))


@dataclass(slots=True)
class LuhnRate:
    """How many of a column's distinct sixteen-digit numbers have the right check digit."""

    _numbers: set[str] = field(default_factory=set, repr=False)

    def see(self, column: pa.Array) -> None:
        """More cells of the column; whatever is no text or whole number doesn't count."""
        if len(self._numbers) >= _MOST:
            return
        texts = _sixteen(column)
        if texts is not None:
            self._numbers.update(pc.unique(texts).to_pylist()[: _MOST - len(self._numbers)])

    def says_cards(self) -> bool:
        """Whether these are card numbers: nearly all are right, which ids are by accident only."""
        numbers = sorted(number for number in self._numbers if number[0] in _ISSUED)
        if not numbers:
            return False
        digits = np.array([list(number.encode()) for number in numbers], dtype=np.uint8).T - np.uint8(48)
        right = int(luhn(digits).sum())
        return right >= _SURE * len(numbers) and at_least(right, len(numbers)) < _UNLIKELY


def _sixteen(column: pa.Array) -> pa.Array | None:
    """The cells that are sixteen digits, as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _sixteen(column.dictionary)
    if pa.types.is_integer(kind) and kind.bit_width == 64:
        return pc.cast(column.filter(pc.and_(pc.greater_equal(column, 10**15), pc.less(column, 10**16))), pa.string())
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return None
    few = column.filter(pc.equal(pc.binary_length(column), 16))
    return few.filter(pc.match_substring_regex(few, "^[0-9]{16}$")) if len(few) else None


@dataclass(slots=True)
class Together:
    """Looks at the columns of a table side by side."""

    _tried: int = 0
    _pairs: dict[tuple[str, str], list[tuple[int, bool]]] = field(default_factory=dict, repr=False)
    seen: int = 0  # rows of the batches so far

    def hashed(self, batch: pa.RecordBatch) -> list[int]:
        """Rows with a masked card number beside a plain hash of the whole one, which anybody can undo."""
        texts = {n: batch.column(n) for n in batch.schema.names if _is_text(batch.column(n).type)}
        masked: set[int] = set()
        for column in texts.values():
            for mask in _MASKS if self._tried < _TRIED else ():
                masked.update(_rows(pc.match_substring(column, mask)))
        if not masked:
            return []
        rows = pa.array(sorted(masked))
        both: set[int] = set()
        for column in texts.values():
            both.update(np.array(sorted(masked))[_rows(pc.match_substring_regex(column.take(rows), _HEX))].tolist())
        opened = []
        for row in sorted(both)[: _TRIED - self._tried]:
            self._tried += 1
            if _undone([str(column[row]) for column in texts.values() if column[row].is_valid]):
                opened.append(row)
        return opened

    def split(self, batch: pa.RecordBatch) -> set[int]:
        """Note rows in which the digits of two columns make sixteen that begin like an Iranian card number."""
        noted: set[int] = set()
        _, iranian = tables()
        short = {n: found for n in batch.schema.names if (found := _digits(batch.column(n))) is not None}
        for first, second in permutations(short, 2):
            (head, front), (tail, back) = short[first], short[second]
            numbers = head * 10**back + tail
            fitting = (front > 0) & (back > 0) & (front + back == 16)
            rows = np.flatnonzero(fitting)
            rows = rows[iranian[numbers[rows] // 10**10]]
            pair = self._pairs.setdefault((first, second), []) if len(rows) else []
            pair += [(self.seen + row, is_right(str(numbers[row]))) for row in rows.tolist()]
            noted.update((self.seen + rows).tolist())
        self.seen += batch.num_rows
        return noted

    def joined(self) -> Places:
        """The noted rows, counted from the first batch on, of columns that are right more often than by accident."""
        found: set[int] = set()
        for rows in self._pairs.values():
            right = [row for row, is_card in rows if is_card]
            sample = rows[:_MOST]
            lucky = sum(is_card for _, is_card in sample)
            if lucky >= _SURE * len(sample) and at_least(lucky, len(sample)) < Fraction(1, 10**5):
                found.update(right)
        return np.array(sorted(found), dtype=np.int64)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _rows(flags: pa.Array) -> list[int]:
    found: list[int] = np.flatnonzero(pc.fill_null(flags, False).to_numpy(zero_copy_only=False)).tolist()  # noqa: FBT003
    return found


def _digits(column: pa.Array) -> tuple[Places, Places] | None:
    """The cells that are four to twelve digits: their values, and how many digits (0 for any other cell)."""
    if pa.types.is_integer(column.type):
        column = pc.cast(column, pa.string())
    elif not _is_text(column.type):
        return None
    lengths = pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero((lengths >= 4) & (lengths <= 12))
    if not len(rows):
        return None
    few = column.take(pa.array(rows))
    able = np.array(_rows(pc.match_substring_regex(few, "^[0-9]+$")), dtype=np.int64)
    if not len(able):
        return None
    values, sizes = np.zeros((2, len(column)), dtype=np.int64)
    values[rows[able]] = pc.cast(few.take(pa.array(able)), pa.int64()).to_numpy()
    sizes[rows[able]] = lengths[rows[able]]
    return values, sizes


def _undone(texts: Sequence[str]) -> bool:
    """Whether one of these texts holds the plain hash of a card number that another shows masked."""
    digests = {match[0].lower() for text in texts for match in _DIGEST.finditer(text)}
    return any(
        hashlib.new(_BY_LENGTH[len(digest)], number, usedforsecurity=False).hexdigest() == digest
        for text in texts
        for mask in _MASK.finditer(text)
        for digest in digests
        for number in _candidates(mask[1], mask[2])
    )


def _candidates(head: str, tail: str) -> Iterator[bytes]:
    """Every card number that a mask leaves possible: one in ten, by the check digit."""
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
