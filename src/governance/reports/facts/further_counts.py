"""The further counts of a rule's checks: which add up, which are told once, which with their place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from governance.results import CheckResult


@dataclass(frozen=True, slots=True)
class Fact:
    """A further count of a rule; `at` is the check whose place it tells of, None for the whole rule."""

    name: str
    count: int
    at: CheckResult | None


def told(name_of_kind: str, checks: Iterable[CheckResult]) -> tuple[Fact, ...]:
    """The counts outside series, each told as its kind declares; a series, `name:label`, becomes a chart.

    What no kind of this version declares is told with its place.
    """
    from governance.rules.kinds import KINDS, Over  # noqa: PLC0415  a notebook needs no kinds

    kind = KINDS.get(name_of_kind)
    found: dict[tuple[str, CheckResult | None], int] = {}
    for check in checks:
        for name, count in check.evidence.facts:
            over = kind.facts.get(name, Over.PLACE) if kind else Over.PLACE
            key = name, check if over is Over.PLACE else None
            if ":" not in name:
                before = found.get(key, 0)
                found[key] = max(before, count) if over is Over.RUN else before + count
    order = sorted(found.items(), key=lambda item: (item[0][0], item[0][1].id if item[0][1] else ""))
    return tuple(Fact(name, count, at) for (name, at), count in order)
