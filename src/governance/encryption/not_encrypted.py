"""Classifies values that are not in the declared form: readable, encoded, a digest, or unknown."""

from __future__ import annotations

import base64
import binascii
import bz2
import codecs
import contextlib
import hashlib
import lzma
import re
import unicodedata
import zlib
from collections.abc import Iterable
from functools import cache

import pyarrow as pa

from governance import detection
from governance.detection.digests import HASHES

_DIGEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){5,}", re.IGNORECASE)
_LAYERS = 3
_ZLIB = (b"\x1f\x8b", *(bytes([0x78, flags]) for flags in range(256) if (0x7800 + flags) % 31 == 0))
_BZIP2, _XZ = b"BZh", b"\xfd7zXZ\0"
MAGICS = (*_ZLIB, _BZIP2, _XZ)  # how compressed bytes begin
_MOST = 100_000  # bytes read out of a compressed value
_MEMORY = 16 << 20
_MOBILE = re.compile(r"(?:\+98|0098|98|0)?(9[0-9]{9})")
_SALTS = ("", "+98", "0098", "98", "0")


def describe(
    column: pa.Array,
    plaintext: str,
    canaries: tuple[str, ...],
    *,
    enveloped: bool,
    among: detection.Detectors = detection.DEFAULT,
) -> list[str]:
    """The problem of each value that is not in the declared form; `plaintext` is the detection kind it should hide.

    A value that is an envelope where another form was declared is `not_an_envelope` too.
    """
    texts = [_text(value) for value in column.to_pylist()]
    bodies = [text.rsplit(":", 1)[-1] if text.startswith("enc:") else text for text in texts]
    found = [_encoded(text, body, enveloped=enveloped) for text, body in zip(texts, bodies, strict=True)]
    left = [place for place, problem in enumerate(found) if not problem]
    for place in shown([texts[place] for place in left], plaintext, among):
        found[left[place]] = "plaintext"
    left = [place for place, problem in enumerate(found) if not problem]
    for turn in (lambda body: codecs.encode(body, "rot13"), lambda body: body[::-1]):
        for place in shown([turn(bodies[place]) for place in left], plaintext, among) if plaintext else ():
            found[left[place]] = "decodable"
    known = _digests(canaries)
    return [problem or _digest(body, known) for problem, body in zip(found, bodies, strict=True)]


def _encoded(text: str, body: str, *, enveloped: bool) -> str:
    if not enveloped and body != text:
        return "not_an_envelope"
    return "decodable" if readable(body) else ""


def shown(texts: list[str], plaintext: str, among: detection.Detectors = detection.DEFAULT) -> set[int]:
    """The places of texts that hold data of any kind, or something like the kind that they should hide."""
    if not texts:
        return set()
    seen = detection.look(pa.array(texts, pa.string()), among=among)
    hits = seen.hits(among.names)
    alike = seen.hits([plaintext]).review if plaintext else ()
    return {*hits.rows.tolist(), *map(int, alike)}


def _digest(body: str, known: frozenset[bytes]) -> str:
    if known and any(inner in known for inner in decodings(body.encode())):
        return "unsalted_digest"
    return "digest" if _DIGEST.fullmatch(body) else "not_an_envelope"


@cache
def _digests(canaries: tuple[str, ...]) -> frozenset[bytes]:
    """The digests of known texts, in each of their spellings, under each common hash without a salt."""
    return frozenset(hashlib.new(name, text.encode()).digest() for text in _spellings(canaries) for name in HASHES)


def _spellings(canaries: Iterable[str]) -> Iterable[str]:
    for canary in canaries:
        mobile = _MOBILE.fullmatch(canary)
        yield from (prefix + mobile[1] for prefix in _SALTS) if mobile else (canary, canary.strip().lower())


def readable(text: str) -> bool:
    """Whether a text is merely encoded, by base64, hex or compression."""
    layers = [text.encode()]
    for _ in range(_LAYERS):
        layers = [inner for layer in layers for inner in decodings(layer)]
        if any(_is_text(layer) for layer in layers):
            return True
    return False


def decodings(raw: bytes) -> list[bytes]:
    """What bytes are when they are unpacked, or read as hexadecimal or base64."""
    found = []
    if raw.startswith(_ZLIB):
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompressobj(wbits=47).decompress(raw, _MOST))
    elif raw.startswith(MAGICS):
        with contextlib.suppress(OSError, EOFError, lzma.LZMAError):
            unpack = bz2.BZ2Decompressor() if raw.startswith(_BZIP2) else lzma.LZMADecompressor(memlimit=_MEMORY)
            found.append(unpack.decompress(raw, _MOST))
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        return found
    if _HEX.fullmatch(text):
        found.append(bytes.fromhex(text))
    if _BASE64.fullmatch(text):
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        with contextlib.suppress(binascii.Error):
            found.append(base64.b64decode(padded.translate(str.maketrans("-_", "+/")), validate=True))
    return found


def _is_text(raw: bytes) -> bool:
    """Random bytes of an envelope's length pass once in a billion times.

    White space, joiners and the zero bytes of a wider encoding are part of texts: `echo | base64` ends with a newline.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return False
    seen = [c for c in text if not (c.isspace() or c == "\0" or unicodedata.category(c) == "Cf")]
    return len(seen) >= 4 and all(c.isprintable() for c in seen)


def _text(value: object) -> str:
    """A cell as text; a binary column may hold the same envelopes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
