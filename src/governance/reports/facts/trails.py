"""The verdicts of the last runs on one section, clause or rule, oldest first and this run last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from governance.reports.facts.history import Past
from governance.reports.facts.standing import ORDER, UNEVALUATED
from governance.results import Verdict

MOST_RUNS = 8


@dataclass(frozen=True, slots=True)
class Step:
    """The verdict of one run; without `verdict` and `found` if the run did not have the clause or rule."""

    as_of: str
    verdict: Verdict | None
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Lately:
    """How long the last verdict has stood: `since` is the first run known to have had it, None for the last one alone.

    `turned` says that another verdict is known to have stood before it. `unseen` are the runs in between that could
    not tell.
    """

    since: Step | None = None
    turned: bool = False
    unseen: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Trail:
    """The steps of one section, clause or rule."""

    steps: tuple[Step, ...]

    @property
    def lately(self) -> Lately:
        """How long it has been so, as far as runs could tell: one that could not breaks no stretch, and proves none.

        What could not be evaluated now stretches over the runs that could not either.
        """
        last = self.steps[-1].verdict
        since: Step | None = None
        turned = False
        unseen: list[Step] = []  # since the last run that saw what the last one saw
        gaps: list[Step] = []
        for step in reversed(self.steps[:-1]):
            if step.verdict is last:
                since, gaps, unseen = step, [*unseen, *gaps], []
            elif step.verdict is None or (step.verdict in UNEVALUATED and last not in UNEVALUATED):
                unseen.insert(0, step)
            else:
                turned = since is None
                break
        if last is None:
            return Lately()
        return Lately(since, turned, tuple(gaps if since else unseen))


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
