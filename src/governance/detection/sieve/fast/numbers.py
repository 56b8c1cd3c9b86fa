"""Card, Sheba and account numbers, by arithmetic on the digits of one cell."""

from typing import Final

from numba import njit

from governance.detection.sieve import automaton
from governance.detection.sieve.fast.label_search import is_invisible
from governance.detection.sieve.fast.spots import DIGIT, DIGITS, lowest, within
from governance.detection.text.page import AND

_EDGE, _DROP, _AND = automaton.EDGE, automaton.DROP, automaton.symbol(AND)
_SIGNS, _GAP = 3, 11  # what may stand between the digits of one number
_SHORTEST, _LONGEST = 13, 24  # digits of a card or Sheba number
ROOM: Final = 256  # digits read together
_KEPT: Final = 48  # of them, what the next ones may belong to


@njit(cache=True, nogil=True)
def holds_card(data, marks, words, begin, end, at, sure, room, numbers):  # type: ignore[no-untyped-def]
    """Whether any digits of a cell, side by side or with signs between, could be a card or Sheba number."""
    values, borders = room
    size = first = until = 0
    word = (begin + at) >> 3
    meaning = within(words, word, begin + at, end + at) & DIGITS
    while True:
        while not meaning:
            word += 1
            if 8 * word >= end + at:
                lettered = 1 if sure or first > begin or until < end else 0
                return size >= _SHORTEST and _is_card(values, borders, size, lettered, numbers)
            meaning = within(words, word, begin + at, end + at) & DIGITS
        place = 8 * word + (lowest(meaning) >> 3) - at
        begins = place - (data[place] >= 0x80)
        if size and _divides(data, until, begins, numbers[2]):
            if size >= _SHORTEST and _is_card(values, borders, size, 1, numbers):
                return True
            size = 0
        if size == 0:
            first = begins
        borders[size] = True
        while True:
            if size == ROOM:
                if _is_card(values, borders, size, 1, numbers):
                    return True
                size = _KEPT
                values[:_KEPT] = values[ROOM - _KEPT :]
                borders[: _KEPT + 1] = borders[ROOM - _KEPT :]
            values[size] = data[place] & 15
            size += 1
            borders[size] = False
            if place + 1 < end and marks[place + 1 + at] & DIGIT:
                place += 1
            elif place + 2 < end and data[place + 2] >= 0x80 and marks[place + 2 + at] & DIGIT:
                place += 2
            else:
                break
        borders[size] = True
        until = place + 1
        word = (until + at) >> 3
        meaning = within(words, word, until + at, end + at) & DIGITS if until < end else 0


@njit(cache=True, nogil=True)
def _is_card(values, borders, size, lettered, numbers):  # type: ignore[no-untyped-def]
    """Whether any of these digits could be a card or Sheba number."""
    lengths, iranian, _ = numbers
    if size >= 2 * _SHORTEST and _is_spelled(values, size):
        return True
    for start in range(size - _SHORTEST + 1):
        left = size - start
        if borders[start] and left >= _LONGEST and borders[start + _LONGEST]:
            rest = 0
            for place in range(start + 2, start + _LONGEST):
                rest = (rest * 10 + values[place]) % 97
            if ((rest * 10000 + 1827) % 97 * 100 + values[start] * 10 + values[start + 1]) % 97 == 1:
                return True
        if values[start] < 2:
            continue
        four = 0
        for place in range(start, start + 4):
            four = four * 10 + values[place]
        issued = lengths[four]
        six = four * 100 + values[start + 4] * 10 + values[start + 5]
        if issued & 128 and left >= 16 and iranian[six] and _passes(values, start, 16):
            return True
        first = start  # a run's first digit that isn't zero opens it too
        while not borders[first] and values[first - 1] == 0:
            first -= 1
        if borders[first]:
            if lettered and four >= 2000:
                issued |= 8  # sixteen digits after a label, whoever issued them
            for length in range(13, min(19, left) + 1):
                if issued >> (length - 13) & 1 and borders[start + length] and _passes(values, start, length):
                    return True
    return False


@njit(cache=True, nogil=True)
def _is_spelled(values, size):  # type: ignore[no-untyped-def]
    """Whether thirteen times in a row a three stands before another digit: digits in hexadecimal."""
    even = odd = 0
    for place in range(0, size - 1, 2):
        even = even + 1 if values[place] == 3 else 0
        odd = odd + 1 if place + 2 < size and values[place + 1] == 3 else 0
        if even == _SHORTEST or odd == _SHORTEST:
            return True
    return False


@njit(cache=True, nogil=True)
def _passes(values, start, length):  # type: ignore[no-untyped-def]
    """The check of Luhn."""
    total, double = 0, False
    for place in range(start + length - 1, start - 1, -1):
        value = values[place]
        total += 2 * value - 9 * (value > 4) if double else value
        double = not double
    return total % 10 == 0


@njit(cache=True, nogil=True)
def _divides(data, start, end, arabic_symbols):  # type: ignore[no-untyped-def]
    """Whether the characters between two runs of digits separate numbers."""
    gap = signs = 0
    while start < end:
        byte = data[start]
        if byte < 0x80:
            if 0x61 <= byte | 0x20 <= 0x7A:
                return True
            space = byte == 0x20 or 9 <= byte <= 13 or 0x1C <= byte <= 0x1F
            gap += byte != 0
            signs += not (space or byte == 0)
            start += 1
        elif 0xD8 <= byte <= 0xDB:
            symbol = arabic_symbols[(byte - 0xD8) * 64 + (data[start + 1] & 63)]
            if symbol != _EDGE and symbol != _DROP and symbol != _AND:
                return True
            gap += symbol != _DROP
            signs += symbol == _EDGE
            start += 2
        else:
            if byte == 0xE2 and data[start + 1] == 0x80 and not is_invisible(data, start):
                third = data[start + 2]
                gap += 1
                signs += not (third <= 0x8A or 0xA8 <= third <= 0xA9 or third == 0xAF)
            start += 1
            while start < end and data[start] & 0xC0 == 0x80:
                start += 1
        if gap > _GAP or signs > _SIGNS:
            return True
    return False


@njit(cache=True, nogil=True)
def has_account(data, begin, end):  # type: ignore[no-untyped-def]
    """Whether two Latin letters that no other touches stand before a digit, or what may be such letters."""
    for place in range(begin + 1, end):
        byte = data[place]
        if not (0x30 <= byte <= 0x39 or (data[place - 1] & 0xFD == 0xD9 and byte >= 0xA0)):
            continue
        back = place - 1
        while back > begin and (data[back] in (0x20, 0x2D) or data[back] >= 0x80 or 9 <= data[back] <= 0x1F):
            back -= 1
        if back <= begin or not 0x41 <= data[back] & 0xDF <= 0x5A:
            continue
        if data[back - 1] >= 0x80:
            return True
        apart = back - 1 == begin or not 0x41 <= data[back - 2] & 0xDF <= 0x5A
        if apart and 0x41 <= data[back - 1] & 0xDF <= 0x5A:
            return True
    return False


@njit(cache=True, nogil=True)
def masks_few(data, begin, end, arabic_symbols):  # type: ignore[no-untyped-def]
    """Whether thirteen digits stand in a row with signs that mask, or may mask, others between them."""
    shown, veiled, place = 0, False, begin
    while place < end:
        byte = data[place]
        width, digit, stays = 1, False, True
        if byte < 0x80:
            digit = 0x30 <= byte <= 0x39
            masks = byte == 0x2A or byte == 0x23 or byte == 0x3F or byte == 0x5F or byte | 0x20 == 0x78
            stays = digit or masks or byte == 0x20 or byte == 0x2D
            veiled = veiled or (masks and shown > 0)
        elif 0xD8 <= byte <= 0xDB:
            symbol = arabic_symbols[(byte - 0xD8) * 64 + (data[place + 1] & 63)]
            width, digit = 2, symbol == automaton.DIGIT
            stays = symbol == _EDGE or symbol >= automaton.DIGIT
        elif byte >= 0xC0:
            veiled = veiled or (byte == 0xE2 and shown > 0 and not is_invisible(data, place))
        place += width
        if not stays:
            shown, veiled = 0, False
        shown += digit
        if veiled and shown >= _SHORTEST:
            return True
    return False
