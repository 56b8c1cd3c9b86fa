"""The first compiled pass: marks many bytes at a time, then reads only where a mark says that something may stand.

Cells that it can't decide go to the second one.
"""

from typing import Final

import numpy as np
from numba import njit

from governance.detection.sieve import automaton
from governance.detection.sieve.encoded import ROLES
from governance.detection.sieve.fast.encoded_tokens import VALUES, has_token
from governance.detection.sieve.fast.label_search import behind, is_invisible, joined, label_at
from governance.detection.sieve.fast.numbers import ROOM, has_account, holds_card, masks_few
from governance.detection.sieve.fast.spots import (
    AROUND,
    DIGITS,
    LABEL,
    LATINS,
    STRIDE,
    TELLING,
    TOKENS,
    UNSURE,
    all_of,
    copy,
    count_digits,
    lowest,
    mark,
    mark_labels,
    within,
)
from governance.detection.sieve.flags import AT, CARD, CODE, DEEP, ESCAPED, HOST, LONG, NATIONAL, PLUS
from governance.detection.sieve.windows import tables

_BLOCK: Final = 1 << 13  # bytes marked at once: they and their marks stay in the first-level cache
_CODE, _ACCOUNT, _CARD = 3, 10, 13  # digits of the shortest code, account and card number
_FIRSTS: Final = 1 << 3 | 1 << 13 | 1 << 15  # c, m and o: labels that only their beginning identifies
_SCARCE: Final = 64  # bytes a digit
_POINT, _MASK = 1 << 20, 1 << 21  # the flags of a sign


def glance(data, offsets, wanted, *, any_prefix):  # type: ignore[no-untyped-def]
    """Flags and digits of each cell; those with `DEEP` are to be read again, all but their card numbers.

    `wanted` are the flags that are asked for; the others may be missing.
    """
    lengths, iranian = tables()
    symbols = automaton.ascii_symbols(), automaton.arabic_symbols()
    labels = *automaton.automaton(), automaton.depths(), *symbols
    return _glance(data, offsets, wanted, any_prefix, (lengths, iranian, symbols[1]), labels, (VALUES, ROLES))


@njit(cache=True, nogil=True)
def _glance(data, offsets, wanted, any_prefix, numbers, labels, tokens):  # type: ignore[no-untyped-def]
    cells = len(offsets) - 1
    flags = np.zeros(cells, dtype=np.uint32)
    counts = np.zeros(cells, dtype=np.int64)
    room = np.zeros(ROOM, dtype=np.uint8), np.zeros(ROOM + 1, dtype=np.bool_)
    text, marks = np.zeros(_BLOCK + 2 * AROUND + STRIDE, dtype=np.uint8), np.zeros(_BLOCK + 8 + STRIDE, dtype=np.uint8)
    words = marks.view(np.int64)
    asked = wanted & (CODE | NATIONAL)
    last = 0
    while last < cells:
        first_cell, start = last, offsets[last]
        last += 1
        while last < cells and offsets[last + 1] - start <= _BLOCK:
            last += 1
        fill = offsets[last] - start
        if fill > len(text) - 2 * AROUND - STRIDE:
            size = (fill + 2 * AROUND + STRIDE + 7) & ~7
            text, marks = np.zeros(size, dtype=np.uint8), np.zeros(size, dtype=np.uint8)
            words = marks.view(np.int64)
        copy(data[start : start + fill], text[AROUND : AROUND + fill])
        text[AROUND + fill : 2 * AROUND + fill] = 0
        mark(text, marks, fill, wanted)
        dense = False
        if asked:
            dense = count_digits(marks[:fill]) * _SCARCE > fill
            if dense:  # sooner all at once than cell by cell
                mark_labels(text, marks, 0, fill, wanted, all_of(words[: (fill + 7) >> 3]) & LATINS)
        for cell in range(first_cell, last):
            begin, end = offsets[cell], offsets[cell + 1]
            first, final = (begin - start) >> 3, (end - start) >> 3
            seen = digits = 0
            long = False
            meaning = words[first] & (-1 << (((begin - start) & 7) << 3))
            for word in range(first, final):
                seen |= meaning
                digits += ((meaning & DIGITS) * DIGITS) >> 56
                long = long or meaning & TOKENS == TOKENS
                meaning = words[word + 1]
            meaning &= (1 << (((end - start) & 7) << 3)) - 1
            seen |= meaning
            digits += ((meaning & DIGITS) * DIGITS) >> 56
            flag = 0
            labelled = asked and digits >= _CODE
            if labelled:
                if not dense:
                    mark_labels(text, marks, begin - start, end - begin, wanted, seen & LATINS)
                if _FIRSTS >> (data[begin] & 31) & 1 and data[begin] & 0xC0 == 0x40:
                    flag = DEEP  # what stands before it is another cell's
            if digits >= _CARD and holds_card(data, marks, words, begin, end, -start, any_prefix, room, numbers):
                flag |= CARD
            if seen & TELLING or (labelled and not dense):
                flag |= _signs(data, words, begin, end, -start, wanted, labels)
            if flag & _MASK and digits >= _CARD and masks_few(data, begin, end, labels[4]):
                flag |= DEEP
            if seen & LATINS and digits >= _ACCOUNT and not flag & DEEP and has_account(data, begin, end):
                flag |= DEEP
            if long and has_token(data, words, begin, end, -start, flag & ESCAPED, tokens):
                flag |= LONG
            flags[cell] = flag & ~_MASK
            counts[cell] = digits
    return flags, counts


@njit(cache=True, nogil=True)
def _signs(data, words, begin, end, at, wanted, labels):  # type: ignore[no-untyped-def]
    """The flags of a cell by its signs, invisible characters and letters of labels."""
    flag = points = 0
    asked = wanted & (CODE | NATIONAL)
    for word in range((begin + at) >> 3, (end + at + 7) >> 3):
        meaning = within(words, word, begin + at, end + at) & TELLING
        while meaning:
            bit = lowest(meaning)
            sign = meaning >> bit
            meaning &= ~(0xFF << bit)
            place = 8 * word + (bit >> 3) - at
            if sign & UNSURE:
                flag |= DEEP
            elif sign & LABEL:
                if asked and not flag & asked:
                    flag |= label_at(data, begin, end, place - 1, behind(data[place]), labels)
            elif data[place] == 0xD9 or (data[place] == 0xE2 and is_invisible(data, place)):
                if asked and not flag & asked:
                    flag |= joined(data, begin, end, place, labels)
            else:
                seen = _other(data, place, end, wanted)
                points += seen & _POINT != 0
                flag |= seen & ~_POINT
    return flag | HOST * (points >= 2)


@njit(cache=True, nogil=True)
def _other(data, place, end, wanted):  # type: ignore[no-untyped-def]
    """The flags that a sign sets, or that it masks, joins or is one of two points."""
    byte = data[place]
    after = data[place + 1] if place + 1 < end else 0
    last = data[place - 1] if place else 0
    if byte < 0x80:
        if byte == 0x25 or byte == 0x26 or byte == 0x5C or byte == 0x3C or byte == 0x3D:
            return ESCAPED | AT * (byte == 0x3C)
        if byte == 0x40 or byte == 0x5B or byte == 0x7B or byte == 0x28:
            return AT
        if byte == 0x2B:
            return DEEP * (wanted & PLUS != 0)
        if byte == 0x2E or byte == 0x3A:
            return _POINT
        if byte | 0x20 == 0x65:
            return DEEP * (last >= 0x80 or 0x30 <= last <= 0x39)
        if byte == 0x2A or byte == 0x23 or byte == 0x3F or byte == 0x5F or byte | 0x20 == 0x78:
            return _MASK * (last >= 0x80 or 0x30 <= last <= 0x39 or last == 0x20 or last == 0x2D)
        return DEEP * (byte == 0)
    if byte < 0xC0:
        return _POINT
    if byte == 0xF0:
        return DEEP * (after != 0x9F or (place + 2 < end and data[place + 2] == 0xAF))
    if byte != 0xE2:
        return DEEP
    if after == 0x80:
        return _MASK * (data[place + 2] == 0xA2)
    return DEEP * (after == 0x81 or after == 0x83 or after == 0x84 or after >= 0xA0 or 0x96 <= after <= 0x97)
