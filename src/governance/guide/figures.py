"""Charts as plain Vega-Lite: JupyterLab draws them with its own copy of Vega, and no kernel imports a chart library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from governance.reports import Words, words
from governance.reports.colours import INK, RULE

_WIDTH: Final = 440
_STEP: Final = 26
_LABEL: Final = 360
_DIGITS: Final = {"fa": ("٫", "٬", list("۰۱۲۳۴۵۶۷۸۹")), "en": (".", ",", None)}
# Shades of one hue: how many, not how bad.
_SCALE: Final = ("#e3ecf5", "#1a5c8a")
PLAIN: Final = "#1a5c8a"
_SEVERAL: Final = ("#1a5c8a", "#8a4b00", "#17663a", "#86207f", "#4d5666", "#a3142b")
Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its text alternative; who sees no chart reads that."""

    spec: Spec
    told: str

    def __repr__(self) -> str:
        return self.told

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        if not self.spec:
            return {"text/plain": self.told}
        # JupyterLab knows the format by this name.
        schema = "https://vega.github.io/schema/vega-lite/v5.json"
        return {"application/vnd.vegalite.v5+json": {"$schema": schema, **self.spec}, "text/plain": self.told}


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar: its label, the group that colours it, and how much."""

    label: str
    group: str
    n: int


def bars(rows: Sequence[Bar], colours: Mapping[str, str], *, axis: str, told: str, language: str) -> Figure:
    """Stacked bars; groups and labels keep the order in which they come."""
    if not rows:
        return nothing(told, language)
    say = words(language)
    order = list(dict.fromkeys(row.label for row in rows))
    groups = list(dict.fromkeys(row.group for row in rows))
    values = [{"label": row.label, "group": row.group, "n": row.n, "rank": groups.index(row.group)} for row in rows]
    most = max((row.n for row in rows), default=0)
    spec = _framed(say, told) | {
        "data": {"values": values},
        "mark": "bar",
        "width": _WIDTH,
        "height": {"step": _STEP},
        "encoding": {
            "y": _labels("label", order, say),
            "x": {
                "field": "n",
                "type": "quantitative",
                "title": axis,
                "scale": {"reverse": _mirrored(say)},
                "axis": {"format": ",d", "tickCount": min(6, max(most, 1)), "domain": False, "ticks": False},
            },
            "color": {
                "field": "group",
                "type": "nominal",
                "title": None,
                "sort": None,
                "scale": {
                    "domain": groups,
                    "range": [colours.get(group, _SEVERAL[n % len(_SEVERAL)]) for n, group in enumerate(groups)],
                },
                "legend": {"orient": "top"} if len(groups) > 1 else None,
            },
            "order": {"field": "rank", "type": "quantitative"},
            "tooltip": [{"field": "label"}, {"field": "group"}, {"field": "n", "format": ",d"}],
        },
    }
    return Figure(spec, told)


@dataclass(frozen=True, slots=True)
class Tile:
    """A field of a matrix: its column and row, and how much."""

    x: str
    y: str
    n: int


def matrix(tiles: Sequence[Tile], *, told: str, language: str, step: int = 44) -> Figure:
    """Rows × columns, darker for more, with the number in each field; columns and rows keep their order."""
    if not tiles:
        return nothing(told, language)
    say = words(language)
    columns, rows = (list(dict.fromkeys(names)) for names in ([t.x for t in tiles], [t.y for t in tiles]))
    most = max((tile.n for tile in tiles), default=0)
    places: Spec = {
        "y": _labels("y", rows, say),
        "x": {
            "field": "x",
            "type": "nominal",
            "title": None,
            "sort": columns[::-1] if _mirrored(say) else columns,
            "axis": {"labelAngle": -35, "labelLimit": _LABEL, "orient": "top", "ticks": False, "domain": False},
        },
    }
    shade = {
        "field": "n",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [0, max(most, 1)], "range": list(_SCALE)},
    }
    ink = {"condition": {"test": f"datum.n > {most / 2}", "value": "#ffffff"}, "value": INK}
    spec = _framed(say, told) | {
        "data": {"values": [{"x": tile.x, "y": tile.y, "n": tile.n} for tile in tiles]},
        "width": {"step": step},
        "height": {"step": _STEP},
        "encoding": places,
        "layer": [
            {"mark": {"type": "rect", "stroke": "#ffffff"}, "encoding": {"color": shade}},
            {
                "mark": {"type": "text", "fontSize": 12},
                "encoding": {"text": {"field": "n", "type": "quantitative", "format": ",d"}, "color": ink},
            },
        ],
    }
    return Figure(spec, told)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line: its line, how far along, how high."""

    line: str
    at: int
    n: int


def lines(points: Sequence[Point], *, axes: tuple[str, str], told: str, language: str) -> Figure:
    """One line for each name, over a count that runs from left to right in any language, as positions do."""
    say = words(language)
    along, high = axes
    spec = _framed(say, told) | {
        "data": {"values": [{"line": point.line, "at": point.at, "n": point.n} for point in points]},
        "mark": {"type": "line", "interpolate": "step"},
        "width": _WIDTH,
        "height": 180,
        "encoding": {
            "x": {"field": "at", "type": "quantitative", "title": along, "axis": {"format": ",d", "grid": False}},
            "y": {"field": "n", "type": "quantitative", "title": high, "axis": {"format": ",d"}},
            "color": {
                "field": "line",
                "type": "nominal",
                "title": None,
                "scale": {"range": list(_SEVERAL)},
                "legend": {"orient": "top"},
            },
        },
    }
    return Figure(spec, told)


def nothing(told: str, language: str) -> Figure:
    """What stands where there is nothing to draw."""
    return Figure({}, f"{told}: {words(language).say('notebook.none')}")


def _mirrored(say: Words) -> bool:
    return say.direction == "rtl"


def _labels(name: str, order: Sequence[str], say: Words) -> Spec:
    side = "right" if _mirrored(say) else "left"
    axis = {"orient": side, "labelLimit": _LABEL, "ticks": False, "domain": False, "labelPadding": 8}
    return {"field": name, "type": "nominal", "title": None, "sort": list(order), "axis": axis}


def _framed(say: Words, told: str) -> Spec:
    decimal, thousands, numerals = _DIGITS[say.language]
    numbers = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}
    text = {"labelColor": INK, "titleColor": INK, "gridColor": RULE, "labelFontSize": 13, "titleFontWeight": "normal"}
    return {
        "description": told,
        "padding": {"left": 10, "right": 10, "top": 5, "bottom": 5},
        "config": {
            # A dark JupyterLab would swallow dark letters on no ground.
            "background": "#ffffff",
            "font": "Vazirmatn, system-ui, sans-serif",
            "locale": {"number": numbers | ({"numerals": numerals} if numerals else {})},
            "view": {"stroke": None},
            "axis": text,
            "legend": {"symbolType": "square", "labelFontSize": 13, "labelColor": INK},
        },
    }
