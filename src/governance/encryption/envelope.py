"""The declared form of an encrypted value: `enc:v1:<alg>:<kid>:<base64url(nonce ‖ ciphertext ‖ tag)>`, without padding.

The additional authenticated data is table ‖ 0 ‖ column ‖ 0 ‖ primary key, so that a value moved to another row, column
or table no longer opens.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

A256GCM = "A256GCM"
NONCE_BYTES = 12
TAG_BYTES = 16
KID = re.compile(r"[A-Za-z0-9_.-]+")
_FORM = re.compile(rf"enc:v1:([A-Za-z0-9-]+):({KID.pattern}):([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of one encrypted value."""

    algorithm: str
    kid: str
    nonce: bytes = field(repr=False)
    sealed: bytes = field(repr=False)  # ciphertext ‖ tag


def additional_data(table: str, column: str, key: str) -> bytes:
    """What a value is bound to."""
    return f"{table}\0{column}\0{key}".encode()


def seal(plaintext: str, *, key: bytes, kid: str, nonce: bytes, bound_to: bytes) -> str:
    """Encrypt one value with AES-256-GCM; a nonce must never be used twice with one key.

    ValueError for a key id or nonce that `parse` would not read back.
    """
    if not KID.fullmatch(kid) or len(nonce) != NONCE_BYTES:
        raise ValueError(f"expected a key id of letters, digits, _, . and -, and a nonce of {NONCE_BYTES} bytes")
    sealed = AESGCM(key).encrypt(nonce, plaintext.encode(), bound_to)
    return f"enc:v1:{A256GCM}:{kid}:{encode(nonce + sealed)}"


def encode(raw: bytes) -> str:
    """Unpadded base64url."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Unpadded base64url back to bytes; ValueError when it is none, or another spelling of the same bytes."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64url") from None
    if encode(raw) != text:
        raise ValueError("not base64url as it is written")
    return raw


def parse(text: str) -> Envelope | None:
    """The parts of an envelope, or None when the text is not one."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    try:
        raw = decode(match[3])
    except ValueError:
        return None
    return Envelope(match[1], match[2], raw[:NONCE_BYTES], raw[NONCE_BYTES:])


def unseal(envelope: Envelope, *, key: bytes, bound_to: bytes) -> bytes | None:
    """The plaintext, or None when the value does not authenticate under this key and place."""
    if envelope.algorithm != A256GCM or len(envelope.sealed) < TAG_BYTES:
        return None
    try:
        return AESGCM(key).decrypt(envelope.nonce, envelope.sealed, bound_to)
    except InvalidTag:
        return None
