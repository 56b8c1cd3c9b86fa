"""The counts of a rule that make a chart: facts named `series:label` or `series:label:label`, grouped by series.

Labels are numbers, or names from the policy files, never names from the data.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from governance.reports.facts.views import RuleView

SERIES: Final = ("k", "use", "flow", "day", "byte")


@dataclass(frozen=True, slots=True)
class Series:
    """One series: rows of labels and their count, in the order in which a reader expects them."""

    name: str
    rows: tuple[tuple[tuple[str, ...], int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.rows)

    def below(self, limit: int) -> int:
        """The total count of labels under a limit."""
        return sum(count for labels, count in self.rows if _number(labels[0]) < limit)

    @property
    def most(self) -> tuple[str, ...]:
        """The labels with the highest count."""
        return max(self.rows, key=lambda row: row[1])[0]


def series_of(view: RuleView) -> Series | None:
    """The series of a rule, summed over its checks; None without any."""
    found: dict[str, Counter[tuple[str, ...]]] = {}
    for check in view.checks:
        for name, count in check.evidence.facts:
            key, _, labels = name.partition(":")
            if labels and key in SERIES:
                # Positions in a ciphertext are counted per column; everything else adds up.
                column = (f"{check.table}.{check.column}",) if key == "byte" else ()
                found.setdefault(key, Counter())[(*column, *labels.split(":"))] += count
    for key in SERIES:
        if key in found:
            if key == "day":
                _fill(found[key])
            return Series(key, tuple(sorted(found[key].items(), key=lambda row: _order(row[0]))))
    return None


def _fill(days: Counter[tuple[str, ...]]) -> None:
    """Add the days without any requests, so that the axis has no holes."""
    numbers = [int(labels[0]) for labels in days if labels[0].isdigit()]
    for day in range(min(numbers, default=0), max(numbers, default=0)):
        days.setdefault((str(day),), 0)


def _order(labels: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """Numbers by size, and before words."""
    return tuple((_number(label), "") if label[:1].isdigit() else (1 << 62, label) for label in labels)


def _number(label: str) -> int:
    """The number that a span such as `10-19` or `1000+` begins with."""
    found = re.match("[0-9]+", label)
    return int(found[0]) if found else 0
