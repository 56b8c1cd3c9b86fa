"""Kind `attested`: a named person vouches for the clause at that time; expired, it is not evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import Kind, Places, nothing

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Attested:
    """No parameters: this kind reads the register of attestations."""

    kind: ClassVar[str] = "attested"


def _kernel(rule: Attested, on: Target) -> Kernel:  # noqa: ARG001  it has none
    from governance.rules.tables.attestations import Register

    return Register(on.check)


KIND = Kind(
    parameters=Attested,
    kernel=_kernel,
    places=Places.NO_TABLE,
    expectation="ExpectClausesToBeAttested",
    problems=(),
    unit="attestations",
    besides=nothing,
)
