"""Kind `rectified`: nothing is left of rectified values, in any table and any written form, unless somebody else has
them.

The kind `fulfilled` checks that the record holds the new value.
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
class Rectified:
    """Tables in `keeps` may keep tokens; the record of requests may as well.

    A request names what was rectified by the token of the old value; the token of "" if there was none. Digests of an
    old value are found if its `digest_tokens` hold them, as nobody can make them of a token.
    """

    keeps: tuple[str, ...] = ()
    kind: ClassVar[str] = "rectified"


def _kernel(rule: Rectified, on: Target) -> Kernel | RestKernel:
    from governance.rules.people.residue import RECTIFICATIONS
    from governance.rules.people.searching import search_residue

    return search_residue(
        on,
        sought=RECTIFICATIONS,
        problems=KIND.problems,
        keeps=rule.keeps,
    )


KIND = Kind(
    parameters=Rectified,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectRectifiedValuesToBeGone",
    problems=("old_value",),
    facts={"rectified_values": Over.RUN, **SEARCHED},
    besides=lambda _, policy: people_tables(policy),
)
