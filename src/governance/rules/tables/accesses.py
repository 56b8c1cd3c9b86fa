"""Shared code of the kinds that judge accesses: grants at the time of an event, and the check of an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from governance.planning.checks import Check
from governance.policy import REST, Policy, covers
from governance.results import Evidence, Reason
from governance.rules.kernel import EngineKernel, counted, evidence
from governance.rules.part import Counts, Part
from governance.rules.references import Namer
from governance.rules.registered import ROW_KEY
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, lacking, ready, row_keys, written_as

EVENTS, GRANTS = "accesses", "grants"
EVENT_ROLES = ("actor_id", "table_name", "column_name")
GRANT_ROLES = ("actor_id", "role")
IN_FORCE = """g.actor_id = e.actor_id AND g.valid_from <= e.event_time
             AND (g.valid_until IS NULL OR e.event_time < g.valid_until)"""


@dataclass(frozen=True, slots=True)
class AccessViolation:
    """An event that violates; its place is in logical names, with "" for a part that no contract names.

    `purpose` is the policy's own that covers its purpose, "" where none does or the query selects none.
    """

    key: str | None
    table: str
    column: str
    problem: str
    purpose: str = ""

    def is_of(self, check: Check) -> bool:
        """Whether this check counts it: the check on its column, else on its table, else on the rest."""
        place = check.place
        if place is None or place.table == REST:
            return place is not None and not self.table
        if place.table != self.table or not place.column:
            return place.table == self.table
        return self.column == ("" if place.column == REST else place.column)


def places(scope: Scope) -> dict[tuple[str, str], tuple[str, str]]:
    """Each declared column by its physical name, with its logical names."""
    events = entry(scope, EVENTS)
    return {
        (written, column.physical_name): (contract.table, column.name)
        for contract in scope.policy.contracts
        for written in written_as(scope, events, "table_name", contract)
        for column in contract.columns
    }


def violations(scope: Scope, sql: str) -> tuple[AccessViolation, ...]:
    """The violations that a query over the events found.

    It selects `row_key`, physical table and column, problem, and perhaps `purpose`.
    """
    found = scope.source.query(sql)
    keys = row_keys(found, scope.policy.tables[scope.policy.register.accesses])
    columns = places(scope)
    tables = {physical: table for (physical, _), (table, _) in columns.items()}
    return tuple(
        AccessViolation(
            key=key,
            table=tables.get(row["table_name"], ""),
            column=columns.get((row["table_name"], row["column_name"]), ("", ""))[1],
            problem=row["problem"],
            purpose=own_purpose(row.get("purpose") or "", scope.policy),
        )
        for key, row in zip(keys, found.drop_columns([ROW_KEY]).to_pylist(), strict=True)
    )


def own_purpose(use: str, policy: Policy) -> str:
    """The policy's nearest purpose that covers a use, "" if none does: no other word may leave the data."""
    return max((purpose.use for purpose in policy.purposes if covers(purpose.use, use)), key=len, default="")


@dataclass(frozen=True, slots=True)
class Accesses(EngineKernel):
    """A check on the accesses to its place, none of which `query` may find.

    `query` runs once for all checks of the rule. Problems `of_purpose` are split by purpose.
    """

    check: Check
    query: Callable[[Scope], str] = field(repr=False)
    event_roles: tuple[str, ...] = EVENT_ROLES
    grant_roles: tuple[str, ...] = GRANT_ROLES
    facts: Callable[[Check, Scope], Counts] | None = None
    of_purpose: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()  # what the policy should declare; without it, events that pass prove nothing

    def finish(self, part: Part, scope: Scope) -> Evidence:  # noqa: ARG002  events are what is examined
        events = scope.policy.register.accesses
        needs = (
            Need(EVENTS, self.event_roles, times=("event_time",)),
            Need(GRANTS, self.grant_roles, spans=("valid_from", "valid_until"), whole=True),
        )
        reason, judged = ready(scope, *needs)
        if not judged:
            return Evidence(examined=0, unit="events", lacks=lacking(scope, *needs), unproven=reason)
        everything = scope.once(("accesses", self.check.rule.id), lambda: violations(scope, self.query(scope)))
        mine = [violation for violation in everything if violation.is_of(self.check)]
        names = Namer(events, scope.keys, scope.spill)
        found = counted(scope.source.rows(events), [(one.key, one.problem) for one in mine], names)
        purposes = Counter(one.purpose for one in mine if one.purpose and one.problem in self.of_purpose)
        whole = self.check.place is not None and not self.check.place.column
        columns = Counter(one.column for one in mine if whole and one.column)
        return evidence(
            self.check,
            scope,
            found,
            unit="events",
            columns=tuple(sorted(columns.items())),
            purposes=tuple(sorted(purposes.items())),
            facts=self.facts(self.check, scope) if self.facts else (),
            lacks=self.unlisted,
            unproven=reason or (Reason.NOT_DECLARED if self.unlisted else None),
        )
