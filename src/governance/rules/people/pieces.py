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
_UNSEPARATED: Final = str.maketrans("", "", "-_.")
_DIGIT = re.compile(r"[0-9]")
_CODE = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)*")
# Long tokens as they are written, and the 43 signs of base64 that 32 bytes take.
_BLOB = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{32,}(?![A-Za-z0-9_-])|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}(?==)")
_BYTES_32 = 43
_URL_SAFE = str.maketrans("-_", "+/")

BARE: Final = "bare"
GLUED: Final = "glued"
_REACH = 32  # characters beside a number that tell how it stands
_NUMBER = re.compile(rf"(?<![0-9])[0-9]{{{FEWEST},{CERTAIN - 1}}}(?![0-9])")
_BEFORE, _BEHIND = r"^|[/=?&:#;,|\"'(\[{]", r"$|[/?&#;,|\"')\]}]"
_BARE = re.compile(rf"(?:{_BEFORE})$"), re.compile(_BEHIND)
# A sign, or letters that no other digits precede or follow, as in `s-100253-1`, `v100253`, `100253.html`.
_GLUED = (
    re.compile(rf"(?:{_BEFORE}|(?:^|[\W_])[^\W\d_]+|[-_]|[^\W_]\.)$"),
    re.compile(rf"{_BEHIND}|[^\W\d_]+(?:$|[\W_])|[-_]|\.[^\W\d_]"),
)
_CHAIN = re.compile(r"(?:[0-9]+[-.])*$"), re.compile(r"(?:[-.][0-9]+)*")  # of the parts of a longer number
_MOST_BESIDE = 3  # digits: more are rather a date, a telephone number, or a book's


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
        for match in _BLOB.finditer(reading.text):
            yield from (Piece(blob, reading.text, *match.span(), encoded=True) for blob in _written(match[0]))
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


def blobs(text: str) -> Iterator[str]:
    """The long tokens of a text as they are written; of 32 bytes in base64 also their hexadecimal form."""
    for blob in _BLOB.findall(text):
        yield from _written(blob)


def _written(blob: str) -> Iterator[str]:
    yield blob
    if len(blob) == _BYTES_32:
        yield base64.b64decode(blob.translate(_URL_SAFE) + "=").hex()


def numbers_of(text: str) -> Iterator[tuple[str, str]]:
    """How each number of six to nine digits stands, and its digits; only those that may be somebody's."""
    for match in _NUMBER.finditer(text):
        if how := standing(text, *match.span()):
            yield how, match[0]


def standing(text: str, start: int, end: int) -> str:
    """Whether a number stands alone between signs such as those of an address, or is glued to a word; else ""."""
    behind, before = max(start - _REACH, 0), end + _REACH
    if _BARE[0].search(text, behind, start) and _BARE[1].match(text, end):
        return BARE
    if not (_GLUED[0].search(text, behind, start) and _GLUED[1].match(text, end)):
        return ""
    beside = [
        chain[0] for chain in (_CHAIN[0].search(text, behind, start), _CHAIN[1].match(text, end, before)) if chain
    ]
    digits = sum(map(str.isdecimal, "".join(beside)))
    part = digits > _MOST_BESIDE or any("." in chain or chain[:1] == "0" for chain in beside)
    return "" if part else GLUED


def codes(text: str) -> Iterator[str]:
    """The long pieces with digits of a text as it is written, without separators: quicker, and less."""
    ascii_only = text.isascii()
    if ascii_only and not _DIGIT.search(text):
        return  # as most texts
    for code in _CODE.findall(text.casefold()):
        # Nothing to fold, and most have no separators either.
        plain = code.translate(_UNSEPARATED) if ascii_only else plain_of(code)
        for value in dict.fromkeys((plain, *_RUN.findall(code))) if plain != code else (code,):
            if len(value) >= FEWEST and not value.isalpha() and (not value.isdecimal() or len(value) >= CERTAIN):
                yield value


def plain_of(text: str) -> str:
    """A value without separators and case."""
    return "".join(_RUN.findall(fold(text).casefold()))


def are_among(numbers: npt.NDArray[np.int64], ascending: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which numbers stand in an array in ascending order, without sorting or copying it."""
    if not len(ascending):
        return np.zeros(len(numbers), dtype=bool)
    places = np.searchsorted(ascending, numbers).clip(max=len(ascending) - 1)
    found: npt.NDArray[np.bool_] = ascending[places] == numbers
    return found


def hashes_of(values: Iterable[str]) -> npt.NDArray[np.int64]:
    """Salted for each process, so that they say nothing outside of it."""
    return np.fromiter(map(hash, values), dtype=np.int64)
