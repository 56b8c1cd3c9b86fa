"""Kind `granted`: every grant is of a known role, to somebody, with a start and an end, and on a ticket if for
emergencies.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.rules.kinds.kind import Kind, Places, nothing

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target
    from governance.rules.tables.rowwise import Marks


_SPAN = ("valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class Granted:
    """No parameters: the roles are the rule."""

    kind: ClassVar[str] = "granted"


def _kernel(rule: Granted, on: Target) -> Kernel:  # noqa: ARG001  it has none
    from functools import partial

    from governance.rules.tables.rowwise import Rows

    roles = frozenset(role.id for role in on.scope.policy.roles)
    emergency = frozenset(role.id for role in on.scope.policy.roles if role.break_glass)
    find = partial(_find, roles, emergency)
    return Rows.of(on, "grants", ("actor_id", "role", "ticket"), find, spans=_SPAN)


def _find(roles: Collection[str], emergency: Collection[str], batch: pa.RecordBatch) -> Marks:
    from governance.rules.tables.rowwise import micros, texts

    begins, begun = micros(batch.column("valid_from"))
    ends, ended = micros(batch.column("valid_until"))
    yield "unknown_role", texts(batch.column("role"), lambda role: role not in roles)
    yield "grant_to_nobody", texts(batch.column("actor_id"), lambda actor: not actor.strip())
    yield (
        "emergency_without_ticket",
        texts(batch.column("role"), emergency.__contains__)
        & texts(batch.column("ticket"), lambda ticket: not ticket.strip()),
    )
    yield "grant_without_start", ~begun
    yield "grant_without_end", ~ended
    yield "grant_ends_before_it_begins", ends < begins


KIND = Kind(
    parameters=Granted,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectGrantsToBeInOrder",
    problems=(
        "unknown_role",
        "grant_to_nobody",
        "emergency_without_ticket",
        "grant_without_start",
        "grant_without_end",
        "grant_ends_before_it_begins",
    ),
    besides=nothing,
)
