"""Encrypted values: their envelope, their keys, and what can be told of a column that claims to hold them."""

from governance.encryption.ciphers import A256GCM, A256GCMSIV, AES_SIV, CHACHA20
from governance.encryption.drawing import Decrypt
from governance.encryption.envelope import Envelope, additional_data, bound, parse, seal, unseal
from governance.encryption.formats import FORMATS
from governance.encryption.inspection import ColumnFindings, ColumnInspection, Declared
from governance.encryption.keys import Keyring, load_keys
from governance.encryption.parquet import is_encrypted, open_encrypted
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
    "additional_data",
    "bound",
    "is_encrypted",
    "load_keys",
    "open_encrypted",
    "parse",
    "seal",
    "unseal",
]
