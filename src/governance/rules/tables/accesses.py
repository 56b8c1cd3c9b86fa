"""What the kinds that judge accesses share: who held which role at that time, and which check an event belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance.planning.checks import Check
from governance.policy import REST
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence
from governance.rules.base import Scope, Tally
from governance.rules.tables.relational import lacking, row_keys, unproven

EVENT_COLUMNS = ("actor_id", "table_name", "column_name", "occurred_at")
GRANT_COLUMNS = ("actor_id", "role", "valid_from", "valid_until")
SPAN = ("valid_from", "valid_until")
IN_FORCE = """g.actor_id = e.actor_id AND g.valid_from <= e.occurred_at
             AND (g.valid_until IS NULL OR e.occurred_at < g.valid_until)"""


@dataclass(frozen=True, slots=True)
class Violation:
    """An event that violates; the place is in the policy's words, a part that it has no word for is empty."""

    key: str | None
    table: str
    column: str
    problem: str

    def is_of(self, check: Check) -> bool:
        """Whether it is this check's to count: the one on its column, else on its table, else on what is left."""
        place = check.place
        if place is None or place.table == REST:
            return place is not None and not self.table
        if place.table != self.table or not place.column:
            return place.table == self.table
        return self.column == ("" if place.column == REST else place.column)


def unproven_by(
    scope: Scope, events: str, event_columns: Sequence[str], grants: str, grant_columns: Sequence[str]
) -> Evidence | None:
    """What shows that accesses could not be judged by the grants that were in force; None if they could.

    With accesses after the evaluation they can be, but that there is no violation then says nothing.
    """
    needs = {events: event_columns, grants: grant_columns}
    reason = unproven(scope, needs, {events: ("occurred_at",)}, {grants: SPAN})
    if reason is None:
        return None
    return Evidence(examined=0, unit="events", lacks=lacking(scope, needs), unproven=reason)


def places(scope: Scope) -> dict[tuple[str, str], tuple[str, str]]:
    """Each declared column as the company names it, with its names in the policy."""
    return {
        (contract.physical_name, column.physical_name): (contract.table, column.name)
        for contract in scope.policy.contracts
        for column in contract.columns
    }


def violations(scope: Scope, events: str, sql: str) -> tuple[Violation, ...]:
    """What a query over the events found: it selects `row_key`, table and column as the company names them, problem."""
    found = scope.source.query(sql)
    keys = row_keys(found, scope.policy.tables[events])
    tables = {contract.physical_name: contract.table for contract in scope.policy.contracts}
    columns = places(scope)
    return tuple(
        Violation(
            key=key,
            table=tables.get(row["table_name"], ""),
            column=columns.get((row["table_name"], row["column_name"]), ("", ""))[1],
            problem=row["problem"],
        )
        for key, row in zip(keys, found.select(["table_name", "column_name", "problem"]).to_pylist(), strict=True)
    )


def evidence(
    check: Check, scope: Scope, events: str, found: Iterable[Violation], otherwise: Evidence | None
) -> Evidence:
    """The part of the violations that is this check's; every check of a rule examined all events."""
    tally, columns = Tally(), Counter[str]()
    whole = check.place is not None and not check.place.column
    for violation in found:
        if violation.is_of(check):
            tally.problems[violation.problem] += 1
            tally.name(violation.key, violation.problem)
            columns[violation.column] += whole and bool(violation.column)
    return Evidence(
        examined=scope.source.rows(events),
        violations=tally.violations,
        unit="events",
        problems=tally.counts(),
        rows=tally.references(scope.policy.tables[events], scope.keys),
        columns=tuple(sorted((+columns).items())),
        unproven=otherwise.unproven if otherwise else None,
    )


def read_tables(node: Node | None, problems: Problems) -> tuple[str, str]:
    """The parameters `events` and `grants`, both table names."""
    fields = problems.fields(node, ["events", "grants"]) if node else {}
    names = {"events": "access_events", "grants": "grants"}
    for key, name in names.items():
        names[key] = problems.text(fields.get(key), default=name)
        if not names[key].isidentifier():
            problems.add(fields[key], "the name of a table")
    return names["events"], names["grants"]
