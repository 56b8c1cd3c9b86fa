"""What the rules ask for and a run could not tell: by cause, with the names of what it lacked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from governance.reports.facts.places import place
from governance.reports.facts.standing import UNEVALUATED
from governance.results import CheckResult, Reason, Results

SHOWN_NAMES = 40  # of one cause, so that a page stays short


@dataclass(frozen=True, slots=True)
class Unlooked:
    """One cause: the checks that it stopped, and the sentences that they speak for, in the policy's order."""

    reason: str
    checks: tuple[CheckResult, ...]
    clauses: tuple[str, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What the checks of this cause say they lacked: tables, columns, entries of the register."""
        return tuple(sorted({name for check in self.checks for name in check.evidence.lacks}))

    @property
    def names(self) -> tuple[str, ...]:
        """All that they name, as text; a check of no table is called by its rule."""
        return (*self.lacks, *(place(check) or check.rule for check in self.places))

    @property
    def apart(self) -> tuple[str, ...]:
        """Where those of its checks stand that speak for no sentence."""
        return tuple(dict.fromkeys(check.apart for check in self.checks if not check.clauses))

    @property
    def places(self) -> tuple[CheckResult, ...]:
        """One check a place, of those that name nothing that they lacked; a whole table stands for its columns."""
        found = {(check.table, check.column): check for check in self.checks if not check.evidence.lacks}
        return tuple(check for (table, column), check in found.items() if not column or (table, "") not in found)


def not_looked_at(results: Results) -> tuple[Unlooked, ...]:
    """Every cause, missing tables first; sentences without any check come last."""
    stopped: dict[int, list[CheckResult]] = {}
    for check in results.checks:
        if check.verdict in UNEVALUATED:
            stopped.setdefault(list(Reason).index(check.reason), []).append(check)
    order = [clause.id for clause in results.policy.clauses]
    found = [
        Unlooked(
            checks[0].reason.value, tuple(checks), _ordered(order, (one for check in checks for one in check.clauses))
        )
        for _, checks in sorted(stopped.items())
    ]
    silent = [clause for clause in order if not results.of_clause(clause)] if results.complete else []
    return (*found, *([Unlooked(Reason.NO_CHECK.value, (), tuple(silent))] if silent else []))


def _ordered(order: list[str], clauses: Iterable[str]) -> tuple[str, ...]:
    named = set(clauses)
    return tuple(clause for clause in order if clause in named)
