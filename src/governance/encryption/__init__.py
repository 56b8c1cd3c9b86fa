"""Encrypted values: their envelope, their keys, and what can be told of a column that claims to hold them."""

from governance.encryption.envelope import A256GCM, Envelope, additional_data, parse, seal, unseal
from governance.encryption.inspection import ColumnFindings, ColumnInspection
from governance.encryption.keys import Keyring, load_keys

__all__ = [
    "A256GCM",
    "ColumnFindings",
    "ColumnInspection",
    "Envelope",
    "Keyring",
    "additional_data",
    "load_keys",
    "parse",
    "seal",
    "unseal",
]
