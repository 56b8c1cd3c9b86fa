"""A proof as lines for a terminal: kinds of violation against rules, then every failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from governance.reports.facts.matrix import Matrix
from governance.reports.facts.proof import Planted, Proof

_SHOWN = 20


def proof_lines(proof: Proof) -> Iterator[str]:
    """One line per kind of violation: its forms, and how many of them fire how many checks of which rules."""
    yield f"{'violations':24} {'forms':>5}  fire, of each rule the checks"
    matrix = Matrix.of(proof)
    for row in matrix.rows:
        fired = [(rule, cell) for rule, cell in zip(matrix.rules, row.cells, strict=True) if cell.fired]
        fired.sort(key=lambda item: -item[1].fired)
        yield f"{row.kind:24} {row.forms:5}  {', '.join(f'{rule} {cell.checks}' for rule, cell in fired)}"
    wrong = [planted for planted in proof.violations if not planted.holds]
    yield from _shortened("not as the ledger says", [line for planted in wrong for line in _differences(planted)])
    yield from _shortened("fires on the clean world", [f"{check} {count}" for check, count in proof.clean])
    together = [f"{check}: expected {expected}, found {found}" for check, expected, found in proof.together]
    yield from _shortened("all violations together", together)
    yield from _shortened("no violation fires", proof.unproven)
    unshown = [f"{p.kind}: {p.code}, found {p.shown} times" for p in proof.unshown]
    yield from _shortened("problems shown by no violation, or against a reason why not", unshown)
    excused = [f"{p.kind}: {p.code}: {p.reason}" for p in proof.problems if p.reason and p.holds]
    yield from _shortened("problems that no violation can show", excused)
    checks_text = f"{len(proof.checks)} checks, {len(proof.violations)} violations"
    yield f"proven: {checks_text}, each fires exactly its own" if proof.holds else f"NOT PROVEN: {checks_text}"


def _differences(planted: Planted) -> Iterator[str]:
    expected, fired = dict(planted.expected), dict(planted.fired)
    for check in sorted({*expected, *fired}):
        if expected.get(check) != fired.get(check):
            place = f"{planted.kind}: {planted.form}: {check}"
            yield f"{place}: expected {expected.get(check, 0)}, found {fired.get(check, 0)}"


def _shortened(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{title}:"
        yield from (f"  {line}" for line in lines[:_SHOWN])
        if len(lines) > _SHOWN:
            yield f"  … and {len(lines) - _SHOWN} more"
