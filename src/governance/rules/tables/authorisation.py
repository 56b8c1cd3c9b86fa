"""Accesses that no grant covers: SQL over the events and the grants."""

from __future__ import annotations

from governance.planning.checks import plan
from governance.rules.scope import Scope
from governance.rules.tables.accesses import EVENTS, GRANTS, IN_FORCE, places
from governance.rules.tables.relational import entry, values

# The subset of SQL that DuckDB and Spark share. An event is a violation unless a grant proves otherwise, so that a
# missing actor, time or role never excuses it. Actors compare as text and times as UTC, whatever their columns hold.
# A role for emergencies excuses only under a grant that names its ticket.
_SQL = """
WITH guarded AS ({guarded}),
     declared AS ({declared}),
     reader AS ({readers}),
     event AS (
         SELECT row_key, NULLIF(TRIM(CAST(actor_id AS STRING)), '') AS actor_id,
                COALESCE(CAST(table_name AS STRING), '') AS table_name,
                COALESCE(CAST(column_name AS STRING), '') AS column_name,
                CAST(event_time AS TIMESTAMP) AS event_time
         FROM {events} a
     ),
     granted AS (
         SELECT CAST(actor_id AS STRING) AS actor_id, CAST(role AS STRING) AS role,
                CAST(valid_from AS TIMESTAMP) AS valid_from, CAST(valid_until AS TIMESTAMP) AS valid_until,
                NULLIF(TRIM(CAST(ticket AS STRING)), '') AS ticket
         FROM {grants} h
     ),
     judged AS (
         SELECT e.*, CASE WHEN d.table_name IS NULL THEN 1 ELSE 0 END AS undeclared
         FROM event e
         LEFT JOIN declared d ON d.table_name = e.table_name AND d.column_name = e.column_name
         LEFT JOIN guarded g ON g.table_name = e.table_name AND g.column_name = e.column_name
         WHERE d.table_name IS NULL OR g.table_name IS NOT NULL
     ),
     entitled AS (
         SELECT r.table_name, r.column_name, r.emergency, g.actor_id, g.valid_from, g.valid_until, g.ticket
         FROM granted g JOIN reader r ON r.role = g.role
     ),
     violation AS (
         SELECT * FROM judged e WHERE e.undeclared = 1 OR NOT EXISTS (
             SELECT 1 FROM entitled g
             WHERE g.table_name = e.table_name AND g.column_name = e.column_name AND {in_force}
               AND (g.emergency = '' OR g.ticket IS NOT NULL)
         )
     )
SELECT row_key, table_name, column_name, 'undeclared_place' AS problem FROM violation e WHERE e.undeclared = 1
UNION ALL
SELECT row_key, table_name, column_name, 'unknown_identity' FROM violation e
WHERE e.undeclared = 0 AND NOT EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
UNION ALL
SELECT row_key, table_name, column_name, 'no_grant_in_force' FROM violation e
WHERE e.undeclared = 0 AND EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
  AND NOT EXISTS (SELECT 1 FROM granted g WHERE {in_force})
UNION ALL
SELECT row_key, table_name, column_name, 'emergency_without_ticket' FROM violation e
WHERE e.undeclared = 0 AND EXISTS (
    SELECT 1 FROM entitled g WHERE g.table_name = e.table_name AND g.column_name = e.column_name AND {in_force}
)
UNION ALL
SELECT row_key, table_name, column_name, 'role_not_entitled' FROM violation e
WHERE e.undeclared = 0 AND EXISTS (SELECT 1 FROM granted g WHERE {in_force}) AND NOT EXISTS (
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
    readers = [(*p, role, emergency[role]) for p in guarded for role in policy.readers(*declared[p])]
    return _SQL.format(
        guarded=values(("table_name", "column_name"), guarded),
        declared=values(("table_name", "column_name"), declared),
        readers=values(("table_name", "column_name", "role", "emergency"), readers),
        events=entry(scope, EVENTS).sql("actor_id", "table_name", "column_name", "event_time"),
        grants=entry(scope, GRANTS).sql("actor_id", "role", "valid_from", "valid_until", "ticket"),
        in_force=IN_FORCE,
    )
