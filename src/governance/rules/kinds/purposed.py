"""Kind `purposed`: every access was for a purpose that the policy, the column and a role then held all allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Where, covers
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason
from governance.rules.base import Scope
from governance.rules.kinds.kind import About, Kind, Places
from governance.rules.series import Facts, pairs
from governance.rules.tables.accesses import (
    EVENT_COLUMNS,
    GRANT_COLUMNS,
    IN_FORCE,
    evidence,
    read_tables,
    unproven_by,
    violations,
)
from governance.rules.tables.relational import covered, row_key, spelled, values

# What a purpose covers is worked out in Python and comes as relations; here keys are only ever equal. An event counts
# once, under the first thing that is wrong with it. What stands on no register is a gap: nobody said that it may be.
_SQL = """
WITH declared AS ({declared}),
     of_policy AS ({of_policy}),
     of_category AS ({of_category}),
     of_column AS ({of_column}),
     of_role AS ({of_role}),
     registered AS ({registered}),
     event AS (
         SELECT {key}, NULLIF(TRIM(CAST(actor_id AS STRING)), '') AS actor_id,
                COALESCE(CAST(table_name AS STRING), '') AS table_name,
                COALESCE(CAST(column_name AS STRING), '') AS column_name,
                CAST(purpose AS STRING) AS purpose, CAST(occurred_at AS TIMESTAMP) AS occurred_at
         FROM {events}
     ),
     granted AS (
         SELECT CAST(actor_id AS STRING) AS actor_id, CAST(role AS STRING) AS role,
                CAST(valid_from AS TIMESTAMP) AS valid_from, CAST(valid_until AS TIMESTAMP) AS valid_until
         FROM {grants}
     ),
     graded AS (
         SELECT e.*, CASE WHEN d.table_name IS NULL THEN 'gap_undeclared_dataset'
                          WHEN NULLIF(TRIM(e.purpose), '') IS NULL THEN 'gap_no_purpose'
                          WHEN p.purpose IS NULL THEN 'purpose_not_of_policy'
                          WHEN k.purpose IS NULL THEN 'category_not_of_purpose'
                          WHEN c.purpose IS NULL THEN 'purpose_not_of_column'
                          WHEN e.occurred_at IS NULL THEN 'gap_undated' END AS plain
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
             SELECT 1 FROM granted g JOIN of_role r ON r.role = g.role
             WHERE r.purpose = e.purpose AND {in_force}
         )
     )
SELECT row_key, table_name, column_name, plain AS problem FROM violation e WHERE e.plain IS NOT NULL
UNION ALL
SELECT row_key, table_name, column_name, 'gap_unknown_identity' FROM violation e
WHERE e.plain IS NULL AND NOT EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
UNION ALL
SELECT row_key, table_name, column_name, 'no_grant_in_force' FROM violation e
WHERE e.plain IS NULL AND EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
  AND NOT EXISTS (SELECT 1 FROM granted g WHERE {in_force})
UNION ALL
SELECT row_key, table_name, column_name, 'gap_unregistered_role' FROM violation e
WHERE e.plain IS NULL AND EXISTS (SELECT 1 FROM granted g WHERE {in_force})
  AND NOT EXISTS (SELECT 1 FROM granted g JOIN registered r ON r.role = g.role WHERE {in_force})
UNION ALL
SELECT row_key, table_name, column_name, 'purpose_not_of_role' FROM violation e
WHERE e.plain IS NULL AND EXISTS (SELECT 1 FROM granted g JOIN registered r ON r.role = g.role WHERE {in_force})
"""


@dataclass(frozen=True, slots=True)
class Purposed:
    """`events` is the table of accesses, `grants` the table of who holds which role from when until when."""

    events: str = "access_events"
    grants: str = "grants"
    kind: ClassVar[str] = "purposed"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Events:  # noqa: ARG002  the protocol's names
        return _Events(self, check, scope)


@dataclass(frozen=True, slots=True)
class _Events:
    rule: Purposed
    check: Check
    scope: Scope
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """The events are joined at the end, once for all checks of the rule."""

    def evidence(self, rows: int) -> Evidence:  # noqa: ARG002  events are what this kind examines
        rule, scope = self.rule, self.scope
        otherwise = unproven_by(scope, rule.events, (*EVENT_COLUMNS, "purpose"), rule.grants, GRANT_COLUMNS)
        if otherwise is not None and otherwise.unproven is not Reason.IN_THE_FUTURE:
            return otherwise
        found = scope.once(rule, lambda: violations(scope, rule.events, _query(rule, scope)))
        mine = evidence(self.check, scope, rule.events, found, otherwise)
        return replace(mine, facts=self._uses())

    def _uses(self) -> Facts:
        """How often the holders of which role read this check's table for which purpose, as far as the policy knows."""
        contract, rule, scope = self.check.contract, self.rule, self.scope
        if contract is None:
            return ()
        roles, uses = {role.id for role in scope.policy.roles}, {one.use for one in scope.policy.purposes}
        counted = scope.once((rule, "uses"), lambda: scope.source.query(_uses(rule)).to_pylist())
        here = [row for row in counted if row["table_name"] == contract.physical_name]
        known = [row for row in here if row["role"] in roles and row["purpose"] in uses]
        return pairs("use", [(row["role"], row["purpose"], row["n"]) for row in known])


def _uses(rule: Purposed) -> str:
    return f"""
SELECT CAST(e.table_name AS STRING) AS table_name, CAST(g.role AS STRING) AS role,
       CAST(e.purpose AS STRING) AS purpose, COUNT(*) AS n
FROM "{rule.events}" e JOIN "{rule.grants}" g ON {IN_FORCE}
GROUP BY 1, 2, 3
"""


def _query(rule: Purposed, scope: Scope) -> str:
    policy = scope.policy
    written = spelled(scope, rule.events, "purpose")
    of_policy = covered(written, [purpose.use for purpose in policy.purposes])
    declared = [
        (contract.physical_name, column.physical_name, column)
        for contract in policy.contracts
        for column in contract.columns
    ]
    touches = {
        use: [c for purpose in policy.purposes if covers(purpose.use, use) for c in purpose.categories]
        for use in of_policy
    }
    place = ("table_name", "column_name")
    return _SQL.format(
        declared=values(place, [(table, name) for table, name, _ in declared]),
        of_policy=values(("purpose",), [(use,) for use in of_policy]),
        of_category=values(
            (*place, "purpose"),
            [
                (table, name, use)
                for table, name, column in declared
                for use, categories in touches.items()
                if any(covers(general, column.category) for general in categories)
            ],
        ),
        of_column=values(
            (*place, "purpose"),
            [(table, name, use) for table, name, column in declared for use in covered(of_policy, column.purposes)],
        ),
        of_role=values(
            ("role", "purpose"),
            [(role.id, use) for role in policy.roles for use in covered(of_policy, role.purposes)],
        ),
        registered=values(("role",), [(role.id,) for role in policy.roles]),
        key=row_key(policy.tables[rule.events]),
        events=f'"{rule.events}"',
        grants=f'"{rule.grants}"',
        in_force=IN_FORCE,
    )


def read(node: Node | None, where: Where, problems: Problems) -> Purposed:
    """The parameters of a `purposed` rule: `events` and `grants`, both table names."""
    if node is not None and where.columns:
        problems.add(node, "a rule about tables, without `columns`")
    events, grants = read_tables(node, problems)
    return Purposed(events, grants)


KIND = Kind(
    parameters=Purposed,
    kernel=Purposed.watch,
    places=Places.TABLES,
    expectation="ExpectAccessToBePurposed",
    read=read,
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
)
