"""Requests of people about their data: answered and done in time, and done as it was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from governance.planning.checks import Check
from governance.policy.column_roles import ANY, RIGHTS
from governance.results import Evidence, Reason
from governance.rules.kernel import EngineKernel, counted, evidence
from governance.rules.labelled_counts import Facts, days
from governance.rules.part import Part
from governance.rules.people.corrections import judge_rectified
from governance.rules.people.exports import judge_exports
from governance.rules.people.requests import Fulfilment, Request
from governance.rules.references import Namer
from governance.rules.registered import Registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, lacking, moment, ready, row_keys, text

_TIMES = ("received_at", "answered_at", "fulfilled_at")
_NEED = Need("requests", ("right", "subject_token", "outcome"), times=_TIMES)
_DONE = "fulfilled"
_TOO_LATE = frozenset({"late", "overdue", "answered_not_fulfilled"})
_SQL = """
SELECT row_key, {right} AS asked, {outcome} AS outcome,
       {received} AS received_at, {answered} AS answered_at, {fulfilled} AS fulfilled_at
FROM {requests} r
"""


@dataclass(frozen=True, slots=True)
class Requests(EngineKernel):
    """A check on a table of requests; the fields are the parameters of the kind `fulfilled`.

    Requests are few, and are joined with their fulfilment.
    """

    check: Check
    right: str
    days: int

    def finish(self, part: Part, scope: Scope) -> Evidence:  # noqa: ARG002  the requests of one right are examined
        contract = self.check.contract
        if contract is None:
            return Evidence(0, unproven=Reason.MISSING_TABLE)
        words = {"outcome": _DONE} | ({} if self.right == ANY else {"right": self.right})
        need = replace(_NEED, table=contract.table, words=words)
        reason, judged = ready(scope, need)
        if not judged:
            return Evidence(0, lacks=lacking(scope, need), unproven=reason)
        own = entry(scope, need.entry, contract.table)
        mine = [one for one in _read(scope, own) if self.right in {ANY, one.right}]
        times = self._times(mine, scope.as_of)
        problems = {n: problem for n, problem in times.items() if problem}
        # Of two requests with one id nobody knows which is the one; their order must not decide.
        sound = [mine[n] for n, problem in times.items() if not problem]
        fulfilled = [request for request in sound if request.fulfilled_at is not None]
        done = self._done(scope, own, fulfilled)
        wrong: dict[str, list[tuple[str | None, str]]] = {}
        for n, problem in problems.items():
            wrong.setdefault(contract.table, []).append((mine[n].key, problem))
        for table, key, problem in done.problems:
            wrong.setdefault(table, []).append((key, problem))
        found = Part(rows=len(mine) + done.examined)
        for table, rows in wrong.items():
            # Without a primary key in the table of requests, neither it nor the joined tables can name rows.
            names = Namer(table, scope.keys if contract.primary_key else None, scope.spill)
            found = found.merge(counted(0, rows, names))
        still_open = sum(one.fulfilled_at is None and one.answered_at is None for one in mine)
        return evidence(
            self.check,
            scope,
            found,
            facts=(
                ("open_requests", still_open),
                ("verified", done.verified),
                ("unverifiable", done.unverifiable),
                *self._days(sound, problems),
            ),
            lacks=done.lacks,
            unproven=reason or done.unproven,
        )

    def in_time(self, request: Request, as_of: datetime) -> str:
        """The problem of the times of a request; "" for none."""
        if request.received_at is None:
            return "gap_undated"
        due = request.received_at + timedelta(days=self.days)
        if any(at is not None and at < request.received_at for at in (request.answered_at, request.fulfilled_at)):
            return "before_received"
        done = self._end(request)
        if done is not None:
            return "late" if done > due else ""
        if self.right != ANY and (request.outcome == _DONE or (request.answered_at is not None and as_of > due)):
            return "answered_not_fulfilled"
        return "overdue" if as_of > due else ""

    def _end(self, request: Request) -> datetime | None:
        """When what is due was done; what was done is answered, too."""
        return (self.right == ANY and request.answered_at) or request.fulfilled_at

    def _days(self, sound: Sequence[Request], problems: Mapping[int, str]) -> Facts:
        """The days until the answer, of requests without a problem; late ones count as late."""
        ends = [(self._end(request), request.received_at) for request in sound]
        taken = [(end - received).days for end, received in ends if end is not None and received is not None]
        return days(taken, sum(problem in _TOO_LATE for problem in problems.values()))

    def _times(self, mine: Sequence[Request], as_of: datetime) -> Mapping[int, str]:
        """The problems by place in the list; a duplicate id counts once, as that only."""
        found: dict[int, str] = {}
        first: dict[str | None, int] = {}
        repeated = Counter(request.key for request in mine)
        for place, request in enumerate(mine):
            if request.key is not None and repeated[request.key] > 1:
                if first.setdefault(request.key, place) == place:
                    found[place] = "duplicate_request"
            elif self.right == ANY and request.right not in RIGHTS:
                found[place] = "gap_unknown_right"
            else:
                found[place] = self.in_time(request, as_of)
        return found

    def _done(self, scope: Scope, requests: Registered, fulfilled: Sequence[Request]) -> Fulfilment:
        """The verified fulfilment of the requests of this right."""
        if self.right == "access":
            return judge_exports(scope, requests, fulfilled)
        if self.right == "rectification":
            return judge_rectified(scope, requests, fulfilled)
        return Fulfilment()


def _read(scope: Scope, own: Registered) -> list[Request]:
    sql = _SQL.format(
        right=text('"right"'),
        outcome=text("outcome"),
        received=moment("received_at"),
        answered=moment("answered_at"),
        fulfilled=moment("fulfilled_at"),
        requests=own.sql("right", "outcome", *_TIMES),
    )
    found = scope.source.query(sql)
    return list(Request.of(row_keys(found, own.contract), found.drop_columns(["row_key"]).to_pylist()))
