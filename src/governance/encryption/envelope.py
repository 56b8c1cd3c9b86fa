"""The declared form of an encrypted value: `enc:v1:<alg>:<kid>:<base64url(nonce ‖ ciphertext ‖ tag)>`, without padding.

The additional authenticated data is table ‖ 0 ‖ column ‖ 0 ‖ primary key, so that a value moved to another row, column
or table no longer opens. A value that can be looked up (AES-SIV) contains neither nonce nor primary key: it is bound
to table ‖ 0 ‖ column ‖ 0, since equal texts must become equal values.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from governance.encryption.ciphers import A256GCM, ALGORITHMS, NONCE_BYTES, TAG_BYTES, opened

KID = re.compile(r"[A-Za-z0-9_.-]+")
PREFIX = "enc:v1:"
HEADER = re.compile(rf"{PREFIX}([A-Za-z0-9-]+):({KID.pattern}):")
_FORM = re.compile(rf"{HEADER.pattern}([A-Za-z0-9_-]+)")

__all__ = ["HEADER", "KID", "NONCE_BYTES", "PREFIX", "TAG_BYTES", "Envelope", "additional_data", "bound", "decode"]
__all__ += ["encode", "parse", "seal", "unseal"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of one encrypted value."""

    algorithm: str
    kid: str
    nonce: bytes = field(repr=False)
    sealed: bytes = field(repr=False)  # ciphertext ‖ tag


def additional_data(table: str, column: str, key: str) -> bytes:
    """The additional authenticated data of a value."""
    return f"{table}\0{column}\0{key}".encode()


def bound(algorithm: str, table: str, column: str, key: str) -> bytes:
    """The additional authenticated data under this algorithm: of the row, or of the column if it can be looked up."""
    known = ALGORITHMS.get(algorithm)
    return additional_data(table, column, "" if known and known.deterministic else key)


def seal(plaintext: str, *, key: bytes, kid: str, nonce: bytes, bound_to: bytes, algorithm: str = A256GCM) -> str:
    """Encrypt one value; a nonce must never be reused with the same key.

    ValueError for an algorithm, key id or nonce that `parse` would not read back.
    """
    known = ALGORITHMS.get(algorithm)
    if known is None or not KID.fullmatch(kid) or len(nonce) != known.nonce_bytes:
        size = NONCE_BYTES if known is None else known.nonce_bytes
        raise ValueError(
            f"expected a key id of letters, digits, _, . and -, a nonce of {size} bytes, and one of "
            f"{', '.join(ALGORITHMS)}"
        )
    return f"{PREFIX}{algorithm}:{kid}:{encode(nonce + known.seal(key, nonce, plaintext.encode(), bound_to))}"


def encode(raw: bytes) -> str:
    """Unpadded base64url."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Unpadded base64url back to bytes; ValueError for any other text, other spellings of the same bytes included."""
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
    known = ALGORITHMS.get(match[1])
    size = known.nonce_bytes if known else NONCE_BYTES
    return Envelope(match[1], match[2], raw[:size], raw[size:])


def unseal(envelope: Envelope, *, key: bytes, bound_to: bytes) -> bytes | None:
    """The plaintext, or None when the value does not authenticate under this key and place."""
    return opened(envelope.algorithm, key, envelope.nonce, envelope.sealed, bound_to)
