"""The places of violations in a section, worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from governance.reports.facts.standing import severity_of
from governance.reports.language.safe_names import visible
from governance.results import CheckResult, Results

MOST_PLACES = 15


@dataclass(frozen=True, slots=True)
class SectionPlaces:
    """The checks with violations, one group a place, worst place first; `shown` are the worst places only."""

    groups: tuple[tuple[CheckResult, ...], ...]

    @property
    def shown(self) -> tuple[tuple[CheckResult, ...], ...]:
        return self.groups[:MOST_PLACES]

    @property
    def violations(self) -> int:
        return sum(violations(group) for group in self.groups)


def by_place(results: Results, section: str) -> SectionPlaces:
    """The violations of one section, waived ones included."""
    groups: dict[str, list[CheckResult]] = {}
    for check in sorted(results.of_section(section), key=severity_of):
        if check.evidence.violations:
            groups.setdefault(place(check), []).append(check)
    ordered = sorted(groups.items(), key=lambda item: (-violations(item[1]), item[0]))
    return SectionPlaces(tuple(tuple(group) for _, group in ordered))


def violations(checks: tuple[CheckResult, ...] | list[CheckResult]) -> int:
    """The violations of some checks."""
    return sum(check.evidence.violations for check in checks)


def by_frequency(problems: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Problems with their counts, most frequent first."""
    return sorted(problems, key=lambda item: (-item[1], item[0]))


def place(check: CheckResult) -> str:
    """The place of a check, safe to display; "" when its rule matched no place."""
    return visible(check.place)
