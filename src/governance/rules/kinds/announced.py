"""Kind `announced`: every change of the policy's text stands in its history and was announced, in time, before it took
effect.

A version takes effect as its day begins, in UTC: what is announced on that day, at whatever hour, is announced late.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from governance.policy.fields import expects
from governance.rules.kinds.kind import Kind, Places, nothing

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Announced:
    """An announcement comes so many days before the effect, the day before at the latest; only `channels` count, all
    for none.
    """

    notice_days: int = 0
    channels: tuple[str, ...] = field(default=(), metadata=expects(least="channel"))
    kind: ClassVar[str] = "announced"


def _kernel(rule: Announced, on: Target) -> Kernel:
    from governance.rules.tables.policy_changes import Announcements

    return Announcements.of(on, rule.notice_days, rule.channels)


KIND = Kind(
    parameters=Announced,
    kernel=_kernel,
    places=Places.ONE_TABLE,
    expectation="ExpectPolicyChangesToBeAnnounced",
    problems=(
        "not_announced",
        "announced_late",
        "gap_unrecorded_change",
        "gap_unknown_version",
        "gap_no_clause",
        "gap_no_date",
        "no_such_change",
    ),
    unit="clauses",
    besides=nothing,
)
