"""What rules counted beside their verdicts, as pictures: groups that look alike, accesses, transfers, days, bytes."""

from __future__ import annotations

from governance.guide.figures import PLAIN, Bar, Figure, Point, Tile, bars, lines, matrix, nothing
from governance.reports import Words, words
from governance.reports.series import Series, series_of
from governance.reports.views import RuleView
from governance.results import Results


def counted(results: Results, name: str, language: str) -> Figure:
    """The first series of a name that the rules counted: `k`, `use`, `flow`, `day` or `byte`."""
    say = words(language)
    told = say.say(f"chart.{name}")
    series = next((found for found in _all(results) if found.name == name and found.total), None)
    if series is None:
        return nothing(told, language)
    rows = [(tuple(_label(label, say) for label in labels), count) for labels, count in series.rows]
    match name:
        case "use":
            return matrix([Tile(role, use, n) for (role, use), n in rows], told=told, language=language)
        case "flow":
            parts = [Bar(recipient, payload, n) for (payload, recipient), n in rows]
            return bars(parts, {}, axis=say.say("chart.count"), told=told, language=language)
        case "byte":
            spread = [Point(column, int(place), n) for (column, place), n in series.rows]
            axes = (say.say("chart.position"), say.say("chart.distinct"))
            return lines(spread, axes=axes, told=told, language=language)
    axis = say.say("chart.k_groups" if name == "k" else "chart.requests")
    return bars([Bar(label, told, n) for (label,), n in rows], {told: PLAIN}, axis=axis, told=told, language=language)


def _all(results: Results) -> list[Series]:
    found = (series_of(RuleView.of(rule, results)) for rule in results.policy.rules)
    return [series for series in found if series is not None]


def _label(label: str, say: Words) -> str:
    """A number in the language's digits, a code by its word, a name as it is."""
    return say.named("chart", label) or (say.localised(label) if label[:1].isdigit() else label)
