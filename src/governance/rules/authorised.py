"""Kind `authorised`: every access to a column was by somebody who held, at that time, a role that may read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from governance.planning import Check, plan
from governance.policy import REST, Where
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, key_texts, missing
from governance.strict_yaml import Node, Problems

EVENT_COLUMNS = ("actor_id", "table_name", "column_name", "occurred_at")
GRANT_COLUMNS = ("actor_id", "role", "valid_from", "valid_until")

# The subset of SQL that DuckDB and Spark share. An event is a violation unless a grant proves otherwise, so that a
# missing actor, time or role never excuses it. Actors compare as text and times as UTC, whatever their columns hold.
_SQL = """
WITH guarded AS ({guarded}),
     declared AS ({declared}),
     reader AS ({readers}),
     event AS (
         SELECT {key} AS event_key, NULLIF(TRIM(CAST(actor_id AS STRING)), '') AS actor_id,
                COALESCE(CAST(table_name AS STRING), '') AS table_name,
                COALESCE(CAST(column_name AS STRING), '') AS column_name,
                CAST(occurred_at AS TIMESTAMP) AS occurred_at
         FROM {events}
     ),
     granted AS (
         SELECT CAST(actor_id AS STRING) AS actor_id, CAST(role AS STRING) AS role,
                CAST(valid_from AS TIMESTAMP) AS valid_from, CAST(valid_until AS TIMESTAMP) AS valid_until
         FROM {grants}
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
             SELECT 1 FROM granted g
             JOIN reader r ON r.role = g.role
             WHERE r.table_name = e.table_name AND r.column_name = e.column_name AND {in_force}
         )
     )
SELECT event_key, table_name, column_name, 'undeclared_place' AS problem FROM violation e WHERE e.undeclared = 1
UNION ALL
SELECT event_key, table_name, column_name, 'unknown_identity' FROM violation e
WHERE e.undeclared = 0 AND NOT EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
UNION ALL
SELECT event_key, table_name, column_name, 'no_grant_in_force' FROM violation e
WHERE e.undeclared = 0 AND EXISTS (SELECT 1 FROM granted g WHERE g.actor_id = e.actor_id)
  AND NOT EXISTS (SELECT 1 FROM granted g WHERE {in_force})
UNION ALL
SELECT event_key, table_name, column_name, 'role_not_entitled' FROM violation e
WHERE e.undeclared = 0 AND EXISTS (SELECT 1 FROM granted g WHERE {in_force})
"""
# Nothing here is older than the company: a year such as 1405 is a Jalali date read as a Gregorian one.
_EARLY = """
SELECT 1 FROM {events} WHERE CAST(occurred_at AS TIMESTAMP) < TIMESTAMP '1900-01-01 00:00:00'
UNION ALL
SELECT 1 FROM {grants} WHERE CAST(valid_from AS TIMESTAMP) < TIMESTAMP '1900-01-01 00:00:00'
   OR CAST(valid_until AS TIMESTAMP) < TIMESTAMP '1900-01-01 00:00:00'
"""
_IN_FORCE = """g.actor_id = e.actor_id AND g.valid_from <= e.occurred_at
             AND (g.valid_until IS NULL OR e.occurred_at < g.valid_until)"""


@dataclass(frozen=True, slots=True)
class Violation:
    """An event that no grant covers; the place is in the policy's words, a part that it has no word for is empty."""

    key: str | None
    table: str
    column: str
    problem: str


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
        rule = self.check.rule.id
        total, violations = self.scope.once(rule, lambda: _violations(rule, self.rule, self.scope))
        tally = Tally()
        for violation in violations:
            if self._is_mine(violation):
                tally.problems[violation.problem] += 1
                tally.name(violation.key, violation.problem)
        return Evidence(
            examined=total,
            violations=tally.violations,
            unit="events",
            problems=tally.counts(),
            rows=tally.references(self.scope.policy.tables[self.rule.events], self.scope.keys),
        )

    def _is_mine(self, violation: Violation) -> bool:
        place = self.check.place
        if place is None:
            return False
        if place.table == REST:
            return not violation.table
        return place.table == violation.table and violation.column == ("" if place.column == REST else place.column)

    def _unproven(self) -> Reason | None:
        if not self.scope.source.relational:
            return Reason.NEEDS_TABLES
        schemas, contracts = self.scope.source.schemas(), self.scope.policy.tables
        if any(table not in schemas or table not in contracts for table in (self.rule.events, self.rule.grants)):
            return Reason.MISSING_TABLE
        wanted = [*EVENT_COLUMNS, *filter(None, [contracts[self.rule.events].primary_key])]
        if missing(wanted, schemas[self.rule.events]) or missing(GRANT_COLUMNS, schemas[self.rule.grants]):
            return Reason.MISSING_COLUMN
        # Text compares letter by letter, and a day covers all that happened on it: neither says what came first. A role
        # may be granted by the day; days begin at midnight UTC.
        happened = schemas[self.rule.events].field("occurred_at").type
        granted = [schemas[self.rule.grants].field(name).type for name in ("valid_from", "valid_until")]
        if not _is_time(happened) or not all(_is_time(kind) or pa.types.is_date(kind) for kind in granted):
            return Reason.NOT_A_TIME
        early = _EARLY.format(events=f'"{self.rule.events}"', grants=f'"{self.rule.grants}"')
        if self.scope.once(("early", self.rule), lambda: self.scope.source.query(early).num_rows):
            return Reason.NOT_A_TIME
        return None


def _is_time(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_null(kind))


def _violations(rule: str, tables: Authorised, scope: Scope) -> tuple[int, list[Violation]]:
    """How many events there are, and each that no grant covers. Events name places as the company does."""
    policy = scope.policy
    places = {
        (contract.physical_name, column.physical_name): (contract.table, column.name)
        for contract in policy.contracts
        for column in contract.columns
    }
    checked = {(c.place.table, c.place.column) for c in plan(policy).checks if c.rule.id == rule and c.place}
    guarded = [physical for physical, logical in places.items() if logical in checked]
    readers = [(*physical, role) for physical in guarded for role in policy.readers(*places[physical])]
    key = policy.tables[tables.events].primary_key
    sql = _SQL.format(
        guarded=_values(("table_name", "column_name"), guarded),
        declared=_values(("table_name", "column_name"), places),
        readers=_values(("table_name", "column_name", "role"), readers),
        key=f'"{key}"' if key else "NULL",
        events=f'"{tables.events}"',
        grants=f'"{tables.grants}"',
        in_force=_IN_FORCE,
    )
    found = scope.source.query(sql)
    named = found.rename_columns([key or "event_key", *found.schema.names[1:]])
    keys = key_texts(named, policy.tables[tables.events])
    names = {contract.physical_name: contract.table for contract in policy.contracts}
    violations = [
        Violation(
            key=name,
            table=names.get(row["table_name"], ""),
            column=places.get((row["table_name"], row["column_name"]), ("", ""))[1],
            problem=row["problem"],
        )
        for name, row in zip(
            keys.to_pylist() if keys is not None else [None] * found.num_rows,
            found.select(["table_name", "column_name", "problem"]).to_pylist(),
            strict=True,
        )
    ]
    return scope.source.rows(tables.events), violations


def _values(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A constant relation; a quote in a name is doubled, for the company's own names may hold one."""
    literals = [[value.replace("'", "''") for value in row] for row in rows]
    selects = [" SELECT " + ", ".join(f"'{v}' AS {n}" for v, n in zip(row, names, strict=True)) for row in literals]
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
