"""The problems of a value that should be encrypted, the one that counts first."""

from __future__ import annotations

from typing import Final

PROBLEMS: Final = (
    "plaintext",
    "decodable",
    "unsalted_digest",
    "digest",
    "not_an_envelope",
    "unknown_algorithm",
    "deterministic",
    "too_short",
    "unknown_kid",
    "destroyed_kid",
    "overdue_kid",
    "repeated_value",
    "repeated_nonce",
    "value_of_another_column",
    "nonce_of_another_column",
    "repeated_block",
    "unauthenticated_blocks",
    "not_random",
    "opens_under_destroyed_key",
    "not_bound_to_row",
    "not_authenticated",
    "does_not_decrypt",
    "implausible_plaintext",
    # of the keyed token beside a value
    "unkeyed_token",
    "foreign_token",
    "lone_token",
)
