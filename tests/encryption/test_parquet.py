"""Parquet's own encryption is seen in both of its forms, and opened by data keys in both of theirs."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from governance.encryption.keys import Keyring
from governance.encryption.parquet import is_encrypted, open_encrypted

TABLE = pa.table({"id": [1, 2, 3], "mobile": ["09121234567", "09121234568", "09121234569"]})
KEYS = Keyring({"k1": b"1" * 32, "k2": b"2" * 32}, b"t" * 32, b"r" * 32, b"s" * 32)
OTHERS = Keyring({"k1": b"8" * 32, "k2": b"9" * 32}, b"t" * 32, b"r" * 32, b"s" * 32)


class Service(pe.KmsClient):  # type: ignore[misc]  # the library has no types
    """Wraps keys as Apache Parquet's local wrapping does."""

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
        nonce = os.urandom(12)
        key = AESGCM(KEYS.data_keys[master_key_identifier])
        return base64.b64encode(nonce + key.encrypt(nonce, key_bytes, master_key_identifier.encode()))

    def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:
        raise NotImplementedError


def wrapped(path: Path, table: pa.Table = TABLE, *, plain_footer: bool = False, **how: object) -> Path:
    """A file whose keys `k1` and `k2` wrap; `k2` that of the last column."""
    given = {"footer_key": "k1", "column_keys": {"k2": [table.column_names[-1]]}, "plaintext_footer": plain_footer}
    factory = pe.CryptoFactory(lambda _: Service())
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), pe.EncryptionConfiguration(**given | how))
    with pq.ParquetWriter(path, table.schema, encryption_properties=properties, write_page_checksum=True) as writer:
        writer.write_table(table)
    return path


def whole(path: Path, table: pa.Table = TABLE, *, plain_footer: bool = False) -> Path:
    """A file that `k1` itself encrypts."""
    properties = pe.create_encryption_properties(KEYS.data_keys["k1"], plaintext_footer=plain_footer)
    with pq.ParquetWriter(path, table.schema, encryption_properties=properties, write_page_checksum=True) as writer:
        writer.write_table(table)
    return path


@pytest.mark.parametrize("plain_footer", [False, True])
@pytest.mark.parametrize("written", [wrapped, whole])
def test_an_encrypted_file_is_seen_and_opened_by_its_key_only(written, plain_footer: bool, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, FBT001
    path = written(tmp_path / "users.parquet", plain_footer=plain_footer)
    assert is_encrypted(path)
    form = open_encrypted(path, KEYS)
    assert form is not None
    assert ds.dataset(str(path), format=form).to_table().equals(TABLE)
    assert open_encrypted(path, OTHERS) is None
    assert open_encrypted(path, None) is None


@pytest.mark.parametrize("plain_footer", [False, True])
def test_a_key_of_every_column_is_needed(plain_footer: bool, tmp_path: Path) -> None:  # noqa: FBT001
    path = wrapped(tmp_path / "users.parquet", plain_footer=plain_footer)
    some = Keyring({"k1": KEYS.data_keys["k1"]}, b"t" * 32, b"r" * 32, b"s" * 32)
    assert open_encrypted(path, some) is None


def test_a_plain_file_is_seen(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "users.parquet")
    assert not is_encrypted(tmp_path / "users.parquet")


@pytest.mark.parametrize("raw", [b"", b"PAR1", b"PAR1PAR1", b"PAR1" + bytes(40) + b"PAR1", b"id,mobile\n1,2\n"])
def test_what_is_no_parquet_is_an_error(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "users.parquet"
    path.write_bytes(raw)
    with pytest.raises((OSError, pa.ArrowException)):
        is_encrypted(path)
