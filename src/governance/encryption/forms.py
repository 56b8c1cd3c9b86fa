"""What a value that is no envelope is instead: readable, readable after decoding, a digest, or something unknown."""

from __future__ import annotations

import base64
import binascii
import codecs
import contextlib
import re
import unicodedata
import zlib

from governance import detection

_DIGEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){5,}", re.IGNORECASE)
_LAYERS = 3


def describe(text: str, plaintext: str) -> str:
    """The problem of a value that is not in the declared form; `plaintext` is the detection kind it should hide."""
    body = text.rsplit(":", 1)[-1] if text.startswith("enc:") else text
    if readable(body):
        return "decodable"
    if shows(text, plaintext):
        return "plaintext"
    if any(shows(other, plaintext) for other in (codecs.encode(body, "rot13"), body[::-1])):
        return "decodable"
    return "digest" if _DIGEST.fullmatch(body) else "not_an_envelope"


def readable(text: str) -> bool:
    """Whether base64, hex or compression is all that stands between a text and its reader."""
    layers = [text.encode()]
    for _ in range(_LAYERS):
        layers = [inner for layer in layers for inner in _decodings(layer)]
        if any(_is_text(layer) for layer in layers):
            return True
    return False


def shows(text: str, plaintext: str) -> bool:
    """Whether a text holds data of a kind; of no kind, it doesn't."""
    return bool(plaintext) and any(finding.kind == plaintext for finding in detection.classify(text))


def _decodings(raw: bytes) -> list[bytes]:
    found = []
    if raw[:2] == b"\x1f\x8b" or raw[:1] == b"\x78":
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompressobj(wbits=47).decompress(raw, 100_000))
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
    """Random bytes are such a text once in a billion at the lengths of an envelope.

    White space, joiners and the zero bytes of a wider encoding are part of texts: `echo | base64` ends with a newline.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return False
    seen = [c for c in text if not (c.isspace() or c == "\0" or unicodedata.category(c) == "Cf")]
    return len(seen) >= 4 and all(c.isprintable() for c in seen)
