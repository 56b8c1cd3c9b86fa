"""What a suite cannot carry in its JSON: the checks themselves, the keys, and a place for the evidence.

Great Expectations hands a metric plain values only, so a suite that is about to be validated is bound to a session, and
its expectations carry the session's name.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from governance.encryption.keys import Keyring
from governance.errors import GovernanceError
from governance.planning.checks import Check
from governance.policy import Policy
from governance.results import Evidence
from governance.rules.evaluation import Progress, evaluate
from governance.rules.scope import Scope
from governance.rules.settlement import holds, settle
from governance.sources import Source


@dataclass(slots=True)
class Session:
    """The checks of one table, with what they need and what they found."""

    table: str
    checks: tuple[Check, ...]
    policy: Policy
    keys: Keyring | None
    as_of: datetime
    scope: Scope | None = None
    progress: Progress | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)
    failure: GovernanceError | None = None
    # What the library needs to know for a check, as it found it for another of the same table.
    dependencies: dict[str, Any] = field(default_factory=dict)

    def evaluate(self, source: Source) -> dict[str, Evidence]:
        """The evidence of all checks, in one pass over the table; kept here, because a metric returns counts only."""
        scope = self.scope or Scope(self.policy, source, self.keys, self.as_of)
        self.evidence = {}  # a batch that cannot be read must not inherit what an earlier one showed
        try:
            self.evidence = evaluate(self.table, self.checks, scope, self.progress)
        except GovernanceError as error:
            self.failure = error
            raise
        return self.evidence

    def counts(self) -> dict[str, tuple[int, int, bool]]:
        """What Great Expectations is told of each check: examined, violations, whether it holds."""
        return {
            check.id: (found.examined, found.violations, holds(settle(check, found, self.policy, self.as_of)[0]))
            for check in self.checks
            if (found := self.evidence.get(check.id)) is not None
        }


_SESSIONS: dict[str, Session] = {}


def open_session(session: Session) -> str:
    """Register a session; the name goes into the expectations."""
    name = secrets.token_hex(8)
    _SESSIONS[name] = session
    return name


def find_session(name: str) -> Session | None:
    """The session of that name, if it is still open."""
    return _SESSIONS.get(name)


def close_session(name: str) -> None:
    """Forget a session, and the evidence and keys that it holds."""
    _SESSIONS.pop(name, None)
