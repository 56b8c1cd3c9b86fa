"""The buffers of an Arrow array of texts, for arithmetic over all cells at once."""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance.detection.sieve import flags
from governance.detection.sieve.bytemap import Bytes, Places, Rank

_MARKS = np.full(256, flags.SIGNED, dtype=np.uint8)
_MARKS[list(string.ascii_letters.encode() + string.digits.encode())] = 0
_MARKS[list(b"%=\\&<\xef")] |= flags.ESCAPED
_MARKS[[0, *range(0x80, 0x100)]] |= flags.WIDE
_MARKS[list(string.ascii_letters.encode() + b"\xc4\xc5\xef")] |= flags.LATIN


@dataclass(frozen=True, slots=True)
class TextBuffer:
    """The bytes of all texts, and the start of each cell; one more for the end."""

    array: pa.Array
    data: Bytes
    offsets: Places

    @classmethod
    def of(cls, array: pa.Array) -> "TextBuffer":
        """The bytes of a large string or large binary array, slices included."""
        offsets = np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, array.offset * 8)
        first, last = int(offsets[0]), int(offsets[-1])
        data = np.frombuffer(array.buffers()[2] or b"", np.uint8, last - first, first)
        return cls(array, data, offsets - first)

    def marks(self) -> Bytes:
        """The flags of each cell by the signs that it holds."""
        data, found = self.data, np.zeros(len(self.array), dtype=np.uint8)
        wide = np.diff(Rank.of(data >= 0x80).before(self.offsets)) > 0
        if not wide.any():
            rows = np.flatnonzero(np.diff(self.offsets))
            if len(rows):
                found[rows] = np.bitwise_or.reduceat(_MARKS[data], self.offsets[rows])
            return found
        narrow = np.flatnonzero(~wide)
        if len(narrow):
            found[narrow] = self.some(narrow).marks()
        # In texts of more than ASCII few bytes are more telling.
        telling = ((data - np.uint8(0x3A)) < 0x44) | (data & np.uint8(0xFE) == 0xC4) | (data == 0xEF)
        telling |= (data - np.uint8(0x25)) < 2
        places = np.flatnonzero(telling)
        marks = _MARKS[data[places]] & np.uint8(flags.ESCAPED | flags.LATIN)
        places, marks = places[marks != 0], marks[marks != 0]
        cells = np.searchsorted(self.offsets, places, side="right") - 1
        for mark in (flags.ESCAPED, flags.LATIN):
            found[cells[marks & mark != 0]] |= np.uint8(mark)
        found[wide] |= np.uint8(flags.SIGNED | flags.WIDE)
        return found

    def by(self, count: int) -> pa.Array:
        """Every `count` cells joined into one; the last may be fewer."""
        _, offsets, data = self.array.buffers()
        places = np.frombuffer(offsets, np.int64, len(self.array) + 1, self.array.offset * 8)
        firsts = np.append(places[:-1:count], places[-1])
        return pa.Array.from_buffers(self.array.type, len(firsts) - 1, [None, pa.py_buffer(firsts), data])

    def some(self, rows: npt.NDArray[np.intp]) -> "TextBuffer":
        """Only these cells, close together."""
        return self if len(rows) == len(self.array) else TextBuffer.of(self.array.take(pa.array(rows)))


def steps(array: pa.Array, size: int) -> Iterator[tuple[int, pa.Array]]:
    """A large array in slices of about so many bytes of text, each with the position of its first cell."""
    ends = np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, array.offset * 8)
    marks = np.searchsorted(ends, np.arange(ends[0] + size, ends[-1], size), side="right")
    for start, end in pairwise(np.unique(np.concatenate(([0], marks, [len(array)]))).tolist()):
        yield start, array.slice(start, end - start)
