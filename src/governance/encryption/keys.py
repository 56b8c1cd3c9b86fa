"""The key file: data keys by id, the token key, the row-reference key and the signing key.

Keys are an input like the data. They come from a file that only its owner can read, and nothing here shows one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from governance.errors import KeysError

FORMAT = "governance-keys/1"
KEY_BYTES = 32
_REFERENCE_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one data set; its repr names the key ids only."""

    data_keys: Mapping[str, bytes] = field(repr=False)
    token_key: bytes = field(repr=False)
    reference_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)

    def token(self, value: str) -> str:
        """HMAC-SHA-256 of a normalised value, hex: equal for equal values, and only the key holder can make one."""
        return hmac.digest(self.token_key, value.encode(), "sha256").hex()

    def reference(self, table: str, key: str) -> str:
        """The opaque name of a row: 16 base32 characters of HMAC-SHA-256 over table ‖ 0 ‖ primary key."""
        digest = hmac.digest(self.reference_key, f"{table}\0{key}".encode(), "sha256")
        return base64.b32encode(digest[:10]).decode()[:_REFERENCE_CHARACTERS]

    def to_json(self) -> str:
        """The text of a key file."""
        encoded = {name: _encode(getattr(self, name)) for name in ("token_key", "reference_key", "signing_key")}
        data_keys = {kid: _encode(key) for kid, key in sorted(self.data_keys.items())}
        return json.dumps({"format": FORMAT, "data_keys": data_keys, **encoded}, indent=1, sort_keys=True) + "\n"


def load_keys(path: Path) -> Keyring:
    """Read a key file; KeysError when it is missing, readable by others, or not a key file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise KeysError(f"{path}: expected a key file, found none that can be read ({type(error).__name__}).") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise KeysError(f"{path}: expected a regular file with keys, found something else.")
        mode = stat.S_IMODE(status.st_mode)
        if mode & 0o077:
            raise KeysError(
                f"{path}: expected a key file that only its owner can read (mode 0600), found mode {mode:04o}; "
                f"run `chmod 600 {path}`, and replace the keys if others may have read them."
            )
        text = file.read(1_000_000)
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise ValueError("format")
        data_keys = {str(kid): _decode(key) for kid, key in raw["data_keys"].items()}
        names = ("token_key", "reference_key", "signing_key")
        token, reference, signing = (_decode(raw[name]) for name in names)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeysError(
            f"{path}: expected JSON of the format {FORMAT} with data_keys, token_key, reference_key and signing_key, "
            "each 32 bytes in base64, found something else."
        ) from None
    return Keyring(data_keys, token, reference, signing)


def _encode(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _decode(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError("length")
    return key
