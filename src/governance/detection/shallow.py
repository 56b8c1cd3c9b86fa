"""The pass before the deep one: a few steps a byte without a branch tell which cells need the deep one at all.

What a byte means is looked up by itself and the byte before, so Persian letters need no decoding.
"""

import string
from functools import cache

import numpy as np
import numpy.typing as npt
from numba import njit

from governance.detection import anchors, automaton
from governance.detection.bytemap import Bytes, Places
from governance.detection.flags import AT, ESCAPED, HOST, LONG
from governance.detection.page import AND

DEEP = 1 << 30  # only the deep pass can tell
_MASK = 1 << 29
_ESCAPE, _ADDRESS = 1 << 21, 1 << 22
_LETTER, _DIGIT, _SYMBOL = 1 << 27, 1 << 28, (1 << anchors.BITS) - 1
_SHIFT = 24  # where the meaning of a byte says how far symbols move
_LATIN = 1 << 23
_FIELD = 14  # bits of a count
_LARGEST = 1 << _FIELD - 1  # bytes of a cell: counts have room for no more
# Counts in one word: base64 signs in a row, digits with no letter between (by fives: thirteen are 65), digits, dots.
_RUN, _COUNT, _DOTS = _FIELD, 2 * _FIELD + 4, 3 * _FIELD + 4
_A_DIGIT = 5
_LONG_TOKEN = (1 << _RUN) - 16
_LONG_RUN = (1 << _COUNT) - (1 << _RUN + 6)
_SAMPLE = 256  # cells that tell whether skimming pays
_OTHERS, _DIGITS, _ARABIC, _E2, _F0, _C2, _MORE, _E2_80, _F0_9F = 0, 1, 2, 6, 7, 8, 9, 10, 11


@cache
def _meanings() -> tuple[npt.NDArray[np.uint16 | np.int64], ...]:
    """By the kind of the byte before and a byte: flags and symbol, what counts up, and what goes on."""
    before = np.full(256, _OTHERS, dtype=np.uint16)
    before[0x30:0x3A] = _DIGITS
    before[0x80:0xC0] = _MORE
    before[0x80], before[0x9F] = _E2_80, _F0_9F
    before[0xD8:0xDC] = range(_ARABIC, _ARABIC + 4)
    before[[0xC2, 0xE2, 0xF0]] = _C2, _E2, _F0
    first = np.zeros(256, dtype=np.int64)
    first[[0, ord("+"), *range(0xC0, 0x100)]] |= DEEP
    first[[0xC2, *range(0xD8, 0xDC), 0xE2, 0xF0]] = 0
    for signs, flag in ((b"%=\\&<", _ESCAPE), (b"@[({<", _ADDRESS), (b"*#xX?_", _MASK)):
        first[list(signs)] |= flag
    for code, symbol in enumerate(automaton.ascii_symbols().tolist()):
        first[code] |= _of(symbol) | (_LATIN if chr(code).isalpha() else 0)
    table = np.tile(first, (12, 1))
    table[[_OTHERS, _DIGITS], 0x80:0xC0] |= DEEP  # a continuation of nothing
    table[[_DIGITS, _MORE, _E2_80, _F0_9F], ord("e")] |= DEEP
    table[[_DIGITS, _MORE, _E2_80, _F0_9F], ord("E")] |= DEEP
    symbols = automaton.arabic_symbols().reshape(4, 64)
    for lead in range(4):
        for low in range(64):
            table[_ARABIC + lead, 0x80 + low] |= _of(int(symbols[lead, low]))
    table[_E2, [*range(0x81, 0xC0)]] |= DEEP
    table[_F0, [*range(0x80, 0x9F), *range(0xA0, 0xC0)]] |= DEEP
    table[_F0_9F, 0xAF] |= DEEP
    table[_E2_80, 0xA2] |= _MASK
    adds = np.zeros(table.shape, dtype=np.int64)
    every = (1 << 63) - 1
    keeps = np.full(table.shape, every ^ ((1 << _RUN) - 1), dtype=np.int64)
    base64 = list((string.ascii_letters + string.digits + "+/-_").encode())
    adds[:, base64] += 1
    keeps[:, base64] |= (1 << _RUN) - 1
    is_digit = table & _DIGIT != 0
    is_letter = (table & _LETTER != 0) & (table & _SYMBOL != automaton.symbol(AND))
    adds[is_digit] += _A_DIGIT << _RUN
    keeps[is_letter] &= every ^ ((1 << _COUNT) - (1 << _RUN))
    adds[is_digit] += 1 << _COUNT
    adds[:, list(b".:")] += 1 << _DOTS
    adds[_ARABIC + 1, 0xAB] += 1 << _DOTS
    return before * 256, table.ravel(), adds.ravel(), keeps.ravel()


def _of(symbol: int) -> int:
    if symbol == automaton.DIGIT:
        return _DIGIT | anchors.STOP | anchors.BITS << _SHIFT
    if symbol in {automaton.EDGE, automaton.DROP}:
        return 0
    return _LETTER | symbol | anchors.BITS << _SHIFT


def skim(data: Bytes, offsets: Places) -> tuple[npt.NDArray[np.uint32], Places]:
    """Flags and digits of each cell; those with `DEEP` among their flags are to be read again."""
    tables = (*_meanings(), *anchors.anchors())
    first, _ = _skim(data, offsets[: _SAMPLE + 1], *tables)
    if np.count_nonzero(first & DEEP) > len(first) // 2:
        cells = len(offsets) - 1
        return np.full(cells, DEEP, dtype=np.uint32), np.zeros(cells, dtype=np.int64)
    flags, counts = _skim(data, offsets, *tables)
    return flags, counts


@njit(cache=True, nogil=True)
def _is_account(data, place, begin):  # type: ignore[no-untyped-def]
    """Whether two Latin letters that no other touches stand before a digit, or what may be such letters."""
    back = place - 1
    while back >= begin and (data[back] == 0x20 or data[back] == 0x2D or data[back] >= 0x80 or 9 <= data[back] <= 0x1F):
        back -= 1
    if back <= begin:
        return False
    if not 0x41 <= data[back] & 0xDF <= 0x5A:
        return False
    if data[back - 1] >= 0x80:
        return True
    if not 0x41 <= data[back - 1] & 0xDF <= 0x5A:
        return False
    return back - 1 == begin or not 0x41 <= data[back - 2] & 0xDF <= 0x5A


@njit(cache=True, nogil=True)
def _has_account(data, begin, end):  # type: ignore[no-untyped-def]
    """Whether such letters stand before any digit."""
    for place in range(begin + 1, end):
        byte = data[place]
        is_digit = 0x30 <= byte <= 0x39 or (data[place - 1] & 0xFD == 0xD9 and byte >= 0xA0)
        if is_digit and _is_account(data, place, begin):
            return True
    return False


@njit(cache=True, nogil=True)
def _skim(data, offsets, before, table, adds, keeps, threes, fours):  # type: ignore[no-untyped-def]
    cells = len(offsets) - 1
    flags = np.zeros(cells, dtype=np.uint32)
    counts = np.zeros(cells, dtype=np.int64)
    for cell in range(cells):
        begin, end = offsets[cell], offsets[cell + 1]
        if end - begin >= _LARGEST:
            flags[cell] = DEEP
            continue
        seen = state = states = symbols = 0
        row = before[0]
        for byte in data[begin:end]:
            index = row + byte
            row = before[byte]
            meaning = table[index]
            seen |= meaning
            state = (state + adds[index]) & keeps[index]
            states |= state
            symbols = (symbols << ((meaning >> _SHIFT) & 7)) | (meaning & _SYMBOL)
            key = symbols & 0x3FFFF
            if (threes[key >> 3] >> (key & 7)) & 1:
                key = symbols & 0xFFFFFF
                if (fours[key >> 3] >> (key & 7)) & 1:
                    seen |= DEEP
        digits = (state >> _COUNT) & ((1 << _FIELD) - 1)
        if digits >= 13 and (states & _LONG_RUN or seen & _MASK):
            seen |= DEEP
        if not seen & DEEP and seen & _LATIN and digits >= 10 and _has_account(data, begin, end):
            seen |= DEEP
        flag = seen & DEEP
        if seen & _ESCAPE:
            flag |= ESCAPED
        if seen & _ADDRESS:
            flag |= AT
        if states & _LONG_TOKEN:
            flag |= LONG
        if state >> _DOTS >= 2:
            flag |= HOST
        flags[cell] = flag
        counts[cell] = digits
    return flags, counts
