"""Kind `fulfilled`: what people ask about their data is answered and done in time, and done as it was asked.

An access export holds all of the subject's rows and nobody else's; a rectified value stands in the record. A deadline
is so many days, to the moment, after a request came in; what is due just now is not late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Where
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason, RowReference
from governance.rules.base import Scope
from governance.rules.kinds.kind import Kind, Places
from governance.rules.people.corrections import judge_rectified
from governance.rules.people.exports import Exports
from governance.rules.people.requests import RIGHTS, Request, Verdicts
from governance.rules.series import Facts, days
from governance.rules.tables.relational import lacking, moment, row_key, row_keys, text, unproven

ANY = "any"
COLUMNS = ("right", "id_token", "received_at", "answered_at", "fulfilled_at", "outcome")
_TIMES = ("received_at", "answered_at", "fulfilled_at")
_DONE = "fulfilled"
_TOO_LATE = frozenset({"late", "overdue", "answered_not_fulfilled"})
_SQL = """
SELECT {key}, LOWER({right}) AS asked, LOWER({outcome}) AS outcome,
       {received} AS received_at, {answered} AS answered_at, {fulfilled} AS fulfilled_at
FROM "{requests}"
"""


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """`right` is one of the four, or `any` for whether requests are answered at all; due after `days`.

    `items` is the ledger of what access exports held, `people` the table of which each row is a person. `records` are
    the tables that tell of requests themselves: no export holds them.
    """

    right: str
    days: int
    items: str = "export_items"
    people: str = "users"
    records: tuple[str, ...] = ("subject_requests", "export_items")
    kind: ClassVar[str] = "fulfilled"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Requests:  # noqa: ARG002  the protocol's names
        return _Requests(self, check, scope)

    def in_time(self, request: Request, as_of: datetime) -> str:
        """What is wrong with the times of a request; "" when nothing is."""
        if request.received_at is None:
            return "gap_undated"
        due = request.received_at + timedelta(days=self.days)
        if any(at is not None and at < request.received_at for at in (request.answered_at, request.fulfilled_at)):
            return "before_received"
        done = request.answered_at if self.right == ANY else request.fulfilled_at
        if done is not None:
            return "late" if done > due else ""
        if self.right != ANY and (request.outcome == _DONE or (request.answered_at is not None and as_of > due)):
            return "answered_not_fulfilled"
        return "overdue" if as_of > due else ""


@dataclass(frozen=True, slots=True)
class _Requests:
    rule: Fulfilled
    check: Check
    scope: Scope
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """Requests are few, and are joined with what was done for them at the end."""

    def evidence(self, rows: int) -> Evidence:  # noqa: ARG002  the requests of one right are what is examined
        contract = self.check.contract
        if contract is None:
            return Evidence(0, unproven=Reason.MISSING_TABLE)
        reason = unproven(self.scope, {contract.table: COLUMNS}, {contract.table: _TIMES})
        if reason is not None and reason is not Reason.IN_THE_FUTURE:
            return Evidence(0, lacks=lacking(self.scope, {contract.table: COLUMNS}), unproven=reason)
        every = self._read()
        mine = [request for request in every if self.rule.right in {ANY, request.right}]
        problems = {n: problem for n, problem in self._times(mine).items() if problem}
        done = self._done([r for n, r in enumerate(mine) if n not in problems and r.fulfilled_at is not None])
        found = [(contract.table, mine[n].key, problem) for n, problem in problems.items()]
        found += [(place, key, problem) for place, key, problem in done.problems]
        counts = Counter(problem for _, _, problem in found)
        keys = self.scope.keys
        named = [(t, k, p) for t, k, p in found if k is not None] if keys and contract.primary_key else []
        still_open = sum(request.fulfilled_at is None and request.answered_at is None for request in mine)
        return Evidence(
            examined=len(mine) + done.examined,
            violations=counts.total(),
            problems=tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
            facts=(
                ("open_requests", still_open),
                ("verified", done.verified),
                ("unverifiable", done.unverifiable),
                *self._days(mine, problems),
            ),
            rows=tuple(sorted(RowReference(keys.reference(t, k), p) for t, k, p in named)) if keys else (),
            unproven=reason or done.unproven,
        )

    def _days(self, mine: Sequence[Request], problems: Mapping[int, str]) -> Facts:
        """How long requests took; those without a fault only, and the late ones as such."""
        taken = []
        for number, request in enumerate(mine):
            end = request.answered_at if self.rule.right == ANY else request.fulfilled_at
            if number not in problems and end is not None and request.received_at is not None:
                taken.append((end - request.received_at).days)
        return days(taken, sum(problem in _TOO_LATE for problem in problems.values()))

    def _read(self) -> list[Request]:
        contract = self.check.contract
        assert contract is not None  # noqa: S101  asked for by who has looked
        sql = _SQL.format(
            key=row_key(contract),
            right=text('"right"'),
            outcome=text("outcome"),
            received=moment("received_at"),
            answered=moment("answered_at"),
            fulfilled=moment("fulfilled_at"),
            requests=contract.table,
        )
        found = self.scope.source.query(sql)
        return list(Request.of(row_keys(found, contract), found.drop_columns(["row_key"]).to_pylist()))

    def _times(self, mine: Sequence[Request]) -> Mapping[int, str]:
        """By place in the list, what is wrong; an id that stands twice is told once, and nothing else of it."""
        found: dict[int, str] = {}
        first: dict[str | None, int] = {}
        repeated = Counter(request.key for request in mine)
        for place, request in enumerate(mine):
            if request.key is not None and repeated[request.key] > 1:
                if first.setdefault(request.key, place) == place:
                    found[place] = "duplicate_request"
            elif self.rule.right == ANY and request.right not in RIGHTS:
                found[place] = "gap_unknown_right"
            else:
                found[place] = self.rule.in_time(request, self.scope.as_of)
        return found

    def _done(self, fulfilled: Sequence[Request]) -> Verdicts:
        """What was really done for the requests of this right."""
        contract = self.check.contract
        if contract is None or self.rule.right not in {"access", "rectification"}:
            return Verdicts()
        if self.rule.right == "access":
            exports = Exports(self.rule.items, self.rule.people, self.rule.records)
            return exports.judge(self.scope, contract, fulfilled)
        return judge_rectified(self.scope, contract, self.rule.people, fulfilled)


def read(node: Node | None, where: Where, problems: Problems) -> Fulfilled | None:
    """The parameters of a `fulfilled` rule: `right` and `days`; the names of tables if they are called otherwise."""
    if node is None:
        return None
    fields = problems.fields(node, ["right", "days"], ["items", "people", "records"])
    if where.columns or not where.tables:
        problems.add(node, "a rule about the table of requests, without `columns`")
    right = problems.text(fields.get("right"), choices=[*RIGHTS, ANY])
    days = problems.integer(fields.get("days"), default=1, least=1)
    rule = Fulfilled(right, days)
    return Fulfilled(
        right,
        days,
        problems.text(fields.get("items"), default=rule.items),
        problems.text(fields.get("people"), default=rule.people),
        problems.texts(fields.get("records")) or rule.records,
    )


PROBLEMS = (
    "duplicate_request", "gap_unknown_right", "gap_undated", "before_received", "late", "answered_not_fulfilled",
    "overdue", "foreign_subject", "gap_unknown_subject", "incomplete_export", "excessive_export", "gap_unknown_request",
    "gap_unknown_value", "new_value_missing",
)  # fmt: skip

KIND = Kind(
    parameters=Fulfilled,
    kernel=Fulfilled.watch,
    places=Places.NAMED_TABLES,
    expectation="ExpectRequestsToBeFulfilled",
    read=read,
    problems=PROBLEMS,
    facts=("open_requests", "verified", "unverifiable"),
)
