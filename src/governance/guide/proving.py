"""The proof as tables: what each planted violation fires, how well data is found, the verdicts on encryption."""

from __future__ import annotations

from governance.guide.cell_charts import CellChart, bars, matrix
from governance.guide.tables import Cell, Id, Table
from governance.reports import words
from governance.reports.charts.colours import LIGHT
from governance.reports.charts.specs import Bar, Tile
from governance.reports.facts.matrix import Matrix, by_kind
from governance.reports.facts.proof import Proof
from governance.results import Verdict


def proven(proof: Proof | None, language: str) -> Table:
    """Each kind of planted violation: its forms, and how many of them fire exactly their checks."""
    rows: list[tuple[Cell, ...]] = []
    for row in Matrix.of(proof).rows if proof else ():
        verdict = Verdict.FAILED if row.missed else Verdict.PASSED
        checks = sum(cell.checks for cell in row.cells)
        rows.append((Id(row.kind), verdict, row.forms, row.holding, checks, row.missed))
    columns = ("kind", "verdict", "forms", "exact", "checks_fired", "missed")
    return Table.of(language, columns, rows, _caption(proof, "proven"))


def unproven(proof: Proof | None, language: str) -> Table:
    """The checks that no violation fires, and those that fire where they must not."""
    say = words(language)
    rows: list[tuple[Cell, ...]] = []
    if proof:
        rows += [(Id(check), say.say("notebook.never_fired")) for check in proof.unproven]
        rows += [(Id(check), say.say("notebook.fires_on_nothing", n=count)) for check, count in proof.clean]
        rows += [
            (Id(check), say.say("notebook.miscounted", found=found, planted=planted))
            for check, planted, found in proof.together
        ]
    return Table.of(language, ("check", "reason"), rows, _caption(proof, "unproven"))


def proven_chart(proof: Proof | None, language: str) -> CellChart:
    """Planted kinds × rules: how many forms of a kind fire a rule."""
    found = Matrix.of(proof) if proof else None
    tiles = [
        Tile(rule, row.kind, cell.fired)
        for row in (found.rows if found else ())
        if any(cell.fired for cell in row.cells)
        for rule, cell in zip(found.rules if found else (), row.cells, strict=True)
    ]
    return matrix(tiles, text=words(language).say("notebook.chart_proven"), language=language, step=30)


def quality(proof: Proof | None, language: str) -> Table:
    """Each kind of data: its cases, how many of them are found, and how many look-alikes raise a false alarm."""
    say = words(language)
    rows = [
        (
            say.named("problem", one.kind) or Id(one.kind),
            one.forms,
            one.cases,
            one.found,
            one.lookalikes,
            one.alarms,
            tuple(form for form, _ in one.weak),
        )
        for one in by_kind(proof.quality if proof else ())
    ]
    columns = ("data_kind", "forms", "cases", "found", "lookalikes", "alarms", "weak")
    return Table.of(language, columns, rows, _caption(proof, "quality"))


def quality_chart(proof: Proof | None, language: str) -> CellChart:
    """The cases of each kind of data: found, missed, and look-alikes that raise a false alarm."""
    say = words(language)
    found, missed, alarms = (say.say(f"notebook.{name}") for name in ("found", "overlooked", "alarms"))
    rows = [
        Bar(say.named("problem", one.kind) or one.kind, group, n)
        for one in by_kind(proof.quality if proof else ())
        for group, n in ((missed, one.cases - one.found), (alarms, one.alarms), (found, one.found))
        if n
    ]
    shades = {missed: LIGHT[Verdict.FAILED], alarms: LIGHT[Verdict.WAIVED], found: LIGHT[Verdict.PASSED]}
    text = say.say("notebook.chart_quality")
    return bars(rows, shades, axis=say.say("notebook.cases"), text=text, language=language)


def schemes(proof: Proof | None, language: str) -> Table:
    """Each way of encrypting, genuine or fake: its verdict without a key, and with one."""
    say = words(language)
    rows = []
    for one in proof.schemes if proof else ():
        genuine = say.say("notebook.genuine" if one.genuine else "notebook.seeming")
        rows.append(
            (
                Id(one.scheme),
                genuine,
                one.plaintext,
                one.rows,
                say.judged(one.keyless) or one.keyless,
                say.judged(one.keyed) or one.keyed,
            )
        )
    columns = ("scheme", "is", "plaintext", "rows", "keyless", "keyed")
    return Table.of(language, columns, rows, _caption(proof, "schemes"))


def _caption(proof: Proof | None, name: str) -> str:
    return name if proof else "no_proof"
