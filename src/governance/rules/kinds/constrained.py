"""Kind `constrained`: a table keeps what its own contract promises: types, keys, vocabularies, references, quality, and
keyed tokens of the values in the clear beside them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.policy import Policy
from governance.rules.kinds.kind import Kind, Places

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Constrained:
    """No parameters: the contracts are the rule."""

    kind: ClassVar[str] = "constrained"


def _kernel(rule: Constrained, on: Target) -> Kernel:  # noqa: ARG001  it has none
    from governance.rules.people.compared import ClearTokens
    from governance.rules.tables.promises import keep_promises

    tokens = ClearTokens.of(on)
    return keep_promises(on, KIND.problems, tokens.marks, tokens.unproven)


def _referenced(rule: Constrained, policy: Policy) -> Collection[str]:  # noqa: ARG001
    """The tables that any contract references."""
    return {key.table for contract in policy.contracts for key in contract.foreign_keys}


KIND = Kind(
    parameters=Constrained,
    kernel=_kernel,
    places=Places.DECLARED_TABLES,
    expectation="ExpectContractToBeKept",
    problems=(
        "mistyped",
        "unknown_value",
        "missing_key",
        "duplicate_key",
        "missing_value",
        "duplicate_value",
        "dangling_reference",
        "quality",
        "unkeyed_token",
        "foreign_token",
        "lone_token",
        "row_count",
    ),
    in_engine=True,
    of_register=True,
    besides=_referenced,
)
