"""What a run could not tell stands on its overview by cause and by name, and suspects and counts as what they are."""

from __future__ import annotations

import re
from dataclasses import replace

from governance.reports.exports import export
from governance.reports.facts.unlooked import not_looked_at
from governance.reports.facts.views import RuleView
from governance.reports.terminal.run_lines import result_lines
from governance.results import CheckResult, Reason, Results, Verdict
from governance.rules.kinds import KINDS, Over

from .conftest import check, clean, html, results, unevaluated

N = Verdict.NOT_EVALUATED


def lacking(one: CheckResult, *names: str) -> CheckResult:
    return replace(one, evidence=replace(one.evidence, lacks=names))


def rows(run: Results, path: str = "en/index.html") -> list[list[str]]:
    """The cells of the table of what was not looked at, as plain text."""
    part = html(run, path).partition('id="unlooked-caption"')[2].partition("</table>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in part.split("<tr>")[2:]]
    return [[re.sub("<[^>]*>", "", cell) for cell in row] for row in cells]


def test_each_cause_stands_once_with_its_names_and_its_sentences() -> None:
    run = results(
        lacking(check("no-bank-data", "*", N, reason=Reason.MISSING_TABLE), "exports"),
        lacking(check("declared", "exports", N, reason=Reason.MISSING_TABLE, clauses=("PP-1-2",)), "exports"),
        check("restricted", "users/mobile", N, clauses=("PP-4-1",)),
        check("restricted", "users/email", N, clauses=("PP-4-1",)),
    )
    assert rows(run) == [
        ["the data has no such table", "exports", "2", "2: PP-1-1, PP-1-2"],
        ["no key was given", "users/mobile, users/email", "2", "1: PP-4-1"],
    ]
    assert rows(run, "index.html")[0][1:3] == ["exports", "۲"]


def test_a_whole_table_stands_for_its_columns() -> None:
    run = results(check("declared", "users", N), check("no-bank-data", "users/name", N))
    (cause,) = [one for one in not_looked_at(run) if one.checks]
    assert [one.id for one in cause.places] == ["declared/users"]


def test_a_cause_of_many_names_stays_short() -> None:
    run = results(*(check("no-bank-data", f"t/c{n}", N) for n in range(50)))
    named = rows(run)[0][1]
    assert (named.count("t/c"), named.endswith(" and 10 more")) == (40, True)
    assert "<code>t/c39</code> and 10 more (50 checks, 1 sentences)" in export(run)["summary.md"]
    assert any("t/c49" in line for line in result_lines(run) if line.startswith("not looked at, no_key: "))


def test_a_check_of_no_table_is_called_by_its_rule() -> None:
    run = results(check("declared", "", N, reason=Reason.NOT_ATTESTED))
    assert rows(run)[0][:2] == ["nobody attests to it", "declared"]


def test_a_sentence_without_a_check_is_not_looked_at_unless_it_was_not_selected() -> None:
    run = results(check("no-bank-data", "users/name"))
    assert [(one.reason, one.clauses) for one in not_looked_at(run)] == [("no_check", ("PP-1-2", "PP-4-1"))]
    assert not_looked_at(replace(run, selection=("PP-1-1",), planned=40)) == ()


def test_a_run_that_saw_everything_says_so() -> None:
    assert rows(clean()) == []
    assert "All that the rules ask for was looked at." in html(clean(), "en/index.html")
    assert "All that the rules ask for" not in html(unevaluated(), "en/index.html")


def test_suspects_are_counted_on_every_page_that_has_any() -> None:
    first, *rest = clean().checks
    run = replace(clean(), checks=(replace(first, evidence=replace(first.evidence, review=600)), *rest))
    for path in ("en/index.html", "en/section-1.html"):
        assert "600 suspects to review" in html(run, path)
        assert "to review" not in html(clean(), path)
    assert "suspects to review" not in html(run, "en/section-4.html")


def facts(*checks: CheckResult, kind: str = "erased") -> list[tuple[str, int, str]]:
    rule = replace(clean().policy.rules[0], kind=kind)
    view = RuleView.of(rule, results(*checks))
    return [(fact.name, fact.count, fact.at.id if fact.at else "") for fact in view.facts]


def counting(place: str, **counts: int) -> CheckResult:
    one = check("no-bank-data", place)
    return replace(one, evidence=replace(one.evidence, facts=tuple(counts.items())))


def test_a_count_of_the_run_is_told_once_and_one_of_a_check_adds_up() -> None:
    tables = [counting(f"t{n}", erased_people=10, columns=3) for n in range(17)]
    assert facts(*tables) == [("columns", 51, ""), ("erased_people", 10, "")]


def test_a_count_of_a_place_is_told_with_it() -> None:
    visits = [counting("a", smallest_group=5), counting("b", smallest_group=9)]
    assert facts(*visits, kind="unlinkable") == [
        ("smallest_group", 5, "no-bank-data/a"),
        ("smallest_group", 9, "no-bank-data/b"),
    ]


def test_what_nobody_declares_is_never_added_up() -> None:
    assert len(facts(counting("a", oldest=5), counting("b", oldest=9), kind="unheard")) == 2


def test_every_kind_says_what_its_counts_speak_of() -> None:
    found = {name: over for kind in KINDS.values() for name, over in kind.facts.items()}
    assert {name for name, over in found.items() if over is Over.RUN} >= {
        "erased_people",
        "rectified_values",
        "unsubscribed",
    }
