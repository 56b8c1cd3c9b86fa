"""Charts as plain Vega-Lite, one definition for pages and notebooks: nothing here imports a chart library.

Pages hold drawn images of them; JupyterLab draws them itself. Persian charts run from the right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from governance.reports.charts.colours import INK, LIGHT, RULE, TONE
from governance.reports.facts.standing import ORDER
from governance.reports.language.words import Words

Spec: TypeAlias = "dict[str, Any]"
WIDTH: Final = 560
_PLOT, _HEIGHT, _BAR, _LABEL = 440, 190, 26, 300
# Labels are measured with one font and drawn by the reader's with another, which may be wider.
_SLACK: Final = 50
PADDING: Final = {"left": 15, "right": 15, "top": 5, "bottom": 5}
_FONT: Final = "Vazirmatn, system-ui, sans-serif"
_NUMBERS: Final[dict[str, Spec]] = {
    "fa": {"decimal": "٫", "thousands": "٬", "numerals": list("۰۱۲۳۴۵۶۷۸۹")},
    "en": {"decimal": ".", "thousands": ","},
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar: its label, the group that colours it, and its value."""

    label: str
    group: str
    n: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A field of a matrix: its column, row and value."""

    x: str
    y: str
    n: int


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line: its line, x and y."""

    line: str
    at: int
    n: int


def bars(rows: Sequence[Bar], colours: Mapping[str, str], axis: str, say: Words) -> Spec:
    """Stacked bars; groups and labels keep their order, groups without a colour get shades."""
    order = list(dict.fromkeys(row.label for row in rows))
    groups = [name for name in colours if any(row.group == name for row in rows)]
    groups += [name for name in dict.fromkeys(row.group for row in rows) if name not in colours]
    values = [{"label": row.label, "group": row.group, "n": row.n, "rank": groups.index(row.group)} for row in rows]
    most = max((sum(row.n for row in rows if row.label == label) for label in order), default=0)
    right = mirrored(say)
    return dressed(say) | {
        "data": {"values": values},
        "mark": "bar",
        "width": _PLOT,
        "height": {"step": _BAR},
        "padding": {"left": 5 if right else _SLACK, "right": _SLACK if right else 20, "top": 5, "bottom": 5},
        "encoding": {
            "y": _labels("label", order, say),
            "x": {
                "field": "n",
                "type": "quantitative",
                "title": axis,
                "scale": {"reverse": right, "nice": True},
                "axis": counts() | {"tickCount": min(6, max(most, 1)), "labelFlush": False},
            },
            "color": {
                "field": "group",
                "type": "nominal",
                "title": None,
                "sort": None,
                "scale": {"domain": groups, "range": [colours.get(name) or _shade(n) for n, name in enumerate(groups)]},
                # A page could not turn off a legend that is configured here.
                **({} if len(groups) > 1 else {"legend": None}),
            },
            "order": {"field": "rank", "type": "quantitative"},
            "tooltip": [{"field": "label"}, {"field": "group"}, {"field": "n", "format": ",d"}],
        },
    }


def matrix(tiles: Sequence[Tile], say: Words, *, step: int = 76) -> Spec:
    """Rows × columns as a heat map with numbers; columns and rows keep their order."""
    across, down = (list(dict.fromkeys(names)) for names in ([t.x for t in tiles], [t.y for t in tiles]))
    shade = {
        "field": "n",
        "type": "quantitative",
        "legend": None,
        "scale": {"type": "sqrt", "domain": [0, max([1, *(tile.n for tile in tiles)])], "range": [0.05, 0.55]},
    }
    number = {"field": "n", "type": "quantitative", "format": ",d"}
    return dressed(say) | {
        "data": {"values": [{"x": tile.x, "y": tile.y, "n": tile.n} for tile in tiles]},
        "width": {"step": step},
        "height": {"step": 30},
        "padding": {"left": _SLACK, "right": _SLACK, "top": 30, "bottom": 5},
        "encoding": {
            "y": _labels("y", down, say),
            "x": {
                "field": "x",
                "type": "nominal",
                "title": None,
                "sort": sorted_for(across, say),
                "axis": {"labelAngle": -35, "labelLimit": _LABEL, "orient": "top", "ticks": False, "domain": False},
            },
        },
        "layer": [
            {"mark": {"type": "rect", "color": TONE}, "encoding": {"opacity": shade}},
            {"mark": {"type": "text", "color": INK, "fontSize": 12}, "encoding": {"text": number}},
        ],
    }


def columns(rows: Sequence[tuple[str, int]], axes: tuple[str, str], say: Words) -> Spec:
    """Counts side by side, in the order given: a histogram."""
    along, high = axes
    x = {
        "field": "x",
        "type": "nominal",
        "title": along,
        "sort": sorted_for([label for label, _ in rows], say),
        "axis": {"labelAngle": 0, "ticks": False},
    }
    return dressed(say) | {
        "data": {"values": [{"x": label, "n": n} for label, n in rows]},
        "mark": {"type": "bar", "color": TONE, "size": 18},
        "width": max(WIDTH, 26 * len(rows)),
        "height": _HEIGHT,
        "padding": PADDING,
        "encoding": {"x": x, "y": height("n", say, title=high)},
    }


def lines(points: Sequence[Point], axes: tuple[str, str], say: Words) -> Spec:
    """A line per name over numbered places, distinguished by dashes."""
    along, high = axes
    x = {
        "field": "at",
        "type": "quantitative",
        "title": along,
        "scale": {"reverse": mirrored(say), "nice": False},
        "axis": {"format": ",d", "grid": False},
    }
    return dressed(say) | {
        "data": {"values": [{"line": point.line, "at": point.at, "n": point.n} for point in points]},
        "mark": {"type": "line", "color": TONE, "strokeWidth": 2},
        "width": WIDTH,
        "height": _HEIGHT,
        "padding": PADDING,
        "encoding": {
            "x": x,
            "y": height("n", say, title=high) | {"scale": {"zero": True}},
            "strokeDash": {
                "field": "line",
                "type": "nominal",
                "title": None,
                "legend": {"orient": "top", "symbolType": "stroke", "symbolSize": 500},
            },
        },
    }


def verdict_colours(say: Words) -> dict[str, str]:
    """The colour of each verdict's word, in the order in which pages list verdicts."""
    return {say.say(f"verdict.{verdict}"): LIGHT[verdict] for verdict in ORDER}


def mirrored(say: Words) -> bool:
    """Whether charts run from the right."""
    return say.direction == "rtl"


def sorted_for(labels: Sequence[str], say: Words) -> list[str]:
    """Labels from left to right, in the reading order of the language."""
    kept = list(dict.fromkeys(labels))
    return kept[::-1] if mirrored(say) else kept


def counts() -> Spec:
    """An axis of whole numbers."""
    return {"format": ",d", "tickMinStep": 1, "domain": False, "ticks": False}


def height(field: str, say: Words, *, title: str | None) -> Spec:
    """A vertical axis of counts, on the side where the language begins."""
    axis = counts() | {"tickCount": 4, "orient": "right" if mirrored(say) else "left"}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis}


def dressed(say: Words) -> Spec:
    """The colours, type and digits of a page."""
    return {
        "config": {
            "font": _FONT,
            "locale": {"number": {"grouping": [3], "currency": ["", ""], **_NUMBERS[say.language]}},
            "view": {"stroke": None},
            "axis": {
                "labelColor": INK,
                "titleColor": INK,
                "gridColor": RULE,
                "domainColor": RULE,
                "tickColor": RULE,
                "labelFontSize": 13,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
            },
            "legend": {
                "orient": "top",
                "symbolType": "square",
                "columnPadding": 24,
                "labelColor": INK,
                "labelFontSize": 13,
            },
        }
    }


def _labels(name: str, order: Sequence[str], say: Words) -> Spec:
    side = "right" if mirrored(say) else "left"
    axis = {"orient": side, "labelLimit": _LABEL, "ticks": False, "domain": False, "labelPadding": 8}
    return {"field": name, "type": "nominal", "title": None, "sort": list(order), "axis": axis}


def _shade(number: int) -> str:
    """Colours for groups that are neither good nor bad: blues and greys, each lighter than the one before."""
    shades = (TONE, "#7ea6d3", "#4d5666", "#9aa3b2", "#1b3f66", "#c3d3e6")
    return shades[number % len(shades)]
