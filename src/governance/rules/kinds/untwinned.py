"""Kind `untwinned`: what a column keeps encrypted stands in clear, in any written form, in no other column, payload or
text (plain hashes of it are not looked for); needs the keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import Kind, Places
from governance.rules.people.leads import people_tables

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel, RestKernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Untwinned:
    """Values are known by the tokens beside their encrypted columns, so without the token key nothing can be said."""

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
    facts=("columns", "rows_hit", "rows_read"),
    besides=lambda _, policy: people_tables(policy),
)
