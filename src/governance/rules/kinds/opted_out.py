"""Kind `opted_out`: no offer went to an address that had unsubscribed by then, nor one dressed as a notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import Kind, Over, Places, tables_of

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class OptedOut:
    """`offers` and `notices` are the fideslang data uses that distinguish them, with all uses below.

    An offer may still arrive `grace_days` after unsubscribing. Wishes about `other_topics` don't concern offers.
    """

    offers: tuple[str, ...] = ("marketing",)
    notices: tuple[str, ...] = ("essential",)
    grace_days: int = 0
    other_topics: tuple[str, ...] = ()
    kind: ClassVar[str] = "opted_out"


def _kernel(rule: OptedOut, on: Target) -> Kernel:
    from governance.rules.tables.wishes import Messages

    return Messages(on.check, rule.offers, rule.notices, rule.grace_days, rule.other_topics)


KIND = Kind(
    parameters=OptedOut,
    kernel=_kernel,
    places=Places.NAMED_TABLES,
    expectation="ExpectOffersToRespectUnsubscribing",
    problems=(
        "gap_unknown_purpose",
        "gap_unknown_address",
        "gap_undated",
        "offer_after_unsubscribing",
        "offer_as_notice",
    ),
    facts={"offers": Over.CHECK, "unsubscribed": Over.RUN},
    besides=tables_of("subscriptions"),
    in_engine=True,
)
