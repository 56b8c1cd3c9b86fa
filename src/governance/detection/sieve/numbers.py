"""The numbers in many texts at once, by arithmetic: which cells could hold a card, account, phone or national number.

The texts are folded but for Persian and Arabic digits and a few characters that divide no number.
"""

import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from governance.detection.kinds import issuers
from governance.detection.kinds.cards import FILLED, WIDEST
from governance.detection.kinds.detector import Numbers
from governance.detection.kinds.phones import MOBILE
from governance.detection.sieve.superset import DIVIDING, of, side_by_side
from governance.detection.sieve.text_buffers import Bytes, Flags, Places, TextBuffer

Digits = npt.NDArray[np.uint8]

_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.uint8)
# What stands between two runs: a letter or too much, several signs or unknown ones, or else a sign.
_BREAK, _OTHER = 0, 255
_WIDEST = 12  # characters that are too many between two runs
_MAY_BE_DIGIT = np.isin(np.arange(256), [*b"0123456789", *range(0x80, 0x100)])
_LEADS = np.isin(np.arange(256), list(b" \t\n,;:|(=+-*/<>'\""))  # what a decimal without a whole part follows
_TOUCHES = np.isin(np.arange(256), list(string.ascii_letters.encode() + b"_./:+"))
_DIVIDERS = np.isin(np.arange(256), list(b",;|\t"))
# Sizes of the first two runs of a card or account number that people write in groups; `:` is ten and `=` thirteen.
_LAYOUTS = np.zeros((256, 256), dtype=np.bool_)
for _pair in ("24", "44", "46", "62", "64", "66", "68", "69", "6:", "6=", "84", "87", "88"):
    _LAYOUTS[ord(_pair[0]) - 48, ord(_pair[1]) - 48] = True
_PREFIXES = ((), (0,), (9, 8), (9, 8, 0), (0, 0, 9, 8), (0, 0, 9, 8, 0))
OPERATORS = np.array([MOBILE.fullmatch(f"09{operator:02}0000000") is not None for operator in range(100)])
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


@cache
def _letters() -> Flags:
    """By two bytes, whether they begin with a letter that no words between the parts of a number hold."""
    found = np.zeros((256, 256), dtype=np.bool_)
    for byte in range(128):
        found[byte] = chr(byte).isalpha()
    for code in DIVIDING:
        first, second = chr(code).encode()
        found[first, second] = True
    return found


def luhn(numbers: Digits) -> Flags:
    """The columns of digits (first digit first) that pass Luhn; a number per column makes each step one long vector."""
    total = np.zeros(numbers.shape[1], dtype=np.uint8)
    for back, digit in enumerate(numbers[::-1]):
        total += _DOUBLED[digit] if back % 2 else digit
    passes: Flags = total % 10 == 0
    return passes


def _sheba(numbers: Digits) -> Flags:
    """The columns of 24 digits that are valid after IR."""
    order = [*range(2, 24), 0, 1]
    powers = [pow(10, power, 97) for power in (*range(27, 5, -1), 1, 0)]
    total = np.full(numbers.shape[1], 1827 * 100 % 97, dtype=np.uint16)
    for place, power in zip(order, powers, strict=True):
        total += numbers[place] * np.uint16(power)
    passes: Flags = total % 97 == 1
    return passes


def _number(columns: Digits) -> npt.NDArray[np.int32]:
    total = np.zeros(columns.shape[1], dtype=np.int32)
    for digit in columns:
        total *= 10
        total += digit
    return total


def bare_cards(numbers: Digits, *, any_prefix: bool) -> Flags:
    """Which cells that are nothing but 12 to 23 digits could be a card number, whole or glued."""
    size = len(numbers)
    _, iranian = tables()
    found = np.zeros(numbers.shape[1], dtype=np.bool_)
    for start in range(size - 15):
        rows = np.flatnonzero(iranian[_number(numbers[start : start + 6])])
        found[rows[luhn(numbers[start : start + 16, rows])]] = True
    for start in range(max(0, size - 19), size - 11):
        known = _issued(_number(numbers[start : start + 4]), size - start, any_prefix=any_prefix)
        if start:
            known &= ~numbers[:start].any(axis=0)
        rows = np.flatnonzero(known)
        found[rows[luhn(numbers[start:, rows])]] = True
    return found


def _issued(four: npt.NDArray[np.int32], length: int, *, any_prefix: bool) -> Flags:
    """Whether cards of this length begin with these four digits, or with any that a card's label makes one."""
    bit = 1 << length - 13 if length >= 13 else 0
    known: Flags = tables()[0][four] & np.uint8(bit) != 0
    return known | (four >= 2000) if any_prefix else known


def _narrow(texts: TextBuffer) -> TextBuffer:
    """The texts with ASCII digits for Persian and Arabic ones."""
    data, offsets = texts.data, texts.offsets
    if data.max(initial=0) < 0x80:
        return texts
    # Persian ones follow 0xDB from 0xB0 on, Arabic ones 0xD9 from 0xA0 on: eight times the difference.
    wide = (data[1:] - np.left_shift(data[:-1], np.uint8(3)) - np.uint8(0xD8)) < 10
    leads = np.flatnonzero(wide & (data[:-1] & np.uint8(0xFD) == 0xD9))
    if not len(leads):
        return texts
    kept = np.ones(len(data), dtype=np.bool_)
    kept[leads] = False
    data = data.copy()
    data[leads + 1] = data[leads + 1] & np.uint8(15) | np.uint8(0x30)
    return TextBuffer(data[kept], offsets - np.searchsorted(leads, offsets))


@dataclass(frozen=True, slots=True)
class Runs:
    """The digits of many cells, in runs that nothing divides, and what stands between the runs.

    Nothing joins a decimal's fraction to another run, and no number begins in it.
    """

    values: Digits  # of each digit
    borders: Flags  # whether a digit begins a run; one more for the end
    starts: Places  # of each run, as an index of digits
    room: Places  # digits from the start of each run to the end of its group, 0 for a fraction
    sizes: Places  # digits of each run
    signs: Bytes  # between each run and the next
    opens: Flags  # whether a number of irregular form may begin with a run
    before: Bytes  # the byte before each run, 0 at a cell's start
    cells: Places  # of each run

    @classmethod
    def of(cls, texts: TextBuffer) -> "Runs":
        """The runs of digits in these texts."""
        texts = _narrow(texts)
        data, offsets = texts.data, texts.offsets
        edges = np.zeros(len(data) + 2, dtype=np.bool_)
        edges[offsets] = True
        digit = (data - np.uint8(0x30)) < 10
        marks = edges[:-1].copy()
        marks[1:-1] |= digit[1:] != digit[:-1]
        bounds = np.flatnonzero(marks)
        runs = np.flatnonzero(digit[bounds[:-1]]) if len(data) else bounds[:0]
        lows, highs = bounds[runs], bounds[runs + 1]
        sizes = highs - lows
        starts = np.cumsum(sizes) - sizes
        values = data[digit] & np.uint8(15)
        borders = np.zeros(len(values) + 1, dtype=np.bool_)
        borders[starts] = borders[-1] = True
        cells = np.repeat(np.arange(len(offsets) - 1), np.diff(np.searchsorted(lows, offsets)))
        padded = np.concatenate((data, np.zeros(_WIDEST, np.uint8)))
        before = np.where(edges[lows], np.uint8(0), padded[lows - 1])
        signs = np.zeros(len(starts), dtype=np.uint8)
        inner = np.flatnonzero(cells[1:] == cells[:-1])
        signs[inner] = _between(padded, highs[inner], lows[inner + 1])
        heads = edges[lows] | ((before < 0x80) & (before != ord(".")) & (before != ord("+")))
        heads &= (values[starts] != 0) | (sizes == 1)
        fractions = _fractions(padded, edges, lows, highs, heads)
        parts = fractions[(sizes[fractions] == 4) | (sizes[fractions] == 7)]
        parts = parts[_divided(parts, sizes, signs, values, starts)]
        fractions = np.setdiff1d(fractions, parts, assume_unique=True)
        signs[fractions] = signs[fractions - 1] = _BREAK
        breaks = np.append(True, signs[:-1] == _BREAK)
        ends = np.append(np.flatnonzero(breaks)[1:], len(starts))
        room = np.repeat(np.append(starts, len(values))[ends], np.diff(ends, prepend=0)) - starts
        room[fractions] = 0
        opens = _opening(signs)
        opens[np.minimum(parts + 1, len(opens) - 1)] = True  # in case it was a fraction after all
        return cls(values, borders, starts, room, sizes, signs, opens, before, cells)

    def cards(self) -> Places:
        """Cells with a run or runs that could be a card or a Sheba number."""
        lengths, iranian = tables()
        inside = self._inside(16)
        inside = inside[lengths[_number(self.values[inside + np.arange(4)[:, None]])] >= 128]
        inside = inside[iranian[_number(self.values[inside + np.arange(6)[:, None]])]]
        found = [self._right(inside, 16)]
        runs = self._likely(_LAYOUTS)
        padded = self.starts[(self.sizes > FILLED) & (self.sizes <= WIDEST)]
        zeros = padded[self.values[padded] == 0]
        ends = zeros + self.sizes[np.searchsorted(self.starts, zeros)]
        for length in range(13, 20):
            fit = np.append(self._whole(runs, length), ends - length)
            four = _number(self.values[fit + np.arange(4)[:, None]])
            found.append(self._right(fit[_issued(four, length, any_prefix=length == 16)], length))
        accounts = self._whole(runs, 24)
        found.append(accounts[_sheba(self.values[accounts + np.arange(24)[:, None]])])
        return self._cells(np.concatenate(found))

    def phones(self) -> Places:
        """Cells with whole runs that are a mobile or other number of Iran, with or without its prefixes."""
        runs = self._likely(None)
        runs = runs[np.isin(self.values[self.starts[runs]], (0, 9))]
        found = []
        for prefix in _PREFIXES:
            fit = self._whole(runs, len(prefix) + 10)
            for place, digit in enumerate(prefix):
                fit = fit[self.values[fit + place] == digit]
            first = self.values[fit + len(prefix)]
            mobile = (first == 9) & OPERATORS[_number(self.values[fit + len(prefix) + np.array([[1], [2]])])]
            found.append(fit[mobile | ((first >= 1) & (first <= 8))])
        return self._cells(np.concatenate(found))

    def national_ids(self) -> Places:
        """Cells with whole runs of ten digits that carry the check digit."""
        shaped = (self.sizes == 10) | ((self.sizes == 3) & (np.append(self.sizes[1:], 0) == 6))
        fit = self._whole(np.flatnonzero(shaped & ~_TOUCHES[self.before]), 10)
        numbers = self.values[fit + np.arange(10)[:, None]]
        rest = (numbers[:9] * _NATIONAL[:, None]).sum(axis=0) % 11
        return self._cells(fit[numbers[9] == np.where(rest < 2, rest, 11 - rest)])

    def _likely(self, layouts: npt.NDArray[np.bool_] | None) -> Places:
        """The runs that a number may begin with: long ones, those that open a whole, and those of a layout."""
        grouped = ~_DIVIDERS[self.signs] & (self.signs != _BREAK)
        if layouts is None:
            grouped |= (self.sizes == 4) & (self.signs != _BREAK)  # the area of a telephone
        else:
            sizes = np.minimum(self.sizes, 255)
            grouped &= layouts[sizes, np.append(sizes[1:], 0)]
        return np.flatnonzero((self.opens | grouped | (self.sizes >= 10)) & (self.room >= 10))

    def _whole(self, runs: Places, length: int) -> Places:
        """Where these runs begin, if so many digits fill them and others behind them."""
        starts = self.starts[runs[self.room[runs] >= length]]
        return starts[self.borders[starts + length]]

    def _inside(self, length: int) -> Places:
        """The digits with so many to the end of the group."""
        runs = np.flatnonzero(self.room >= length)
        counts = np.minimum(self.sizes[runs], self.room[runs] - length + 1)
        return np.repeat(self.starts[runs] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())

    def _right(self, starts: Places, length: int) -> Places:
        found: Places = starts[luhn(self.values[starts + np.arange(length)[:, None]])]
        return found

    def _cells(self, digits: Places) -> Places:
        return self.cells[np.searchsorted(self.starts, digits, side="right") - 1]


def _between(data: Bytes, lows: Places, highs: Places) -> Bytes:
    """The sign between two runs, by the bytes there."""
    signs = data[lows]
    signs[_letters()[signs, 0]] = _BREAK
    signs[signs >= 0x80] = _OTHER
    left = np.flatnonzero(highs - lows > 1)
    signs[left] = ord(" ")
    for step in range(_WIDEST):
        left = left[lows[left] + step < highs[left]]
        places = lows[left] + step
        byte = data[places]
        letter = _letters()[byte, data[places + 1]]
        signs[left[letter]] = _BREAK
        wide = (byte >= 0x80) & ~letter
        signs[left[wide]] = _OTHER
        sign = ~letter & ~wide & (byte != ord(" "))
        signed = left[sign]
        signs[signed] = np.where(signs[signed] == ord(" "), byte[sign], _OTHER)
        left = left[~letter & ~wide]
    signs[left[lows[left] + _WIDEST <= highs[left]]] = _BREAK
    return signs


def _fractions(data: Bytes, edges: Flags, lows: Places, highs: Places, wholes: Flags) -> Places:
    """The runs that are certainly a decimal's fraction: one point before them, and no point and digit behind.

    `wholes` are the runs that may be the whole part.
    """
    runs = np.flatnonzero(data[lows - 1] == ord("."))
    runs = runs[~edges[lows[runs]]]
    after = highs[runs]
    sure = edges[after] | (data[after] < 0x80) & (
        (data[after] != ord(".")) | edges[after + 1] | ~_MAY_BE_DIGIT[data[after + 1]]
    )
    point = lows[runs] - 1
    led = edges[point] | _LEADS[data[point - 1]]
    joined = (highs[runs - 1] == point) & ~edges[point] & wholes[runs - 1]
    found: Places = runs[sure & (led | joined)]
    return found


def _divided(runs: Places, sizes: Places, signs: Bytes, values: Digits, starts: Places) -> Flags:
    """Which of these fractions may be the end of a card or mobile number that a point divides."""
    ahead = values[np.maximum(starts[runs] - 3, 0)], values[np.maximum(starts[runs] - 6, 0)]
    size = np.pad(sizes, 4)[runs + np.arange(9)[:, None]]  # the run itself is the fifth
    joins = np.isin(np.pad(signs, 4)[runs + np.arange(9)[:, None]], (*b" -)", _OTHER))
    four = size == 4
    cards = four[3] & ((four[5] & four[6] & joins[4] & joins[5]) | ((size[2] >= 4) & four[5] & joins[2] & joins[4]))
    cards |= four[3] & four[2] & (size[1] >= 4) & joins[2] & joins[1]
    divided: Flags = four[4] & (cards | ((size[3] == 3) & joins[2] & (ahead[1] == 9)))
    divided |= (size[4] == 7) & (size[3] == 5) & (ahead[0] == 9)
    return divided


def _opening(signs: Bytes) -> Flags:
    """The runs that begin a group or a stretch with one sign between its runs, or that stand second in a stretch."""
    ahead = np.concatenate((np.zeros(2, np.uint8), signs))
    first, second, third = ahead[:-2], ahead[1:-1], ahead[2:]
    begins = (second == _BREAK) | (second != third) | (second == _OTHER)
    opens: Flags = begins | ((first != second) & (first != _BREAK))
    return opens


# The fewest digits of each, what all texts with one match, and the search.
SEARCHES: Final[dict[Numbers, tuple[int, str, Callable[[Runs], Places]]]] = {
    Numbers.CARDS: (13, side_by_side(13), Runs.cards),
    Numbers.PHONES: (10, side_by_side(10, of("09")), Runs.phones),
    Numbers.NATIONAL_IDS: (10, side_by_side(10), Runs.national_ids),
}
