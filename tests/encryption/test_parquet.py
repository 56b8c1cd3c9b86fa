"""Parquet's own encryption is seen in both of its forms, and a file that ends Arrow does not end us."""

from __future__ import annotations

import base64
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest

from governance.encryption.parquet import ParquetEncryption, inspect_parquet

TABLE = pa.table({"id": [1, 2, 3], "mobile": ["09121234567", "09121234568", "09121234569"]})


class Keys(pe.KmsClient):  # type: ignore[misc]  # the library has no types
    """Wraps keys by writing them out: a stand-in for a service."""

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:  # noqa: ARG002
        return base64.b64encode(key_bytes)

    def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:  # noqa: ARG002
        return base64.b64decode(wrapped_key)


def written(path: Path, *, plain_footer: bool) -> Path:
    how = pe.EncryptionConfiguration(footer_key="f", column_keys={"c": ["mobile"]}, plaintext_footer=plain_footer)
    factory = pe.CryptoFactory(lambda _: Keys())
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), how)
    with pq.ParquetWriter(path, TABLE.schema, encryption_properties=properties) as writer:
        writer.write_table(TABLE)
    return path


@pytest.mark.parametrize(
    ("plain_footer", "found"), [(False, ParquetEncryption.FOOTER), (True, ParquetEncryption.COLUMNS)]
)
def test_an_encrypted_file_is_seen(plain_footer: bool, found: ParquetEncryption, tmp_path: Path) -> None:  # noqa: FBT001
    assert inspect_parquet(written(tmp_path / "users.parquet", plain_footer=plain_footer)) is found


def test_a_plain_file_is_seen(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "users.parquet")
    assert inspect_parquet(tmp_path / "users.parquet") is ParquetEncryption.NONE


@pytest.mark.parametrize("raw", [b"", b"PAR1", b"PAR1PAR1", b"PAR1" + bytes(40) + b"PAR1", b"id,mobile\n1,2\n"])
def test_what_is_no_parquet_is_unreadable(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "users.parquet"
    path.write_bytes(raw)
    assert inspect_parquet(path) is ParquetEncryption.UNREADABLE
    assert inspect_parquet(tmp_path / "missing.parquet") is ParquetEncryption.UNREADABLE


def test_a_file_that_takes_too_long_is_unreadable(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "users.parquet")
    assert inspect_parquet(tmp_path / "users.parquet", seconds=0.001) is ParquetEncryption.UNREADABLE
