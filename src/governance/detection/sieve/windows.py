"""Card, Sheba and national numbers by arithmetic over all cells at once: which cells could hold one."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from governance.detection.kinds import issuers
from governance.detection.sieve.bytemap import Bytes, DigitRuns, Flags, Places, divided

Digits = npt.NDArray[np.uint8]

_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.uint8)
_PREFIXES = ((), (0,), (9, 8), (9, 8, 0), (0, 0, 9, 8), (0, 0, 9, 8, 0))
_OPERATORS = np.zeros(100, dtype=np.bool_)  # by the two digits after the 9 of a mobile number
_OPERATORS[[*range(6), *range(10, 20), *range(20, 24), *range(30, 40), 41, *range(90, 100)]] = True
_PADDED = 22  # digits of a card number with zeros in front, at most
_FEWEST = 13  # digits of a card number
_NATIONAL = np.arange(10, 1, -1, dtype=np.uint16)


@cache
def tables() -> tuple[npt.NDArray[np.uint8], Flags]:
    """By the first four digits, the lengths issued (bit 0 is 13); by the first six, whether an Iranian bank does.

    Bit 7 of the first, which is small enough for the cache, says that an Iranian bank may.
    """
    lengths = np.zeros(10_000, dtype=np.uint8)
    for four, sizes in issuers.LENGTHS.items():
        lengths[four] = sum(1 << (size - 13) for size in sizes)
    iranian = np.zeros(1_000_000, dtype=np.bool_)
    iranian[[int(prefix) for prefix in issuers.IRANIAN]] = True
    lengths[iranian.reshape(10_000, 100).any(axis=1)] |= 128
    return lengths, iranian


def luhn(numbers: Digits) -> Flags:
    """The columns of digits (first digit first) that pass Luhn; a number per column makes each step one long vector."""
    total = np.zeros(numbers.shape[1], dtype=np.uint8)
    for back, digit in enumerate(numbers[::-1]):
        total += _DOUBLED[digit] if back % 2 else digit
    passes: Flags = total % 10 == 0
    return passes


def sheba(numbers: Digits) -> Flags:
    """The columns of 24 digits that are valid after IR."""
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
    lengths, iranian = tables()
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
            known &= ~numbers[:start].any(axis=0)
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
class DigitGroups:
    """The digits of many cells in a row, in groups that no letter and no cell border divides."""

    runs: DigitRuns
    left: npt.NDArray[np.int32]  # digits from each one to the end of its group

    @classmethod
    def of(cls, runs: DigitRuns, data: Bytes) -> "DigitGroups":
        """The groups of digits in these bytes; some are longer than they need be."""
        total = len(runs.values)
        opens = np.ones(len(runs.starts), dtype=np.bool_)
        opens[1:] = np.diff(runs.run_cells()) != 0
        inner = np.flatnonzero(~opens)
        opens[inner] = divided(data, runs.ends[inner - 1], runs.firsts[inner])
        ends = np.append(runs.starts[opens][1:], total)
        left = np.repeat(ends, np.diff(ends, prepend=0)) - np.arange(total)
        return cls(runs, left.astype(np.int32))

    def cards(self) -> Places:
        """Cells with a run of digits that could be a card or a Sheba number."""
        lengths, iranian = tables()
        values, borders, left = self.runs.values, self.runs.borders, self.left
        if len(values) < 13:
            return np.zeros(0, dtype=np.int64)
        found = [self._shebas(), self._spelled()]
        starts = np.flatnonzero((values >= 2) & (left >= 13))  # no card number starts with 0 or 1
        padded = np.append(values, np.zeros(5, dtype=np.uint8))
        six = _number(padded[starts + np.arange(6)[:, None]])
        found.append(self._passing(starts[iranian[six] & (left[starts] >= 16)], 16))
        opens = borders[starts] | (values[starts - 1] == 0)
        starts, four = starts[opens], six[opens] // 100
        for length in range(13, 20):
            able = lengths[four] >> np.uint8(length - 13) & 1 != 0
            if length == 16:
                able |= four >= 2000
            fitting = starts[able & (left[starts] >= length)]
            found.append(self._passing(self._opening(fitting[borders[fitting + length]]), length))
        return self.runs.cells(np.concatenate(found))

    def _opening(self, starts: Places) -> Places:
        """Of the starts those of runs, and those behind the zeros that a run of no more than 22 digits begins with."""
        inner = np.flatnonzero(~self.runs.borders[starts])
        if len(inner):
            run = np.searchsorted(self.runs.starts, starts[inner], side="right") - 1
            long = self.runs.sizes[run] > _PADDED
            starts = np.delete(starts, inner[long])
        return starts

    def _shebas(self) -> Places:
        borders = self.runs.borders
        starts = np.flatnonzero(borders[:-1] & (self.left >= 24))
        starts = starts[borders[starts + 24]]
        found: Places = starts[sheba(self.runs.values[starts + np.arange(24)[:, None]])]
        return found

    def _spelled(self) -> Places:
        """Digits in hexadecimal: thirteen times a three, each with another digit behind."""
        starts = np.flatnonzero(self.left >= 2 * _FEWEST)
        starts = starts[self.runs.values[starts] == 3]
        found: Places = starts[(self.runs.values[starts + 2 * np.arange(_FEWEST)[:, None]] == 3).all(axis=0)]
        return found

    def _passing(self, starts: Places, length: int) -> Places:
        found: Places = starts[luhn(self.runs.values[starts + np.arange(length)[:, None]])]
        return found

    def phones(self) -> Places:
        """Cells with whole runs that are a mobile or other number of Iran, with or without its prefixes."""
        borders, values = self.runs.borders, self.runs.values
        starts = np.flatnonzero(borders[:-1] & ((values == 0) | (values == 9)) & (self.left >= 10))
        found = []
        for prefix in _PREFIXES:
            size = len(prefix) + 10
            fit = starts[self.left[starts] >= size]
            fit = fit[borders[fit + size]]
            for place, digit in enumerate(prefix):
                fit = fit[values[fit + place] == digit]
            first = values[fit + len(prefix)]
            mobile = (first == 9) & _OPERATORS[_number(values[fit + len(prefix) + np.array([[1], [2]])])]
            found.append(fit[mobile | ((first >= 1) & (first <= 8))])
        return self.runs.cells(np.concatenate(found))

    def national_ids(self) -> Places:
        """Cells with whole runs of ten digits that carry the check digit."""
        borders = self.runs.borders
        starts = np.flatnonzero(borders[:-1] & (self.left >= 10))
        starts = starts[borders[starts + 10]]
        numbers = self.runs.values[starts + np.arange(10)[:, None]]
        rest = (numbers[:9] * _NATIONAL[:, None]).sum(axis=0) % 11
        return self.runs.cells(starts[numbers[9] == np.where(rest < 2, rest, 11 - rest)])
