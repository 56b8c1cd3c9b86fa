"""The state of a run that a suite's JSON cannot hold: the checks of its table, the data, the keys, the evidence.

Great Expectations hands a metric plain values only. So sessions are kept here under a random name, and expectations
carry the name.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from governance.errors import GovernanceError
from governance.planning.checks import Check
from governance.results import Evidence
from governance.rules.evaluation import RowProgress, evaluate
from governance.rules.scope import Scope
from governance.rules.settlement import holds, settle


class CheckError(Exception):
    """A check could not run; its text quotes no data, as Great Expectations stores it."""


@dataclass(slots=True)
class Session:
    """The checks of one table, with their inputs and their evidence.

    `verify` is given the batch, and raises CheckError unless it is the table of the scope's source. `asked` are the
    checks whose counts Great Expectations requested; `looked` is true if it requested all, and all have evidence.
    """

    table: str
    checks: tuple[Check, ...]
    scope: Scope
    progress: RowProgress | None = None
    verify: Callable[[Any], None] | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    looked: bool = False
    failure: GovernanceError | None = None
    # The library's own metrics of a table, cached for its other checks.
    dependencies: dict[str, Any] = field(default_factory=dict)

    def evaluate(self) -> dict[str, Evidence]:
        """The evidence of all checks, in one pass over the table; kept here, because a metric returns counts only."""
        asked, self.asked = self.asked, set()
        # A table that cannot be read must not keep the evidence of an earlier pass.
        self.evidence, self.looked = {}, False
        try:
            self.evidence = evaluate(self.table, self.checks, self.scope, self.progress)
        except GovernanceError as error:
            self.failure = error
            raise
        self.looked = asked == {check.id for check in self.checks} == self.evidence.keys()
        return self.evidence

    def counts(self) -> dict[str, tuple[int, int, bool]]:
        """The counts of each check for Great Expectations: examined, violations, whether it holds."""
        policy, as_of = self.scope.policy, self.scope.as_of
        return {
            check.id: (found.examined, found.violations, holds(settle(check, found, policy, as_of)[0]))
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
