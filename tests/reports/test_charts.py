"""Charts: one definition for pages and notebooks, one late door to drawing them, a name for who cannot see them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import altair as alt
import pytest

from governance.guide import cell_charts as cells
from governance.reports import words
from governance.reports.charts import figures
from governance.reports.charts import svg as charts
from governance.reports.charts.figures import Figure
from governance.reports.facts.history import Past
from governance.reports.facts.places import MOST_PLACES, by_place
from governance.reports.facts.views import RuleView
from governance.results import Results, Verdict

from .conftest import check, results, violated
from .page import read

LANGUAGES = pytest.mark.parametrize("language", ["fa", "en"])
SERIES = {
    "k": ("k:3", "k:10-19", "k:1000+"),
    "day": ("day:0", "day:12", "day:late"),
    "use": ("use:support:essential.service", "use:analyst:functional"),
    "flow": ("flow:messages:sms", "flow:messages:email"),
    "byte": tuple(f"byte:{place}" for place in range(1, 9)),
}


def bars(figure: Figure | None) -> list[dict[str, Any]]:
    assert figure is not None
    values: list[dict[str, Any]] = figure.spec["data"]["values"]
    return values


def counted(name: str, language: str) -> Figure:
    """The figure of a rule that counted such a series."""
    facts = tuple((label, 7 * number) for number, label in enumerate(SERIES[name], 1))
    one = check("no-bank-data", "users/mobile")
    run = results(replace(one, evidence=replace(one.evidence, facts=facts)))
    found = figures.of_rule(RuleView.of(run.policy.rules[0], run), words(language))
    assert found is not None
    return found


def every(language: str) -> dict[str, Figure]:
    say, run = words(language), violated()
    found = figures.findings_of(run, "1", say)
    assert found is not None
    own = {"verdicts": figures.verdicts(run, say), "findings": found}
    own["trend"] = figures.trend([Past.of(run)] * 14, say)
    return own | {name: counted(name, language) for name in SERIES}


def said_by(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout.strip()


def test_rendering_words_and_headlines_opens_no_heavy_door() -> None:
    heavy = "{'altair', 'vl_convert', 'pandas', 'great_expectations', 'pyarrow', 'numpy', 'governance.rules'}"
    opened = "import sys, governance.reports, governance.reports.charts.figures, governance.guide"
    assert said_by(f"{opened}; print({heavy} & set(sys.modules))") == "set()"


@LANGUAGES
@pytest.mark.parametrize("name", ["verdicts", "findings", "trend", *SERIES])
def test_every_definition_is_one_that_altair_accepts_as_it_is(name: str, language: str) -> None:
    spec = every(language)[name].spec
    accepted = alt.Chart.from_dict(spec).to_dict()
    assert all(accepted[part] == spec[part] for part in ("encoding", "vconcat") if part in spec)
    with pytest.raises(pytest.importorskip("jsonschema").ValidationError, match="labelColour"):
        alt.Chart.from_dict(spec | {"config": {"axis": {"labelColour": "red"}}})


@LANGUAGES
@pytest.mark.parametrize("name", ["verdicts", "findings", *SERIES])
def test_a_notebook_shows_the_same_as_a_page(name: str, language: str) -> None:
    figure = every(language)[name]
    shown = cells.CellChart.of(figure, "", language)._repr_mimebundle_()
    spec = dict(shown["application/vnd.vegalite.v5+json"])
    assert spec.pop("description") == shown["text/plain"] == f"{figure.title}: {figure.caption}"
    assert spec.pop("$schema").endswith("/v5.json")
    assert spec.pop("config") == figure.spec["config"] | {"background": "#ffffff"}
    assert spec == {key: value for key, value in figure.spec.items() if key != "config"}


@LANGUAGES
@pytest.mark.parametrize("name", ["verdicts", "findings", "trend", *SERIES])
def test_every_drawing_has_a_sentence_a_table_and_no_colour_that_a_dark_page_does_not_know(
    name: str, language: str
) -> None:
    figure = every(language)[name]
    drawn = read(str(figure.drawing))
    known = {"none", "transparent", "", *figure_colours()}
    used = {element.attributes.get(part, "") for element in drawn.elements for part in ("fill", "stroke")}
    assert used <= known
    assert figure.caption
    assert figure.data
    assert all(len(row) == len(figure.heads) for row in figure.data)


@LANGUAGES
def test_where_a_page_has_a_legend_of_words_its_drawing_has_none(language: str) -> None:
    figure = every(language)["verdicts"]
    word = words(language).say("verdict.waived")
    assert word not in "".join(read(str(figure.drawing)).words) + str(figure.drawing).split("</title>")[1]
    assert word in replace(figure, verdicts=()).drawing.split("</title>")[1]


def figure_colours() -> set[str]:
    from governance.reports.charts.colours import INK, LIGHT, RULE, TONE

    return {INK, RULE, TONE, *LIGHT.values()}


@LANGUAGES
def test_checks_of_the_chart_add_up(run: Results, language: str) -> None:
    assert sum(bar["n"] for bar in bars(figures.verdicts(run, words(language)))) == len(run.checks)


def test_places_come_worst_first_and_only_the_worst() -> None:
    run = results(
        *(check("no-bank-data", f"t/c{n:02d}", Verdict.FAILED, violations=n, references=0) for n in range(1, 21))
    )
    found = bars(figures.findings_of(run, "1", words("en")))
    assert [bar["label"] for bar in found] == [f"t/c{n:02d}" for n in range(20, 20 - MOST_PLACES, -1)]
    assert by_place(run, "1").violations == 210
    assert by_place(run, "4").groups == ()


def test_numbers_of_clips_do_not_tell_what_was_drawn_before() -> None:
    spec = counted("k", "en").spec
    clipped = spec | {"mark": {"type": "bar", "clip": True}}
    assert "clip0" in charts.to_svg(clipped, title="t", description="d")
    assert charts.to_svg(clipped, title="t", description="d") == charts.to_svg(clipped, title="t", description="d")


@LANGUAGES
def test_a_drawing_has_a_name_and_the_same_bytes_twice(language: str) -> None:
    one, again = (every(language)["findings"].spec for _ in range(2))
    svg = charts.to_svg(one, title='A "title" <b>', description="told")
    assert svg == charts.to_svg(again, title='A "title" <b>', description="told")
    drawn = read(svg)
    assert not drawn.problems
    assert drawn.elements[0].attributes["role"] == "img"
    assert drawn.elements[0].attributes["aria-label"] == 'A "title" <b>: told'
    assert "<title>A &quot;title&quot; &lt;b&gt;</title>" in svg
    assert "<script" not in svg
    assert "\u202e" not in svg


def test_persian_charts_run_from_the_right_with_persian_numbers() -> None:
    fa, en = (every(language)["findings"].spec for language in ("fa", "en"))
    assert fa["encoding"]["x"]["scale"]["reverse"] is True
    assert fa["encoding"]["y"]["axis"]["orient"] == "right"
    assert fa["config"]["locale"]["number"]["numerals"][4] == "۴"
    assert en["encoding"]["x"]["scale"]["reverse"] is False
