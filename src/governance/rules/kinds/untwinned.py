"""Kind `untwinned`: no other column, payload or text shows, in any written form, a value that a column keeps encrypted
(plain hashes are not searched); needs the keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import SEARCHED, Kind, Places
from governance.rules.people.leads import people_tables

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel, RestKernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Untwinned:
    """Values are known by the tokens beside their encrypted columns, so the token key is needed."""

    kind: ClassVar[str] = "untwinned"


def _kernel(rule: Untwinned, on: Target) -> Kernel | RestKernel:  # noqa: ARG001  it has none
    from governance.rules.cells.twins import search_twins

    return search_twins(on, KIND.problems[0])


KIND = Kind(
    parameters=Untwinned,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectEncryptedValuesToHaveNoTwin",
    problems=("plaintext_twin",),
    facts=SEARCHED,
    besides=lambda _, policy: people_tables(policy),
)
