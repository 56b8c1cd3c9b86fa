"""Every picture of the pages, with the sentence under it and the numbers behind it, in the words of one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from markupsafe import Markup

from governance.reports import findings
from governance.reports.history import Past
from governance.reports.phrases import Phrases, code
from governance.reports.series import Series, series_of
from governance.reports.standing import ORDER, UNEVALUATED
from governance.reports.views import RuleView, sections
from governance.reports.vocabulary import Words
from governance.results import Results, Verdict

Cells: TypeAlias = "tuple[tuple[str | int, ...], ...]"
MOST_RUNS = 12
_LATE = ("late", "overdue")
_NUMBERED = ("k", "day")  # series whose labels are numbers; those of others are names


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, its title, the sentence under it, the verdicts whose colours it uses, and its numbers as a table."""

    drawing: Markup
    title: str
    caption: str
    verdicts: tuple[Verdict, ...]
    heads: tuple[str, ...]
    data: Cells


def verdicts(results: Results, say: Words) -> Figure:
    """The checks of each section by verdict."""
    from governance.reports import charts  # noqa: PLC0415  altair is heavy

    counts = results.counts()
    told = say.say(
        "chart.verdicts_told",
        violated=counts[Verdict.FAILED],
        unevaluated=sum(counts[verdict] for verdict in UNEVALUATED),
        n=len(results.checks),
    )
    chart = charts.without_legend(charts.verdicts_by_section(results, say.language))
    used = tuple(verdict for verdict in ORDER if counts[verdict])
    heads = (say.say("sections.section"), *(say.say(f"verdict.{verdict}") for verdict in used))
    rows: Cells = tuple(
        (view.section.title[say.language], *(view.counts[verdict] for verdict in used)) for view in sections(results)
    )
    return _figure(chart, say.say("chart.verdicts"), told, heads, rows, used=used)


def findings_of(results: Results, section: str, say: Words) -> Figure | None:
    """The violations of a section by place; None without any."""
    places = findings.by_place(results, section)
    if not places.groups:
        return None
    from governance.reports import charts  # noqa: PLC0415  altair is heavy

    told = say.say(
        "chart.findings_told" if places.groups == places.shown else "chart.findings_part",
        n=places.violations,
        places=len(places.groups),
        shown=len(places.shown),
        worst=charts.label(places.groups[0][0], say),
    )
    chart = charts.without_legend(charts.findings_by_place(results, say.language, section))
    drawn = {check.verdict for group in places.shown for check in group}
    heads = (say.say("chart.place"), say.say("chart.violations"))
    told_at = Phrases(say)
    rows = tuple((told_at.place(group[0]), findings.violations(group)) for group in places.shown)
    used = tuple(verdict for verdict in ORDER if verdict in drawn)
    return _figure(chart, say.say("chart.findings"), told, heads, rows, used=used)


def trend(runs: Sequence[Past], say: Words) -> Figure:
    """Rows and violations of the latest runs."""
    from governance.reports import plots  # noqa: PLC0415  altair is heavy

    shown = runs[-MOST_RUNS:]
    first = len(runs) - len(shown) + 1
    rows = []
    for number, run in enumerate(shown, first):
        # Isolated, since a drawing knows no direction of its own: the number would end up on the wrong side.
        rows.append((f"\u2067{Phrases(say).run(number, run.as_of)}\u2069", run.rows, run.violations))
    heads = (say.say("chart.run"), say.say("chart.rows"), say.say("chart.violations"))
    chart = plots.over_time(rows, heads, say)
    return _figure(chart, say.say("chart.trend"), say.say("chart.trend_told", n=len(runs)), heads, tuple(rows))


def of_rule(view: RuleView, say: Words) -> Figure | None:
    """The series that a rule's checks counted; None when they counted none."""
    series = series_of(view)
    if series is None or not series.total:
        return None
    from governance.reports import plots  # noqa: PLC0415  altair is heavy

    heads = _heads(series, say)
    rows: Cells = tuple((*(_label(series, label, say) for label in labels), count) for labels, count in series.rows)
    told = _told(series, view, say)
    match series.name:
        case "use":
            chart = plots.heat_map(rows, say)
        case "flow":
            chart = plots.flow(rows, say)
        case "byte":
            chart = plots.lines(rows, heads, say)
        case _:
            chart = plots.columns(rows, heads, say)
    if series.name not in _NUMBERED:
        rows = tuple((*(code(str(label)) for label in row[:-1]), row[-1]) for row in rows)
    title = f"{say.say(f'chart.{series.name}')}: {view.rule.title[say.language]}"
    return _figure(chart, title, told, heads, rows)


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


def _told(series: Series, view: RuleView, say: Words) -> str:
    key = f"chart.{series.name}_told"
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


def _figure(
    chart: Any,  # noqa: ANN401  altair's, which is imported late
    title: str,
    told: str,
    heads: tuple[str, ...],
    rows: Cells,
    *,
    used: tuple[Verdict, ...] = (),
) -> Figure:
    from governance.reports import charts  # noqa: PLC0415  altair is heavy

    # vl_convert escapes what it draws.
    drawing = Markup(charts.to_svg(chart, title=title, description=told))  # noqa: S704
    return Figure(drawing, title, told, used, heads, rows)
