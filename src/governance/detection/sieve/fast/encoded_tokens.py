"""Encoded text: tokens of base64 and hexadecimal signs whose first bytes are those of a text."""

from typing import Final

import numpy as np
from numba import njit

from governance.detection.sieve.encoded import NIBBLES, SIXES
from governance.detection.sieve.fast.spots import TOKENS

LONG_SIGNS, HEX_SIGNS = 16, 24  # signs in a row that may spell something
VALUES: Final = np.stack((SIXES, NIBBLES))


@njit(cache=True, nogil=True)
def has_token(data, words, begin, end, at, escaped, tokens):  # type: ignore[no-untyped-def]
    """Whether a token may spell text; eight of its signs fill a word. With escapes around it any long one may."""
    values_of, roles = tokens
    known = begin
    for word in range((begin + at + 7) >> 3, (end + at) >> 3):
        place = 8 * word - at
        if words[word] & TOKENS != TOKENS or place < known:
            continue
        while place > known and values_of[0, data[place - 1]] < 64:
            place -= 1
        first, nibbles, joint = place, 0, False
        while place < end and values_of[0, data[place]] < 64:
            joint = joint or values_of[0, data[place]] >= 62
            nibbles = nibbles + 1 if values_of[1, data[place]] < 16 else 0
            place += 1
            if nibbles == HEX_SIGNS and reads(data, place - HEX_SIGNS, 1, values_of, roles):
                return True
        known = place
        if place - first >= LONG_SIGNS and (escaped or joint or reads(data, first, 0, values_of, roles)):
            return True
    return False


@njit(cache=True, nogil=True)
def reads(data, start, way, values_of, roles):  # type: ignore[no-untyped-def]
    """Whether the first twelve bytes that base64 (way 0) or hexadecimal (1) signs stand for begin a text."""
    bits, width, have, word, owed = (4 if way else 6), 0, 0, 0, 0
    while have < 12:
        word = (word << bits) | values_of[way, data[start]]
        start += 1
        width += bits
        if width >= 8:
            width -= 8
            role = roles[(word >> width) & 255]
            word &= (1 << width) - 1
            have += 1
            if role == 9 or (role == 1) != (owed > 0):
                return False
            owed = owed - 1 if role == 1 else max(role - 1, 0)
    return True
