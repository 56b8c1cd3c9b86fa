"""The digits of a UTF-8 buffer: a flag per byte, counted in words of 64 so that any range takes two look-ups."""

import string
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

_BLOCK = 1 << 20  # bytes handled at once: the temporaries stay in the cache


@dataclass(frozen=True, slots=True)
class Rank:
    """Flags packed into 64-bit words, with the number of flags before each word."""

    words: npt.NDArray[np.uint64]
    sums: Places

    @classmethod
    def of(cls, flags: Flags) -> "Rank":
        """Count the flags once."""
        packed = np.packbits(flags, bitorder="little")
        words = np.zeros(len(flags) // 64 + 1, dtype="<u8")
        words.view(np.uint8)[: len(packed)] = packed
        sums = np.zeros(len(words) + 1, dtype=np.int64)
        np.cumsum(np.bitwise_count(words), out=sums[1:])
        return cls(words, sums)

    def before(self, places: Places) -> Places:
        """How many flags stand before each place."""
        word = places >> 6
        below = (np.uint64(1) << (places & 63).astype(np.uint64)) - np.uint64(1)
        counted: Places = self.sums[word] + np.bitwise_count(self.words[word] & below)
        return counted


def digits(data: Bytes) -> tuple[Flags, Flags | None]:
    """Flags on the last byte of ASCII, Persian, Arabic and full-width digits, and on the first byte of rarer scripts'.

    A rare flag only means that a digit may start there; the second array marks the rare ones (None: there are none).
    """
    flags = np.empty(len(data), dtype=np.bool_)
    rare: Flags | None = None
    work, more = np.empty((2, min(len(data), _BLOCK) + 2), dtype=np.uint8)
    for start in range(0, len(data), _BLOCK):
        lead = min(start, 2)
        block = data[start - lead : start + _BLOCK]
        found, scratch, other = flags[start : start + _BLOCK], work[: len(block)], more[: len(block)]
        np.subtract(block, np.uint8(0x30), out=scratch)
        np.less(scratch[lead:], 10, out=found)
        if block.max(initial=0) >= 0x80:
            # Persian ones follow 0xDB from 0xB0 on, Arabic ones 0xD9 from 0xA0 on: eight times the difference.
            np.left_shift(block, np.uint8(3), out=scratch)
            np.subtract(block[1:], scratch[:-1], out=scratch[1:])
            scratch -= np.uint8(0xD8)
            np.less(scratch, 10, out=other.view(np.bool_))
            np.bitwise_and(block, np.uint8(0xFD), out=scratch)
            np.equal(scratch, 0xD9, out=scratch.view(np.bool_))
            ahead = max(lead, 1)  # a digit's first byte may be the one before the block
            scratch[ahead - 1 : -1] &= other[ahead:]
            found[ahead - lead :] |= scratch[ahead - 1 : -1].view(np.bool_)
            longer = np.flatnonzero(block >= 0xE0)
            kinds = block[longer]
            wide = longer[kinds == 0xEF]
            wide = wide[wide < len(block) - 2]
            wide = wide[(block[wide + 1] == 0xBC) & ((block[wide + 2] - np.uint8(0x90)) < 10)]
            found[wide + 2 - lead] = True
            strange = longer[(kinds < 0xE2) | (kinds == 0xEA) | (kinds == 0xF0)]
            strange = strange[~_emoji(data, start - lead + strange)]
            strange = strange[strange >= lead]
            if len(strange):
                rare = np.zeros(len(data), dtype=np.bool_) if rare is None else rare
                rare[start - lead + strange] = True
                found[strange - lead] = True
    return flags, rare


def _emoji(data: Bytes, places: Places) -> Flags:
    """The places of characters from U+1F000 up to the next digits at U+1FBF0."""
    last = len(data) - 1
    second, third = data[np.minimum(places + 1, last)], data[np.minimum(places + 2, last)]
    flags: Flags = (data[places] == 0xF0) & (second == 0x9F) & (third != 0xAF) & (places + 2 <= last)
    return flags


_NEAR = 16  # bytes of a gap that are read
_LATIN = np.zeros(256, dtype=np.bool_)
_LATIN[list(string.ascii_letters.encode())] = True


def letters(data: Bytes) -> Flags:
    """Flags on bytes that are certainly part of a letter: ASCII ones, and most of the Arabic script, but no waw."""
    found: Flags = _LATIN[data]
    if data.max(initial=0) >= 0x80:
        found |= data == 0xDA
        found[:-1] |= (data[:-1] == 0xD8) & (data[1:] > 0xA4)
    return found


def divided(data: Bytes, lows: Places, highs: Places) -> Flags:
    """The gaps with such a letter near their beginning; others may have one further on."""
    found = np.zeros(len(lows), dtype=np.bool_)
    left = np.arange(len(lows))
    for step in range(_NEAR):
        left = left[lows[left] + step < highs[left]]
        places = lows[left] + step
        first, second = data[places], data[np.minimum(places + 1, len(data) - 1)]
        letter = _LATIN[first] | (first == 0xDA) | ((first == 0xD8) & (second > 0xA4))
        letter |= (first == 0xD9) & ((second - np.uint8(0x81)) < 10) & (second != 0x88)
        letter |= (first == 0xDB) & (second < 0x94)
        found[left[letter]] = True
        left = left[~letter]
    return found


def long_ascii(data: Bytes, offsets: Places) -> Flags:
    """The cells with an aligned 8-byte word of ASCII without spaces, and eight more such bytes around it.

    Each run of 16 base64 signs covers as much.
    """
    first = min(-data.ctypes.data % 8, len(data))
    words = data[first : first + ((len(data) - first) & ~7)].view("<u8")
    few = np.flatnonzero(words & _TOPS == 0)
    few = few[_spaceless(words[few])]
    before, after = words[np.maximum(few - 1, 0)], words[np.minimum(few + 1, len(words) - 1)]
    wide = few + 1 >= len(words)
    for ahead in range(9):
        mask = np.uint64((1 << 8 * ahead) - 1)
        wide |= _is_text(before & ~mask | _LETTERS & mask) & _is_text(after & mask | _LETTERS & ~mask)
    few = few[wide]
    found = np.zeros(len(offsets) - 1, dtype=np.bool_)
    found[np.searchsorted(offsets, few * 8 + first, side="right") - 1] = True
    return found


def _is_text(words: npt.NDArray[np.uint64]) -> Flags:
    flags: Flags = (words & _TOPS == 0) & _spaceless(words)
    return flags


_ONES, _TOPS, _SPACES, _LETTERS = (np.uint64(0x0101010101010101 * byte) for byte in (0x01, 0x80, 0x20, 0x41))


def _spaceless(words: npt.NDArray[np.uint64]) -> Flags:
    """Which words of eight ASCII characters have no space."""
    spaces = words ^ _SPACES
    flags: Flags = (spaces - _ONES) & ~spaces & _TOPS == 0
    return flags


_WIDTHS = np.ones(256, dtype=np.uint8)  # of a digit in bytes, by its last one
_WIDTHS[0x80:0xA0] = 3
_WIDTHS[0xA0:] = 2


@dataclass(frozen=True, slots=True)
class DigitMap:
    """Where the digits of many cells are."""

    flags: Flags  # as `digits` puts them
    rare: Flags | None
    before: Places  # digits before each cell; one more for the end

    @classmethod
    def of(cls, data: Bytes, offsets: Places) -> "DigitMap":
        """The map of cells that start at these places."""
        flags, rare = digits(data)
        return cls(flags, rare, Rank.of(flags).before(offsets))

    @property
    def counts(self) -> Places:
        """The digits of each cell."""
        return np.diff(self.before)

    def places(self, rows: npt.NDArray[np.intp]) -> Places:
        """The last byte of each digit of some cells, ascending."""
        places, counts = np.flatnonzero(self.flags), self.counts[rows]
        if counts.sum() == len(places):
            return places
        skipped = self.before[rows] - np.cumsum(counts) + counts
        chosen: Places = places[np.repeat(skipped, counts) + np.arange(counts.sum())]
        return chosen


@dataclass(frozen=True, slots=True)
class DigitRuns:
    """The digits of many cells, in runs that nothing divides, not even an invisible character."""

    values: Bytes  # of each digit
    counts: Places  # digits before each cell's end
    borders: Flags  # whether a digit starts a run; one more for the end
    starts: Places  # of each run, as an index of digits
    firsts: Places  # the first byte of each run
    ends: Places  # the byte after each run

    @classmethod
    def of(cls, data: Bytes, places: Places, counts: Places) -> "DigitRuns":
        """The runs; `places` are those of digits' last bytes, `counts` the digits of each cell, and each has some."""
        last = data[places]
        widths = _WIDTHS[last]
        borders = np.ones(len(places) + 1, dtype=np.bool_)
        borders[1:-1] = np.diff(places) != widths[1:]
        counts = np.cumsum(counts)
        borders[counts] = True
        starts = np.flatnonzero(borders[:-1])
        closing = places[np.append(starts[1:], len(places)) - 1] + 1
        # Of a rarer script only the first byte is known: its value is some digit, and its cell passes anyway.
        return cls(
            np.minimum(last & np.uint8(15), np.uint8(9)),
            counts,
            borders,
            starts,
            places[starts] + 1 - widths[starts],
            closing,
        )

    @property
    def sizes(self) -> Places:
        """The digits of each run."""
        return np.diff(np.append(self.starts, len(self.values)))

    def cells(self, indices: Places) -> Places:
        """The cells that digits belong to."""
        return np.searchsorted(self.counts, indices, side="right")

    def run_cells(self) -> Places:
        """The cell of each run."""
        opens = np.zeros(len(self.values) + 1, dtype=np.uint8)
        opens[self.counts] = 1
        return np.cumsum(opens[self.starts], dtype=np.int64)
