"""The state of a run that a suite's JSON cannot hold: the checks of its table, the data, the keys, the evidence.

Great Expectations hands a metric plain values only. So sessions are kept here under a random name, and expectations
carry the name.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from governance.errors import GovernanceError
from governance.planning.checks import Check
from governance.policy import REST
from governance.results import Evidence, Reason, Verdict
from governance.rules.evaluation import RowProgress, evaluate
from governance.rules.scope import Scope
from governance.rules.settlement import holds, settle


class CheckError(Exception):
    """A check could not run; its text quotes no data, as Great Expectations stores it."""


class Outcome(NamedTuple):
    """What Great Expectations gets of a check: counts, whether it holds, and the code of the reason."""

    examined: int
    violations: int
    holds: bool
    reason: str

    @classmethod
    def of(cls, evidence: Evidence, verdict: Verdict, reason: Reason) -> Outcome:
        return cls(evidence.examined, evidence.violations, holds(verdict), reason.value)

    def result(self) -> dict[str, Any]:
        """The `result` of the expectation, in every result format."""
        details = {"reason": self.reason}
        return {"element_count": self.examined, "unexpected_count": self.violations, "details": details}


@dataclass(slots=True)
class Session:
    """The checks of one table, with their inputs and their evidence.

    `verify` is given the batch, and raises CheckError unless it is the table of the scope's source. `asked` are the
    checks whose counts Great Expectations requested; `looked` is the table's number of rows if it requested
    all, and all have evidence.
    """

    table: str
    checks: tuple[Check, ...]
    scope: Scope
    progress: RowProgress | None = None
    verify: Callable[[Any], None] | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    looked: int | None = None
    failure: GovernanceError | None = None
    # The library's own metrics of a table, cached for its other checks.
    dependencies: dict[str, Any] = field(default_factory=dict)

    def evaluate(self) -> dict[str, Evidence]:
        """The evidence of all checks, in one pass over the table; kept here, because a metric returns counts only."""
        asked, self.asked = self.asked, set()
        # A table that cannot be read must not keep the evidence of an earlier pass.
        self.evidence, self.looked = {}, None
        try:
            self.evidence = evaluate(self.table, self.checks, self.scope, self.progress)
        except GovernanceError as error:
            self.failure = error
            raise
        if asked == {check.id for check in self.checks} == self.evidence.keys():
            self.looked = 0 if self.table == REST else self.scope.source.rows(self.table)
        return self.evidence

    def outcomes(self) -> dict[str, Outcome]:
        """What Great Expectations gets of each check."""
        return {
            check.id: Outcome.of(found, *settle(check, found, self.scope)[:2])
            for check in self.checks
            if (found := self.evidence.get(check.id)) is not None
        }


_SESSIONS: dict[str, dict[str, Session]] = {}


def open_sessions(*sessions: Session) -> str:
    """Register sessions, one a table, under one name; the name goes into the expectations."""
    name = secrets.token_hex(8)
    _SESSIONS[name] = {session.table: session for session in sessions}
    return name


def find_session(name: str, table: str) -> Session | None:
    """The session of that name for a table, if it is still open."""
    return _SESSIONS.get(name, {}).get(table)


def close_sessions(name: str) -> None:
    """Forget the sessions of that name, and the evidence and keys that they hold."""
    _SESSIONS.pop(name, None)
