"""The restricted columns of a contract, and what their cells seal."""

from __future__ import annotations

from governance.encryption.keys import Keyring
from governance.encryption.opening import plaintext
from governance.policy import Classification, Contract


def is_sealed(contract: Contract, column: str) -> bool:
    """Whether a contract calls a column restricted."""
    declared = contract.column(column)
    return declared is not None and declared.classification is Classification.RESTRICTED


def opened(contract: Contract, column: str, key: str | None, cell: object, keys: Keyring) -> str | None:
    """The plaintext of a cell in the row of this primary key, a text that seals nothing as it is.

    None for a value that does not open in its place, which the kind `encrypted` reports, and for a cell of bytes.
    """
    table, sealed_as = contract.sealed_as(column)
    return plaintext(cell, keys, table=table, column=sealed_as, key=key or "") if isinstance(cell, str) else None
