"""The one door of altair and vl_convert: imported late, because both are heavy; charts are the same page after page."""

from __future__ import annotations

import re
import sys
from html import escape
from types import ModuleType
from typing import Any, cast

# jsonschema, which altair imports, tries to import this optional module, and that builds a grammar for 3 to 4 seconds,
# to check identifiers that no chart has. None makes that import fail at once, as if the module were absent.
sys.modules.setdefault("rfc3987_syntax", cast("ModuleType", None))

import altair as alt  # noqa: E402
import vl_convert  # noqa: E402

from governance.policy import REST  # noqa: E402
from governance.reports.colours import INK, LIGHT, RULE  # noqa: E402
from governance.reports.digits import numerals  # noqa: E402
from governance.reports.findings import by_place, place  # noqa: E402
from governance.reports.standing import ORDER  # noqa: E402
from governance.reports.views import sections  # noqa: E402
from governance.reports.vocabulary import Words, words  # noqa: E402
from governance.results import CheckResult, Results  # noqa: E402

__all__ = ["alt", "dressed", "findings_by_place", "label", "to_svg", "verdicts_by_section", "without_legend"]
# Notebooks show these charts too; other renderers write a script tag that loads from a public server.
alt.renderers.enable("mimetype")

_PLOT = 440
_BAR = 26
_LABEL = 260
_SLACK = 50
_FONT = "Vazirmatn, system-ui, sans-serif"
_PERSIAN_NUMBERS = {
    "decimal": "٫",
    "thousands": "٬",
    "grouping": [3],
    "currency": ["", ""],
    "numerals": list("۰۱۲۳۴۵۶۷۸۹"),
}
_NUMBERS = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]}


def verdicts_by_section(results: Results, language: str) -> alt.Chart:
    """The checks of each section by verdict, as stacked bars; each check counts once."""
    say = words(language)
    rows = [
        {
            "bar": _section(view.section.id, view.section.title[language], say),
            "verdict": verdict,
            "n": view.counts[verdict],
        }
        for view in sections(results)
        for verdict in ORDER
        if view.counts[verdict]
    ]
    return _bars(rows, say.say("chart.checks"), say)


def findings_by_place(results: Results, language: str, section: str) -> alt.Chart:
    """The violations of one section by place, worst first, of the worst places only."""
    say = words(language)
    rows = [
        {"bar": label(check, say), "verdict": check.verdict, "n": check.evidence.violations}
        for found in by_place(results, section).shown
        for check in found
    ]
    return _bars(rows, say.say("chart.cases"), say)


def without_legend(chart: alt.Chart) -> alt.Chart:
    """The same chart for a page, which has a legend of words and icons that follows its direction."""
    return cast("alt.Chart", chart.configure_legend(disable=True))


def to_svg(chart: alt.Chart, *, title: str, description: str) -> str:
    """One chart as an image that a screen reader can name; the same bytes for the same chart."""
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    svg = _renumbered(svg)
    size = re.search(r'viewBox="0 0 ([0-9.]+) ', svg)
    width = size.group(1) if size else str(_PLOT + _LABEL)
    # A drawing scales down with its column and never up; its accessible name replaces that of its single marks.
    opened = re.sub(r' (?:class|width|height|version|xmlns:xlink)="[^"]*"', "", svg[: svg.index(">")])
    told = escape(f"{title}: {description}")
    named = f'class="chart" role="img" aria-label="{told}" style="max-width:{width}px"'
    head = f"{opened} {named}><title>{escape(title)}</title>"
    # The name of the whole replaces those of its parts, which have none to speak of.
    return head + re.sub(r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")', "", svg[svg.index(">") + 1 :])


def _renumbered(svg: str) -> str:
    """Clips and gradients numbered by their order here, not by how many were drawn in this process before."""
    numbers: dict[str, str] = {}

    def renumber(match: re.Match[str]) -> str:
        return match[1] + match[2] + numbers.setdefault(match[2] + match[3], str(len(numbers)))

    return re.sub(r'(id="|url\(#)(clip|gradient_)([0-9]+)', renumber, svg)


def _section(section: str, title: str, say: Words) -> str:
    return say.say("section.title", section=numerals(section, say.language), title=title)


def label(check: CheckResult, say: Words) -> str:
    """The name of the bar that a check's violations stand at."""
    if check.table == REST:
        return say.say("place.rest_tables")
    return place(check) or say.say("place.none")


def _bars(rows: list[dict[str, Any]], axis: str, say: Words) -> alt.Chart:
    order = list(dict.fromkeys(row["bar"] for row in rows))
    used = [verdict for verdict in ORDER if any(row["verdict"] is verdict for row in rows)]
    values = [
        row | {"verdict": say.say(f"verdict.{row['verdict']}"), "rank": ORDER.index(row["verdict"])} for row in rows
    ]
    mirrored = say.direction == "rtl"
    most = max((sum(row["n"] for row in rows if row["bar"] == bar) for bar in order), default=0)
    chart = alt.Chart(alt.Data(values=values)).mark_bar()  # type: ignore[no-untyped-call]
    drawn = chart.encode(
        x=alt.X(
            "n:Q",
            title=axis,
            scale=alt.Scale(reverse=mirrored, nice=True),
            axis=alt.Axis(format=",d", tickCount=min(6, max(most, 1)), domain=False, ticks=False, labelFlush=False),
        ),
        y=alt.Y(
            "bar:N",
            title=None,
            sort=order,
            axis=alt.Axis(orient="right" if mirrored else "left", labelLimit=_LABEL, ticks=False, labelPadding=8),
        ),
        color=alt.Color(
            "verdict:N",
            title=None,
            sort=None,
            scale=alt.Scale(
                domain=[say.say(f"verdict.{verdict}") for verdict in used],
                range=[LIGHT[verdict] for verdict in used],
            ),
        ),
        order=alt.Order("rank:Q"),
    ).properties(
        width=_PLOT,
        height=alt.Step(_BAR),
        # Labels are measured here with one font and drawn by the reader's with another, which may be wider.
        padding={"left": 5 if mirrored else _SLACK, "right": _SLACK if mirrored else 20, "top": 5, "bottom": 5},
    )
    return dressed(drawn, say)


def dressed(chart: Any, say: Words) -> alt.Chart:  # noqa: ANN401  single, layered or concatenated, all are charts
    """A chart in the colours, type and digits of a page."""
    drawn = (
        chart.configure(
            aria=False,
            background="transparent",
            font=_FONT,
            locale={"number": _PERSIAN_NUMBERS if say.language == "fa" else _NUMBERS},
        )
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            gridColor=RULE,
            domainColor=RULE,
            labelFontSize=13,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_legend(orient="top", symbolType="square", columnPadding=24, labelColor=INK, labelFontSize=13)
    )
    return cast("alt.Chart", drawn)
