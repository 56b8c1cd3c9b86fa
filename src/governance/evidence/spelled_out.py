"""Texts that are written out one character or byte at a time, as `list`, `bytes.hex(" ")` and a hex dump do."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{2}(?:[ :,-]{1,2}(?:0x)?[0-9a-fA-F]{2}){5,}(?![0-9A-Za-z])")
_PAIR = re.compile(r"(?<!\w)(?:0x)?([0-9a-fA-F]{2})")
_CODES = re.compile(r"(?<!\w)\d{1,6}(?:[,; ]{1,2}\d{1,6}){5,}(?!\w)")
_CODE = re.compile(r"\d+")
# The same signs between all of them, which may be what a list or a table has between its elements.
_APART = re.compile(r"(?<!\w)([^\n])([\W_]{1,6}|[\W_]{0,4}(?:\\n|\n)[\W_]{0,12})\w(?:\2[^\n]){4,}(?!\w)")


def spelled_out(text: str) -> Iterator[tuple[bytes | str, int]]:
    """What such stretches of a text say, and where each begins."""
    for match in _HEX.finditer(text):
        yield bytes.fromhex("".join(_PAIR.findall(match[0]))), match.start()
    for match in _CODES.finditer(text):
        codes = [int(code) for code in _CODE.findall(match[0])]
        if max(codes) < 0x100:
            yield bytes(codes), match.start()
        yield "".join(map(chr, codes)), match.start()
    for match in _APART.finditer(text):
        step = len(match[2]) + 1
        yield match[0][::step], match.start()
