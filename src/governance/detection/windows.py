"""Card, Sheba and national numbers by arithmetic over all cells at once: which cells could hold one."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from governance.detection import issuers
from governance.detection.bytemap import Bytes, Flags, Places, Rank, letters

Digits = npt.NDArray[np.uint8]

_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.uint8)
_NATIONAL = np.arange(10, 1, -1, dtype=np.uint16)


@cache
def _tables() -> tuple[npt.NDArray[np.uint8], Flags]:
    """By the first four digits, the lengths issued (bit 0 is 13); by the first six, whether an Iranian bank does."""
    lengths = np.zeros(10_000, dtype=np.uint8)
    for four, sizes in issuers.LENGTHS.items():
        lengths[four] = sum(1 << (size - 13) for size in sizes)
    iranian = np.zeros(1_000_000, dtype=np.bool_)
    iranian[[int(prefix) for prefix in issuers.IRANIAN]] = True
    return lengths, iranian


def luhn(numbers: Digits) -> Flags:
    """Which columns of digits (first digit first) pass Luhn; a column a number keeps each step one long vector."""
    total = np.zeros(numbers.shape[1], dtype=np.uint8)
    for back, digit in enumerate(numbers[::-1]):
        total += _DOUBLED[digit] if back % 2 else digit
    passes: Flags = total % 10 == 0
    return passes


def sheba(numbers: Digits) -> Flags:
    """Which columns of 24 digits are right after IR."""
    order = [*range(2, 24), 0, 1]
    powers = [pow(10, power, 97) for power in (*range(27, 5, -1), 1, 0)]
    total = np.full(numbers.shape[1], 1827 * 100 % 97, dtype=np.uint16)
    for place, power in zip(order, powers, strict=True):
        total += numbers[place] * np.uint16(power)
    passes: Flags = total % 97 == 1
    return passes


def bare_cards(numbers: Digits, *, any_prefix: bool) -> Flags:
    """Which cells that are nothing but 13 to 24 digits could be a card or Sheba number, whole or glued."""
    size = len(numbers)
    lengths, iranian = _tables()
    found = np.zeros(numbers.shape[1], dtype=np.bool_)
    for start in range(size - 15):
        known = np.flatnonzero(iranian[_number(numbers[start : start + 6])])
        found[known[luhn(numbers[start : start + 16, known])]] = True
    for start in range(size - 12):
        length = size - start
        if length > 19:
            continue
        four = _number(numbers[start : start + 4])
        known = lengths[four] >> np.uint8(length - 13) & 1 != 0
        if start:
            known &= numbers[start - 1] == 0
        elif any_prefix and length == 16:
            known |= four >= 2000
        rows = np.flatnonzero(known)
        found[rows[luhn(numbers[start:, rows])]] = True
    if size == 24:
        found |= sheba(numbers)
    return found


def _number(columns: Digits) -> npt.NDArray[np.int32]:
    total = np.zeros(columns.shape[1], dtype=np.int32)
    for digit in columns:
        total *= 10
        total += digit
    return total


@dataclass(frozen=True, slots=True)
class Runs:
    """The digits of many cells in a row, in groups that no letter and no cell border divides."""

    values: Digits
    cells: Places  # of each digit
    ends: Places  # of each digit's group, as an index of digits
    borders: Flags  # whether a digit starts a run; one more for the end

    @classmethod
    def of(cls, data: Bytes, flags: Flags, counts: Places, fewest: int) -> "Runs":
        """The groups of at least `fewest` digits; `counts` are the digits of each cell."""
        places = np.flatnonzero(flags)
        cells = np.repeat(np.arange(len(counts)), counts)
        last = data[places]
        width = np.where(last < 0x80, 1, np.where(last < 0xA0, 3, 2))
        borders = np.ones(len(places) + 1, dtype=np.bool_)
        borders[1:-1] = (np.diff(places) != width[1:]) | (cells[1:] != cells[:-1])
        runs = np.flatnonzero(borders[:-1])
        rank = Rank.of(letters(data)).before(places[runs])
        divided = np.ones(len(runs), dtype=np.bool_)
        divided[1:] = (cells[runs[1:]] != cells[runs[:-1]]) | (rank[1:] != rank[:-1])
        sizes = np.diff(np.append(runs[divided], len(places)))
        kept = np.repeat(sizes >= fewest, sizes)
        sizes = sizes[sizes >= fewest]
        ends = np.repeat(np.cumsum(sizes), sizes)
        return cls(last[kept] & np.uint8(15), cells[kept], ends, np.append(borders[:-1][kept], np.True_))

    def cards(self) -> Places:
        """Cells with a run of digits that could be a card number, or with room for a Sheba number."""
        lengths, iranian = _tables()
        size = len(self.values)
        if size < 13:
            return np.zeros(0, dtype=np.int64)
        left = self.ends - np.arange(size)
        found = [self.cells[left >= 24]]
        padded = np.append(self.values, np.zeros(5, dtype=np.uint8))
        six = _number(np.stack([padded[shift : size + shift] for shift in range(6)]))
        known = np.flatnonzero(iranian[six] & (left >= 16))
        found.append(self._passing(known, 16))
        opens = self.borders[:-1].copy()
        opens[1:] |= self.values[:-1] == 0
        four = six // 100
        for length in range(13, 20):
            able = lengths[four] >> np.uint8(length - 13) & 1 != 0
            if length == 16:
                able |= four >= 2000
            starts = np.flatnonzero(able & opens & (left >= length))
            found.append(self._passing(starts[self.borders[starts + length]], length))
        rows: Places = np.concatenate(found)
        return rows

    def _passing(self, starts: Places, length: int) -> Places:
        numbers = self.values[starts + np.arange(length)[:, None]]
        return self.cells[starts[luhn(numbers)]]

    def phones(self) -> Places:
        """Cells with whole runs of 10 to 15 digits in all that start with 0 or 9."""
        left = self.ends - np.arange(len(self.values))
        starts = np.flatnonzero(self.borders[:-1] & ((self.values == 0) | (self.values == 9)))
        closes = np.zeros(len(starts), dtype=np.bool_)
        for length in range(10, 16):
            able = left[starts] >= length
            closes[able] |= self.borders[starts[able] + length]
        return self.cells[starts[closes]]

    def national_ids(self) -> Places:
        """Cells with whole runs of ten digits that carry the check digit."""
        left = self.ends - np.arange(len(self.values))
        starts = np.flatnonzero(self.borders[:-1] & (left >= 10))
        starts = starts[self.borders[starts + 10]]
        numbers = self.values[starts + np.arange(10)[:, None]]
        rest = (numbers[:9] * _NATIONAL[:, None]).sum(axis=0) % 11
        found: Places = self.cells[starts[numbers[9] == np.where(rest < 2, rest, 11 - rest)]]
        return found
