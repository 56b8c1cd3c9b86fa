"""What the last runs said: from the log alone, oldest first, and never more than it knows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from governance.reports import render
from governance.reports.facts.history import Changes, Past
from governance.reports.facts.trails import MOST_RUNS, Trail, Trails
from governance.results import Results, Verdict

from .conftest import clean, unevaluated, violated
from .page import read

F, P, N = Verdict.FAILED, Verdict.PASSED, Verdict.NOT_EVALUATED


def runs(*found: Results, start: int = 1) -> tuple[Past, ...]:
    return tuple(
        replace(Past.of(run), as_of=f"2026-{month:02d}-01T00:00:00+00:00") for month, run in enumerate(found, start)
    )


def trails(*found: Past) -> Trails:
    made = Trails.of(found)
    assert made is not None
    return made


def verdicts(trail: Trail) -> list[Verdict | None]:
    return [step.verdict for step in trail.steps]


def page(run: Results, path: str, *history: Past) -> str:
    return next(one.text for one in render(run, history=history) if one.path == path)


def test_a_first_run_has_nothing_behind_it_and_says_so() -> None:
    assert Trails.of(runs(clean())) is None
    for path in ("en/index.html", "en/section-1.html"):
        text = page(clean(), path)
        assert "This is the first run that the log knows of" in text
        assert 'class="trail"' not in text


def test_a_trail_tells_violated_first_and_the_last_runs_only() -> None:
    found = trails(*runs(*[clean()] * 4, *[violated()] * 3, clean(), violated()))
    assert (len(found.runs), found.first) == (MOST_RUNS, 2)
    assert verdicts(found.of_clause("PP-1-1")) == [P, P, P, F, F, F, P, F]
    assert verdicts(found.of_clauses(["PP-1-2", "PP-4-1"])) == [P, P, P, F, F, F, P, F]
    assert [step.found for step in found.of_rule("no-bank-data").steps] == [0, 0, 0, 313, 313, 313, 0, 313]
    assert verdicts(found.of_rule("no-bank-data")) == [P, P, P, F, F, F, P, F]


@pytest.mark.parametrize(
    ("order", "since", "turned", "unseen"),
    [
        ("PF", None, True, []),
        ("FF", "2026-01", False, []),
        ("PFF", "2026-02", False, []),
        ("FPF", None, True, []),
        ("FPP", "2026-02", False, []),
        ("FNF", "2026-01", False, ["2026-02"]),
        ("NFNF", "2026-02", False, ["2026-03"]),
        ("FNFNNF", "2026-01", False, ["2026-02", "2026-04", "2026-05"]),
        ("PNF", None, True, ["2026-02"]),
        ("NF", None, False, ["2026-01"]),
        ("FN", None, True, []),
        ("FNN", "2026-02", False, []),
        ("PNP", "2026-01", False, ["2026-02"]),
    ],
)
def test_how_long_it_has_been_so(order: str, since: str | None, turned: bool, unseen: list[str]) -> None:  # noqa: FBT001
    kinds = {"P": clean(), "F": violated(), "N": unevaluated()}
    found = trails(*runs(*(kinds[letter] for letter in order))).of_rule("no-bank-data").lately
    assert (found.since.as_of[:7] if found.since else None) == since
    assert found.turned is turned
    assert [step.as_of[:7] for step in found.unseen] == unseen


def test_a_page_claims_no_run_that_could_not_tell() -> None:
    lost = runs(violated(), unevaluated())
    text = " ".join(page(violated(), "en/section-1.html", *lost).split())
    told = [re.sub("<[^>]*>", "", one) for one in re.findall(r"</span> <small>(.*?)</small></dd>", text)]
    assert "since the run of 2026-01-01 (11 Dey 1404), or longer; not looked at on 2026-02-01 (12 Bahman 1404)" in told
    changes = Changes.between(lost[1], lost[0])
    assert (changes.violated, changes.seen) == (("PP-1-2",), ("PP-1-1", "PP-4-1"))
    assert "Violated; the last run could not tell" in page(violated(), "en/index.html", *lost)


def test_what_the_log_did_not_keep_is_unknown_and_nothing_is_called_new() -> None:
    old = replace(runs(clean())[0], rules={}, found={}, clauses={"PP-1-1": "splendid"})
    found = trails(old, Past.of(violated()))
    for trail in (found.of_clause("PP-1-1"), found.of_clause("PP-4-1"), found.of_rule("no-bank-data")):
        assert verdicts(trail) == [None, F]
        assert (trail.lately.since, trail.lately.turned) == (None, False)
    text = page(violated(), "en/index.html", old)
    assert "new since the last run" not in text
    assert "unknown" in text


def test_lines_that_were_written_before_rules_were_kept_are_read() -> None:
    summary = Past.of(clean()).summary()
    old = {key: value for key, value in summary.items() if key not in {"rules", "found"}}
    (read_back,) = Past.read([old], "example")
    assert read_back == replace(Past.of(clean()), rules={}, found={})
    assert Past.read([old | {"more": 1}, {k: v for k, v in old.items() if k != "limits"}], "example") == ()


def test_icons_have_words_and_the_same_as_a_table() -> None:
    history = runs(clean(), violated(), clean(), start=6)
    text = page(violated(), "en/index.html", *history)
    assert text.count('aria-label="The last 4 runs, oldest first: Holds, Violated, Holds, Violated"') == 3
    rows = [row for row in read(text).cells if row and row[0].startswith("Section 1:")]
    assert ["Section 1: What is collected", "Holds", "Violated", "Holds", "Violated"] in rows
    headers = [row for row in read(text).cells if "1. 2026-06-01" in row[1:]]
    assert headers == [["Section", "1. 2026-06-01", "2. 2026-07-01", "3. 2026-08-01", "4. 2026-11-22"]]
    assert "new since the last run" in text


def test_a_section_tells_it_of_each_clause_and_each_rule_with_its_count() -> None:
    text = page(violated(), "en/section-1.html", *runs(violated(), start=9))
    rows = read(text).cells
    assert ["PP-1-2", "Violated", "Violated"] in rows
    rule = [row for row in rows if row[0] == "No sensitive bank data is stored in no-bank-data" and len(row) == 3]
    assert rule == [[rule[0][0], "Violated313 violations", "Violated313 violations"]]
    assert re.search(r"since the run of <time[^>]*><bdi dir=\"ltr\">2026-09-01", text)


def test_the_persian_page_writes_its_days_and_digits() -> None:
    text = page(violated(), "index.html", *runs(clean(), start=9))
    assert '<th scope="col">۱. ۱۰ شهریور ۱۴۰۵</th>' in text
    assert "۲ اجرای اخیر، از قدیم به جدید: برقرار، نقض" in text


def test_the_log_keeps_counts_and_verdicts_by_rule_and_no_more() -> None:
    summary = Past.of(violated()).summary()
    assert summary["rules"] == {"no-bank-data": "failed", "declared": "failed", "restricted": "failed"}
    assert summary["found"] == {"no-bank-data": 313, "declared": 4, "restricted": 3}
    assert summary["violations"] == 320
