"""Kind `authorised`: every access was by somebody, under a name of their own, who held at that time a role that may
read the column; one for emergencies on a ticket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import About, Kind, Places, tables_of

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Authorised:
    """No parameters: the register names the tables of accesses and grants."""

    kind: ClassVar[str] = "authorised"


def _kernel(rule: Authorised, on: Target) -> Kernel:  # noqa: ARG001  it has none
    from functools import partial

    from governance.rules.tables.accesses import GRANT_ROLES, Accesses
    from governance.rules.tables.authorisation import uncovered

    policy = on.scope.policy
    ticket = ("ticket",) if any(role.break_glass for role in policy.roles) else ()
    lacks = policy.recognised.lacks("actors", *(["tickets"] if ticket else []))
    return Accesses(on.check, partial(uncovered, on.check.rule.id), grant_roles=(*GRANT_ROLES, *ticket), unlisted=lacks)


KIND = Kind(
    parameters=Authorised,
    kernel=_kernel,
    places=Places.COLUMNS,
    expectation="ExpectAccessToBeAuthorised",
    problems=(
        "undeclared_place",
        "unknown_actor_form",
        "unknown_identity",
        "no_grant_in_force",
        "emergency_without_ticket",
        "role_not_entitled",
    ),
    speaks={"undeclared_place": About.SILENT},
    unit="events",
    empty="accesses",
    besides=tables_of("accesses", "grants"),
    in_engine=True,
)
