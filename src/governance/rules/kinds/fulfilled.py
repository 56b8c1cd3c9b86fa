"""Kind `fulfilled`: requests of people are answered and done in time; an access export holds all of the subject's rows
and only theirs, a rectified value stands in the record.

A deadline is so many days, to the moment, after a request came in; a request due at this moment is not late. Not seen:
what an export held too much of, where rows may have been deleted since; such a request is left open, unless a
contract's `appendOnly` says that none are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from governance.policy.column_roles import ANY, RIGHTS
from governance.policy.fields import expects
from governance.rules.kinds.kind import Kind, Over, Places

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """`right` is one of the four, or `any` for whether requests are answered at all; due after `days`."""

    right: str = field(metadata=expects(choices=(*RIGHTS, ANY)))
    days: int = field(metadata=expects(least=1))
    kind: ClassVar[str] = "fulfilled"


def _kernel(rule: Fulfilled, on: Target) -> Kernel:
    from governance.rules.people.fulfilment import Requests

    return Requests(on.check, rule.right, rule.days)


PROBLEMS = (
    "duplicate_request", "gap_unknown_right", "gap_undated", "before_received", "late", "answered_not_fulfilled",
    "overdue", "foreign_subject", "gap_unknown_subject", "incomplete_export", "excessive_export", "gap_unknown_request",
    "gap_unknown_value", "new_value_missing",
)  # fmt: skip

KIND = Kind(
    parameters=Fulfilled,
    kernel=_kernel,
    places=Places.NAMED_TABLES,
    expectation="ExpectRequestsToBeFulfilled",
    problems=PROBLEMS,
    facts=dict.fromkeys(("open_requests", "verified", "unverifiable"), Over.CHECK),
    in_engine=True,
)
