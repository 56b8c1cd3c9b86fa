"""Base64 and hexadecimal by arithmetic over all cells at once: which cells hold a token that could spell text."""

from typing import Final

import numpy as np
import numpy.typing as npt

from governance.detection.sieve.bytemap import Bytes, Flags, Places

_NO: Final = 255
SIXES = np.full(256, _NO, dtype=np.uint8)
for _place, _sign in enumerate(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):
    SIXES[_sign] = _place
SIXES[list(b"-_")] = 62, 63
NIBBLES = np.full(256, _NO, dtype=np.uint8)
NIBBLES[list(b"0123456789")] = np.arange(10)
NIBBLES[list(b"abcdef")] = NIBBLES[list(b"ABCDEF")] = np.arange(10, 16)

# What a byte is in UTF-8: printable (0; NUL too, which UTF-16 leaves), continuation (1), the first of 2-4, never (9).
ROLES = np.full(256, 9, dtype=np.uint8)
ROLES[[0, 9, 10, 13, *range(0x20, 0x7F)]] = 0
ROLES[0x80:0xC0] = 1
ROLES[0xC2:0xE0] = 2
ROLES[0xE0:0xF0] = 3
ROLES[0xF0:0xF5] = 4
_OWED = np.array([0, 0, 1, 2, 3, 0, 0, 0, 0, 0], dtype=np.uint8)


def spelling(data: Bytes, offsets: Places) -> Places:
    """The cells, possibly repeated, with a token whose first bytes decode to text: all cells that hold encoded text."""
    return np.concatenate((_base64(data, offsets), _hexadecimal(data, offsets)))


def _base64(data: Bytes, offsets: Places) -> Places:
    sixes = SIXES[data]
    able = sixes != _NO
    edges = able.copy()
    edges[1:] &= sixes[:-1] >= 62  # after another character, or after a sign that only one of the alphabets has
    starts = _starts(edges, able, offsets, 16)
    starts = starts[_reads(_bytes_of_sixes(sixes, starts, 1))]
    starts = starts[_reads(_bytes_of_sixes(sixes, starts, 4))]
    return _cells(starts, able, offsets, 16)


def _hexadecimal(data: Bytes, offsets: Places) -> Places:
    nibbles = NIBBLES[data]
    able = nibbles != _NO
    edges = able.copy()
    edges[1:] &= ~able[:-1]
    starts = _starts(edges, able, offsets, 24)
    starts = starts[_reads(_bytes_of_nibbles(nibbles, starts, 2))]
    starts = starts[_reads(_bytes_of_nibbles(nibbles, starts, 12))]
    return _cells(starts, able, offsets, 24)


def _starts(edges: Flags, able: Flags, offsets: Places, fewest: int) -> Places:
    """The starts of tokens that may be at least this long."""
    firsts = offsets[:-1][offsets[:-1] < len(able)]
    edges[firsts] = able[firsts]
    ahead = len(edges) - fewest + 1
    if ahead <= 0:
        return np.zeros(0, dtype=np.int64)
    middle = fewest // 2
    starts: Places = np.flatnonzero(edges[:ahead] & able[fewest - 1 :] & able[middle : middle + ahead])
    return starts


def _cells(starts: Places, able: Flags, offsets: Places, fewest: int) -> Places:
    """The cells of tokens of that length."""
    starts = starts[able[starts + np.arange(fewest)[:, None]].all(axis=0)]
    cells = np.searchsorted(offsets, starts, side="right") - 1
    return cells[starts + fewest <= offsets[cells + 1]]


def _bytes_of_sixes(sixes: Bytes, starts: Places, quads: int) -> Bytes:
    found = np.empty((3 * quads, len(starts)), dtype=np.uint8)
    for quad in range(quads):
        first, second, third, fourth = sixes[starts + 4 * quad + np.arange(4)[:, None]]
        found[3 * quad] = first << 2 | second >> 4
        found[3 * quad + 1] = second << 4 | third >> 2
        found[3 * quad + 2] = third << 6 | fourth
    return found


def _bytes_of_nibbles(nibbles: Bytes, starts: Places, count: int) -> Bytes:
    signs = nibbles[starts + np.arange(2 * count)[:, None]]
    found: Bytes = signs[::2] << 4 | signs[1::2]
    return found


def _reads(columns: Bytes) -> Flags:
    """The columns of bytes that begin a printable UTF-8 text."""
    good = np.ones(columns.shape[1], dtype=np.bool_)
    owed: npt.NDArray[np.uint8] = np.zeros(columns.shape[1], dtype=np.uint8)
    for roles in ROLES[columns]:
        follows = roles == 1
        good &= (follows == (owed > 0)) & (roles != 9)
        owed = np.where(follows, owed - 1, _OWED[roles])
    return good
