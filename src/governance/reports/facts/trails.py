"""The verdicts of the last runs on one section, clause or rule, oldest first and this run last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from governance.reports.facts.history import Past
from governance.reports.facts.standing import ORDER
from governance.results import Verdict

MOST_RUNS = 8


@dataclass(frozen=True, slots=True)
class Step:
    """The verdict of one run; without `verdict` and `found` if the run did not have the clause or rule."""

    as_of: str
    verdict: Verdict | None
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """The steps of one section, clause or rule."""

    steps: tuple[Step, ...]

    @property
    def since(self) -> Step | None:
        """The first of the consecutive steps with the last one's verdict; None if only the last has it."""
        last = self.steps[-1].verdict
        same = list(takewhile(lambda step: step.verdict is last, reversed(self.steps[:-1])))
        return same[-1] if same and last else None

    @property
    def turned(self) -> bool:
        """Whether the run before this one had another verdict."""
        before = self.steps[-2].verdict
        return before is not None and before is not self.steps[-1].verdict


@dataclass(frozen=True, slots=True)
class Trails:
    """The last runs of a policy; `first` is the number of the first shown of all."""

    runs: tuple[Past, ...]
    first: int

    @classmethod
    def of(cls, runs: Sequence[Past]) -> Trails | None:
        """The trails of a run; None for the first run."""
        kept = tuple(runs[-MOST_RUNS:])
        return cls(kept, len(runs) - len(kept) + 1) if len(kept) > 1 else None

    def of_clause(self, clause: str) -> Trail:
        return self.of_clauses([clause])

    def of_clauses(self, clauses: Collection[str]) -> Trail:
        """The joint verdicts on these clauses."""
        return Trail(tuple(Step(run.as_of, _first(run.clauses.get(clause) for clause in clauses)) for run in self.runs))

    def of_rule(self, rule: str) -> Trail:
        """The verdicts on a rule, and its violations."""
        return Trail(tuple(Step(run.as_of, _first([run.rules.get(rule)]), run.found.get(rule)) for run in self.runs))


def _first(verdicts: Iterable[str | None]) -> Verdict | None:
    """The verdict that comes first in the pages' order; None without any that this version knows."""
    found = set(verdicts)
    return next((verdict for verdict in ORDER if verdict.value in found), None)
