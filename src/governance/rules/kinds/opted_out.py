"""Kind `opted_out`: no offer to anybody who had unsubscribed or whose objection was fulfilled by then, on any address.

A message is a notice only if its purpose, template, subject and channel are recognised; any other is an offer, and so
is what a processor was sent for marketing, or under a subject that no notice has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.policy.table_register import payloads_of
from governance.rules.kinds.kind import Kind, Over, Places, tables_of

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class OptedOut:
    """`offers` and `notices` are fideslang data uses, with all uses below.

    An offer may still arrive `grace_days` after unsubscribing. Wishes about `other_topics` don't concern offers.
    """

    offers: tuple[str, ...] = ("marketing",)
    notices: tuple[str, ...] = ("essential",)
    grace_days: int = 0
    other_topics: tuple[str, ...] = ()
    kind: ClassVar[str] = "opted_out"


def _kernel(rule: OptedOut, on: Target) -> Kernel:
    from governance.rules.people.wishes import Messages

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
        "offer_after_objecting",
        "offer_as_notice",
        "unknown_channel",
    ),
    facts={"offers": Over.CHECK, "unsubscribed": Over.RUN, "objected": Over.RUN},
    besides=lambda rule, policy: [
        *tables_of("subscriptions", "people", "requests", "transfers")(rule, policy),
        *(payload.table for payload in payloads_of(policy.register, policy.contracts)),
    ],
    in_engine=True,
)
