"""Kind `purposed`: every access was for a purpose that the policy, the column and a role then held allow, and that may
touch the column's category.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from governance.policy.fields import TABLE, expects
from governance.rules.kinds.kind import About, Kind, Places

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Purposed:
    """`events` is the table of accesses, `grants` the table of who holds which role from when until when."""

    events: str = field(default="access_events", metadata=expects(form=TABLE))
    grants: str = field(default="grants", metadata=expects(form=TABLE))
    kind: ClassVar[str] = "purposed"


def _kernel(rule: Purposed, on: Target) -> Kernel:
    from functools import partial

    from governance.rules.tables.accesses import EVENT_COLUMNS, Accesses
    from governance.rules.tables.purposes import unallowed, uses

    return Accesses(on.check, rule, partial(unallowed, rule), event_columns=(*EVENT_COLUMNS, "purpose"), facts=uses)


KIND = Kind(
    parameters=Purposed,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectAccessToBePurposed",
    problems=(
        "gap_undeclared_dataset",
        "gap_no_purpose",
        "purpose_not_of_policy",
        "category_not_of_purpose",
        "purpose_not_of_column",
        "gap_undated",
        "gap_unknown_identity",
        "no_grant_in_force",
        "gap_unregistered_role",
        "purpose_not_of_role",
    ),
    speaks={"gap_undeclared_dataset": About.SILENT, "category_not_of_purpose": About.PURPOSE},
    unit="events",
    empty="events",
    besides=lambda rule, _: (rule.events, rule.grants),
    in_engine=True,
)
