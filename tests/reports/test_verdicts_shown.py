"""The one sentence of a run, and which verdicts a whole shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.policy import Clause, Text
from governance.reports import headline, words
from governance.reports.exports import export
from governance.reports.exports.sentences import outcome
from governance.reports.facts.standing import shown
from governance.reports.terminal.run_lines import result_lines
from governance.results import Reason, Results, Verdict

from .conftest import check, clean, html, policy, registered, results, unevaluated, violated


def run_of(*verdicts: Verdict) -> Results:
    """A policy of one clause a verdict, each with one check."""
    clauses = tuple(Clause(f"PP-1-{n}", "1", Text("متن", "text"), "") for n in range(len(verdicts)))
    checks = tuple(
        check("no-bank-data", f"t/c{n}", verdict, clauses=(clauses[n].id,), violations=verdict is Verdict.FAILED)
        for n, verdict in enumerate(verdicts)
    )
    return replace(results(*checks), policy=replace(policy(), clauses=clauses))


@pytest.mark.parametrize(
    ("verdicts", "en", "fa"),
    [
        ("p", "Its only clause holds.", "تنها بند آن برقرار است."),
        ("pp", "All 2 clauses hold.", "هر ۲ بند برقرار است."),
        ("fp", "1 of 2 clauses is violated, by 1 broken rule.", "۱ بند از ۲ بند نقض شده است (۱ قاعدهٔ شکسته)."),
        ("ffw", "2 of 3 clauses are violated, by 1 broken rule.", "۲ بند از ۳ بند نقض شده است (۱ قاعدهٔ شکسته)."),
        (
            "fnep",
            "1 of 4 clauses is violated, by 1 broken rule, and 2 could not be fully evaluated.",
            "۱ بند از ۴ بند نقض شده (۱ قاعدهٔ شکسته) و ارزیابی ۲ بند ناتمام مانده است.",
        ),
        (
            "npp",
            "No clause is violated, but 1 of 3 clauses could not be fully evaluated; that is not a pass.",
            "هیچ بندی نقض نشده، اما ارزیابی ۱ بند از ۳ بند ناتمام مانده است؛ این به معنای برقراری نیست.",
        ),
        (
            "wwp",
            "No clause has an open violation; 2 of 3 clauses are waived.",
            "هیچ بندی نقض بی‌معافیت ندارد؛ ۲ بند از ۳ بند معاف است.",
        ),
        (
            "ap",
            "Every clause is kept, 1 of 2 on a person's word and not by the data.",
            "همهٔ بندها برقرار است؛ ۱ بند از ۲ بند به گواهی یک شخص، نه به سنجش داده.",
        ),
        (
            "waap",
            "No clause has an open violation; 1 of 4 clauses is waived, and 2 kept on a person's word.",
            "هیچ بندی نقض بی‌معافیت ندارد؛ ۱ بند از ۴ بند معاف است و ۲ بند به گواهی یک شخص برقرار است.",
        ),
    ],
)
def test_headline_names_the_violated_first_for_every_mix(verdicts: str, en: str, fa: str) -> None:
    letters = {verdict.value[0]: verdict for verdict in Verdict}
    run = run_of(*(letters[letter] for letter in verdicts))
    assert headline(run, "en") == en
    assert headline(run, "fa") == fa


@pytest.mark.parametrize(
    ("verdicts", "en", "fa"),
    [
        (
            "ffp",
            "2 of the 3 selected checks are violated; this says",
            "۲ بررسی از ۳ بررسی گزیده نقض شده است؛ این دربارهٔ",
        ),
        ("fne", "1 of the 3 selected checks is violated, and 2 could not be evaluated; this says", "و ۲ بررسی ارزیابی"),
        ("npp", "No violation was found, but 1 of the 3 selected checks could not be evaluated; this", "ارزیابی نشده"),
        (
            "wap",
            "No open violation in the 3 selected checks, 2 of which hold by a waiver or a person's word; this",
            "معاف",
        ),
        (
            "ppp",
            "All 3 selected checks hold; this says nothing about the other 37.",
            "هر ۳ بررسی گزیده برقرار است؛ این",
        ),
    ],
)
def test_a_selection_tells_what_it_found_and_nothing_of_the_rest(verdicts: str, en: str, fa: str) -> None:
    letters = {verdict.value[0]: verdict for verdict in Verdict}
    found = run_of(*(letters[letter] for letter in verdicts))
    run = replace(found, selection=("no-bank-data",), planned=40)
    assert headline(run, "en").startswith(en)
    assert headline(run, "en").endswith("; this says nothing about the other 37.")
    assert fa in headline(run, "fa")
    assert headline(replace(run, planned=3), "en").endswith(en.partition(";")[0] + ".")


@pytest.mark.parametrize("verdicts", ["p", "fp", "fnp", "fe", "n", "wp", "ap", "wap", "e", "fwa", "nwa"])
def test_one_run_has_one_verdict_word(verdicts: str) -> None:
    letters = {verdict.value[0]: verdict for verdict in Verdict}
    run = run_of(*(letters[letter] for letter in verdicts))
    worst_first = [verdict for verdict in Verdict if verdict.value[0] in verdicts]
    assert run.verdict is worst_first[0]
    assert run.exit_code == {"e": 2, "n": 2, "f": 1}.get(run.verdict.value[0], 0)
    word = words("en").say(f"verdict.{run.verdict}")
    for path in ("en/index.html", "en/section-1.html"):
        assert f'<p class="banner {run.verdict}">' in html(run, path)
    assert f"{word}: " in export(run)["summary.md"].splitlines()[0]
    assert [*result_lines(run)][-1].startswith(f"{run.verdict.value}: ")


def test_a_waived_register_is_said_where_all_clauses_hold() -> None:
    run = registered()
    run = replace(run, checks=tuple(c for c in run.checks if c.verdict in {Verdict.PASSED, Verdict.WAIVED}), planned=5)
    assert run.verdict is Verdict.WAIVED
    assert headline(run, "en") == "All 3 clauses hold. The register: 1 of 2 checks is waived."


def test_nothing_checked_is_never_good_news() -> None:
    assert headline(results(), "en") == "Nothing was checked."


def test_a_clause_without_checks_is_not_a_pass() -> None:
    only_one = results(check("no-bank-data", "transactions/note"))
    assert "2 of 3 clauses could not be fully evaluated" in headline(only_one, "en")


def test_what_needs_action_is_shown_and_only_then_the_worst_of_the_rest() -> None:
    assert shown(Verdict) == (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_EVALUATED)
    assert shown([Verdict.PASSED, Verdict.WAIVED]) == (Verdict.WAIVED,)
    assert shown([]) == ()


@pytest.mark.parametrize("run", [clean(), violated(), unevaluated()])
def test_the_worst_verdict_is_always_among_those_shown(run: Results) -> None:
    for clause in run.policy.clauses:
        found = shown(check.verdict for check in run.of_clause(clause.id)) or (Verdict.NOT_EVALUATED,)
        assert run.clause_verdict(clause.id) in found


def test_violations_beside_cells_that_were_not_judged_are_violations() -> None:
    run = run_of(Verdict.ERROR, Verdict.PASSED)
    evidence = replace(run.checks[0].evidence, violations=1, problems=(("payment_card_number", 1),))
    refused = replace(run.checks[0], reason=Reason.TOO_LARGE, evidence=evidence)
    assert run.verdict is Verdict.ERROR
    run = replace(run, checks=(refused, run.checks[1]))
    assert headline(run, "en") == "1 of 2 clauses is violated, by 1 broken rule, and 1 could not be fully evaluated."
    assert run.exit_code == 2
    assert "larger than what is read, and was not judged. 1 of " in outcome(refused)
