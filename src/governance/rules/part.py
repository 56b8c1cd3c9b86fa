"""The findings of a kernel on some rows of a table: parts merge into the whole, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, Self, TypeAlias

from governance.results import Reason
from governance.rules.references import References

Counts: TypeAlias = tuple[tuple[str, int], ...]


class Summable(Protocol):
    """Data that a kind adds up besides counts."""

    def merge(self, other: Self) -> Self: ...


@dataclass(frozen=True, slots=True)
class Part:
    """Exact counts of some rows, the references of those that violate, and further sums.

    `problems` counts violations by code, `columns` rows with one by column; `review` counts suspects. `unproven` is the
    reason why the counts prove nothing, `exhausted` names the budgets that ran out, `too_large` counts rows with cells
    too long to be judged.
    """

    rows: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    references: References = field(default_factory=References, repr=False)
    review: int = 0
    columns: Counter[str] = field(default_factory=Counter)
    unproven: frozenset[Reason] = frozenset()
    exhausted: frozenset[str] = frozenset()
    too_large: int = 0
    sums: Mapping[str, Summable] = field(default_factory=dict, repr=False)

    def merge(self, other: Part) -> Part:
        """The part of both."""
        sums = dict(self.sums)
        for name, theirs in other.sums.items():
            sums[name] = sums[name].merge(theirs) if name in sums else theirs
        return Part(
            rows=self.rows + other.rows,
            problems=self.problems + other.problems,
            references=self.references.merge(other.references),
            review=self.review + other.review,
            columns=self.columns + other.columns,
            unproven=self.unproven | other.unproven,
            exhausted=self.exhausted | other.exhausted,
            too_large=self.too_large + other.too_large,
            sums=sums,
        )

    @property
    def refused(self) -> Counts:
        """The number of rows with cells too long to be judged, as a fact."""
        return ((Reason.TOO_LARGE.value, self.too_large),) if self.too_large else ()


def ranked(problems: Mapping[str, int]) -> Counts:
    """Problems with their counts, most frequent first."""
    return tuple(sorted(((name, n) for name, n in problems.items() if n), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class Names:
    """A set of names."""

    held: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        return cls(frozenset(names))

    def merge(self, other: Names) -> Names:
        return Names(self.held | other.held)
