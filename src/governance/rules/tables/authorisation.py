"""Accesses that no grant covers: SQL over the events and the grants."""

from __future__ import annotations

from governance.planning.checks import plan
from governance.rules.scope import Scope
from governance.rules.tables.accesses import EVENTS, GRANTS, IN_FORCE, places
from governance.rules.tables.relational import entry, said, text, values

# The subset of SQL that DuckDB and Spark share. An event is a violation unless a grant proves otherwise, so that a
# missing actor, time or role never excuses it. Actors compare as text and times as UTC, whatever their columns hold.
# A role for emergencies excuses only under a grant that names a ticket of a form that the policy recognises, and nobody
# is known by the name of an actor that is nobody's own.
_SQL = """
WITH guarded AS ({guarded}),
     declared AS ({declared}),
     reader AS ({readers}),
     stranger AS ({strangers}),
     ticket AS ({tickets}),
     event AS (
         SELECT row_key, {actor} AS actor_id,
                COALESCE(CAST(table_name AS STRING), '') AS table_name,
                COALESCE(CAST(column_name AS STRING), '') AS column_name,
                CAST(event_time AS TIMESTAMP) AS event_time
         FROM {events} a
     ),
     granted AS (
         SELECT CAST(actor_id AS STRING) AS actor_id, CAST(role AS STRING) AS role,
                CAST(valid_from AS TIMESTAMP) AS valid_from, CAST(valid_until AS TIMESTAMP) AS valid_until,
                k.ticket
         FROM {grants} h LEFT JOIN ticket k ON k.ticket = CAST(h.ticket AS STRING)
     ),
     judged AS (
         SELECT e.*, CASE WHEN d.table_name IS NULL THEN 'undeclared_place'
                          WHEN s.actor_id IS NOT NULL THEN 'unknown_actor_form' END AS plain
         FROM event e
         LEFT JOIN stranger s ON s.actor_id = e.actor_id
         LEFT JOIN declared d ON d.table_name = e.table_name AND d.column_name = e.column_name
         LEFT JOIN guarded g ON g.table_name = e.table_name AND g.column_name = e.column_name
         WHERE d.table_name IS NULL OR g.table_name IS NOT NULL
     ),
     entitled AS (
         SELECT r.table_name, r.column_name, r.emergency, g.actor_id, g.valid_from, g.valid_until, g.ticket
         FROM granted g JOIN reader r ON r.role = g.role
     ),
     violation AS (
         SELECT * FROM judged e WHERE e.plain IS NOT NULL OR NOT EXISTS (
             SELECT 1 FROM entitled g
             WHERE g.table_name = e.table_name AND g.column_name = e.column_name AND {in_force}
               AND (g.emergency = '' OR g.ticket IS NOT NULL)
         )
     )
SELECT row_key, table_name, column_name, plain AS problem FROM violation e WHERE e.plain IS NOT NULL
UNION ALL
SELECT row_key, table_name, column_name, 'unknown_identity' FROM violation e
WHERE e.plain IS NULL AND NOT EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
UNION ALL
SELECT row_key, table_name, column_name, 'no_grant_in_force' FROM violation e
WHERE e.plain IS NULL AND EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
  AND NOT EXISTS (SELECT 1 FROM granted g WHERE {in_force})
UNION ALL
SELECT row_key, table_name, column_name, 'emergency_without_ticket' FROM violation e
WHERE e.plain IS NULL AND EXISTS (
    SELECT 1 FROM entitled g WHERE g.table_name = e.table_name AND g.column_name = e.column_name AND {in_force}
)
UNION ALL
SELECT row_key, table_name, column_name, 'role_not_entitled' FROM violation e
WHERE e.plain IS NULL AND EXISTS (SELECT 1 FROM granted g WHERE {in_force}) AND NOT EXISTS (
    SELECT 1 FROM entitled g WHERE g.table_name = e.table_name AND g.column_name = e.column_name AND {in_force}
)
"""


def uncovered(rule: str, scope: Scope) -> str:
    """SQL of every access to the columns of a rule that no grant covers. Events use physical names."""
    policy = scope.policy
    declared = places(scope)
    checked = {(c.place.table, c.place.column) for c in plan(policy).checks if c.rule.id == rule and c.place}
    guarded = [physical for physical, logical in declared.items() if logical in checked]
    emergency = {role.id: "emergency" if role.break_glass else "" for role in policy.roles}
    events, grants, own = entry(scope, EVENTS), entry(scope, GRANTS), policy.recognised
    tickets = said(scope, grants, "ticket") if "ticket" in grants.columns else ()
    readers = [(*p, role, emergency[role]) for p in guarded for role in policy.readers(*declared[p])]
    return _SQL.format(
        guarded=values(("table_name", "column_name"), guarded),
        declared=values(("table_name", "column_name"), declared),
        readers=values(("table_name", "column_name", "role", "emergency"), readers),
        strangers=values(
            ("actor_id",), [(name.strip(" "),) for name in said(scope, events, "actor_id") if not own.is_actor(name)]
        ),
        tickets=values(("ticket",), [(ticket,) for ticket in tickets if own.is_ticket(ticket)]),
        actor=text("actor_id"),
        events=events.sql("actor_id", "table_name", "column_name", "event_time"),
        grants=grants.sql("actor_id", "role", "valid_from", "valid_until", "ticket"),
        in_force=IN_FORCE,
    )
