"""What a file says: as written, with its escapes undone, and the texts in its encoded and compressed parts."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import urllib.parse
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Final

_DEEPEST = 4  # encodings inside encodings
_MOST = 1 << 24  # bytes that a compressed text may have
_COMPRESSED: Final = (b"\x1f\x8b", b"x\x01", b"x^", b"x\x9c", b"x\xda")  # how gzip and zlib begin
_SIGN = "[A-Za-z0-9+/_-]"
_BASE64 = re.compile(rf"{_SIGN}{{8,}}={{0,2}}")
_WRAPPED = re.compile(r"[A-Za-z0-9+/]{16,}(?:(?:\r?\n|\\r\\n|\\n|\\r)[ \t>]*[A-Za-z0-9+/]+)+={0,2}")  # as in mail
_BREAK = re.compile(r"\\r|\\n|[^A-Za-z0-9+/=]")
_ALPHABETS: Final = tuple(re.compile(f"[A-Za-z0-9{signs}]{{8,}}") for signs in ("+/", "_-", "+", ""))
_SIGNS = re.compile("[+/_-]")
_BASE32 = re.compile("[A-Z2-7]{10,}|[a-z2-7]{10,}")
_HEX = re.compile("(?:[0-9a-fA-F]{2}){6,}")
# A text within a text, such as a printed one in a notebook, has its backslashes doubled.
_BYTES = re.compile(r"(?:\\+x[0-9a-fA-F]{2})+")
_CHARACTER = re.compile(r"\\+u\{([0-9a-fA-F]{1,6})\}|\\+u([0-9a-fA-F]{4})|\\+U([0-9a-fA-F]{8})")
_ESCAPES = 3  # within escapes
_MARK = re.compile(r"\\+x")
_RUN = re.compile("[^\x00-\x1f\x7f-\x9f\ufffd]{6,}")
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that a file holds: `line` is where it begins there; a `whole` text has the file's own lines."""

    text: str
    line: int
    whole: bool = True

    def line_at(self, position: int) -> int:
        return self.line + self.text.count("\n", 0, position) if self.whole else self.line


def readings(raw: bytes, embedded: str = "") -> Iterator[Reading]:
    """The readings of a file, without the text `embedded` in it."""
    seen: set[str] = set()
    pending = [(Reading(text.replace(embedded, ""), 1), 0) for text in _texts(raw)]
    while pending:
        reading, depth = pending.pop()
        if reading.text in seen:
            continue
        seen.add(reading.text)
        yield reading
        plain = undone(reading.text)
        if plain not in seen:
            # Escapes hold the ends of lines only rarely, so that lines stay what they are.
            yield Reading(plain, reading.line, reading.whole)
            seen.add(plain)
        if depth < _DEEPEST:
            pending += [(inner, depth + 1) for inner in _inner(Reading(plain, reading.line, reading.whole))]


def undone(text: str) -> str:
    """A text without the escapes of HTML, URLs and programs, also those within others."""
    for _ in range(_ESCAPES):
        before = text
        text = html.unescape(text)
        text = urllib.parse.unquote(text) if "%" in text else text
        if "\\" in text:
            text = _BYTES.sub(lambda match: bytes.fromhex(_MARK.sub("", match[0])).decode("utf-8", "replace"), text)
            text = _CHARACTER.sub(_character, text)
        if text == before:
            break
    return text


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2] or match[3], 16)
    return chr(code) if code < 0x110000 else match[0]


def _inner(reading: Reading) -> Iterator[Reading]:
    """The texts in the encoded words of a text; each word counts once, where it stands first."""
    words: dict[str, int] = {}
    for match in _BASE64.finditer(reading.text):
        words.setdefault(match[0].rstrip("="), match.start())
    for match in _WRAPPED.finditer(reading.text):
        words.setdefault(_BREAK.sub("", match[0]).rstrip("="), match.start())
    for word, start in list(words.items()):
        if not word.isalnum():
            pieces = (piece for alphabet in _ALPHABETS for piece in alphabet.findall(word))
            # A path or a name may be joined to it by a sign of its own alphabet.
            for piece in (*pieces, *(word[sign.end() :] for sign in islice(_SIGNS.finditer(word), 4))):
                words.setdefault(piece, start)
    for word, start in words.items():
        for text in dict.fromkeys(text for raw in _decoded(word) for text in _texts(raw, whole=False)):
            yield Reading(text, reading.line_at(start), whole=False)


def _decoded(word: str) -> Iterator[bytes]:
    """The bytes that a word may stand for."""
    for match in _HEX.findall(word):
        yield bytes.fromhex(match)
    padded = word.translate(_URL_SAFE)[: len(word) - (len(word) % 4 == 1)]
    with suppress(binascii.Error):
        yield binascii.a2b_base64(padded + "=" * (-len(padded) % 4))
    if _BASE32.fullmatch(word):
        kept = word[: len(word) - (len(word) % 8 in {1, 3, 6})].upper()
        yield base64.b32decode(kept + "=" * (-len(kept) % 8))


def _texts(raw: bytes, *, whole: bool = True) -> Iterator[str]:
    """Bytes as text, decompressed if need be; of bytes that are no text, the stretches that are."""
    if raw[:2] in _COMPRESSED:
        with suppress(zlib.error):
            raw = zlib.decompressobj(zlib.MAX_WBITS + 32).decompress(raw, _MOST)
    text = raw.decode("utf-8", "replace")
    if "\ufffd" not in text and text.replace("\n", "").replace("\t", "").replace("\r", "").isprintable():
        yield text
        return
    stretches = text if whole else "\n".join(_RUN.findall(text))
    if stretches:
        yield stretches
    for wide in _wide(raw):
        yield "\n".join(_RUN.findall(wide))


def _wide(raw: bytes) -> Iterator[str]:
    """Bytes as UTF-16, if they may be: of each two, one is of few kinds."""
    if raw[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        yield raw.decode("utf-16", "replace")
        return
    # A Persian name alone has three: its letters', the joiners' and its space's.
    few = max(3, len(raw) // 16)
    if len(set(raw[1::2])) <= few:
        yield raw.decode("utf-16-le", "replace")
    if len(set(raw[0::2])) <= few:
        yield raw.decode("utf-16-be", "replace")
