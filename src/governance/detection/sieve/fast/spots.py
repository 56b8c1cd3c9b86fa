"""Marks what each byte of a text could be part of: many bytes at a time, by comparisons without branches.

A mark says where to look, never what is there; a label or sign that got no mark would be missed, so marks are coarse.
"""

from typing import Final

import numpy as np
from numba import njit

from governance.detection.sieve.flags import HOST, NATIONAL

STRIDE: Final = 32  # bytes in a vector
AROUND: Final = 8  # bytes before and after those to be marked that marks may depend on
# What a byte may be; the last two ask for nothing. Letters and signs of two bytes are marked on the last and the first.
DIGIT, LABEL, UNSURE, OTHER, LATIN, TOKEN = 1, 2, 4, 8, 64, 128
# The same in each of the eight bytes of a word.
DIGITS, TELLING, LATINS, TOKENS = 0x0101010101010101, 0x0E0E0E0E0E0E0E0E, 0x4040404040404040, -0x7F7F7F7F7F7F7F80

_u1 = np.uint8
_BRUIJN: Final = 0x03F79D71B4CB0A89
_ORDER = np.zeros(64, dtype=np.int64)
for _bit in range(64):
    _ORDER[((1 << _bit) * _BRUIJN >> 58) & 63] = _bit


@njit(cache=True, nogil=True)
def copy(source, target):  # type: ignore[no-untyped-def]
    """The bytes of one array to another of the same length."""
    for place in range(len(source)):
        target[place] = source[place]


@njit(cache=True, nogil=True)
def all_of(words):  # type: ignore[no-untyped-def]
    """Every mark that is set in any word."""
    some = 0
    for word in range(len(words)):
        some |= words[word]
    return some


@njit(cache=True, nogil=True)
def count_digits(marks):  # type: ignore[no-untyped-def]
    """How many digits were marked."""
    total = np.uint32(0)
    for place in range(len(marks)):
        total += np.uint32(marks[place] & _u1(DIGIT))
    return total


@njit(cache=True, nogil=True)
def mark(text, marks, size, wanted):  # type: ignore[no-untyped-def]
    """Mark the digits and signs of `size` bytes, which start at `AROUND`; the word of marks after them is cleared."""
    _mark_all(text, marks, size)
    if wanted & HOST:
        _mark_points(text, marks, size)
    marks[size : ((size + 7) & ~7) + 8] = 0


@njit(cache=True, nogil=True)
def mark_labels(text, marks, at, size, wanted, latin):  # type: ignore[no-untyped-def]
    """Mark the letters of labels too, in `size` bytes from `at` on; `latin` says whether there are Latin ones.

    As many bytes as vectors have are marked, some of those behind too.
    """
    size = (size + STRIDE - 1) & -STRIDE
    text, marks = text[at:], marks[at:]
    _mark_persian(text, marks, size)
    if wanted & NATIONAL:
        _mark_national(text, marks, size)
    if latin:
        _mark_latin(text, marks, size)


@njit(inline="always")
def lowest(word):  # type: ignore[no-untyped-def]
    """The first byte of a word that isn't zero, in bits (de Bruijn)."""
    return _ORDER[((word & -word) * _BRUIJN >> 58) & 63] & 56


@njit(inline="always")
def within(words, word, begin, end):  # type: ignore[no-untyped-def]
    """A word of marks without those of the cells before and after."""
    meaning = words[word]
    if 8 * word < begin:
        meaning &= -1 << ((begin - 8 * word) << 3)
    if 8 * word + 8 > end:
        meaning &= (1 << ((end - 8 * word) << 3)) - 1
    return meaning


@njit(inline="always")
def _is_yeh(byte):  # type: ignore[no-untyped-def]
    return _u1(_u1(byte - _u1(0x89)) <= _u1(3)) | _u1(byte == _u1(0xA6))


@njit(inline="always")
def opens(one, two):  # type: ignore[no-untyped-def]
    """Whether two Persian letters, by their last bytes, may belong to a label: kaf and dal, sin and yeh, and so on."""
    kaf_dal = (_u1(one == _u1(0xA9)) | _u1(one == _u1(0x83))) & _u1(two == _u1(0xAF))
    sin_yeh = _u1(one == _u1(0xB3)) & _is_yeh(two)
    pe_shin = _u1(one == _u1(0xBE)) & _u1(two == _u1(0xB4))
    qaf_zad = _u1(one == _u1(0x82)) & _u1(two == _u1(0xB6))
    return kaf_dal | sin_yeh | pe_shin | qaf_zad


@njit(inline="always")
def first_of_three(one, two):  # type: ignore[no-untyped-def]
    """Whether two letters and a third one may belong to a label: ain and te, pe and yeh, re and mim."""
    ain_te = _u1(one == _u1(0xB9)) & _u1(two == _u1(0xAA))
    pe_yeh = _u1(one == _u1(0xBE)) & _is_yeh(two)
    re_mim = _u1(one == _u1(0xB1)) & _u1(two == _u1(0x85))
    return ain_te | pe_yeh | re_mim


@njit(inline="always")
def _last_of_three(three):  # type: ignore[no-untyped-def]
    """Be, nun or ze, which follow those two letters."""
    return _u1(three == _u1(0xA8)) | _u1(three == _u1(0x86)) | _u1(three == _u1(0xB2))


@njit(inline="always")
def goes_on(two, three):  # type: ignore[no-untyped-def]
    """Whether these are the last two of three."""
    te_be = _u1(two == _u1(0xAA)) & _u1(three == _u1(0xA8))
    yeh_nun = _is_yeh(two) & _u1(three == _u1(0x86))
    return te_be | yeh_nun | (_u1(two == _u1(0x85)) & _u1(three == _u1(0xB2)))


@njit(inline="always")
def _is_vowel(byte):  # type: ignore[no-untyped-def]
    """Whether after 0xD9 this is a sign that folding takes away."""
    return _u1(_u1(byte - _u1(0x8B)) <= _u1(0x14)) | _u1(byte == _u1(0x80)) | _u1(byte == _u1(0xB0))


@njit(inline="always")
def is_small(byte):  # type: ignore[no-untyped-def]
    """Whether a byte with its sixth bit set is a small Latin letter."""
    return _u1(_u1(byte - _u1(0x61)) < _u1(26))


@njit(inline="always")
def _is_number(byte):  # type: ignore[no-untyped-def]
    return _u1(_u1(byte - _u1(0x30)) < _u1(10))


@njit(cache=True, nogil=True)
def _mark_all(text, marks, size):  # type: ignore[no-untyped-def]
    """Digits and whatever else has to be looked at; coarse, for each comparison counts."""
    back, here = text[7 : 7 + size], text[8 : 8 + size]
    next1, next2 = text[9 : 9 + size], text[10 : 10 + size]
    for place in range(size):
        last, byte, one, two = back[place], here[place], next1[place], next2[place]
        small = byte | _u1(0x20)
        digit = _is_number(byte)
        digit |= _u1((last & _u1(0xFD)) == _u1(0xD9)) & _u1(_u1(byte - _u1(last << _u1(3)) - _u1(0xD8)) < _u1(10))
        general = _u1(byte == _u1(0xE2)) & _u1(one == _u1(0x80))
        other = (general & _u1(two == _u1(0xA2))) | (_u1(byte >= _u1(0xDC)) & (general ^ _u1(1)))
        other |= _u1(_u1(byte - _u1(0xC3)) < _u1(0x15)) | (_u1(byte == _u1(0xC2)) & _u1(one == _u1(0xAD)))
        other |= _u1(byte == _u1(0))
        rare = _u1(one <= _u1(0x85)) | _u1(_u1(one - _u1(0x90)) <= _u1(0x0A)) | _u1(one == _u1(0x9C))
        other |= _u1(byte == _u1(0xD8)) & rare
        other |= _u1(byte == _u1(0xDB)) & _u1(_u1(one - _u1(0x96)) <= _u1(0x17))
        other |= _u1(_u1(byte - _u1(0x23)) < _u1(9)) | _u1(_u1(byte - _u1(0x3C)) < _u1(5))
        other |= _u1(_u1(small - _u1(0x7B)) < _u1(5))
        other |= (_u1(small == _u1(0x78)) | _u1(small == _u1(0x65))) & _u1(_u1(last ^ _u1(0x80)) < _u1(0xC0))
        latin, token = is_small(small), _u1(_u1(byte - _u1(0x2B)) < _u1(0x50))
        marks[place] = digit * _u1(DIGIT) | other * _u1(OTHER) | latin * _u1(LATIN) | token * _u1(TOKEN)


@njit(cache=True, nogil=True)
def _mark_persian(text, marks, size):  # type: ignore[no-untyped-def]
    """Labels in Persian letters, and invisible signs that stand in one, or beside another, or in a Latin one."""
    back, here, next1 = text[7 : 7 + size], text[8 : 8 + size], text[9 : 9 + size]
    next2, next3, next4 = text[10 : 10 + size], text[11 : 11 + size], text[12 : 12 + size]
    for place in range(size):
        last, byte, one, two = back[place], here[place], next1[place], next2[place]
        three, four = next3[place], next4[place]
        another = _u1(byte == _u1(0xB3)) & _u1(three == _u1(0xD8)) & _u1(four >= _u1(0xA5))  # as in most words
        label = (opens(byte, two) & (another ^ _u1(1))) | (first_of_three(byte, two) & _last_of_three(four))
        general = _u1(byte == _u1(0xE2)) & _u1(one == _u1(0x80))
        lead, ahead = (three, four) if general else (two, three)
        joins = opens(last, ahead) | first_of_three(last, ahead) | goes_on(last, ahead)
        joins |= _u1(lead == _u1(0xE2)) | (_u1(lead == _u1(0xD9)) & _is_vowel(ahead))
        joins |= is_small(last | _u1(0x20)) & is_small(lead | _u1(0x20))
        broken = (general | (_u1(byte == _u1(0xD9)) & _is_vowel(one))) & joins
        marks[place] |= label * _u1(LABEL) | broken * _u1(OTHER)


@njit(inline="always")
def opens_national(one, two):  # type: ignore[no-untyped-def]
    """Whether two letters are side by side in mim, lam, yeh, with which the label of the national code ends."""
    return (_u1(one == _u1(0x85)) & _u1(two == _u1(0x84))) | (_u1(one == _u1(0x84)) & _is_yeh(two))


@njit(cache=True, nogil=True)
def _mark_national(text, marks, size):  # type: ignore[no-untyped-def]
    """The national code's label, invisible signs in it included."""
    back, here, next1 = text[7 : 7 + size], text[8 : 8 + size], text[9 : 9 + size]
    next2, next3, next4 = text[10 : 10 + size], text[11 : 11 + size], text[12 : 12 + size]
    for place in range(size):
        last, byte, one, two = back[place], here[place], next1[place], next2[place]
        three, four = next3[place], next4[place]
        mim_lam_yeh = _u1(byte == _u1(0x85)) & _u1(two == _u1(0x84)) & _is_yeh(four)
        general = _u1(byte == _u1(0xE2)) & _u1(one == _u1(0x80))
        ahead = four if general else three
        broken = (general | _u1(byte == _u1(0xD9)) & _is_vowel(one)) & opens_national(last, ahead)
        marks[place] |= mim_lam_yeh * _u1(LABEL) | broken * _u1(OTHER)


@njit(cache=True, nogil=True)
def _mark_points(text, marks, size):  # type: ignore[no-untyped-def]
    """Points and colons."""
    back, here = text[7 : 7 + size], text[8 : 8 + size]
    for place in range(size):
        byte = here[place]
        dot = _u1(byte == _u1(0x2E)) | _u1(byte == _u1(0x3A)) | _u1(byte == _u1(0xAB)) & _u1(back[place] == _u1(0xD9))
        marks[place] |= dot * _u1(OTHER)


@njit(inline="always")
def _spell(a, b, c, one, two, three):  # type: ignore[no-untyped-def]
    return _u1(a == _u1(one)) & _u1(b == _u1(two)) & _u1(c == _u1(three))


@njit(cache=True, nogil=True)
def _mark_latin(text, marks, size):  # type: ignore[no-untyped-def]
    """The labels in Latin letters, by letters that few other words have; `c v v` may have signs between."""
    back, here, next1 = text[7 : 7 + size], text[8 : 8 + size], text[9 : 9 + size]
    next2, next3 = text[10 : 10 + size], text[11 : 11 + size]
    for place in range(size):
        big = here[place]
        last, a, b = back[place] | _u1(0x20), big | _u1(0x20), next1[place] | _u1(0x20)
        c, d = next2[place] | _u1(0x20), next3[place] | _u1(0x20)
        gap1, gap2, gap3 = is_small(b) ^ _u1(1), is_small(c) ^ _u1(1), is_small(d) ^ _u1(1)
        starts = (is_small(last) ^ _u1(1)) | _u1(big < _u1(0x60))
        v = _u1(c == _u1(ord("v")))
        second = gap1 | _u1(b == _u1(ord("v")))
        second |= _u1(b == _u1(ord("s"))) & (gap2 | _u1(c == _u1(ord("c"))))
        second |= _u1(b == _u1(ord("c"))) & (gap2 | v)
        found = _u1(a == _u1(ord("c"))) & second
        found |= _spell(a, b, c, ord("o"), ord("n"), ord("e")) & (gap3 | _u1(d == _u1(ord("t"))))
        found |= _u1(a == _u1(ord("m"))) & _u1(b == _u1(ord("m"))) & (gap2 | _u1(c == _u1(ord("y"))))
        found &= starts
        found |= _spell(a, b, c, ord("e"), ord("x"), ord("p")) | _spell(a, b, c, ord("l"), ord("i"), ord("d"))
        found |= _spell(a, b, c, ord("o"), ord("o"), ord("d")) | _spell(a, b, c, ord("p"), ord("i"), ord("n"))
        found |= _spell(a, b, c, ord("o"), ord("t"), ord("p")) | _spell(a, b, c, ord("y"), ord("n"), ord("a"))
        found |= _spell(a, b, c, ord("r"), ord("i"), ord("f")) | _spell(a, b, c, ord("m"), ord("e"), ord("l"))
        found |= _spell(a, b, c, ord("a"), ord("m"), ord("z")) | _spell(a, b, c, ord("n"), ord("g"), ord("h"))
        found |= _spell(a, b, c, ord("e"), ord("n"), ord("q")) | _spell(a, b, c, ord("a"), ord("m"), ord("n"))
        found |= _spell(a, b, c, ord("r"), ord("d"), ord("c"))
        found |= _spell(a, b, c, ord("c"), ord("u"), ord("r")) & _u1(d == _u1(ord("i")))  # security
        found |= _spell(a, b, c, ord("n"), ord("a"), ord("t")) & _u1(d == _u1(ord("i")))  # national
        found |= _spell(a, b, c, ord("t"), ord("a"), ord("t")) & _u1(d == _u1(ord("i")))  # static
        found |= _spell(a, b, c, ord("c"), ord("o"), ord("n")) & _u1(d == _u1(ord("d")))  # second
        found |= _spell(a, b, c, ord("r"), ord("d"), ord("c")) & _u1(d == _u1(ord("v")))  # cardcvv
        marks[place] |= found * _u1(UNSURE)
