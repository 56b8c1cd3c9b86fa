"""Kind `granted`: every grant is of a known role, to somebody by a name of their own, with a start and an end, not for
longer than the policy says, and on a ticket if for emergencies.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.policy.contracts import Recognised
from governance.rules.kinds.kind import Kind, Places, nothing
from governance.spelling import says_something

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target
    from governance.rules.tables.rowwise import Marks


_DAY = 24 * 60 * 60 * 10**6  # in microseconds
_SPAN = ("valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class Granted:
    """No parameters: the roles, and what the policy recognises, are the rule."""

    kind: ClassVar[str] = "granted"


def _kernel(rule: Granted, on: Target) -> Kernel:  # noqa: ARG001  it has none
    from functools import partial

    from governance.rules.tables.rowwise import Rows

    policy = on.scope.policy
    emergency = frozenset(role.id for role in policy.roles if role.break_glass)
    find = partial(_find, frozenset(role.id for role in policy.roles), emergency, policy.recognised)
    lacks = policy.recognised.lacks("actors", "grant_days", *(["tickets"] if emergency else []))
    return Rows.of(on, "grants", ("actor_id", "role", "ticket"), find, spans=_SPAN, unlisted=lacks)


def _find(roles: Collection[str], emergency: Collection[str], own: Recognised, batch: pa.RecordBatch) -> Marks:
    from governance.rules.tables.rowwise import micros, texts

    actor, role = batch.column("actor_id"), batch.column("role")
    begins, begun = micros(batch.column("valid_from"))
    ends, ended = micros(batch.column("valid_until"))
    yield "unknown_role", texts(role, lambda name: name not in roles)
    yield "grant_to_nobody", texts(actor, lambda name: not says_something(name))
    yield "unknown_actor_form", texts(actor, lambda name: not own.is_actor(name))
    yield (
        "emergency_without_ticket",
        texts(role, emergency.__contains__) & texts(batch.column("ticket"), lambda ticket: not own.is_ticket(ticket)),
    )
    yield "grant_without_start", ~begun
    yield "grant_without_end", ~ended
    yield "grant_ends_before_it_begins", ends < begins
    # A year such as 9999 means for ever.
    yield "grant_too_long", begun & ended & (ends - begins > own.grant_days * _DAY if own.grant_days else False)


KIND = Kind(
    parameters=Granted,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectGrantsToBeInOrder",
    problems=(
        "unknown_role",
        "grant_to_nobody",
        "unknown_actor_form",
        "emergency_without_ticket",
        "grant_without_start",
        "grant_without_end",
        "grant_ends_before_it_begins",
        "grant_too_long",
    ),
    besides=nothing,
)
