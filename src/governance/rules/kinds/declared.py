"""Kind `declared`: every table, and every column of a table, stands in a contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import About, Kind, Places, nothing

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Declared:
    """No parameters: the contracts are the rule."""

    kind: ClassVar[str] = "declared"


def _kernel(rule: Declared, on: Target) -> Kernel:  # noqa: ARG001  it has none
    from governance.rules.tables.contracts import ContractNames

    return ContractNames(on.check, tuple(on.schema.names))


KIND = Kind(
    parameters=Declared,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectTableColumnsToBeDeclared",
    problems=("undeclared_table", "undeclared_column"),
    speaks=dict.fromkeys(("undeclared_table", "undeclared_column"), About.SILENT),
    unit="columns",
    besides=nothing,
)
