"""Checks changes of the policy's text against their announcements."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pyarrow as pa

from governance.planning.checks import Check
from governance.planning.coverage import unrecorded_changes
from governance.policy import Policy
from governance.results import Evidence, Reason
from governance.rules.batch import Batch
from governance.rules.kernel import Kernel, counted, evidence, namer
from governance.rules.part import Part
from governance.rules.references import Namer
from governance.rules.scope import Scope, Target
from governance.rules.tables.relational import Need, entry, lacking, ready

_ROLES = ("policy_version", "clauses", "channel", "event_time")
_CLAUSE_ID = re.compile(r"[A-Z]+(?:-[0-9]+)+")
_FIRST = "first"


@dataclass(frozen=True, slots=True)
class Change:
    """A clause whose text a version added, removed or changed, the day it took effect, and the last to announce it."""

    version: str
    clause: str
    effective: date
    latest: date


@dataclass(frozen=True, slots=True)
class FirstDays:
    """The first day on which the change of a clause by a version was announced."""

    days: Mapping[tuple[str, str], date] = field(default_factory=dict)

    def merge(self, other: FirstDays) -> FirstDays:
        days = dict(self.days)
        for change, day in other.days.items():
            days[change] = min(day, days.get(change, day))
        return FirstDays(days)


@dataclass(frozen=True, slots=True)
class Announcements(Kernel):
    """A check on the table of announcements; `notice_days` and `channels` are the kind's parameters."""

    check: Check
    names: Namer
    policy: Policy = field(repr=False)
    notice_days: int
    channels: Sequence[str]
    wanted: Mapping[str, str]  # columns by role
    lacks: tuple[str, ...] = ()
    unproven: Reason | None = None

    @classmethod
    def of(cls, on: Target, notice_days: int, channels: Sequence[str]) -> Announcements:
        """The kernel for the check's table."""
        check, scope = on.check, on.scope
        table = check.place.table if check.place else ""
        need = Need("announcements", _ROLES[:-1], times=_ROLES[-1:], table=table, whole=True)
        reason, judged = ready(scope, need)
        judged = judged and reason is not Reason.IN_THE_FUTURE
        own = entry(scope, need.entry, table).columns if judged else {}
        wanted = {role: own[role] for role in _ROLES} if judged else {}
        names, lacks = namer(check, scope), () if judged else lacking(scope, need)
        return cls(check, names, scope.policy, notice_days, channels, wanted, lacks, reason)

    @property
    def columns(self) -> Sequence[str]:
        return tuple(self.wanted.values())

    def fold(self, batch: Batch) -> Part:
        names = batch.keys.to_pylist() if batch.keys is not None else [None] * batch.rows
        changes = {(change.version, change.clause) for change in changes_of(self.policy, 0)}
        versions = {version.version for version in self.policy.history}
        wrong: list[tuple[str | None, str]] = []
        days = FirstDays()
        cells = [batch.typed(name) for name in self.wanted.values()]
        rows = pa.RecordBatch.from_arrays(cells, list(self.wanted)).to_pylist()
        _, strange = batch.misfits(self.wanted["channel"])
        for name, row, unknown in zip(names, rows, strange.tolist(), strict=True):
            version = str(row["policy_version"]).strip()
            clauses, published = _ids(row["clauses"]), row["event_time"]
            problem = _wrong(version, clauses, published, versions, changes)
            if problem:
                wrong.append((name, problem))
            elif published is not None and (unknown or not self.channels or row["channel"] in self.channels):
                days = days.merge(FirstDays({(version, clause): _day(published) for clause in clauses}))
        return counted(batch.rows, wrong, self.names).merge(Part(sums={_FIRST: days}))

    def finish(self, part: Part, scope: Scope) -> Evidence:
        if not self.wanted:
            return Evidence(0, unit="clauses", lacks=self.lacks, unproven=self.unproven)
        announced = part.sums.get(_FIRST, FirstDays())
        assert isinstance(announced, FirstDays)  # noqa: S101  `fold` made it
        today = scope.as_of.astimezone(UTC).date()
        missed: Counter[str] = Counter({"gap_unrecorded_change": len(unrecorded_changes(self.policy))})
        for change in changes_of(self.policy, self.notice_days):
            first = announced.days.get((change.version, change.clause))
            if first is None and change.effective <= today:
                missed["not_announced"] += 1
            elif first is not None and first > change.latest:
                missed["announced_late"] += 1
        return evidence(
            self.check,
            scope,
            part.merge(Part(problems=+missed)),
            examined=sum(len(version.clauses) for version in self.policy.history),
            unit="clauses",
            unproven=self.unproven,
        )


def changes_of(policy: Policy, notice_days: int) -> Iterator[Change]:
    """The changes of each version; the first version changed nothing.

    A version takes effect as its day begins, in UTC, so that the day before is the last on which it can be announced.
    """
    for before, after in pairwise(policy.history):
        effective = date.fromisoformat(after.effective)
        latest = effective - timedelta(days=max(notice_days, 1))
        for clause in sorted({*before.clauses, *after.clauses}):
            if before.clauses.get(clause) != after.clauses.get(clause):
                yield Change(after.version, clause, effective, latest)


def _wrong(
    version: str,
    clauses: Sequence[str],
    published: datetime | None,
    versions: set[str],
    changes: set[tuple[str, str]],
) -> str:
    """The problem of an announcement that matches no change, "" if it is in order."""
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
