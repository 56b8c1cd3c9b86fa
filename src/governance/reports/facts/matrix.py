"""A proof as tables: kinds of violation against rules, and the quality of detection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance.reports.facts.proof import Proof, Quality


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """The violations of one kind against one rule: how many should fire it, how many did, and on how many `checks`."""

    expected: int
    fired: int
    checks: int
    as_expected: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """The violations of one kind: their number, those that did not fire exactly their checks, and a cell per rule."""

    kind: str
    forms: int
    missed: tuple[str, ...]
    cells: tuple[MatrixCell, ...]

    @property
    def holding(self) -> int:
        """How many fired exactly their checks."""
        return self.forms - len(self.missed)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Kinds of violation × rules."""

    rules: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    unproven: tuple[str, ...]  # rules with checks that nothing fires, and the number of these checks
    wrong: tuple[tuple[str, str, str, str], ...]  # kind, form, what should fire, what did

    @classmethod
    def of(cls, proof: Proof, order: Iterable[str] = ()) -> Matrix:
        """`order` names the rules; without it they follow the order of the checks."""
        rules = tuple(order) or tuple(dict.fromkeys(_rule(check) for check in proof.checks))
        kinds = dict.fromkeys(planted.kind for planted in proof.violations)
        rows = []
        for kind in kinds:
            forms = [planted for planted in proof.violations if planted.kind == kind]
            cells = []
            for rule in rules:
                expected = [tuple(f for f in planted.expected if _rule(f[0]) == rule) for planted in forms]
                fired = [tuple(f for f in planted.fired if _rule(f[0]) == rule) for planted in forms]
                checks = {check for one in fired for check, _ in one}
                cells.append(
                    MatrixCell(sum(map(bool, expected)), sum(map(bool, fired)), len(checks), expected == fired)
                )
            missed = tuple(planted.form for planted in forms if not planted.holds)
            rows.append(MatrixRow(kind, len(forms), missed, tuple(cells)))
        wrong = tuple(
            (planted.kind, planted.form, _listed(planted.expected), _listed(planted.fired))
            for planted in proof.violations
            if not planted.holds
        )
        unproven = Counter(_rule(check) for check in proof.unproven)
        return cls(rules, tuple(rows), tuple(f"{rule}: {count}" for rule, count in sorted(unproven.items())), wrong)


@dataclass(frozen=True, slots=True)
class KindQuality:
    """The quality of detection of one kind of data over all its forms; `weak` forms have a miss or a false alarm."""

    kind: str
    forms: int
    cases: int
    found: int
    lookalikes: int
    alarms: int
    weak: tuple[tuple[str, int], ...] = ()


def by_kind(quality: tuple[Quality, ...]) -> tuple[KindQuality, ...]:
    """Detection quality by kind."""
    kinds = dict.fromkeys(one.kind for one in quality)
    return tuple(_found(kind, [one for one in quality if one.kind == kind]) for kind in kinds)


def _found(kind: str, forms: Sequence[Quality]) -> KindQuality:
    wrong = tuple((one.form, one.cases - one.found + one.alarms) for one in forms)
    return KindQuality(
        kind,
        len(forms),
        sum(one.cases for one in forms),
        sum(one.found for one in forms),
        sum(one.lookalikes for one in forms),
        sum(one.alarms for one in forms),
        tuple((form, count) for form, count in wrong if count),
    )


def _rule(check: str) -> str:
    return check.split("/", 1)[0]


def _listed(fired: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{check} {count}" for check, count in fired) or "–"
