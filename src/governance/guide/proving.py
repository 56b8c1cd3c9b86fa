"""How we know: what each planted violation fires, how well data is detected, how ways of encrypting are judged."""

from __future__ import annotations

from collections import Counter

from governance.guide.figures import Figure, bars, matrix
from governance.guide.tables import Cell, Id, Table
from governance.reports import words
from governance.reports.charts.colours import LIGHT
from governance.reports.charts.specs import Bar, Tile
from governance.reports.facts.proof import Proof
from governance.results import Verdict


def proven(proof: Proof | None, language: str) -> Table:
    """Each kind of planted violation: in how many forms, how many of them fire exactly what they must."""
    rows: list[tuple[Cell, ...]] = []
    kinds = dict.fromkeys(planted.kind for planted in proof.violations) if proof else {}
    for kind in kinds:
        forms = [planted for planted in (proof.violations if proof else ()) if planted.kind == kind]
        exact = sum(planted.holds for planted in forms)
        missed = tuple(planted.form for planted in forms if not planted.holds)
        checks = {check for planted in forms for check, _ in planted.fired}
        verdict = Verdict.PASSED if exact == len(forms) else Verdict.FAILED
        rows.append((Id(kind), verdict, len(forms), exact, len(checks), missed))
    columns = ("kind", "verdict", "forms", "exact", "checks_fired", "missed")
    return Table.of(language, columns, rows, _told(proof, "told_proven"))


def unproven(proof: Proof | None, language: str) -> Table:
    """The checks of which nothing is known, and those that fire where they must not."""
    say = words(language)
    rows: list[tuple[Cell, ...]] = []
    if proof:
        rows += [(Id(check), say.say("notebook.never_fired")) for check in proof.unproven]
        rows += [(Id(check), say.say("notebook.fires_on_nothing", n=count)) for check, count in proof.clean]
        rows += [
            (Id(check), say.say("notebook.miscounted", found=found, planted=planted))
            for check, planted, found in proof.together
        ]
    return Table.of(language, ("check", "reason"), rows, _told(proof, "told_unproven"))


def proven_chart(proof: Proof | None, language: str) -> Figure:
    """Planted kinds × rules: how many forms of a kind fire a rule."""
    fired: Counter[tuple[str, str]] = Counter()
    for planted in proof.violations if proof else ():
        for rule in {check.split("/")[0] for check, _ in planted.fired}:
            fired[planted.kind, rule] += 1
    kinds = list(dict.fromkeys(kind for kind, _ in fired))
    rules = list(dict.fromkeys(check.split("/")[0] for check in (proof.checks if proof else ())))
    tiles = [Tile(rule, kind, fired[kind, rule]) for kind in kinds for rule in rules]
    return matrix(tiles, told=words(language).say("notebook.chart_proven"), language=language, step=30)


def quality(proof: Proof | None, language: str) -> Table:
    """Each kind of data: of how many cases how many are found, and how many look-alikes raise an alarm."""
    rows = []
    for kind in dict.fromkeys(one.kind for one in proof.quality) if proof else {}:
        forms = [one for one in (proof.quality if proof else ()) if one.kind == kind]
        say = words(language)
        counts = [sum(getattr(one, name) for one in forms) for name in ("cases", "found", "lookalikes", "alarms")]
        weak = tuple(one.form for one in forms if one.found < one.cases or one.alarms)
        rows.append((say.named("problem", kind) or Id(kind), len(forms), *counts, weak))
    columns = ("data_kind", "forms", "cases", "found", "lookalikes", "alarms", "weak")
    return Table.of(language, columns, rows, _told(proof, "told_quality"))


def quality_chart(proof: Proof | None, language: str) -> Figure:
    """The cases of each kind of data: found, missed, and look-alikes that raise a false alarm."""
    say = words(language)
    found, missed, alarms = (say.say(f"notebook.{name}") for name in ("found", "overlooked", "alarms"))
    counts: Counter[tuple[str, str]] = Counter()
    for one in proof.quality if proof else ():
        kind = say.named("problem", one.kind) or one.kind
        counts[kind, missed] += one.cases - one.found
        counts[kind, alarms] += one.alarms
        counts[kind, found] += one.found
    rows = [Bar(kind, group, n) for (kind, group), n in counts.items() if n]
    shades = {missed: LIGHT[Verdict.FAILED], alarms: LIGHT[Verdict.WAIVED], found: LIGHT[Verdict.PASSED]}
    told = say.say("notebook.chart_quality")
    return bars(rows, shades, axis=say.say("notebook.cases"), told=told, language=language)


def schemes(proof: Proof | None, language: str) -> Table:
    """Each way of encrypting, or of seeming to: what is said of it without a key, and with one."""
    say = words(language)
    rows = []
    for one in proof.schemes if proof else ():
        genuine = say.say("notebook.genuine" if one.genuine else "notebook.seeming")
        rows.append(
            (Id(one.scheme), genuine, one.plaintext, one.rows, _said(one.keyless, language), _said(one.keyed, language))
        )
    columns = ("scheme", "is", "plaintext", "rows", "keyless", "keyed")
    return Table.of(language, columns, rows, _told(proof, "told_schemes"))


def _said(text: str, language: str) -> str:
    """The word for a verdict or a reason; a text that is neither as it stands."""
    say = words(language)
    return say.named("verdict", text) or say.named("reason", text) or text


def _told(proof: Proof | None, key: str) -> str:
    return key if proof else "told_no_proof"
