"""What a file says: as written, with its escapes undone, and the texts in its encoded and compressed parts."""

from __future__ import annotations

import base64
import binascii
import bz2
import codecs
import html
import io
import lzma
import re
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, Final

from governance.evidence.spelled_out import spelled_out

_DEEPEST = 4  # encodings inside encodings
_MOST = 1 << 24  # bytes that a compressed text may have
_DEFLATED: Final = (b"\x1f\x8b", b"x\x01", b"x^", b"x\x9c", b"x\xda")
_PIECE = 1 << 5  # bytes that are unpacked at once, so that those before a damage count
_MOST_FILES = 100
_ZIP: Final = b"PK\x03\x04"
# How each begins: gzip, zlib, bzip2 and xz.
_UNPACKERS: Final[tuple[tuple[bytes, Callable[[], Any]], ...]] = (
    *((start, partial(zlib.decompressobj, zlib.MAX_WBITS + 32)) for start in _DEFLATED),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ", lzma.LZMADecompressor),
)
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
_OCTAL = re.compile(r"(?:\\+[0-3][0-7]{2})+")
_STYLED = re.compile(r"\\+([0-9a-fA-F]{6})")  # of a style sheet
_QUOTED = re.compile(r"(?:=[0-9A-Fa-f]{2}(?:=\r?\n)?)+")  # as in mail
_SPACE = re.compile(r"\\+[nrt]")
_PAIR = re.compile("[0-9A-Fa-f]{2}")
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
        shown = _SPACE.sub(" ", plain)
        if shown not in seen:
            # Other escapes hold the ends of lines only rarely, so that lines stay what they are.
            yield changed(reading, shown)
            seen |= {shown, plain}
        if depth < _DEEPEST:
            pending += [(inner, depth + 1) for inner in _inner(Reading(plain, reading.line, reading.whole))]


def changed(reading: Reading, text: str) -> Reading:
    """A text in place of the reading's, without the lines that it has too."""
    old, new = reading.text.split("\n"), text.split("\n")
    if len(old) == len(new):
        text = "\n".join("" if one == other else one for one, other in zip(new, old, strict=True))
    return replace(reading, text=text.rstrip("\n"))


def undone(text: str) -> str:
    """A text without the escapes of HTML, URLs and programs, also those within others."""
    for _ in range(_ESCAPES):
        before = text
        text = html.unescape(text)
        text = urllib.parse.unquote(text) if "%" in text else text
        if "\\" in text:
            text = _BYTES.sub(lambda match: bytes.fromhex(_MARK.sub("", match[0])).decode("utf-8", "replace"), text)
            text = _CHARACTER.sub(_character, text)
            text = _STYLED.sub(_character, text)
            text = _OCTAL.sub(_octal, text)
        text = _QUOTED.sub(_quoted, text)
        if text == before:
            break
    return text


def _octal(match: re.Match[str]) -> str:
    return bytes(int(code, 8) for code in match[0].split("\\") if code).decode("utf-8", "replace")


def _quoted(match: re.Match[str]) -> str:
    return bytes.fromhex("".join(_PAIR.findall(match[0]))).decode("utf-8", "replace") + "\n" * match[0].count("\n")


def _character(match: re.Match[str]) -> str:
    code = int(next(filter(None, match.groups())), 16)
    return chr(code) if code < 0x110000 else match[0]


def _inner(reading: Reading) -> Iterator[Reading]:
    """The texts in the encoded parts of a text."""
    for found, start in spelled_out(reading.text):
        for text in [found] if isinstance(found, str) else _texts(found, whole=False):
            yield Reading(text, reading.line_at(start), whole=False)
    for word, start in _words(reading.text).items():
        for text in dict.fromkeys(text for raw in _decoded(word) for text in _texts(raw, whole=False)):
            yield Reading(text, reading.line_at(start), whole=False)


def _words(text: str) -> dict[str, int]:
    """What may be encoded words; each counts once, where it stands first."""
    words: dict[str, int] = {}
    for match in _BASE64.finditer(text):
        words.setdefault(match[0].rstrip("="), match.start())
    for match in _WRAPPED.finditer(text):
        words.setdefault(_BREAK.sub("", match[0]).rstrip("="), match.start())
    for word, start in list(words.items()):
        if not word.isalnum():
            pieces = (piece for alphabet in _ALPHABETS for piece in alphabet.findall(word))
            # A path or a name may be joined to it by a sign of its own alphabet.
            for piece in (*pieces, *(word[sign.end() :] for sign in islice(_SIGNS.finditer(word), 4))):
                words.setdefault(piece, start)
    return words


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
    """Bytes as text, as they are and decompressed; of bytes that are no text, the stretches that are."""
    # What only begins as if packed would hide the rest, so that both are read.
    yield from _as_text(raw, whole=whole)
    if unpacked := _unpacked(raw):
        yield from _as_text(unpacked, whole=whole)


def _as_text(raw: bytes, *, whole: bool) -> Iterator[str]:
    text = raw.decode("utf-8", "replace")
    if "\ufffd" not in text and text.replace("\n", "").replace("\t", "").replace("\r", "").isprintable():
        yield text
        return
    stretches = text if whole else "\n".join(_RUN.findall(text))
    if stretches:
        yield stretches
    for wide in _wide(raw):
        yield "\n".join(_RUN.findall(wide))


def _unpacked(raw: bytes) -> bytes:
    """What compressed bytes hold, as far as they are whole; nothing for others."""
    if raw[:4] == _ZIP:
        with suppress(zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error, EOFError):
            files = zipfile.ZipFile(io.BytesIO(raw))
            return b"\n".join(files.open(one).read(_MOST) for one in files.infolist()[:_MOST_FILES])
    found = bytearray()
    for start, unpacker in _UNPACKERS:
        if raw.startswith(start):
            unpack = unpacker()
            with suppress(zlib.error, lzma.LZMAError, OSError, EOFError):
                for at in range(0, len(raw), _PIECE):
                    found += unpack.decompress(raw[at : at + _PIECE], _MOST - len(found))
                    if len(found) >= _MOST:
                        break
            break
    return bytes(found[:_MOST])


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
