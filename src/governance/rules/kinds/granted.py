"""Kind `granted`: every grant is of a role that there is, to somebody, with an end, and for emergencies on a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Where
from governance.policy.strict_yaml import Node, Problems
from governance.rules.base import Scope
from governance.rules.kinds.kind import Kind, Places, nothing
from governance.rules.tables import rowwise


@dataclass(frozen=True, slots=True)
class Granted:
    """No parameters: the roles are the rule."""

    kind: ClassVar[str] = "granted"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> rowwise.Rows:
        roles = {role.id for role in scope.policy.roles}
        emergency = {role.id for role in scope.policy.roles if role.break_glass}

        def find(batch: pa.RecordBatch) -> rowwise.Marks:
            begins, begun = rowwise.micros(batch.column("valid_from"))
            ends, ended = rowwise.micros(batch.column("valid_until"))
            yield "unknown_role", rowwise.texts(batch.column("role"), lambda role: role not in roles)
            yield "grant_to_nobody", rowwise.texts(batch.column("actor_id"), lambda actor: not actor.strip())
            yield (
                "emergency_without_ticket",
                rowwise.texts(batch.column("role"), lambda role: role in emergency)
                & rowwise.texts(batch.column("ticket"), lambda ticket: not ticket.strip()),
            )
            yield "grant_without_start", ~begun
            yield "grant_without_end", ~ended
            yield "grant_ends_before_it_begins", ends < begins

        spans = ("valid_from", "valid_until")
        return rowwise.Rows(check, scope, schema, ("actor_id", "role", *spans, "ticket"), find, spans=spans)


def read(node: Node | None, where: Where, problems: Problems) -> Granted:
    """The parameters of a `granted` rule: none."""
    if node is not None:
        problems.fields(node, [])
    if where.columns and node is not None:
        problems.add(node, "a rule about tables, without `columns`")
    return Granted()


KIND = Kind(
    parameters=Granted,
    kernel=Granted.watch,
    places=Places.TABLES,
    expectation="ExpectGrantsToBeInOrder",
    read=read,
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
