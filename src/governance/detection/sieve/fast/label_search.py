"""Labels, read letter by letter where a mark says that one may stand."""

from numba import njit

from governance.detection.sieve import automaton
from governance.detection.sieve.fast.spots import first_of_three, goes_on, is_small, opens, opens_national
from governance.detection.sieve.flags import CODE, DEEP

_EDGE, _DROP, _NUMBER, _FIGURE = automaton.EDGE, automaton.DROP, automaton.DIGIT, automaton.FIGURE
_BEHIND, _FAR = 6, 96  # letters of a label before those that identify it, and bytes to read


@njit(cache=True, nogil=True)
def label_at(data, begin, end, place, reach, labels):  # type: ignore[no-untyped-def]
    """The flags of the label around a letter, 0 if there is none, DEEP if it reaches too far to decide.

    One that begins up to `reach` letters before counts.
    """
    table, outputs, depths, ascii_symbols, arabic_symbols = labels
    start, letters = place, 0
    while start > begin and letters < reach:
        start -= 1
        byte = data[start]
        if 0xD8 <= byte <= 0xDB:
            symbol = arabic_symbols[(byte - 0xD8) * 64 + (data[start + 1] & 63)]
            if symbol == _NUMBER:
                break
            letters += symbol != _DROP and symbol != _EDGE
        elif byte < 0x80 and ascii_symbols[byte] != _EDGE:
            break
        if place - start > _FAR:
            return DEEP
    at, found, read, state = start, 0, 0, 0
    edge = False
    while at < end:
        byte = data[at]
        if 0xD8 <= byte <= 0xDB:
            symbol = arabic_symbols[(byte - 0xD8) * 64 + (data[at + 1] & 63)]
            width = 2
        elif byte < 0x80:
            symbol = ascii_symbols[byte]
            width = 1
        else:
            symbol = _DROP if is_invisible(data, at) else _EDGE
            width = 1
            while at + width < end and data[at + width] & 0xC0 == 0x80:
                width += 1
        read += at >= place and symbol != _DROP and not (symbol == _EDGE and edge)
        at += width
        if symbol == _NUMBER and at > place:
            found |= outputs[table[state, _FIGURE]]
            break
        if symbol >= _NUMBER or (symbol == _EDGE and edge):
            continue
        edge = symbol == _EDGE
        state = table[state, symbol]
        found |= outputs[state]
        if depths[state] < read or at - place > _FAR:
            break
    return found * CODE


@njit(cache=True, nogil=True)
def is_invisible(data, place):  # type: ignore[no-untyped-def]
    """Whether a character outside ASCII and the Arabic script joins its neighbours."""
    byte, second = data[place], data[place + 1]
    if byte == 0xE2:
        third = data[place + 2]
        return (second == 0x80 and (0x8B <= third <= 0x8F or 0xAA <= third <= 0xAE)) or (
            second == 0x81 and third >= 0xA0
        )
    return (byte == 0xC2 and second == 0xAD) or (byte == 0xEF and (second == 0xBB or second == 0xB8))


@njit(cache=True, nogil=True)
def joined(data, begin, end, place, labels):  # type: ignore[no-untyped-def]
    """The label that goes on over an invisible sign, if the letters beside it could be among its first ones."""
    after = place + (3 if data[place] == 0xE2 else 2)
    if place == begin or after >= end:
        return 0
    last, byte = data[place - 1], data[after]
    if byte < 0x80:
        return DEEP * (is_small(last | 0x20) & is_small(byte | 0x20))
    if not 0xD8 <= byte <= 0xDB:
        return DEEP * is_invisible(data, after)
    letter = data[after + 1]
    if labels[4][(byte - 0xD8) * 64 + (letter & 63)] == _DROP:
        return DEEP
    near = opens(last, letter) | first_of_three(last, letter) | goes_on(last, letter) | opens_national(last, letter)
    if near:
        return label_at(data, begin, end, place - 2, _BEHIND + 2, labels)
    return 0


@njit(inline="always")
def behind(byte):  # type: ignore[no-untyped-def]
    """How many letters of a label may come before the ones that identify it: qaf, ain and mim are inside."""
    return 2 if byte == 0x82 or byte == 0xB9 else _BEHIND if byte == 0x85 else 0
