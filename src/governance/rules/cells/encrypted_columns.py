"""The columns that a policy wants encrypted, without which no nonce can be said to be fresh."""

from __future__ import annotations

from collections.abc import Mapping

from governance.planning.checks import Place, plan
from governance.policy import REST, Encryption, Policy


def encrypted_columns(policy: Policy) -> Mapping[Place, Encryption]:
    """How each column is encrypted that its contract calls encrypted, or that a rule of kind `encrypted` checks."""
    found = {
        Place(contract.table, column.name): column.encryption
        for contract in policy.contracts
        for column in contract.columns
        if column.encryption
    }
    for check in plan(policy).checks:
        if check.rule.kind == "encrypted" and check.place and check.place.column not in {"", REST}:
            found.setdefault(check.place, Encryption())
    return found
