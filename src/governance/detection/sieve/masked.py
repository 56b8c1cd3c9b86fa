"""Masked numbers by arithmetic over all cells at once: cells that could show too many digits around them."""

import numpy as np

from governance.detection.sieve.bytemap import Bytes, DigitRuns, Flags, Places, Rank

_SIGN, _OTHER = 1, 2
_BYTES = np.zeros(256, dtype=np.uint8)
_BYTES[1:0x80] = _OTHER
_BYTES[list(b" -0123456789")] = 0
_BYTES[list(b"*#xX?_")] |= _SIGN
_WIDE = (b"\xc3\x97", b"\xe2\x80\xa2", b"\xe2\x97\x8f", b"\xe2\x97\xa6", b"\xe2\x96\xa0")
_FULL_WIDTH = (b"\xef\xbc\x83", b"\xef\xbc\x8a", b"\xef\xbc\x9f", b"\xef\xbc\xb8", b"\xef\xbc\xbf", b"\xef\xbd\x98")
_LONGEST = 15  # digits on one side
_MOST = 6  # mask signs in one number
_VISIBLE = 13  # digits that are too many


def thin(data: Bytes, letters: Flags, runs: DigitRuns) -> Places:
    """Cells in which at least thirteen digits stand around one to six mask signs, or four fours around three."""
    sizes, cells = runs.sizes, runs.run_cells()
    if len(sizes) < 2:
        return np.zeros(0, dtype=np.int64)
    lows, highs = runs.ends[:-1], runs.firsts[1:]
    together = cells[1:] == cells[:-1]
    # A gap that begins or ends with any other sign neither joins digits nor masks some.
    gaps = np.flatnonzero(together & (_BYTES[data[lows]] != _OTHER) & (_BYTES[data[highs - 1]] != _OTHER))
    signed, joint = _signs(data, letters, lows[gaps], highs[gaps])
    masks, breaks = np.zeros(len(lows), dtype=np.bool_), np.ones(len(lows), dtype=np.bool_)
    masks[gaps] = signed
    masks &= (sizes[:-1] <= _LONGEST) & (sizes[1:] <= _LONGEST)
    breaks[gaps] = ~joint
    if not masks.any():
        return np.zeros(0, dtype=np.int64)
    chains = np.flatnonzero(np.append(True, breaks))
    totals = np.add.reduceat(sizes, chains)
    joined = masks[chains[1:] - 1]  # chain and next chain
    head, tail = totals[:-1], totals[1:]
    found = [cells[chains[:-1][joined & (head >= 4) & (head + tail >= _VISIBLE)]]]
    if len(joined) >= 3:
        fours = (totals[1:-2] == 4) & (totals[2:-1] == 4) & (totals[:-3] >= 4) & (totals[3:] >= 4)
        found.append(cells[chains[:-3][joined[:-2] & joined[1:-1] & joined[2:] & fours]])
    rows: Places = np.concatenate(found)
    return rows


def masks(data: Bytes, offsets: Places) -> Places:
    """Cells with any sign that masks."""
    signs = (data == ord("*")) | (data == ord("#")) | (data | np.uint8(0x20) == ord("x")) | (data == ord("?"))
    signs |= (data == ord("_")) | (data == 0xC3) | (data == 0xEF)
    rare = np.flatnonzero(data == 0xE2)
    rare = rare[rare < len(data) - 2]
    signs[rare[(data[rare + 1] != 0x80) | (data[rare + 2] == 0xA2)]] = True
    return np.unique(np.searchsorted(offsets, np.flatnonzero(signs), side="right") - 1)


def _signs(data: Bytes, letters: Flags, lows: Places, highs: Places) -> tuple[Flags, Flags]:
    """The gaps with one to six mask signs and those without any, besides spaces, hyphens and invisible characters."""
    kinds = _BYTES[data]
    narrow = Rank.of(kinds & _SIGN != 0)
    every = narrow
    if data.max(initial=0) >= 0x80:
        flags = kinds & _SIGN != 0
        for sign in (*_WIDE, *_FULL_WIDTH):
            _flag(flags, data, sign)
        every = Rank.of(flags)
    others = Rank.of((kinds & _OTHER != 0) | letters)
    signs = every.before(highs) - every.before(lows)
    only = others.before(highs) - others.before(lows) == narrow.before(highs) - narrow.before(lows)
    return only & (signs > 0) & (signs <= _MOST), only & (signs == 0)


def _flag(flags: Flags, data: Bytes, sign: bytes) -> None:
    """Set the flags of the places where a character of several bytes starts."""
    places = np.flatnonzero(data[: len(data) - len(sign) + 1] == sign[0])
    for step, byte in enumerate(sign[1:], 1):
        places = places[data[places + step] == byte]
    flags[places] = True
