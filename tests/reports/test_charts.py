"""Charts: one door, late; the same drawing in a page and in a notebook, with a name for who cannot see it."""

from __future__ import annotations

import subprocess
import sys

import altair as alt
import pytest

from governance.reports import charts
from governance.reports.findings import MOST_PLACES, by_place
from governance.results import Results, Verdict

from .conftest import check, results, violated
from .page import read


def bars(chart: object) -> list[dict[str, object]]:
    values: list[dict[str, object]] = chart.to_dict()["data"]["values"]  # type: ignore[attr-defined]
    return values


def said_by(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout.strip()


def test_rendering_words_and_headlines_opens_no_heavy_door() -> None:
    heavy = "{'altair', 'vl_convert', 'pandas', 'great_expectations'}"
    assert said_by(f"import sys, governance.reports; print({heavy} & set(sys.modules))") == "set()"


def test_importing_altair_builds_no_grammar_and_needs_no_server() -> None:
    told = "print(charts.sys.modules['rfc3987_syntax'], charts.alt.renderers.active)"
    assert said_by(f"from governance.reports import charts; {told}") == "None mimetype"


@pytest.mark.parametrize("language", ["fa", "en"])
def test_checks_of_the_chart_add_up(run: Results, language: str) -> None:
    assert sum(int(str(bar["n"])) for bar in bars(charts.verdicts_by_section(run, language))) == len(run.checks)


def test_places_come_worst_first_and_only_the_worst() -> None:
    run = results(
        *(check("no-bank-data", f"t/c{n:02d}", Verdict.FAILED, violations=n, references=0) for n in range(1, 21))
    )
    found = bars(charts.findings_by_place(run, "en", "1"))
    assert [bar["bar"] for bar in found] == [f"t/c{n:02d}" for n in range(20, 20 - MOST_PLACES, -1)]
    assert by_place(run, "1").violations == 210
    assert by_place(run, "4").groups == ()


def test_numbers_of_clips_do_not_tell_what_was_drawn_before() -> None:
    chart = alt.Chart({"values": [{"n": 1}]}).mark_bar(clip=True).encode(x="n:Q")
    assert charts.to_svg(chart, title="t", description="d") == charts.to_svg(chart, title="t", description="d")


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_drawing_has_a_name_and_the_same_bytes_twice(language: str) -> None:
    chart = charts.findings_by_place(violated(), language, "1")
    svg = charts.to_svg(chart, title='A "title" <b>', description="told")
    assert svg == charts.to_svg(
        charts.findings_by_place(violated(), language, "1"), title='A "title" <b>', description="told"
    )
    drawn = read(svg)
    assert not drawn.problems
    assert drawn.elements[0].attributes["role"] == "img"
    assert drawn.elements[0].attributes["aria-label"] == 'A "title" <b>: told'
    assert "<title>A &quot;title&quot; &lt;b&gt;</title>" in svg
    assert "<script" not in svg
    assert "\u202e" not in svg


def test_persian_charts_run_from_the_right_with_persian_numbers() -> None:
    fa, en = (charts.findings_by_place(violated(), language, "1").to_dict() for language in ("fa", "en"))
    assert fa["encoding"]["x"]["scale"]["reverse"] is True
    assert fa["encoding"]["y"]["axis"]["orient"] == "right"
    assert fa["config"]["locale"]["number"]["numerals"][4] == "۴"
    assert en["encoding"]["x"]["scale"]["reverse"] is False
