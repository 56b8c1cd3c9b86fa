"""The same numbers everywhere: in both languages, in every total, and in the results."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from governance.errors import EvidenceError
from governance.reports import render
from governance.reports.facts.standing import ORDER
from governance.reports.facts.views import actions, apart, sections
from governance.results import Results, Verdict

from .conftest import PP_1, check, clean, html, pages, results, violated
from .page import Read, read

TO_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹٬٫٪", "0123456789,.%")


def page(run: Results, path: str) -> Read:
    return read(html(run, path))


def numbers(found: Read) -> list[str]:
    return sorted(re.findall(r"[0-9]+(?:[,.][0-9]+)*", " ".join(found.words).translate(TO_ASCII)))


def test_sections_add_up_to_the_counts_of_the_results(run: Results) -> None:
    own, found = apart(run), sections(run)
    counts = [*(view.counts for view in found), *(view.counts for view in own)]
    for verdict in Verdict:
        assert sum(tally[verdict] for tally in counts) == run.counts()[verdict]
    assert sum(view.total for view in found) + sum(view.total for view in own) == len(run.checks)


def test_the_table_of_sections_prints_those_totals(run: Results) -> None:
    for path in ("index.html", "en/index.html"):
        rows = [[cell.translate(TO_ASCII) for cell in row[2:]] for row in page(run, path).cells if len(row) == 9]
        body, total = rows[1:-1], rows[-1]
        assert [int(cell) for cell in total] == [*(run.counts()[verdict] for verdict in ORDER), len(run.checks)]
        assert [sum(int(row[column]) for row in body) for column in range(7)] == [int(cell) for cell in total]


def test_a_check_of_two_sections_counts_once_and_the_page_says_so() -> None:
    run = results(check("no-bank-data", "t/c", Verdict.FAILED, clauses=(*PP_1, "PP-4-1"), violations=2))
    assert [view.total for view in sections(run)] == [1, 0]
    assert [view.shown[0] for view in sections(run)] == [Verdict.FAILED, Verdict.FAILED]
    assert "1 check speaks for clauses of several sections" in " ".join(page(run, "en/index.html").words)


@pytest.mark.parametrize("foreign", [check("no-bank-data", "t/c", clauses=("XX-1",)), check("unheard-of", "t/c")])
def test_a_check_that_no_page_would_show_is_refused(foreign: object) -> None:
    with pytest.raises(EvidenceError):
        render(replace(clean(), checks=(foreign,)))  # type: ignore[arg-type]


def test_both_languages_show_the_same_ids_and_numbers(run: Results) -> None:
    for path in ("index.html", "section-1.html", "section-4.html"):
        fa, en = page(run, path), page(run, f"en/{path}")
        assert fa.ids == en.ids
        assert fa.codes == en.codes
        assert [[*element.attributes] for element in fa.elements if element.tag in {"a", "time", "tr", "td"}] == [
            [*element.attributes] for element in en.elements if element.tag in {"a", "time", "tr", "td"}
        ]
        assert numbers(fa) == numbers(en)


def test_persian_digits_stand_in_the_persian_view_only(run: Results) -> None:
    for found in pages(run):
        shown = " ".join(read(found.text).words)
        assert not re.search("[\u0660-\u0669]", found.text)  # Arabic digits, which only look Persian
        if found.path.startswith("en/"):
            assert not re.search("[۰-۹٬٫٪]", found.text)
        else:
            # What stays in ASCII is data: dates and ids are left out above, and a name such as CVV2 is a word.
            dates = r"\d{4}-\d{2}-\d{2}"
            assert not re.search(r"(?<![A-Za-z0-9])[0-9]", re.sub(dates, "", shown))


def test_what_needs_action_is_sorted_worst_first() -> None:
    assert [action.view.rule.id for action in actions(sections(violated()))] == [
        "no-bank-data",
        "restricted",
        "declared",
    ]
    assert actions(sections(clean())) == ()


def test_violated_comes_before_not_evaluated_whatever_its_severity() -> None:
    run = results(
        check("no-bank-data", "t/c", Verdict.ERROR),
        check("declared", "t/*", Verdict.FAILED, violations=1, unit="columns", references=0),
    )
    assert [action.view.rule.id for action in actions(sections(run))] == ["declared", "no-bank-data"]


def test_what_is_waived_needs_no_action() -> None:
    assert actions(sections(results(check("no-bank-data", "t/c", Verdict.WAIVED, violations=3)))) == ()
