"""The pieces of a text that may be a value of a column, in every reading that a decoder has of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from governance.detection.text.folding import fold
from governance.detection.text.layers import readings

FEWEST: Final = 6  # signs of a value that no word announces
CERTAIN: Final = 10  # digits that no other number has by chance
_MOST_PIECES = 8  # of a value with separators
_RUN = re.compile(r"[^\W_]+")
_INSIDE = re.compile(r"(?<=[^\W\d_])[0-9]+|[0-9]+(?=[^\W\d_])")
_GAP = re.compile(r"[-_.:/ ]{1,2}")
_SHORT_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{8,22}(?![A-Za-z0-9])")
_CLOSE = re.compile(r"[-_.]")
_CODE = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)*")


class Piece(NamedTuple):
    """A piece of a text, without its separators, and where it stands."""

    value: str
    text: str
    start: int
    end: int
    encoded: bool = False  # whether only a decoder of short tokens reads it, so that it is no accident


def pieces_of(text: str) -> Iterator[Piece]:
    """Whatever may be a value: each piece, those that separators join, and digits between letters."""
    for reading in readings(fold(text), text):
        for token in _SHORT_TOKEN.findall(reading.text):
            for inner in filter(None, (_opened(token, base64.b64decode), _opened(token, bytes.fromhex))):
                yield from (Piece(run[0], inner, *run.span(), encoded=True) for run in _RUN.finditer(inner))
        line = reading.text.casefold()
        spans = [match.span() for match in _RUN.finditer(line)]
        for first, (start, end) in enumerate(spans):
            value = line[start:end]
            yield from _spelled(value, line, start, end)
            close = True
            for before, (begin, last) in zip(spans[first:], spans[first + 1 : first + _MOST_PIECES], strict=False):
                gap = line[before[1] : begin]
                if not _GAP.fullmatch(gap):
                    break
                close = close and bool(_CLOSE.fullmatch(gap))
                value += line[begin:last]
                if value.isdecimal() and len(value) < CERTAIN:
                    continue
                if close or not value.isalpha():
                    yield Piece(value, line, start, last)


def _spelled(value: str, line: str, start: int, end: int) -> Iterator[Piece]:
    """A piece, without zeros before it, and the digits that letters surround."""
    yield Piece(value, line, start, end)
    if value.isdecimal():
        if value[0] == "0":
            yield Piece(value.lstrip("0") or "0", line, start, end)
    else:
        for inner in _INSIDE.finditer(value):
            yield Piece(inner[0], line, start + inner.start(), start + inner.end())


def _opened(token: str, decode: Callable[[str], bytes]) -> str:
    """The text that a token spells which is too short for `readings`, "" for none."""
    try:
        text = decode(token + "=" * (-len(token) % 4 if decode is base64.b64decode else 0)).decode("ascii")
    except ValueError:
        return ""
    return text.casefold() if text.isprintable() else ""


def codes(text: str) -> Iterator[str]:
    """The long pieces with digits of a text as it is written, without separators: quicker, and less."""
    for code in _CODE.findall(text.casefold()):
        for value in dict.fromkeys((plain_of(code), *_RUN.findall(code))):
            if len(value) >= FEWEST and not value.isalpha() and (not value.isdecimal() or len(value) >= CERTAIN):
                yield value


def plain_of(text: str) -> str:
    """A value without separators and case."""
    return "".join(_RUN.findall(fold(text).casefold()))


def hashes_of(values: Iterable[str]) -> npt.NDArray[np.int64]:
    """Salted for each process, so that they say nothing outside of it."""
    return np.fromiter(map(hash, values), dtype=np.int64)
