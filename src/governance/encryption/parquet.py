"""Parquet's own encryption: recognises encrypted files and opens them with the data keys."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow.parquet import encryption as pe

from governance.encryption.ciphers import A256GCM, NONCE_BYTES, opened
from governance.encryption.keys import Keyring

_MAGIC_BYTES: Final = 4
_LENGTH_BYTES: Final = 4
_ENCRYPTED_FOOTER: Final = b"PARE"


def is_encrypted(path: Path) -> bool:
    """Whether a file's footer is encrypted, or signed because columns are; an Arrow error for other files."""
    with path.open("rb") as file:
        if file.read(_MAGIC_BYTES) == _ENCRYPTED_FOOTER:
            return True
        file.seek(-_LENGTH_BYTES - _MAGIC_BYTES, 2)
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
    # A plain footer of a file with encrypted columns ends with a signature, which is no part of the metadata. Arrow
    # ends the whole process when such a column is read without a key, so nothing else of the file may be asked.
    return int(pq.read_metadata(path).serialized_size) != length


def open_encrypted(path: Path, keys: Keyring | None) -> ds.ParquetFileFormat | None:
    """The options to read a file with these keys, page checksums verified; None if no key opens it."""
    for options in _options(keys) if keys else ():
        form = ds.ParquetFileFormat(default_fragment_scan_options=options)
        try:
            # Pages are authenticated as they are read: a key is right if a row of every column can be.
            ds.dataset(str(path), format=form).head(1)
        except (OSError, pa.ArrowException, _WrongKeyError):
            continue
        return form
    return None


def _options(keys: Keyring) -> Iterator[ds.ParquetFragmentScanOptions]:
    """Keys in the file that a data key wraps, as key services write them; or a data key itself for the whole file."""
    factory = pe.CryptoFactory(lambda _: _WrappingKeys(keys))
    wrapped = ds.ParquetDecryptionConfig(factory, pe.KmsConnectionConfig(), pe.DecryptionConfiguration())
    yield ds.ParquetFragmentScanOptions(page_checksum_verification=True, decryption_config=wrapped)
    for key in keys.data_keys.values():
        whole = pe.create_decryption_properties(key)
        yield ds.ParquetFragmentScanOptions(page_checksum_verification=True, decryption_properties=whole)


class _WrongKeyError(ValueError):
    """None of the data keys unwraps a key of a file."""


class _WrappingKeys(pe.KmsClient):  # type: ignore[misc]  # the library has no types
    """Data keys as master keys, by their id: base64 of nonce, AES-GCM text and tag, bound to the id.

    Apache Parquet's local wrapping has this form.
    """

    def __init__(self, keys: Keyring) -> None:
        super().__init__()
        self._keys = keys

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
        raise NotImplementedError

    def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:
        key = self._keys.data_keys.get(master_key_identifier)
        try:
            raw = base64.b64decode(wrapped_key, validate=True)
        except binascii.Error:
            raise _WrongKeyError from None
        nonce, sealed = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        found = opened(A256GCM, key, nonce, sealed, master_key_identifier.encode()) if key else None
        if found is None:
            raise _WrongKeyError
        return found
