"""Kind `authorised`: every access to a column was by somebody who held, at that time, a role that may read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from governance.plan import Check
from governance.policy import REST, Classification, Where
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, missing
from governance.strict_yaml import Node, Problems

EVENT_COLUMNS = ("actor_id", "table_name", "column_name", "occurred_at")
GRANT_COLUMNS = ("actor_id", "role", "valid_from", "valid_until")
_GUARDED = (Classification.CONFIDENTIAL, Classification.RESTRICTED)

# The subset of SQL that DuckDB and Spark share. An event is a violation unless a grant proves otherwise, so that a
# missing actor, time or role never excuses it.
_SQL = """
WITH guarded AS ({guarded}),
     declared AS ({declared}),
     reader AS ({readers}),
     event AS (
         SELECT CAST({key} AS VARCHAR(64)) AS event_key, actor_id,
                COALESCE(table_name, '') AS table_name, COALESCE(column_name, '') AS column_name, occurred_at
         FROM {events}
     ),
     judged AS (
         SELECT e.*, CASE WHEN d.table_name IS NULL THEN 1 ELSE 0 END AS undeclared
         FROM event e
         LEFT JOIN declared d ON d.table_name = e.table_name AND d.column_name = e.column_name
         LEFT JOIN guarded g ON g.table_name = e.table_name AND g.column_name = e.column_name
         WHERE d.table_name IS NULL OR g.table_name IS NOT NULL
     ),
     violation AS (
         SELECT * FROM judged e WHERE e.undeclared = 1 OR NOT EXISTS (
             SELECT 1 FROM {grants} g
             JOIN reader r ON r.role = g.role
             WHERE r.table_name = e.table_name AND r.column_name = e.column_name AND {in_force}
         )
     )
SELECT event_key, table_name, column_name, 'undeclared_place' AS problem FROM violation e WHERE e.undeclared = 1
UNION ALL
SELECT event_key, table_name, column_name, 'unknown_identity' FROM violation e
WHERE e.undeclared = 0 AND NOT EXISTS (SELECT 1 FROM {grants} g WHERE g.actor_id = e.actor_id)
UNION ALL
SELECT event_key, table_name, column_name, 'no_grant_in_force' FROM violation e
WHERE e.undeclared = 0 AND EXISTS (SELECT 1 FROM {grants} g WHERE g.actor_id = e.actor_id)
  AND NOT EXISTS (SELECT 1 FROM {grants} g WHERE {in_force})
UNION ALL
SELECT event_key, table_name, column_name, 'role_not_entitled' FROM violation e
WHERE e.undeclared = 0 AND EXISTS (SELECT 1 FROM {grants} g WHERE {in_force})
"""
_IN_FORCE = """g.actor_id = e.actor_id AND g.valid_from <= e.occurred_at
             AND (g.valid_until IS NULL OR e.occurred_at < g.valid_until)"""


@dataclass(frozen=True, slots=True)
class Authorised:
    """`events` is the table of accesses, `grants` the table of who holds which role from when until when."""

    events: str = "access_events"
    grants: str = "grants"
    kind: Literal["authorised"] = "authorised"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Events:  # noqa: ARG002  the protocol's names
        return _Events(self, check, scope)


@dataclass(frozen=True, slots=True)
class _Events:
    rule: Authorised
    check: Check
    scope: Scope
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """The events are joined with the grants at the end, once for all checks of the rule."""

    def evidence(self, rows: int) -> Evidence:  # noqa: ARG002  events are what this kind examines
        unproven = self._unproven()
        if unproven is not None:
            return Evidence(examined=0, unit="events", unproven=unproven)
        total, violations = self.scope.once(self.rule, lambda: _violations(self.rule, self.scope))
        tally = Tally()
        for key, table, column, problem in violations:
            if self._is_mine(table, column):
                tally.problems[problem] += 1
                if key is not None:
                    tally.named.append((key, problem))
        events = self.scope.policy.tables[self.rule.events]
        return Evidence(
            examined=total,
            violations=tally.violations,
            unit="events",
            problems=tally.counts(),
            rows=tally.references(events if events.primary_key else None, self.scope.keys),
        )

    def _is_mine(self, table: str, column: str) -> bool:
        place = self.check.place
        if place is None:
            return False
        contract = self.scope.policy.tables.get(table)
        if place.table == REST:
            return contract is None
        if place.table != table or contract is None:
            return False
        return contract.column(column) is None if place.column == REST else place.column == column

    def _unproven(self) -> Reason | None:
        if not self.scope.source.relational:
            return Reason.NEEDS_TABLES
        schemas, contracts = self.scope.source.schemas(), self.scope.policy.tables
        if any(table not in schemas or table not in contracts for table in (self.rule.events, self.rule.grants)):
            return Reason.MISSING_TABLE
        wanted = [*EVENT_COLUMNS, *filter(None, [contracts[self.rule.events].primary_key])]
        if missing(wanted, schemas[self.rule.events]) or missing(GRANT_COLUMNS, schemas[self.rule.grants]):
            return Reason.MISSING_COLUMN
        return None


def _violations(rule: Authorised, scope: Scope) -> tuple[int, list[tuple[str | None, str, str, str]]]:
    """How many events there are, and the key, place and problem of each that no grant covers."""
    columns = [(contract, column) for contract in scope.policy.contracts for column in contract.columns]
    declared = [(contract.table, column.name) for contract, column in columns]
    guarded = [(contract.table, column.name) for contract, column in columns if column.classification in _GUARDED]
    readers = [(*place, role) for place in guarded for role in scope.policy.readers(*place)]
    key = scope.policy.tables[rule.events].primary_key
    sql = _SQL.format(
        guarded=_values(("table_name", "column_name"), guarded),
        declared=_values(("table_name", "column_name"), declared),
        readers=_values(("table_name", "column_name", "role"), readers),
        key=key or "NULL",
        events=rule.events,
        grants=rule.grants,
        in_force=_IN_FORCE,
    )
    found = scope.source.query(sql).to_pylist()
    rows = [(row["event_key"], row["table_name"], row["column_name"], row["problem"]) for row in found]
    return scope.source.rows(rule.events), rows


def _values(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A constant relation; its literals are names of the policy, whose loader admits letters, digits and `_` only."""
    selects = [" SELECT " + ", ".join(f"'{v}' AS {n}" for v, n in zip(row, names, strict=True)) for row in rows]
    return " UNION ALL".join(selects) or "SELECT " + ", ".join(f"'' AS {n}" for n in names) + " WHERE 1 = 0"


def read(node: Node | None, where: Where, problems: Problems) -> Authorised:
    """The parameters of an `authorised` rule: `events` and `grants`, both table names."""
    fields = problems.fields(node, ["events", "grants"]) if node else {}
    if node is not None and not where.columns:
        problems.add(node, "a rule about columns, with `columns`")
    names = {"events": "access_events", "grants": "grants"}
    for key, name in names.items():
        names[key] = problems.text(fields.get(key), default=name)
        if not names[key].isidentifier():
            problems.add(fields[key], "the name of a table")
    return Authorised(names["events"], names["grants"])
