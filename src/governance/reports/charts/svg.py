"""The one door of vl_convert: a chart drawn once, to an image that needs no script."""

from __future__ import annotations

import re
from html import escape

import vl_convert

from governance.reports.charts.specs import WIDTH, Spec

# The Vega-Lite version of the definitions; another version would draw other bytes.
_VERSION = "6.4"
_TAG = re.compile("<[^>]*>")
_FRACTION = re.compile(r"[0-9]+\.[0-9]{3,}(?:e-?[0-9]+)?")


def to_svg(spec: Spec, *, title: str, description: str, legend: bool = True) -> str:
    """One chart as an image with an accessible name; the same bytes for the same chart.

    Pages leave the `legend` out and show their own, in words and icons.
    """
    config = spec["config"] | {"aria": False, "background": "transparent"}
    if not legend:
        config["legend"] = config["legend"] | {"disable": True}
    svg: str = vl_convert.vegalite_to_svg(spec | {"config": config}, vl_version=_VERSION)
    svg = _rounded(_renumbered(svg))
    size = re.search(r'viewBox="0 0 ([0-9.]+) ', svg)
    width = size.group(1) if size else str(WIDTH)
    # A drawing scales down with its column and never up; its accessible name replaces the names of its marks.
    opened = re.sub(r' (?:class|width|height|version|xmlns:xlink)="[^"]*"', "", svg[: svg.index(">")])
    text = escape(f"{title}: {description}")
    named = f'class="chart" role="img" aria-label="{text}" style="max-width:{width}px"'
    head = f"{opened} {named}><title>{escape(title)}</title>"
    # The name of the whole replaces those of its parts, which have none.
    return head + re.sub(r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")', "", svg[svg.index(">") + 1 :])


def _renumbered(svg: str) -> str:
    """Clips and gradients numbered by their order here, not by how many were drawn in this process before."""
    numbers: dict[str, str] = {}

    def renumber(match: re.Match[str]) -> str:
        return match[1] + match[2] + numbers.setdefault(match[2] + match[3], str(len(numbers)))

    return re.sub(r'(id="|url\(#)(clip|gradient_)([0-9]+)', renumber, svg)


def _rounded(svg: str) -> str:
    """Places to a hundredth: seventeen digits are no sharper, and may be those of a number in the data."""

    def rounded(match: re.Match[str]) -> str:
        return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")

    return _TAG.sub(lambda tag: _FRACTION.sub(rounded, tag[0]), svg)
