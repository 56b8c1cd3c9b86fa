"""The readings of a text: as written, as meant, with escapes decoded, and what base64, base32 and hex hold."""

import binascii
import codecs
import html
import re
import zlib
from base64 import b32decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from governance.detection.text.folding import fold
from governance.detection.text.misread import meant

LONGEST_READ: Final = 8 << 20  # characters of a text in all its readings: an encoding may hold far more than it takes
_DEEPEST = 3  # encodings inside encodings
_TOKENS = 256  # encoded tokens read in one text
_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+"
    r"|(?:=[0-9A-F]{2}){2,}"
    r"|(?<!\\)\\{1,8}(?:u[dD][89abAB][0-9A-Fa-f]{2}\\{1,8}u[dD][c-fC-F][0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|[nrt\"/])"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});?"
    r"|</?[A-Za-z][^<>]{0,80}>"
)
# How anything begins that another reading decodes, but for tokens.
ESCAPES: Final = r"%[0-9A-Fa-f]{2}|=[0-9A-F]{2}=|\\[nrt\"/uUx0-3]|&[#A-Za-z]|</?[A-Za-z]|3[0-9](?:[ :,_-] ?3[0-9]){12}"
_MARKS = ("%", "\\", "&", "<")
_QUOTED = re.compile("=[0-9A-F]{2}")
_SIGN = "[A-Za-z0-9+/_-]"
_BASE64 = re.compile(rf"{_SIGN}(?<!{_SIGN}.){_SIGN}{{15,}}")
_WRAPPED = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{60,76}(?:\r?\n[A-Za-z0-9+/]{1,76})+")  # as in mail
_ALPHABETS = (re.compile(r"[A-Za-z0-9+/]{16,}"), re.compile(r"[A-Za-z0-9_-]{16,}"))
_BASE32 = re.compile(r"[A-Z2-7]{24,}|[a-z2-7]{24,}")
COMPRESSED: Final = (b"\x1f\x8b", b"x\x01", b"x^", b"x\x9c", b"x\xda")  # how gzip and zlib begin
_MOST = 1 << 16  # bytes of compressed text that are read
_HEX = re.compile(r"(?:0x)?((?:[0-9A-Fa-f]{2}){12,})")
SHORTEST_HEX: Final = 24
_HEX_DIGITS = re.compile(
    r"3(?<![0-9A-Za-z]3)[0-9](?=([ :,_\-]))(?:\1 ?3[0-9]){12,}(?![0-9A-Za-z])"
)  # a sign between all
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF-")
_URL_SAFE = str.maketrans("-_", "+/")


class TooLongError(ValueError):
    """A text takes too long to judge: its encodings hold more text than is read."""


class Reading(NamedTuple):
    """A text to inspect and, for each of its characters and its end, the position in the text it was read from."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where characters of this reading stand in the text it was read from."""
        return self.places[start], max(self.places[end], self.places[start] + 1)


def readings(text: str, raw: str, folding: Callable[[str], str] = fold) -> Iterator[Reading]:
    """The folded text, then each layer under it, folded too: at most three deep and 256 tokens wide.

    Only tokens that stand in the raw text count: no decoder reads a base64 token across invisible characters.
    TooLongError for a text that holds more than `LONGEST_READ` characters in all its readings.
    """
    left = LONGEST_READ
    pending = [(Reading(text, range(len(text) + 1)), 0)]
    tokens = 0
    while pending:
        reading, depth = pending.pop()
        left -= len(reading.text)
        if left < 0:
            raise TooLongError(f"text: expected at most {LONGEST_READ:,} characters in all its readings, found more")
        yield reading
        if depth == _DEEPEST:
            continue
        opened = _unescaped(reading, folding)
        if opened is not None:
            pending.append((opened, depth + 1))
        misread = meant(reading.text if depth else raw, reading.places, folding)
        pending += [(Reading(*one), depth + 1) for one in misread]
        for inner in _spelled(reading, reading.text if depth else raw, folding):
            tokens += 1
            if tokens > _TOKENS:
                break
            pending.append((inner, depth + 1))


def spells(text: str) -> bool:
    """Whether any token of a text decodes to more text."""
    folded = fold(text)
    reading: Reading | None = Reading(folded, range(len(folded) + 1))
    for depth in range(_DEEPEST):
        if reading is None:
            return False
        if next(_spelled(reading, reading.text if depth else text), None) is not None:
            return True
        reading = _unescaped(reading)
    return False


def _unescaped(reading: Reading, folding: Callable[[str], str] = fold) -> Reading | None:
    """The reading with its escapes decoded once, None if it has none."""
    text = reading.text
    if not any([mark in text for mark in _MARKS]) and not ("=" in text and _QUOTED.search(text)):  # noqa: C419  faster
        return None
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for match in _ESCAPE.finditer(text):
        written = folding(_undo(match[0]))
        if written == match[0]:
            continue
        parts += [text[done : match.start()], written]
        places += reading.places[done : match.start()]
        places += _spread(written, reading.places[match.start()], reading.places[match.end()])
        done = match.end()
    if not parts:
        return None
    parts.append(text[done:])
    places += reading.places[done:]
    return Reading("".join(parts), places)


def _spread(written: str, start: int, end: int) -> list[int]:
    """Positions for the characters of one escape: in proportion, since their bytes are about as long as each other."""
    return [start + (end - start) * place // len(written) for place in range(len(written))]


def _undo(escape: str) -> str:
    if escape[0] == "%":
        return unquote_to_bytes(escape).decode("utf-8", "replace")
    if escape[0] == "=":
        return unquote_to_bytes(escape.replace("=", "%")).decode("utf-8", "replace")
    if escape[0] == "&":
        return html.unescape(escape)
    if escape[0] == "<":
        # Attributes can hold escaped text; without escapes a tag only separates two texts.
        inside = _ESCAPE.sub(lambda match: _undo(match[0]), escape[1:])
        return " " if inside == escape[1:] else escape[0] + inside
    code = escape.lstrip("\\")
    if "\\" in code:  # a character beyond U+FFFF in two halves
        high, low = (int(half[-4:], 16) for half in (code[:5], code))
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
    if code.isdigit():
        return chr(int(code, 8))
    if code[0] in "uUx":
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else escape
    return {"n": "\n", "r": "\n", "t": "\t"}.get(code, code)


def _spelled(reading: Reading, raw: str, folding: Callable[[str], str] = fold) -> Iterator[Reading]:
    """The texts that the base64 and hex tokens of a reading decode to."""
    for match in _HEX_DIGITS.finditer(reading.text):
        yield from _text_of(bytes.fromhex(re.sub("[^0-9]", "", match[0])), reading, match.span(), folding)
    tokens = list(_BASE64.finditer(reading.text))
    long = (token.span() for token in tokens if token.end() - token.start() >= SHORTEST_HEX)
    for match in chain.from_iterable(_HEX.finditer(reading.text, *span) for span in long):
        if match[1] in raw:
            yield from _text_of(bytes.fromhex(match[1]), reading, match.span(), folding)
    for match in tokens:
        if match[0].isdigit() or _HEXADECIMAL.issuperset(match[0]) or match[0] not in raw:
            continue
        for piece in _pieces(reading.text, match):
            yield from _text_of(_decoded(piece[0]), reading, piece.span(), folding)
            if _BASE32.fullmatch(piece[0]):
                whole = piece[0][: len(piece[0]) - (len(piece[0]) % 8 in {1, 3, 6})].upper()
                yield from _text_of(b32decode(whole + "=" * (-len(whole) % 8)), reading, piece.span(), folding)
    for match in _WRAPPED.finditer(reading.text) if tokens and "\n" in reading.text else ():
        if match[0] in raw:
            yield from _text_of(_decoded("".join(match[0].split())), reading, match.span(), folding)


def _pieces(text: str, token: re.Match[str]) -> Iterator[re.Match[str]]:
    """The token, and its parts: a word or a path may be joined to it by a sign that only one of the alphabets has."""
    yield token
    if not token[0].isalnum():
        for alphabet in _ALPHABETS:
            yield from (piece for piece in alphabet.finditer(text, *token.span()) if piece[0] != token[0])


def _decoded(token: str) -> bytes:
    """The bytes of a base64 token, URL-safe or not, padded or not."""
    padded = token.translate(_URL_SAFE)[: len(token) - (len(token) % 4 == 1)]
    return binascii.a2b_base64(padded + "=" * (-len(padded) % 4))


def _text_of(
    written: bytes, reading: Reading, span: tuple[int, int], folding: Callable[[str], str]
) -> Iterator[Reading]:
    raw = written
    if raw[:2] in COMPRESSED:
        with suppress(zlib.error):  # in proportion to what is written, so that no text takes long
            raw = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(raw, min(_MOST, 1024 + 16 * len(raw)))
    try:
        text, _ = codecs.utf_8_decode(raw, "strict", raw is written)  # the limit may cut a character
    except UnicodeDecodeError:
        return
    text = folding(text)
    if len(text) >= 3 and text.replace("\n", "").replace("\t", "").replace("\r", "").isprintable():
        start, end = reading.places[span[0]], reading.places[span[1]]
        yield Reading(text, [start] * len(text) + [end])
