"""Kind `purposed`: every access was for a purpose that the policy, the column and a role then held allow, and that may
touch the column's category; and that same role may read the column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import About, Kind, Places, tables_of

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


OF_PURPOSE = (
    "category_not_of_purpose",
    "purpose_not_of_column",
    "gap_undated",
    "gap_unknown_identity",
    "no_grant_in_force",
    "gap_unregistered_role",
    "purpose_not_of_role",
)


@dataclass(frozen=True, slots=True)
class Purposed:
    """No parameters: the register names the tables of accesses and grants."""

    kind: ClassVar[str] = "purposed"


def _kernel(rule: Purposed, on: Target) -> Kernel:  # noqa: ARG001  it has none
    from governance.rules.tables.accesses import EVENT_ROLES, Accesses
    from governance.rules.tables.purposes import unallowed, unread, uses

    roles = (*EVENT_ROLES, "purpose")
    return Accesses(
        on.check, unallowed, event_roles=roles, facts=uses, of_purpose=OF_PURPOSE, unlisted=unread(on.check)
    )


KIND = Kind(
    parameters=Purposed,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectAccessToBePurposed",
    problems=(
        "gap_undeclared_dataset",
        "gap_no_purpose",
        "purpose_not_of_policy",
        *OF_PURPOSE,
    ),
    speaks={
        "gap_undeclared_dataset": About.SILENT,
        **dict.fromkeys(("gap_no_purpose", "purpose_not_of_policy"), About.LIST),
        **dict.fromkeys(OF_PURPOSE, About.PURPOSE),
    },
    unit="events",
    empty="accesses",
    besides=tables_of("accesses", "grants"),
    in_engine=True,
)
