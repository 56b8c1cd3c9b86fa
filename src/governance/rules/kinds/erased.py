"""Kind `erased`: nothing is left of erased people, in any table and any written form; rows of people who do not exist
are distinguished.

Erased people are known only by the tokens in their requests; which digests are found is what `digest_tokens` holds. The
name of one that stands in a public column too, such as an author's, is nobody's: their other values are. A row that
refers to a person who does not exist is reported as `orphan_key`: it names nobody, but shows that somebody's rows
outlived them.
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
class Erased:
    """Tables in `keeps` may keep tokens, such as the wish to get no more offers; the record of requests may as well."""

    keeps: tuple[str, ...] = ()
    kind: ClassVar[str] = "erased"


def _kernel(rule: Erased, on: Target) -> Kernel | RestKernel:
    from governance.rules.people.residue import ERASURES
    from governance.rules.people.searching import search_residue

    return search_residue(
        on,
        sought=ERASURES,
        problems=KIND.problems,
        keeps=rule.keeps,
        orphans=True,
    )


KIND = Kind(
    parameters=Erased,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectErasedPeopleToBeGone",
    problems=("phone_number", "email_address", "person_name", "user_id", "digest", "token", "orphan_key"),
    facts={"erased_people": Over.RUN, **SEARCHED},
    besides=lambda _, policy: people_tables(policy),
)
