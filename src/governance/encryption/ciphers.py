"""The algorithms that an envelope may name; all authenticate, and all come from `cryptography`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV, AESSIV, ChaCha20Poly1305

A256GCM: Final = "A256GCM"
A256GCMSIV: Final = "A256GCM-SIV"
CHACHA20: Final = "CHACHA20-POLY1305"
AES_SIV: Final = "AES-SIV"
TAG_BYTES = 16
NONCE_BYTES = 12

_Step = Callable[[bytes, bytes, bytes, bytes], bytes]  # key, nonce, text, what it is bound to


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How a name in an envelope is read.

    A deterministic algorithm has no nonce: equal texts become equal values, so that one can be looked up. Only columns
    that declare `lookup` may use it, and it binds a value to its column only.
    """

    name: str
    nonce_bytes: int
    seal: _Step
    unseal: _Step

    @property
    def deterministic(self) -> bool:
        return not self.nonce_bytes

    @property
    def overhead(self) -> int:
        """Bytes that encryption adds to a text."""
        return self.nonce_bytes + TAG_BYTES


ALGORITHMS: Final[Mapping[str, Algorithm]] = {
    known.name: known
    for known in (
        Algorithm(
            A256GCM,
            NONCE_BYTES,
            lambda key, nonce, text, bound: AESGCM(key).encrypt(nonce, text, bound),
            lambda key, nonce, text, bound: AESGCM(key).decrypt(nonce, text, bound),
        ),
        Algorithm(
            A256GCMSIV,
            NONCE_BYTES,
            lambda key, nonce, text, bound: AESGCMSIV(key).encrypt(nonce, text, bound),
            lambda key, nonce, text, bound: AESGCMSIV(key).decrypt(nonce, text, bound),
        ),
        Algorithm(
            CHACHA20,
            NONCE_BYTES,
            lambda key, nonce, text, bound: ChaCha20Poly1305(key).encrypt(nonce, text, bound),
            lambda key, nonce, text, bound: ChaCha20Poly1305(key).decrypt(nonce, text, bound),
        ),
        Algorithm(
            AES_SIV,
            0,
            lambda key, _, text, bound: AESSIV(key).encrypt(text, [bound]),
            lambda key, _, text, bound: AESSIV(key).decrypt(text, [bound]),
        ),
    )
}


def opened(algorithm: str, key: bytes, nonce: bytes, sealed: bytes, bound_to: bytes) -> bytes | None:
    """The text, or None when it does not authenticate or the algorithm is not listed."""
    known = ALGORITHMS.get(algorithm)
    if known is None or len(sealed) < TAG_BYTES or len(nonce) != known.nonce_bytes:
        return None
    try:
        return known.unseal(key, nonce, sealed, bound_to)
    except InvalidTag:
        return None


def opened_token(key: bytes, token: bytes) -> bytes | None:
    """The text of a Fernet token, or None when this key does not open it."""
    try:
        return Fernet(base64.urlsafe_b64encode(key)).decrypt(token)
    except InvalidToken:
        return None
