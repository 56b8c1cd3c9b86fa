"""A font for the pages, embedded in each of them, as a page must be self-contained."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from governance.errors import UsageError
from governance.regular_files import read_regular

MOST_PAGE: Final = 1_000_000
_MOST_FILE: Final = 450_000  # as text, six tenths of a page
# By the first bytes: the format's name in data URLs and in style sheets.
_FORMATS: Final = {
    b"wOF2": "woff2",
    b"wOFF": "woff",
    b"\0\1\0\0": "truetype",
    b"true": "truetype",
    b"OTTO": "opentype",
}
_MEDIA: Final = {"woff2": "woff2", "woff": "woff", "truetype": "ttf", "opentype": "otf"}
_CMAP, _HEAD, _FVAR = 0, 1, 47  # how woff2 numbers the tables that matter here
_KNOWN: Final = {_CMAP: b"cmap", _HEAD: b"head", _FVAR: b"fvar"}


@dataclass(frozen=True, slots=True)
class Font:
    """A font for a style sheet; `weights` is its range of weights, "" for a single one."""

    address: str
    format: str
    weights: str

    @classmethod
    def read(cls, path: Path) -> Font:
        """UsageError unless the file is a font with which every page stays under 1 MB."""
        expected = "expected a .woff2, .woff, .ttf or .otf font"
        wrong = partial(UsageError, argument="font", given=path)
        try:
            raw = read_regular(path, _MOST_FILE + 1, follow=True)
        except OSError as error:
            raise wrong(f"{expected}, found a file that cannot be read ({type(error).__name__}).") from None
        kind = _FORMATS.get(raw[:4], "")
        if kind and len(raw) > _MOST_FILE:
            raise wrong(
                f"{expected} of at most {_MOST_FILE:,} bytes, found a larger one, which no page could hold; "
                "take its woff2, or a part of it that has the letters of both languages."
            )
        try:
            tables = set(_tables(raw, kind)) if kind else set()
        except (struct.error, ValueError):
            tables = set()
        if not {b"cmap", b"head"} <= tables:
            raise wrong(f"{expected}, found another file.")
        address = f"data:font/{_MEDIA[kind]};base64,{base64.b64encode(raw).decode('ascii')}"
        # A font without axes that claims all weights would have no bold.
        return cls(address, kind, "100 900" if b"fvar" in tables else "")


def _tables(raw: bytes, kind: str) -> Iterator[bytes]:
    """The names of a font's tables; ValueError or struct.error for a truncated file."""
    if kind == "woff2":
        yield from _tables_of_woff2(raw)
        return
    woff = kind == "woff"
    (count,) = struct.unpack_from(">H", raw, 12 if woff else 4)
    start, size, reach = (44, 20, ">4sII") if woff else (12, 16, ">4s4xII")
    for number in range(count):
        name, offset, length = struct.unpack_from(reach, raw, start + size * number)
        if offset + length > len(raw):
            raise ValueError("cut off")
        yield name


def _tables_of_woff2(raw: bytes) -> Iterator[bytes]:
    length, count = struct.unpack_from(">8xIH", raw)
    if length != len(raw):
        raise ValueError("cut off")
    at = 48
    for _ in range(count):
        (flags,) = struct.unpack_from("B", raw, at)
        at += 1
        name = _KNOWN.get(flags & 63, b"")
        if flags & 63 == 63:  # a name that woff2 has no number for
            (name,) = struct.unpack_from("4s", raw, at)
            at += 4
        at = _after_number(raw, at)
        # The outlines and their places are stored transformed unless the version says 3, all others unless it says 0.
        outlines = flags & 63 in {10, 11}
        if (flags >> 6 != 3) if outlines else (flags >> 6 != 0):
            at = _after_number(raw, at)
        yield name


def _after_number(raw: bytes, at: int) -> int:
    """The end of a number of one to five bytes, all but the last with the high bit."""
    for end in range(at, min(at + 5, len(raw))):
        if not raw[end] & 128:
            return end + 1
    raise ValueError("no number")
