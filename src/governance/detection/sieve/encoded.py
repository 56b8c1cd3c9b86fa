"""Base64, base32 and hexadecimal by arithmetic over all cells: which hold a token that could spell text."""

from typing import Final

import numpy as np
import numpy.typing as npt

from governance.detection.sieve.text_buffers import Bytes, Flags, Places, TextBuffer
from governance.detection.text.layers import COMPRESSED, SHORTEST_HEX

_NO: Final = 255


def _alphabet(*signs: bytes) -> Bytes:
    """The value of each sign, by its byte."""
    found = np.full(256, _NO, dtype=np.uint8)
    for order in signs:
        found[list(order)] = np.arange(len(order))
    return found


_UPPER, _LOWER, _DIGITS = bytes(range(65, 91)), bytes(range(97, 123)), b"0123456789"
_LATIN = _UPPER + _LOWER + _DIGITS
_BASE64 = _alphabet(_LATIN + b"+/", _LATIN + b"-_")
_BASE32 = _alphabet(_UPPER + b"234567", _LOWER + b"234567")
_HEX = _alphabet(_DIGITS + b"abcdef", _DIGITS + b"ABCDEF")
_SHORT = 16  # signs of a token in base64
_DIVIDES = 62  # from this value on, signs of base64 that only one of its alphabets has
_FIRST = 4  # signs that rule most tokens out

# What a byte is in UTF-8: printable (0; NUL too, which UTF-16 leaves), continuation (1), the first of 2-4, never (9).
_ROLES = np.full(256, 9, dtype=np.uint8)
_ROLES[[0, 9, 10, 13, *range(0x20, 0x7F)]] = 0
_ROLES[0x80:0xC0] = 1
_ROLES[0xC2:0xE0] = 2
_ROLES[0xE0:0xF0] = 3
_ROLES[0xF0:0xF5] = 4
_OWED = np.array([0, 0, 1, 2, 3, 0, 0, 0, 0, 0], dtype=np.uint8)
_BEGINS = np.zeros((256, 256), dtype=np.bool_)  # by two bytes, whether compressed data begins so
for _head in COMPRESSED:
    _BEGINS[_head[0], _head[1]] = True


def spelling(texts: TextBuffer) -> Places:
    """The cells, ascending, with a token that begins as text or compressed data does."""
    able = _BASE64[texts.data] != _NO
    borders = np.ones(len(able) + 1, dtype=np.bool_)
    borders[1:-1] = able[1:] != able[:-1]
    borders[texts.offsets] = True
    marks = np.flatnonzero(borders)
    sizes = np.diff(marks)
    long = np.flatnonzero(sizes >= _SHORT)
    long = long[able[marks[long]]]
    starts, sizes = marks[long], sizes[long]
    offsets = np.append(0, np.cumsum(sizes))
    tokens = TextBuffer(texts.data[np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])], offsets)
    parts = np.append(offsets[:-1], np.flatnonzero(_BASE64[tokens.data] - np.uint8(_DIVIDES) < 2) + 1)
    digits = _HEX[tokens.data] != _NO
    digits[1:] &= ~digits[:-1]
    digits[offsets[:-1]] = _HEX[tokens.data[offsets[:-1]]] != _NO
    found = np.concatenate(
        [
            _that_read(tokens, parts, _BASE64, 6, _SHORT),
            _that_read(tokens, parts, _BASE32, 5, SHORTEST_HEX),
            _that_read(tokens, np.flatnonzero(digits), _HEX, 4, SHORTEST_HEX),
        ]
    )
    return np.unique(np.searchsorted(texts.offsets, starts[found], side="right") - 1)


def _that_read(tokens: TextBuffer, starts: Places, alphabet: Bytes, bits: int, fewest: int) -> Places:
    """The tokens in which a part of at least so many signs begins at one of these places and reads."""
    starts = starts[starts + fewest <= len(tokens.data)]
    for signs in (_FIRST, fewest):
        values = alphabet[tokens.data[starts[:, None] + np.arange(signs)]]
        able = _reads(_bytes(values, bits)) & (values[:, -1] != _NO)
        starts, values = starts[able], values[able]
    starts = starts[(values != _NO).all(axis=1)]
    found = np.searchsorted(tokens.offsets, starts, side="right") - 1
    return found[starts + fewest <= tokens.offsets[found + 1]]


def _bytes(signs: Bytes, bits: int) -> Bytes:
    """The bytes that rows of signs stand for, in columns and without the last bits."""
    count, width = signs.shape
    planes = np.unpackbits(signs, axis=1).reshape(count, width, 8)[:, :, 8 - bits :].reshape(count, width * bits)
    return np.packbits(planes[:, : width * bits // 8 * 8], axis=1).T


def _reads(columns: Bytes) -> Flags:
    """The columns of bytes that begin a printable UTF-8 text, or compressed data."""
    good = np.ones(columns.shape[1], dtype=np.bool_)
    owed: npt.NDArray[np.uint8] = np.zeros(columns.shape[1], dtype=np.uint8)
    for roles in _ROLES[columns]:
        follows = roles == 1
        good &= (follows == (owed > 0)) & (roles != 9)
        owed = np.where(follows, owed - 1, _OWED[roles])
    compressed: Flags = _BEGINS[columns[0], columns[1]]
    return good | compressed
