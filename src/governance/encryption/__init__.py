"""Encrypted values: their envelope, their keys, and what can be told of a column that claims to hold them."""

from governance.encryption.ciphers import A256GCM, A256GCMSIV, AES_SIV, CHACHA20
from governance.encryption.drawing import Decrypt
from governance.encryption.envelope import Envelope, additional_data, bound, parse, seal, unseal
from governance.encryption.formats import FORMATS
from governance.encryption.inspection import ColumnFindings, ColumnInspection, Declared
from governance.encryption.keys import Keyring, load_keys
from governance.encryption.parquet import ParquetEncryption, inspect_parquet
from governance.encryption.spread import LEAST

__all__ = [
    "A256GCM",
    "A256GCMSIV",
    "AES_SIV",
    "CHACHA20",
    "FORMATS",
    "LEAST",
    "ColumnFindings",
    "ColumnInspection",
    "Declared",
    "Decrypt",
    "Envelope",
    "Keyring",
    "ParquetEncryption",
    "additional_data",
    "bound",
    "inspect_parquet",
    "load_keys",
    "parse",
    "seal",
    "unseal",
]
