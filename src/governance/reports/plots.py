"""The drawings of single rules and of runs over time: counts in one tone, mirrored with the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from governance.reports.charts import alt, dressed
from governance.reports.colours import INK, TONE
from governance.reports.vocabulary import Words

Rows = Sequence[tuple[str | int, ...]]
_WIDTH, _HEIGHT = 560, 190
_STEPS = 24  # points along the curve of a flow


def _mirrored(say: Words) -> bool:
    return say.direction == "rtl"


def _values(rows: Rows, *names: str) -> Any:  # noqa: ANN401  altair's data
    return alt.Data(values=[dict(zip(names, row, strict=True)) for row in rows])  # type: ignore[no-untyped-call]


def _y(title: str, field: str = "n:Q", **more: Any) -> Any:  # noqa: ANN401
    axis = alt.Axis(format=",d", tickCount=4, tickMinStep=1, domain=False, ticks=False, orient=more.pop("orient"))
    return alt.Y(field, title=title or None, axis=axis, **more)


def columns(rows: Rows, heads: Sequence[str], say: Words) -> alt.Chart:
    """Counts side by side, in the order given: a histogram."""
    right = _mirrored(say)
    sort = [str(row[0]) for row in rows]
    chart = alt.Chart(_values(rows, "x", "n")).mark_bar(color=TONE, size=18)
    drawn = chart.encode(
        x=alt.X("x:N", title=heads[0], sort=sort[::-1] if right else sort, axis=alt.Axis(labelAngle=0, ticks=False)),
        y=_y(heads[1], orient="right" if right else "left"),
    ).properties(width=max(_WIDTH, 26 * len(rows)), height=_HEIGHT)
    return dressed(drawn, say)


def lines(rows: Rows, heads: Sequence[str], say: Words) -> alt.Chart:
    """A line a name over numbered places."""
    right = _mirrored(say)
    values = [(name, int(place), count) for name, place, count in rows]
    chart = alt.Chart(_values(values, "name", "x", "n")).mark_line(color=TONE, strokeWidth=2)
    drawn = chart.encode(
        x=alt.X("x:Q", title=heads[1], scale=alt.Scale(reverse=right, nice=False), axis=alt.Axis(grid=False)),
        y=_y(heads[2], orient="right" if right else "left", scale=alt.Scale(zero=True)),
        strokeDash=alt.StrokeDash("name:N", title=None),
    ).properties(width=_WIDTH, height=_HEIGHT)
    return dressed(drawn, say)


def heat_map(rows: Rows, say: Words) -> alt.Chart:
    """Counts of pairs: the more, the darker, and always as a number."""
    right = _mirrored(say)
    base = alt.Chart(_values(rows, "y", "x", "n")).encode(
        x=alt.X(
            "x:N",
            title=None,
            sort="descending" if right else "ascending",
            axis=alt.Axis(labelAngle=-35, orient="top", labelLimit=190, ticks=False, domain=False),
        ),
        y=alt.Y(
            "y:N",
            title=None,
            axis=alt.Axis(orient="right" if right else "left", labelLimit=170, ticks=False, domain=False),
        ),
    )
    cells = base.mark_rect(color=TONE).encode(
        opacity=alt.Opacity("n:Q", legend=None, scale=alt.Scale(type="sqrt", range=[0.08, 0.55]))
    )
    numbers = base.mark_text(color=INK, fontSize=12).encode(text=alt.Text("n:Q", format=",d"))
    return dressed((cells + numbers).properties(width=alt.Step(76), height=alt.Step(30)), say)


def over_time(rows: Rows, heads: Sequence[str], say: Words) -> alt.Chart:
    """Two rows of columns over the same runs: what was read, what was found."""
    right = _mirrored(say)
    sort = [str(row[0]) for row in rows]
    parts = []
    for field, head, last in (("rows", heads[1], False), ("found", heads[2], True)):
        axis = alt.Axis(labelAngle=0, labelLimit=170, ticks=False, labels=last, labelOverlap="greedy")
        title = alt.Title(head, anchor="end" if right else "start", color=INK, fontSize=12, fontWeight="normal")
        chart = alt.Chart(_values(rows, "run", "rows", "found")).mark_bar(color=TONE, size=20)
        parts.append(
            chart.encode(
                x=alt.X("run:N", title=None, sort=sort[::-1] if right else sort, axis=axis),
                y=_y("", f"{field}:Q", orient="right" if right else "left"),
            ).properties(width=_WIDTH, height=90, title=title)
        )
    return dressed(alt.vconcat(*parts, spacing=14), say)


def flow(rows: Rows, say: Words) -> alt.Chart:
    """Bands from what was sent to who received it, as wide as their count."""
    right = _mirrored(say)
    links = [(str(source), str(target), int(count)) for source, target, count in rows]
    total = sum(count for *_, count in links) or 1
    sources, targets = _stack(links, 0), _stack(links, 1)
    points: list[dict[str, Any]] = []
    for number, (source, target, count) in enumerate(links):
        height = count / total
        start, end = sources[1][source], targets[1][target]
        sources[1][source] += height
        targets[1][target] += height
        for step in range(_STEPS + 1):
            t = step / _STEPS
            low = start + (end - start) * t * t * (3 - 2 * t)
            points.append({"x": t, "low": low, "high": low + height, "link": number})
    labels = [{"x": side, "y": at, "text": name} for side, ends in ((0, sources), (1, targets)) for name, at in ends[0]]
    scale = alt.Scale(domain=[0, 1], reverse=right, nice=False)
    height = max(120, 46 * max(len(sources[0]), len(targets[0])))
    bands = (
        alt.Chart(alt.Data(values=points))  # type: ignore[no-untyped-call]
        .mark_area(color=TONE, opacity=0.45)
        .encode(
            x=alt.X("x:Q", axis=None, scale=scale),
            y=alt.Y("low:Q", axis=None, scale=alt.Scale(nice=False, reverse=True)),
            y2="high:Q",
            detail="link:N",
        )
    )
    texts = [
        alt.Chart(alt.Data(values=[one for one in labels if one["x"] == side]))  # type: ignore[no-untyped-call]
        .mark_text(color=INK, fontSize=13, align="left" if at_left else "right", dx=8 if at_left else -8)
        .encode(x=alt.X("x:Q", axis=None, scale=scale), y="y:Q", text="text:N")
        for side, at_left in ((0, not right), (1, right))
    ]
    drawn = alt.layer(bands, *texts).properties(width=_WIDTH, height=height)
    return dressed(drawn, say)


def _stack(links: Sequence[tuple[str, str, int]], side: int) -> tuple[list[tuple[str, float]], dict[str, float]]:
    """The ends of one side, one above the other with gaps: the middle of each, and where its next band begins."""
    sums: dict[str, int] = defaultdict(int)
    for link in links:
        sums[str(link[side])] += link[2]
    total = sum(sums.values()) or 1
    gap, at = 0.06, 0.0
    middles, starts = [], {}
    for name, count in sorted(sums.items(), key=lambda item: (-item[1], item[0])):
        starts[name] = at
        middles.append((name, at + count / total / 2))
        at += count / total + gap
    return middles, starts
