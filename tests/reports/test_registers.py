"""What stands beside the checks: sentences, terms, versions of the text, what changed since the last run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.errors import UsageError
from governance.policy import Attestation, NotNormative, Text, Version, Waiver
from governance.reports import render
from governance.reports.facts.history import Changes, Past
from governance.reports.facts.register_views import Term, attestations, editions, sentences, untested, waivers
from governance.reports.terminal.differences import difference_lines
from governance.results import Reason, Results, Verdict

from .conftest import check, clean, results, violated
from .page import read

AS_OF = "2026-11-22T04:30:00+00:00"
WORD = Text("گفته", "word")


def text(run: Results, path: str, *history: Past) -> str:
    page = next(page for page in render(run, history=history) if page.path == path)
    return " ".join("".join(read(page.text).words).split())


@pytest.mark.parametrize(
    ("first", "last", "state", "days"),
    [
        ("2026-11-01", "2026-12-31", "in_force", 39),
        ("2026-11-01", "2026-12-06", "in_force", 14),
        ("2026-11-01", "2026-12-05", "soon", 13),
        ("2026-11-22", "2026-11-22", "soon", 0),
        ("2026-11-01", "2026-11-21", "expired", -1),
        ("2026-11-23", "2027-11-21", "not_yet", 364),
    ],
)
def test_a_term_holds_from_its_first_day_to_the_end_of_its_last(first: str, last: str, state: str, days: int) -> None:
    assert Term.of(first, last, AS_OF) == Term(state, days, first, last)


def test_the_day_is_that_of_utc() -> None:
    assert Term.of("", "2026-11-21", "2026-11-22T01:00:00+03:30").state == "soon"


def registered() -> Results:
    run = results(
        check("no-bank-data", "t/c"),
        check("restricted", "users/mobile", Verdict.ATTESTED, clauses=("PP-4-1",)),
    )
    policy = replace(
        run.policy,
        not_normative=(NotNormative("PP-1-0", "1", WORD, Text("آغاز", "an opening")),),
        waivers=(
            Waiver("declared", "mina", WORD, "2026-01-01", "2026-12-31", "w", 1),
            Waiver("no-bank-data", "mina", WORD, "2026-01-01", "2026-10-30", "w", 2),
        ),
        attestations=(Attestation("PP-4-1", "mina", "security", WORD, "2026-10-01", "2027-10-01"),),
        history=(
            Version("1", "2025-01-01", {"PP-1-1": "a", "PP-1-2": "b"}, WORD),
            Version("2", "2026-01-01", {"PP-1-1": "c", "PP-4-1": "d"}, WORD),
            Version("3", "2027-01-01", {"PP-1-1": "c", "PP-4-1": "d"}, WORD),
        ),
    )
    return replace(run, policy=policy)


def test_sentences_stand_in_the_order_of_the_text() -> None:
    (section, found), _ = sentences(registered())
    assert section.id == "1"
    assert [one.text.id for one in found] == ["PP-1-0", "PP-1-1", "PP-1-2"]
    assert [one.promises for one in found] == [False, True, True]


def test_every_untested_sentence_has_its_reason() -> None:
    found = {one.sentence.text.id: one.why for one in untested(registered())}
    assert found == {"PP-1-0": "not_normative", "PP-1-2": "no_check", "PP-4-1": "attested"}
    shown = text(registered(), "en/policy.html")
    assert "It promises nothing. an opening" in shown
    assert "a named person vouches for it" in shown
    assert "3 sentences of the policy" in text(registered(), "en/index.html")


def test_what_could_not_be_evaluated_is_untested() -> None:
    run = results(check("restricted", "users/mobile", Verdict.NOT_EVALUATED, clauses=("PP-4-1",)))
    assert {one.why for one in untested(run) if one.sentence.text.id == "PP-4-1"} == {"unevaluated"}
    assert "could not be evaluated, or not all of them: no key was given." in text(run, "en/policy.html")


def test_registers_say_who_and_until_when() -> None:
    run = registered()
    assert [(one.scope, term.state) for one, term in waivers(run)] == [
        ("no-bank-data", "expired"),
        ("declared", "in_force"),
    ]
    assert [(one.clause, term.state) for one, term in attestations(run)] == [("PP-4-1", "in_force")]
    shown = text(run, "en/index.html")
    assert "expired: without effect" in shown
    assert "No violation is waived." in text(clean(), "en/index.html")


def test_versions_tell_what_became_of_their_clauses() -> None:
    three, two, one = editions(registered())
    assert (three.in_force, two.in_force, one.in_force) == (False, True, False)
    assert (two.added, two.changed, two.removed) == (("PP-4-1",), ("PP-1-1",), ("PP-1-2",))
    assert (one.added, one.changed, one.removed) == ((), (), ())
    assert (three.added, three.changed, three.removed) == ((), (), ())


def test_changes_between_two_runs() -> None:
    before, after = Past.of(clean()), Past.of(violated())
    changes = Changes.between(before, after)
    assert changes.violated == ("PP-1-1", "PP-1-2", "PP-4-1")
    assert (changes.fixed, changes.texts, changes.limits) == ((), (), ())
    assert Changes.between(after, before).fixed == ("PP-1-1", "PP-1-2", "PP-4-1")
    assert not Changes.between(after, after)


def test_a_violation_that_is_no_longer_evaluated_is_not_fixed() -> None:
    failed = results(check("no-bank-data", "t/c", Verdict.FAILED, violations=1))
    unknown = results(check("no-bank-data", "t/c", Verdict.ERROR))
    changes = Changes.between(Past.of(failed), Past.of(unknown))
    assert changes.fixed == ()
    assert "PP-1-1" in changes.unevaluated


def test_the_log_keeps_and_gives_back_a_run() -> None:
    past = Past.of(violated())
    assert Past.read([past.summary(), {"another": "format"}, past.summary()], "example") == (past, past)
    assert Past.read([past.summary()], "another-policy") == ()


def test_the_index_says_what_changed_since_the_last_run() -> None:
    assert "The log knows of no earlier run" in text(violated(), "en/index.html")
    shown = text(violated(), "en/index.html", Past.of(clean()))
    assert "Newly violated" in shown
    assert "2 runs so far" in shown
    assert "Nothing changed" in text(violated(), "en/index.html", Past.of(violated()))


def test_the_terminal_tells_checks_limits_and_texts() -> None:
    before, after = clean(), violated()
    rules = tuple(replace(rule, limits=(("k", "10"),)) for rule in after.policy.rules[:1]) + after.policy.rules[1:]
    first, *others = after.policy.clauses
    changed = replace(first, fingerprint="ff" * 32, statement=Text("متن تازه", "new"))
    after = replace(after, policy=replace(after.policy, rules=rules, clauses=(changed, *others)))
    lines = list(difference_lines(before, after))
    assert "newly violated: 4" in lines
    assert "  no-bank-data/transactions/note (PP-1-1): 312 of 84,200 rows" in lines
    assert "  no-bank-data: k none → 10" in lines
    assert lines[-3:] == ["  PP-1-1", "    - خریدها ثبت می‌شوند، اما هیچ دادهٔ بانکی ذخیره نمی‌شود.", "    + متن تازه"]
    assert "fixed: 1" in list(difference_lines(violated(), results(check("no-bank-data", "transactions/note"))))
    assert list(difference_lines(before, before))[1:] == ["nothing changed"]


def test_violations_of_a_check_that_was_refused_cells_are_compared_too() -> None:
    def refused(violations: int) -> Results:
        seen = check("no-bank-data", "transactions/note", Verdict.FAILED)
        evidence = replace(seen.evidence, violations=violations)
        return results(replace(seen, verdict=Verdict.ERROR, reason=Reason.TOO_LARGE, evidence=evidence))

    passed = results(check("no-bank-data", "transactions/note"))
    fell = list(difference_lines(passed, refused(2)))
    assert {"newly violated: 1", "no longer evaluated: 1"} < set(fell)
    assert any(line.endswith("error, too_large") and "2 of " in line for line in fell)
    assert {"fixed: 1", "evaluated again: 1"} < set(difference_lines(refused(2), passed))
    assert "violated in both, other counts: 1" in list(difference_lines(refused(2), refused(900)))
    assert list(difference_lines(refused(0), passed))[1] == "evaluated again: 1"


def test_two_policies_are_not_compared() -> None:
    other = replace(clean(), policy=replace(clean().policy, id="other"))
    with pytest.raises(UsageError, match="Expected two runs of one policy"):
        list(difference_lines(clean(), other))
