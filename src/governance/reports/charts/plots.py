"""The charts of several parts: runs over time, and flows from payloads to recipients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from governance.reports.charts.colours import INK, TONE
from governance.reports.charts.specs import PADDING, WIDTH, Spec, dressed, height, mirrored, sorted_for
from governance.reports.language.words import Words

_STEPS = 24  # points along the curve of a flow
_GAP = 0.06


def over_time(rows: Sequence[tuple[str, int, int]], heads: tuple[str, str, str], say: Words) -> Spec:
    """Two rows of columns over the same runs: rows read, violations found."""
    run, *titles = heads
    x = {"field": "run", "type": "nominal", "sort": sorted_for([label for label, *_ in rows], say)}
    parts = []
    for field, title, last in (("rows", titles[0], False), ("found", titles[1], True)):
        axis = {"labelAngle": 0, "ticks": False, "labels": last}
        along = x | {"title": run if last else None, "axis": axis}
        above = {"text": title, "anchor": "end" if mirrored(say) else "start"}
        parts.append(
            {
                "title": above | {"color": INK, "fontSize": 12, "fontWeight": "normal"},
                "mark": {"type": "bar", "color": TONE, "size": 20},
                "width": WIDTH,
                "height": 90,
                "encoding": {"x": along, "y": height(field, say, title=None)},
            }
        )
    values = [{"run": label, "rows": read, "found": found} for label, read, found in rows]
    return dressed(say) | {"data": {"values": values}, "vconcat": parts, "spacing": 14, "padding": PADDING}


def flow(links: Sequence[tuple[str, str, int]], say: Words) -> Spec:
    """Bands from payloads to recipients, as wide as their counts."""
    right = mirrored(say)
    total = sum(count for *_, count in links) or 1
    sources, targets = _stack(links, 0), _stack(links, 1)
    points: list[dict[str, Any]] = []
    for number, (source, target, count) in enumerate(links):
        band = count / total
        start, end = sources[1][source], targets[1][target]
        sources[1][source] += band
        targets[1][target] += band
        for step in range(_STEPS + 1):
            t = step / _STEPS
            low = start + (end - start) * t * t * (3 - 2 * t)
            points.append({"x": t, "low": low, "high": low + band, "link": number})
    across: Spec = {"field": "x", "type": "quantitative", "axis": None}
    across["scale"] = {"domain": [0, 1], "reverse": right, "nice": False}
    down = {"type": "quantitative", "axis": None, "scale": {"nice": False, "reverse": True}}
    bands = {
        "data": {"values": points},
        "mark": {"type": "area", "color": TONE, "opacity": 0.45},
        "encoding": {
            "x": across,
            "y": down | {"field": "low"},
            "y2": {"field": "high"},
            "detail": {"field": "link", "type": "nominal"},
        },
    }
    texts = [
        {
            "data": {"values": [{"x": side, "y": at, "text": name} for name, at in ends[0]]},
            "mark": _text(left=at_left),
            "encoding": {"x": across, "y": down | {"field": "y"}, "text": {"field": "text", "type": "nominal"}},
        }
        for side, ends, at_left in ((0, sources, not right), (1, targets, right))
    ]
    tall = max(120, 46 * max(len(sources[0]), len(targets[0])))
    return dressed(say) | {"width": WIDTH, "height": tall, "padding": PADDING, "layer": [bands, *texts]}


def _text(*, left: bool) -> Spec:
    return {"type": "text", "color": INK, "fontSize": 13, "align": "left" if left else "right", "dx": 8 if left else -8}


def _stack(links: Sequence[tuple[str, str, int]], side: int) -> tuple[list[tuple[str, float]], dict[str, float]]:
    """The ends of one side, one above the other with gaps: the middle of each, and where its next band begins."""
    sums: dict[str, int] = defaultdict(int)
    for link in links:
        sums[str(link[side])] += link[2]
    total = sum(sums.values()) or 1
    at = 0.0
    middles, starts = [], {}
    for name, count in sorted(sums.items(), key=lambda item: (-item[1], item[0])):
        starts[name] = at
        middles.append((name, at + count / total / 2))
        at += count / total + _GAP
    return middles, starts
