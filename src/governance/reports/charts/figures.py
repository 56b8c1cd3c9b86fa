"""The charts of the results, each with its caption and its numbers, in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup

from governance.reports.charts.plots import flow, over_time
from governance.reports.charts.specs import Bar, Point, Spec, Tile, bars, columns, lines, matrix, verdict_colours
from governance.reports.facts import places
from governance.reports.facts.history import Past
from governance.reports.facts.phrases import Phrases, code
from governance.reports.facts.series import Series, series_of
from governance.reports.facts.standing import ORDER, UNEVALUATED
from governance.reports.facts.views import RuleView, SectionView, apart, sections
from governance.reports.language.digits import numerals
from governance.reports.language.words import Words
from governance.results import Results, Verdict

Cells: TypeAlias = "tuple[tuple[str | int, ...], ...]"
MOST_RUNS = 12
_LATE = ("late", "overdue")
_NUMBERED = ("k", "day")  # series whose labels are numbers; other labels are names


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, its title, its caption, the verdicts whose colours it uses, and its numbers as a table."""

    spec: Spec
    title: str
    caption: str
    heads: tuple[str, ...]
    data: Cells
    verdicts: tuple[Verdict, ...] = ()

    @property
    def drawing(self) -> Markup:
        """The chart as an image; each call draws it."""
        from governance.reports.charts import svg as charts  # noqa: PLC0415  vl_convert is heavy

        svg = charts.to_svg(self.spec, title=self.title, description=self.caption, legend=not self.verdicts)
        return Markup(svg)  # noqa: S704  vl_convert escapes what it draws


def verdicts(results: Results, say: Words) -> Figure:
    """The checks of each section, and of the register, by verdict, as stacked bars; each check counts once."""
    counts = results.counts()
    caption = say.say(
        "chart.verdicts_caption",
        violated=counts[Verdict.FAILED],
        unevaluated=sum(counts[verdict] for verdict in UNEVALUATED),
        n=len(results.checks),
    )
    found = [(_section(view, say), view.section.title[say.language], view.counts) for view in sections(results)]
    found += [(say.say(f"{own.place}.title"), say.say(f"{own.place}.title"), own.counts) for own in apart(results)]
    used = tuple(verdict for verdict in ORDER if counts[verdict])
    rows = [
        Bar(label, say.say(f"verdict.{verdict}"), tally[verdict])
        for label, _, tally in found
        for verdict in ORDER
        if tally[verdict]
    ]
    heads = (say.say("sections.section"), *(say.say(f"verdict.{verdict}") for verdict in used))
    data: Cells = tuple((title, *(tally[verdict] for verdict in used)) for _, title, tally in found)
    chart = bars(rows, verdict_colours(say), say.say("chart.checks"), say)
    return Figure(chart, say.say("chart.verdicts"), caption, heads, data, used)


def findings_of(results: Results, section: str, say: Words) -> Figure | None:
    """The violations of a section by place, worst first, of the worst places only; None without any."""
    worst, phrases = places.by_place(results, section), Phrases(say)
    if not worst.groups:
        return None
    caption = say.say(
        "chart.findings_caption" if worst.groups == worst.shown else "chart.findings_part",
        n=worst.violations,
        places=say.say("actions.places", n=len(worst.groups)),
        shown=len(worst.shown),
        worst=phrases.plain_place(worst.groups[0][0]),
    )
    drawn = [check for group in worst.shown for check in group]
    rows = [Bar(phrases.plain_place(one), say.say(f"verdict.{one.verdict}"), one.evidence.violations) for one in drawn]
    used = tuple(verdict for verdict in ORDER if any(check.verdict is verdict for check in drawn))
    heads = (say.say("chart.place"), say.say("chart.violations"))
    data = tuple((phrases.place(group[0]), places.violations(group)) for group in worst.shown)
    chart = bars(rows, verdict_colours(say), say.say("chart.cases"), say)
    return Figure(chart, say.say("chart.findings"), caption, heads, data, used)


def trend(runs: Sequence[Past], say: Words) -> Figure:
    """Rows and violations of the latest runs, by their numbers; the table has their days."""
    shown = runs[-MOST_RUNS:]
    first = len(runs) - len(shown) + 1
    rows = [(say.number(number), run.rows, run.violations) for number, run in enumerate(shown, first)]
    heads = (say.say("chart.run"), say.say("chart.rows"), say.say("chart.violations"))
    data = tuple(
        (Phrases(say).run(number, run.as_of), run.rows, run.violations) for number, run in enumerate(shown, first)
    )
    caption = say.say("chart.trend_caption", n=len(runs), first=data[0][0], last=data[-1][0])
    return Figure(over_time(rows, heads, say), say.say("chart.trend"), caption, heads, data)


def of_rule(view: RuleView, say: Words) -> Figure | None:
    """The series that a rule's checks counted; None when they counted none."""
    series = series_of(view)
    if series is None or not series.total:
        return None
    heads = _heads(series, say)
    rows = [(tuple(_label(series, label, say) for label in labels), count) for labels, count in series.rows]
    match series.name:
        case "use":
            chart = matrix([Tile(purpose, role, n) for (role, purpose), n in rows], say)
        case "flow":
            chart = flow([(payload, recipient, n) for (payload, recipient), n in rows], say)
        case "byte":
            chart = lines([Point(name, int(place), n) for (name, place), n in rows], (heads[1], heads[2]), say)
        case _:
            chart = columns([(label, n) for (label,), n in rows], (heads[0], heads[1]), say)
    plain = series.name in _NUMBERED
    data: Cells = tuple((*(label if plain else code(label) for label in labels), n) for labels, n in rows)
    title = f"{say.say(f'chart.{series.name}')}: {view.rule.title[say.language]}"
    return Figure(chart, title, _caption(series, view, say), heads, data)


def _section(view: SectionView, say: Words) -> str:
    number = numerals(view.section.id, say.language)
    return say.say("section.title", section=number, title=view.section.title[say.language])


def _heads(series: Series, say: Words) -> tuple[str, ...]:
    keys = {
        "k": ("k_size", "k_groups"),
        "use": ("role", "purpose", "count"),
        "flow": ("payload", "recipient", "count"),
        "day": ("days", "requests"),
        "byte": ("place", "position", "distinct"),
    }
    return tuple(say.say(f"chart.{key}") for key in keys[series.name])


def _label(series: Series, label: str, say: Words) -> str:
    if series.name in _NUMBERED:
        return say.named("chart", label) or say.localised(label)
    return label


def _caption(series: Series, view: RuleView, say: Words) -> str:
    key = f"chart.{series.name}_caption"
    match series.name:
        case "k":
            k = int(dict(view.rule.limits).get("k", "0") or 0)
            return say.say(key, below=series.below(k), k=k)
        case "use":
            return say.say(key, n=series.total, worst=" × ".join(series.most))
        case "flow":
            by_recipient: Counter[str] = Counter()
            for (_, recipient), count in series.rows:
                by_recipient[recipient] += count
            worst = by_recipient.most_common(1)[0][0]
            return say.say(key, n=series.total, recipients=len(by_recipient), worst=worst)
        case "day":
            late = sum(count for labels, count in series.rows if labels[-1] in _LATE)
            return say.say(key, n=series.total, late=late)
        case _:
            return say.say(key, n=len({labels[1] for labels, _ in series.rows}))
