"""Accesses for purposes that the policy, the column or no role that may read it allows: SQL over events and grants."""

from __future__ import annotations

from governance.planning.checks import Check
from governance.policy import Classification, Column, Contract, Policy, covers
from governance.rules.labelled_counts import Facts, pairs
from governance.rules.scope import Scope
from governance.rules.tables.accesses import EVENTS, GRANTS, IN_FORCE, places
from governance.rules.tables.relational import covered, entry, of_policy, text, values

_ABOUT_NOBODY = "system"  # fideslang's categories of what is about no person
_OPEN = (Classification.PUBLIC, Classification.INTERNAL)

# Python computes what a purpose covers and passes it as relations; this SQL only compares keys for equality. An event
# counts once, under its first problem. A purpose or role in no register is not allowed, and one role must both have the
# purpose and be a reader of the column: what two roles may do apart, nobody may do who holds both.
_SQL = """
WITH declared AS ({declared}),
     of_policy AS ({of_policy}),
     of_category AS ({of_category}),
     of_column AS ({of_column}),
     entitled AS ({entitled}),
     registered AS ({registered}),
     event AS (
         SELECT row_key, {actor} AS actor_id,
                COALESCE(CAST(table_name AS STRING), '') AS table_name,
                COALESCE(CAST(column_name AS STRING), '') AS column_name,
                CAST(purpose AS STRING) AS purpose, CAST(event_time AS TIMESTAMP) AS event_time
         FROM {events} a
     ),
     granted AS (
         SELECT CAST(actor_id AS STRING) AS actor_id, CAST(role AS STRING) AS role,
                CAST(valid_from AS TIMESTAMP) AS valid_from, CAST(valid_until AS TIMESTAMP) AS valid_until
         FROM {grants} h
     ),
     graded AS (
         SELECT e.*, CASE WHEN d.table_name IS NULL THEN 'gap_undeclared_dataset'
                          WHEN {purpose} IS NULL THEN 'gap_no_purpose'
                          WHEN p.purpose IS NULL THEN 'purpose_not_of_policy'
                          WHEN k.purpose IS NULL THEN 'category_not_of_purpose'
                          WHEN c.purpose IS NULL THEN 'purpose_not_of_column'
                          WHEN e.event_time IS NULL THEN 'gap_undated' END AS plain
         FROM event e
         LEFT JOIN declared d ON d.table_name = e.table_name AND d.column_name = e.column_name
         LEFT JOIN of_policy p ON p.purpose = e.purpose
         LEFT JOIN of_category k
                ON k.table_name = e.table_name AND k.column_name = e.column_name AND k.purpose = e.purpose
         LEFT JOIN of_column c
                ON c.table_name = e.table_name AND c.column_name = e.column_name AND c.purpose = e.purpose
     ),
     violation AS (
         SELECT * FROM graded e WHERE e.plain IS NOT NULL OR NOT EXISTS (
             SELECT 1 FROM granted g JOIN entitled r ON r.role = g.role
             WHERE r.table_name = e.table_name AND r.column_name = e.column_name AND r.purpose = e.purpose
               AND {in_force}
         )
     )
SELECT row_key, table_name, column_name, plain AS problem, e.purpose FROM violation e WHERE e.plain IS NOT NULL
UNION ALL
SELECT row_key, table_name, column_name, 'gap_unknown_identity', e.purpose FROM violation e
WHERE e.plain IS NULL AND NOT EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
UNION ALL
SELECT row_key, table_name, column_name, 'no_grant_in_force', e.purpose FROM violation e
WHERE e.plain IS NULL AND EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
  AND NOT EXISTS (SELECT 1 FROM granted g WHERE {in_force})
UNION ALL
SELECT row_key, table_name, column_name, 'gap_unregistered_role', e.purpose FROM violation e
WHERE e.plain IS NULL AND EXISTS (SELECT 1 FROM granted g WHERE {in_force})
  AND NOT EXISTS (SELECT 1 FROM granted g JOIN registered r ON r.role = g.role WHERE {in_force})
UNION ALL
SELECT row_key, table_name, column_name, 'purpose_not_of_role', e.purpose FROM violation e
WHERE e.plain IS NULL AND EXISTS (SELECT 1 FROM granted g JOIN registered r ON r.role = g.role WHERE {in_force})
"""


def unallowed(scope: Scope) -> str:
    """SQL of every access for a purpose that is not allowed."""
    policy = scope.policy
    events, grants = entry(scope, EVENTS), entry(scope, GRANTS)
    allowed = of_policy(scope, events)
    declared = [
        (table, name, column, _readers(policy, policy.tables[own], column))
        for (table, name), (own, logical) in places(scope).items()
        if (column := policy.tables[own].column(logical)) is not None
    ]
    purposes = {role.id: covered(allowed, role.purposes) for role in policy.roles}
    touches = {
        use: [c for purpose in policy.purposes if covers(purpose.use, use) for c in purpose.categories]
        for use in allowed
    }
    place = ("table_name", "column_name")
    return _SQL.format(
        declared=values(place, [(table, name) for table, name, *_ in declared]),
        of_policy=values(("purpose",), [(use,) for use in allowed]),
        of_category=values(
            (*place, "purpose"),
            [
                (table, name, use)
                for table, name, column, _ in declared
                for use, categories in touches.items()
                if any(covers(general, column.category) for general in categories)
            ],
        ),
        of_column=values(
            (*place, "purpose"),
            [(table, name, use) for table, name, column, _ in declared for use in covered(allowed, column.purposes)],
        ),
        entitled=values(
            (*place, "role", "purpose"),
            [
                (table, name, role, use)
                for table, name, column, readers in declared
                for role in readers
                for use in covered(purposes[role], column.purposes)
            ],
        ),
        registered=values(("role",), [(role.id,) for role in policy.roles]),
        actor=text("actor_id"),
        purpose=text("e.purpose"),
        events=events.sql("actor_id", "table_name", "column_name", "purpose", "event_time"),
        grants=grants.sql("actor_id", "role", "valid_from", "valid_until"),
        in_force=IN_FORCE,
    )


def _readers(policy: Policy, contract: Contract, column: Column) -> tuple[str, ...]:
    """The roles that may read a column; what is open and about nobody is for every role that the contract names.

    A contract that names no role accuses nobody: there, what a role reads decides.
    """
    open_to_all = column.classification in _OPEN and covers(_ABOUT_NOBODY, column.category)
    return tuple(
        role.id
        for role in policy.roles
        if (role.id in contract.roles or not contract.roles) and (open_to_all or role.covers(column.category))
    )


def unread(check: Check) -> tuple[str, ...]:
    """What the check's contract should declare: without its roles, no access is known to be somebody's right."""
    return (f"contracts.{check.contract.table}.roles",) if check.contract and not check.contract.roles else ()


def uses(check: Check, scope: Scope) -> Facts:
    """How often the holders of which role read the check's table for which purpose, as far as the policy knows."""
    contract = check.contract
    if contract is None:
        return ()
    roles, known_uses = {role.id for role in scope.policy.roles}, {one.use for one in scope.policy.purposes}
    counted = scope.once("uses", lambda: scope.source.query(_uses(scope)).to_pylist())
    here = [row for row in counted if contract.matches(row["table_name"] or "")]
    known = [row for row in here if row["role"] in roles and row["purpose"] in known_uses]
    return pairs("use", [(row["role"], row["purpose"], row["n"]) for row in known])


def _uses(scope: Scope) -> str:
    events = entry(scope, EVENTS).sql("actor_id", "table_name", "purpose", "event_time")
    grants = entry(scope, GRANTS).sql("actor_id", "role", "valid_from", "valid_until")
    return f"""
SELECT CAST(e.table_name AS STRING) AS table_name, CAST(g.role AS STRING) AS role,
       CAST(e.purpose AS STRING) AS purpose, COUNT(*) AS n
FROM {events} e JOIN {grants} g ON {IN_FORCE}
GROUP BY 1, 2, 3
"""
