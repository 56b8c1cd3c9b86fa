"""Kind `authorised`: every access was by somebody who held, at that time, a role that may read the column; one for
emergencies on a ticket.
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
class Authorised:
    """`events` is the table of accesses, `grants` the table of who holds which role from when until when."""

    events: str = field(default="access_events", metadata=expects(form=TABLE))
    grants: str = field(default="grants", metadata=expects(form=TABLE))
    kind: ClassVar[str] = "authorised"


def _kernel(rule: Authorised, on: Target) -> Kernel:
    from functools import partial

    from governance.rules.tables.accesses import GRANT_COLUMNS, Accesses
    from governance.rules.tables.authorisation import uncovered

    ticket = ("ticket",) if any(role.break_glass for role in on.scope.policy.roles) else ()
    query = partial(uncovered, on.check.rule.id, rule)
    return Accesses(on.check, rule, query, grant_columns=(*GRANT_COLUMNS, *ticket))


KIND = Kind(
    parameters=Authorised,
    kernel=_kernel,
    places=Places.COLUMNS,
    expectation="ExpectAccessToBeAuthorised",
    problems=(
        "undeclared_place",
        "unknown_identity",
        "no_grant_in_force",
        "emergency_without_ticket",
        "role_not_entitled",
    ),
    speaks={"undeclared_place": About.SILENT},
    unit="events",
    empty="events",
    besides=lambda rule, _: (rule.events, rule.grants),
    in_engine=True,
)
