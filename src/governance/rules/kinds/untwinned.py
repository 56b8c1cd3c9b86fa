"""Kind `untwinned`: no other column, payload or text shows, in any written form, a value that a column keeps encrypted,
or a digest of it that no key made; needs the keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import SEARCHED, Kind, Over, Places
from governance.rules.people.leads import people_tables

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel, RestKernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Untwinned:
    """Values are known by the tokens beside their encrypted columns, digests by the values that the keys open.

    Whoever hashes all numbers finds the one of a digest; a token needs the key.
    """

    kind: ClassVar[str] = "untwinned"


def _kernel(rule: Untwinned, on: Target) -> Kernel | RestKernel:  # noqa: ARG001  it has none
    from governance.rules.cells.twins import search_twins

    return search_twins(on, KIND.problems)


KIND = Kind(
    parameters=Untwinned,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectEncryptedValuesToHaveNoTwin",
    problems=("plaintext_twin", "unkeyed_digest"),
    facts={**SEARCHED, "digested_people": Over.RUN},
    besides=lambda _, policy: people_tables(policy),
)
