"""Kind `announced`: every change of the policy was announced before it took effect."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import ClassVar

import pyarrow as pa

from governance.planning.checks import Check
from governance.planning.coverage import unrecorded_changes
from governance.policy import Policy, Where
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally
from governance.rules.kinds.kind import Kind, Places, nothing
from governance.rules.tables.relational import unproven

COLUMNS = ("policy_version", "clauses", "channel", "published_at")
_CLAUSE_ID = re.compile(r"[A-Z]+(?:-[0-9]+)+")


@dataclass(frozen=True, slots=True)
class Announced:
    """At least `notice_days` lie between an announcement and the effect; only `channels` count, all for none."""

    notice_days: int = 0
    channels: tuple[str, ...] = ()
    kind: ClassVar[str] = "announced"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Announcements:  # noqa: ARG002  the protocol's
        table = check.place.table if check.place else ""
        reason = unproven(scope, {table: COLUMNS}, {table: ("published_at",)})
        return _Announcements(self, check, scope, reason)


@dataclass(frozen=True, slots=True)
class Change:
    """A clause whose text a version added, removed or changed, and the last day to announce it."""

    version: str
    clause: str
    latest: date


@dataclass(slots=True)
class _Announcements:
    rule: Announced
    check: Check
    scope: Scope
    reason: Reason | None
    tally: Tally = field(default_factory=Tally)
    told: dict[tuple[str, str], date] = field(default_factory=dict)  # the first announcement of a clause's change

    @property
    def columns(self) -> Sequence[str]:
        return () if self.reason else COLUMNS

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        if self.reason:
            return
        names = keys.to_pylist() if keys is not None else [None] * batch.num_rows
        changes = {(change.version, change.clause) for change in _changes(self.scope.policy, 0)}
        versions = {version.version for version in self.scope.policy.history}
        for name, row in zip(names, batch.select(COLUMNS).to_pylist(), strict=True):
            version = str(row["policy_version"]).strip()
            clauses, published = _ids(row["clauses"]), row["published_at"]
            problem = _wrong(version, clauses, published, versions, changes)
            if problem:
                self.tally.problems[problem] += 1
                self.tally.name(name, problem)
            elif published is not None and (not self.rule.channels or row["channel"] in self.rule.channels):
                for clause in clauses:
                    known = self.told.get((version, clause), date.max)
                    self.told[version, clause] = min(known, _day(published))

    def evidence(self, rows: int) -> Evidence:  # noqa: ARG002  what is examined are clauses of versions
        if self.reason:
            return Evidence(0, unit="clauses", unproven=self.reason)
        policy, today = self.scope.policy, self.scope.as_of.astimezone(UTC).date()
        missed: Counter[str] = Counter()
        for change in _changes(policy, self.rule.notice_days):
            told = self.told.get((change.version, change.clause))
            due = change.latest + timedelta(days=self.rule.notice_days) <= today
            if told is None and due:
                missed["not_announced"] += 1
            elif told is not None and told > change.latest:
                missed["announced_late"] += 1
        unrecorded = len(unrecorded_changes(policy))
        if unrecorded:
            missed["gap_unrecorded_change"] = unrecorded
        self.tally.problems.update(missed)
        return Evidence(
            examined=sum(len(version.clauses) for version in policy.history),
            violations=self.tally.violations,
            unit="clauses",
            problems=self.tally.counts(),
            rows=self.tally.references(self.check.contract, self.scope.keys),
        )


def _changes(policy: Policy, notice_days: int) -> Iterator[Change]:
    """What each version changed; the first one changed nothing, for there was none before."""
    for before, after in pairwise(policy.history):
        latest = date.fromisoformat(after.effective) - timedelta(days=notice_days)
        for clause in sorted({*before.clauses, *after.clauses}):
            if before.clauses.get(clause) != after.clauses.get(clause):
                yield Change(after.version, clause, latest)


def _wrong(
    version: str,
    clauses: Sequence[str],
    published: datetime | None,
    versions: set[str],
    changes: set[tuple[str, str]],
) -> str:
    """What makes an announcement one of nothing, "" if it is in order."""
    if version not in versions:
        return "gap_unknown_version"
    if not clauses:
        return "gap_no_clause"
    if published is None:
        return "gap_no_date"
    if any((version, clause) not in changes for clause in clauses):
        return "no_such_change"
    return ""


def _ids(cell: object) -> tuple[str, ...]:
    """The clause ids of a cell: a list, or a list written out as text."""
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except ValueError:
            cell = _CLAUSE_ID.findall(str(cell))
    return tuple(str(part).strip() for part in cell) if isinstance(cell, list) else ()


def _day(moment: datetime) -> date:
    """The day in UTC; times without a zone are in UTC."""
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()


def read(node: Node | None, where: Where, problems: Problems) -> Announced:
    """The parameters of an `announced` rule: `notice_days` and `channels`, both optional."""
    fields = problems.fields(node, [], ["notice_days", "channels"]) if node else {}
    if node is not None and (where.columns or where.undeclared or len(where.tables) != 1):
        problems.add(node, "a rule about one table, that of the announcements")
    days = problems.integer(fields.get("notice_days"), default=0)
    return Announced(days, problems.texts(fields.get("channels"), least="channel"))


KIND = Kind(
    parameters=Announced,
    kernel=Announced.watch,
    places=Places.ONE_TABLE,
    expectation="ExpectPolicyChangesToBeAnnounced",
    read=read,
    problems=(
        "not_announced",
        "announced_late",
        "gap_unrecorded_change",
        "gap_unknown_version",
        "gap_no_clause",
        "gap_no_date",
        "no_such_change",
    ),
    unit="clauses",
    besides=nothing,
)
