"""A proof as a page shows it: kinds of violation against rules, and what is found of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from governance.reports.facts.proof import Proof, Quality
from governance.results import Results


@dataclass(frozen=True, slots=True)
class Cell:
    """What violations of one kind did to one rule's checks: how many of them had to fire it, and how many did."""

    expected: int
    fired: int
    as_expected: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The violations of one kind: their number, how many fired exactly what they must, and a cell a rule."""

    kind: str
    forms: int
    holding: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Kinds of violation × rules."""

    rules: tuple[str, ...]
    rows: tuple[Row, ...]
    unproven: tuple[str, ...]  # rules with a check that nothing fires, with how many there are
    wrong: tuple[tuple[str, str, str, str], ...]  # kind, form, what had to fire, what did

    @classmethod
    def of(cls, proof: Proof, results: Results) -> Matrix:
        """Rules in the policy's order; only the first wrong ones are told one by one."""
        rules = tuple(rule.id for rule in results.policy.rules)
        kinds = dict.fromkeys(planted.kind for planted in proof.violations)
        rows = []
        for kind in kinds:
            forms = [planted for planted in proof.violations if planted.kind == kind]
            cells = []
            for rule in rules:
                expected = [tuple(f for f in planted.expected if _rule(f[0]) == rule) for planted in forms]
                fired = [tuple(f for f in planted.fired if _rule(f[0]) == rule) for planted in forms]
                cells.append(Cell(sum(map(bool, expected)), sum(map(bool, fired)), expected == fired))
            rows.append(Row(kind, len(forms), sum(planted.holds for planted in forms), tuple(cells)))
        wrong = tuple(
            (planted.kind, planted.form, _told(planted.expected), _told(planted.fired))
            for planted in proof.violations
            if not planted.holds
        )
        unproven = Counter(_rule(check) for check in proof.unproven)
        return cls(rules, tuple(rows), tuple(f"{rule}: {count}" for rule, count in sorted(unproven.items())), wrong)


@dataclass(frozen=True, slots=True)
class Found:
    """How well one kind of data is found, over all its forms; `weak` are those with a miss or a false alarm."""

    kind: str
    cases: int
    found: int
    lookalikes: int
    alarms: int
    weak: tuple[tuple[str, int], ...] = ()


def by_kind(quality: tuple[Quality, ...]) -> tuple[Found, ...]:
    """Detection quality by kind."""
    kinds = dict.fromkeys(one.kind for one in quality)
    return tuple(_found(kind, [one for one in quality if one.kind == kind]) for kind in kinds)


def _found(kind: str, forms: Sequence[Quality]) -> Found:
    wrong = tuple((one.form, one.cases - one.found + one.alarms) for one in forms)
    return Found(
        kind,
        sum(one.cases for one in forms),
        sum(one.found for one in forms),
        sum(one.lookalikes for one in forms),
        sum(one.alarms for one in forms),
        tuple((form, count) for form, count in wrong if count),
    )


def _rule(check: str) -> str:
    return check.split("/", 1)[0]


def _told(fired: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{check} {count}" for check, count in fired) or "–"
