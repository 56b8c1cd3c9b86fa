"""Sealed values opened: envelopes of any algorithm and Fernet tokens, each in the place that it is bound to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from governance.encryption.ciphers import opened, opened_token
from governance.encryption.envelope import PREFIX, Envelope, bound, parse
from governance.encryption.formats import FERNET_ALGORITHM
from governance.encryption.keys import Keyring

Decrypt = Callable[[Envelope, bytes], bytes | None]

# The first byte of a Fernet token is 0x80, and the shortest has 73 bytes.
_TOKEN: Final = re.compile(r"g[A-P][A-Za-z0-9_-]{96,}={0,2}")
SEALED: Final = re.compile(rf"^({PREFIX}|{_TOKEN.pattern}$)")  # what looks sealed, told without decoding it


def opener(keys: Keyring) -> Decrypt:
    """A function that decrypts with a ring's keys; a Fernet token names no key, so each is tried."""

    def decrypt(sealed: Envelope, bound_to: bytes) -> bytes | None:
        if sealed.algorithm == FERNET_ALGORITHM:
            tried = (opened_token(key, sealed.sealed) for key in keys.data_keys.values())
            return next((text for text in tried if text is not None), None)
        key = keys.data_keys.get(sealed.kid)
        return None if key is None else opened(sealed.algorithm, key, sealed.nonce, sealed.sealed, bound_to)

    return decrypt


def read_sealed(text: str) -> Envelope | None:
    """The parts of an envelope, or a Fernet token as a whole; None for any other text."""
    if _TOKEN.fullmatch(text):
        return Envelope(FERNET_ALGORITHM, "", b"", text.encode())
    return parse(text)


def plaintext(
    text: str, keys: Keyring, *, table: str, column: str, key: str, decrypt: Decrypt | None = None
) -> str | None:
    """What a value seals in this place, a text that is none as it is; None if the keys do not open it here.

    `decrypt` opens it instead of the ring's own keys.
    """
    sealed = read_sealed(text)
    if sealed is None:
        return text
    raw = (decrypt or opener(keys))(sealed, bound(sealed.algorithm, table, column, key))
    return None if raw is None else raw.decode("utf-8", "replace")
