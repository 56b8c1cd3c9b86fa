"""Kind `attested`: what no data can show, a named person vouches for, until a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import Kind, Places, nothing

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.planning.checks import Check
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Scope


@dataclass(frozen=True, slots=True)
class Attested:
    """No parameters: the register of attestations is what this kind reads."""

    kind: ClassVar[str] = "attested"


def _kernel(rule: Attested, check: Check, schema: pa.Schema, scope: Scope) -> Kernel:  # noqa: ARG001
    from governance.rules.tables.attestations import Register

    return Register(check)


KIND = Kind(
    parameters=Attested,
    kernel=_kernel,
    places=Places.NO_TABLE,
    expectation="ExpectClausesToBeAttested",
    problems=(),
    unit="attestations",
    besides=nothing,
)
