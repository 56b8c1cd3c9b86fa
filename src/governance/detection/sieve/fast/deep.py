"""The second compiled pass, over the cells that the first one can't decide: byte by byte, hidden characters included.

It finds a superset of the rules, like the NumPy code in `windows`; its machine code is cached on disk.
"""

import numpy as np
from numba import njit

from governance.detection.sieve import automaton
from governance.detection.sieve.encoded import ROLES
from governance.detection.sieve.fast.encoded_tokens import HEX_SIGNS, LONG_SIGNS, VALUES, reads
from governance.detection.sieve.flags import (  # fmt: skip
    AT,
    CARD,
    CODE,
    ESCAPED,
    FLOAT,
    HOST,
    IBAN,
    LONG,
    MASKED,
    PLUS,
    SIGNED,
    STRANGE,
    WIDE,
)

_EDGE, _DROP, _DIGIT, _FIGURE, _LATIN_END = automaton.EDGE, automaton.DROP, automaton.DIGIT, automaton.FIGURE, 27

_VISIBLE = 13  # digits around mask signs that are too many
_MASKS = np.zeros(256, dtype=np.uint8)
_MASKS[list(b"*#xX?_")] = 1


def scan_deep(data, offsets, rows, flags, counts):  # type: ignore[no-untyped-def]
    """Put the flags and digits of some cells beside the card numbers that were found in them."""
    table, outputs = automaton.automaton()
    symbols = automaton.ascii_symbols(), automaton.arabic_symbols()
    _read(data, offsets, rows, flags, counts, table, outputs, *symbols, _MASKS, VALUES, ROLES)


@njit(cache=True, nogil=True)
def _read(  # type: ignore[no-untyped-def]
    data, offsets, rows, flags, counts, table, outputs, ascii_symbols, arabic_symbols, masks, values_of, roles
):  # fmt: skip
    for cell in rows:
        place, end = offsets[cell], offsets[cell + 1]
        flag, digits, long = 0, 0, 0
        near = False  # whether a digit came last
        state = table[0, _EDGE]
        edge = True  # whether the last symbol was an edge
        latin = 0  # Latin letters in a row
        upright = False  # whether the last letter was a small Latin one
        exponent = plus = False  # a digit and an `e`, a plus sign came last
        dots = colons = 0
        shown, veiled = 0, False  # digits since the last sign that masks none, and whether a mask sign was among them
        nibbles, joint, legible = 0, False, False  # of the token: hexadecimal signs in a row, and what it may spell
        country = 0  # how far the beginning of an account number was read
        while place < end:
            byte = data[place]
            value = 255
            symbol = 0
            space = mask = False
            if byte < 0x80:
                long = long + 1 if values_of[0, byte] < 64 else 0
                if long == LONG_SIGNS:
                    flag |= LONG
                symbol = ascii_symbols[byte]
                place += 1
                if symbol == _DIGIT:
                    value = byte - 48
                elif symbol == _EDGE:
                    flag |= SIGNED
                    if byte == 0x25 or byte == 0x3D or byte == 0x5C or byte == 0x26 or byte == 0x3C:
                        flag |= ESCAPED
                        if byte == 0x3C:
                            flag |= AT
                    elif byte == 0x2E:
                        dots += 1
                    elif byte == 0x3A:
                        colons += 1
                    elif byte == 0x40 or byte == 0x5B or byte == 0x28 or byte == 0x7B:
                        flag |= AT
                    elif byte == 0:
                        flag |= WIDE | STRANGE
                        symbol = _DROP
                    space = byte == 0x20 or (9 <= byte <= 13) or (0x1C <= byte <= 0x1F)
                mask = masks[byte] == 1
                nibbles = nibbles + 1 if values_of[1, byte] < 16 else 0
                if nibbles == HEX_SIGNS and reads(data, place - HEX_SIGNS, 1, values_of, roles):
                    legible = True
                if long == 0:
                    joint = False
                joint = joint or values_of[0, byte] == 62 or values_of[0, byte] == 63
                if long == LONG_SIGNS and not joint:
                    legible = legible or reads(data, place - LONG_SIGNS, 0, values_of, roles)
                legible = legible or (joint and long >= LONG_SIGNS)
                if not (mask or symbol == _DIGIT or byte == 0x20 or byte == 0x2D):
                    shown = 0
                    veiled = False
            else:
                flag |= WIDE | SIGNED
                long = nibbles = 0
                joint = False
                second = data[place + 1] if place + 1 < end else 0
                third = data[place + 2] if place + 2 < end else 0
                if 0xD8 <= byte <= 0xDB:
                    symbol = arabic_symbols[(byte - 0xD8) * 64 + (second & 63)]
                    place += 2
                    if symbol == _DIGIT:
                        value = second & 15
                    elif byte == 0xD9 and second == 0xAB:
                        dots += 1
                elif byte == 0xC2:
                    symbol = _DROP if second == 0xAD else _EDGE
                    place += 2
                    space = second == 0xA0 or second == 0x85
                elif byte == 0xC3 and second == 0x97:
                    mask = True
                    place += 2
                elif byte == 0xE2:
                    place += 3
                    if second == 0x80:
                        if 0x8B <= third <= 0x8F or 0xAA <= third <= 0xAE:
                            symbol = _DROP
                        space = 0x80 <= third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF
                        mask = third == 0xA2
                    elif second == 0x81:
                        symbol = _DROP if third >= 0xA0 else _EDGE
                        space = third == 0x9F
                    elif second == 0x83 or second == 0x84 or second == 0xA0 or second >= 0xB0:
                        flag |= STRANGE
                    mask = mask or second == 0x97 or second == 0x96
                elif byte == 0xEF and ((second == 0xBB and third == 0xBF) or (second == 0xB8 and third <= 0x8F)):
                    symbol = _DROP
                    flag |= ESCAPED
                    place += 3
                elif byte == 0xF0 and second == 0x9F and third != 0xAF:
                    place += 4
                else:
                    flag |= STRANGE
                    if byte == 0xEF:
                        flag |= ESCAPED
                    if byte == 0xE0 or byte == 0xE1 or byte == 0xEA or byte == 0xF0:
                        digits += 1
                    place += 1
                    while place < end and data[place] & 0xC0 == 0x80:
                        place += 1
            if symbol == _DROP:
                continue
            if value != 255:
                digits += 1
                shown += 1
                if veiled and shown >= _VISIBLE:
                    flag |= MASKED
                if plus:
                    flag |= PLUS
                if exponent:
                    flag |= FLOAT
                plus = exponent = False
                if country:
                    country += 1
                    if country == 3:
                        flag |= IBAN
                elif latin == 2:
                    country = 2
                near = True
                if outputs[table[state, _FIGURE]]:
                    flag |= CODE
                state = table[0, _EDGE]
                edge = True
                latin = 0
                upright = False
                continue
            if symbol == _EDGE:
                plus = byte == 0x2B
                veiled = veiled or (mask and shown > 0)
                near = False
                exponent = exponent and byte == 0x2B
                if latin != 2 and country == 0:
                    latin = 0
                elif not (space or byte == 0x2D or byte >= 0x80):
                    latin = country = 0
                upright = False
                if not edge:
                    state = table[state, _EDGE]
                    edge = True
                    if outputs[state]:
                        flag |= outputs[state] * CODE
                continue
            # A letter: no number goes on behind it.
            if mask:
                veiled = veiled or shown > 0
            else:
                shown = 0
                veiled = False
            exponent = near and (byte == 0x65 or byte == 0x45)
            near = False
            plus = False
            country = 0
            if symbol < _LATIN_END:
                big = byte < 0x60
                if (latin == 0 and not edge) or (big and upright):
                    state = table[state, _EDGE]
                upright = not big
                latin = latin + 1
            else:
                upright = False
                latin = 0
            state = table[state, symbol]
            edge = False
            if outputs[state]:
                flag |= outputs[state] * CODE
        if dots >= 2 or colons >= 2:
            flag |= HOST
        if not (legible or flag & ESCAPED):
            flag &= ~LONG
        flags[cell] = flag | flags[cell] & CARD
        counts[cell] = digits
