"""The key file: data keys by id, the token key, the row-reference key and the signing key.

Keys are an input like the data. They come from a file that only its owner can read, and are never printed.
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

from governance.encryption.envelope import KID
from governance.errors import KeysError
from governance.regular_files import NotRegularError, open_regular
from governance.spelling import strict_json

FORMAT = "governance-keys/1"
KEY_BYTES = 32
_REFERENCE_CHARACTERS = 16
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one data set; its repr names the key ids only."""

    data_keys: Mapping[str, bytes] = field(repr=False)
    token_key: bytes = field(repr=False)
    reference_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)

    def __repr__(self) -> str:
        return f"Keyring({', '.join(sorted(self.data_keys))})"

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
    # The raising frames hold no text of the file: a log of exceptions with variables would hold the keys.
    keys = _parse(_read(path))
    if keys is None:
        raise KeysError(
            f"{path}: expected JSON of the format {FORMAT} with data_keys, token_key, reference_key and signing_key, "
            "each 32 bytes in base64 and no two the same, found something else."
        )
    return keys


def _read(path: Path) -> bytes:
    try:
        file = open_regular(path)
    except NotRegularError:
        raise KeysError(f"{path}: expected a regular file with keys, found something else.") from None
    except OSError as error:
        found = "a symbolic link" if path.is_symlink() else f"none that can be read ({type(error).__name__})"
        raise KeysError(f"{path}: expected a key file, found {found}.") from None
    with file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise KeysError(
                f"{path}: expected a key file that only its owner can read (mode 0600), found mode {mode:04o}; "
                f"run `chmod 600 {path}`, and replace the keys if others may have read them."
            )
        return file.read(_MOST_BYTES + 1)


def _parse(text: bytes) -> Keyring | None:
    """The keys in a file, None for anything but a valid key file."""
    if len(text) > _MOST_BYTES:
        return None
    try:
        raw = strict_json(text.decode())
        data_keys = {kid: _decode(key) for kid, key in raw.pop("data_keys").items()}
        named = [_decode(raw.pop(name)) for name in ("token_key", "reference_key", "signing_key")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    # One key with two uses would let either use compromise the other.
    distinct = {*data_keys.values(), *named}
    if raw != {"format": FORMAT} or len(distinct) != len(data_keys) + len(named):
        return None
    return Keyring(data_keys, *named) if all(KID.fullmatch(kid) for kid in data_keys) else None


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
