"""What a reader must find on a page, and what a page must not claim."""

from __future__ import annotations

import re
from dataclasses import replace

from governance.detection import OwnKind
from governance.policy import Text
from governance.reports import headline, render
from governance.reports.language.words import with_kinds, words
from governance.reports.terminal.run_lines import result_lines
from governance.results import Period, Reason, Results, Verdict

from .conftest import check, clean, html, pages, results, unevaluated, violated
from .page import read


def text(run: Results, path: str, *, rows: tuple[str, ...] = (), notebooks: tuple[str, ...] = ()) -> str:
    return " ".join("".join(read(html(run, path, rows=rows, notebooks=notebooks)).words).split())


def test_the_index_says_the_verdict_in_one_sentence(run: Results) -> None:
    assert headline(run, "fa") in text(run, "index.html")
    assert headline(run, "en") in text(run, "en/index.html")


def test_the_command_that_makes_the_report_again_names_its_language() -> None:
    for language in ("fa", "en"):
        for page in pages(clean(), language=language):
            assert not page.path.endswith("index.html") or f" --keys KEYS --lang {language} --out RUN" in page.text


def test_a_selection_says_that_it_is_one() -> None:
    run = results(check("no-bank-data", "t/c"), selection=("no-bank-data",))
    found = text(run, "en/index.html")
    assert "Selection: Holds The selected check holds; this says nothing about the other 39." in " ".join(found.split())
    assert "not in this selection" in text(run, "en/section-4.html")


def test_both_calendars_and_the_place_of_the_clock_are_said() -> None:
    assert "۱ آذر ۱۴۰۵، ساعت ۰۸:۰۰ به وقت تهران" in html(clean(), "index.html")
    assert (
        '<time datetime="2026-11-22T04:30:00Z"><bdi dir="ltr">2026-11-22</bdi>, 08:00 Tehran time (1 Azar 1405)'
        in html(clean(), "en/index.html")
    )


def spanning(first: str, last: str) -> Results:
    tables = (replace(clean().source.tables[0], period=Period(first, last)), *clean().source.tables[1:])
    return replace(clean(), source=replace(clean().source, tables=tables))


def test_the_period_of_the_data_is_told_in_both_calendars_with_what_it_was_measured_in() -> None:
    assert "۱ آبان ۱۴۰۵ – ۳۰ آبان ۱۴۰۵ (" in html(clean(), "index.html")
    assert '<bdi dir="ltr">2026-10-23 – 2026-11-21</bdi> (1 Aban 1405 – 30 Aban 1405)' in html(clean(), "en/index.html")
    assert "found in 1 table of 6 tables" in text(clean(), "en/index.html")
    for late in ("lie before 1900", "after the time of this evaluation"):
        assert late not in text(clean(), "en/index.html")


def test_a_period_of_one_day_is_one_day() -> None:
    assert ">2026-11-21</bdi> (30 Aban 1405)" in html(spanning("2026-11-21", "2026-11-21"), "en/index.html")


def test_times_that_cannot_be_are_shown_as_they_were_found() -> None:
    page = text(spanning("1405-08-01", "2026-11-23"), "en/index.html")
    assert "lie before 1900" in page
    assert "lie after the time of this evaluation" in page
    absurd = spanning("-1199-02-15", "33658-09-27")
    assert '<bdi dir="ltr">-1199-02-15 – 33658-09-27</bdi></span>' in html(absurd, "index.html")
    assert "lie before 1900" in text(absurd, "en/index.html")
    assert "lie after the time of this evaluation" in text(absurd, "en/index.html")


def test_tables_without_page_checksums_are_named_beside_the_tables_and_nothing_is_said_of_others() -> None:
    said = {
        "index.html": "جمع کنترلی (checksum) ندارند",
        "en/index.html": "so that a flipped bit in it may go unnoticed:",
    }
    tables = tuple(replace(table, unchecked=table.name == "users") for table in clean().source.tables)
    run = replace(clean(), source=replace(clean().source, tables=tables))
    for path, words_of_it in said.items():
        assert words_of_it in text(run, path)
        assert words_of_it not in text(clean(), path)


def test_without_event_times_the_period_is_unknown() -> None:
    tables = tuple(replace(table, period=None) for table in clean().source.tables)
    run = replace(clean(), source=replace(clean().source, tables=tables))
    assert "unknown: no table that was read has an event time" in text(run, "en/index.html")


def test_without_keys_encryption_is_not_called_proven_and_rows_not_referenced() -> None:
    assert "not proven, and rows cannot be referenced" in text(unevaluated(), "en/index.html")
    run = results(check("no-bank-data", "t/c", Verdict.FAILED, violations=3, references=0), keyed=False)
    assert "because no key was given" in text(run, "en/section-1.html")


def test_a_table_without_a_primary_key_gives_another_reason() -> None:
    run = results(check("no-bank-data", "t/c", Verdict.FAILED, violations=3, references=0))
    assert "because the table has no primary key" in text(run, "en/section-1.html")


def test_two_hundred_references_and_the_number_of_the_rest_with_their_file() -> None:
    page = html(violated(), "en/section-1.html", rows=("no-bank-data/transactions/note",))
    references = [code for code in read(page).codes if len(code) == 16 and code.startswith("AAAA")]
    assert len(references) == 200 + 1 + 7
    assert '112 more in <a href="../rows/no-bank-data--transactions--note.csv">' in page
    assert "112 more are not on this page." in text(violated(), "en/section-1.html")


def test_many_failing_checks_share_the_references_of_a_page() -> None:
    run = results(*(check("no-bank-data", f"t/c{n}", Verdict.FAILED, violations=400) for n in range(50)))
    page = html(run, "en/section-1.html")
    assert len([code for code in read(page).codes if re.fullmatch("[A-Z2-9]{16}", code)]) == 50 * 40
    assert len(page.encode()) < 1_000_000


def test_undeclared_names_are_listed() -> None:
    assert "<code>evil\\u202etxt.exe</code>" in html(violated(), "section-1.html")


def test_checks_that_hold_are_folded_with_what_they_measured() -> None:
    page = html(clean(), "en/section-1.html")
    assert "measured on 84,200 rows, 0 violations" in page
    assert "<details open" not in page


def test_a_pass_that_is_not_proof_says_so() -> None:
    run = results(check("restricted", "users/mobile", clauses=("PP-4-1",), reason=Reason.CONSISTENT))
    assert "consistent with the declared format, but not proven" in text(run, "en/section-4.html")


def test_a_check_that_could_not_run_says_why_and_what_to_do() -> None:
    page = text(unevaluated(), "en/section-4.html")
    assert "no key was given" in page
    assert "Repeat the evaluation with the key file." in page
    assert "Erase or mask" not in page


def test_a_section_links_to_the_notebook_of_its_number() -> None:
    notebooks = ("01_collection.ipynb", "04_security.ipynb", "14_other.ipynb")
    assert 'href="../notebooks/04_security.ipynb"' in html(clean(), "en/section-4.html", notebooks=notebooks)
    assert "notebooks/" not in html(clean(), "en/section-4.html")


def test_a_rule_of_several_clauses_is_told_once() -> None:
    page = html(violated(), "en/section-1.html")
    assert page.count('id="r-declared"') == 1
    assert "speaks for this clause too; it stands under clause" in page


def test_a_rule_names_the_expectation_that_the_run_stored_for_it() -> None:
    run = clean()
    (first, *others) = run.policy.rules
    stored = (replace(first, expectation="ExpectColumnValuesToBeFreeOf"), *(replace(o, expectation="") for o in others))
    page = html(replace(run, policy=replace(run.policy, rules=stored)), "en/section-1.html")
    assert page.count("<code>expect_column_values_to_be_free_of</code>") == 1
    assert page.count("<dt>Expectation</dt>") == 1


def test_a_sieve_that_fell_back_is_named_on_pages_and_terminal() -> None:
    run = violated()
    first, *others = run.checks
    evidence = replace(first.evidence, facts=(*first.evidence.facts, ("fell_back:iban", 1)))
    run = replace(run, checks=(replace(first, evidence=evidence), *others))
    said = " ".join(text(run, f"en/section-{section.id}.html") for section in run.policy.sections)
    assert "The sieve of bank account number (IBAN) fell back: every cell was judged one by one" in said
    assert f"  {first.id}: the sieve of iban fell back, every cell was judged" in list(result_lines(run))


def test_a_clause_without_checks_is_said_not_to_be_evaluated() -> None:
    assert "so it is not evaluated" in text(results(check("no-bank-data", "t/c")), "en/section-4.html")


def test_the_files_of_the_data_are_told_by_digest_as_many_as_a_page_can_hold() -> None:
    digests = {f"part {number:03d}.parquet": f"{number:064d}" for number in range(120)}
    page = next(p.text for p in render(clean(), digests=digests) if p.path == "en/index.html")
    codes = read(page).codes
    assert "Digests of 120 files of the data" in page
    assert [name for name in codes if name.startswith("part ")] == sorted(digests)[:100]
    assert digests["part 099.parquet"] in codes
    assert '20 more are in <a href="../manifest.json">' in page
    assert 'id="digests"' not in html(clean(), "en/index.html")


def test_commands_in_the_sentences_of_the_policy_are_set_as_code() -> None:
    told = Text("با `governance plan` بسازید", "Make it with `governance plan` & <b>`x`</b>")
    run = violated()
    run = replace(run, policy=replace(run.policy, rules=tuple(replace(one, remedy=told) for one in run.policy.rules)))
    page = html(run, "en/section-1.html")
    assert 'Make it with <bdi dir="ltr"><code>governance plan</code></bdi> &amp; &lt;b&gt;' in page
    assert "`" not in html(run, "section-1.html").split("<main")[1].split("<script")[0]
    odd = replace(run.policy.rules[0], remedy=Text("`یک", "one ` alone"))
    run = replace(run, policy=replace(run.policy, rules=(odd, *run.policy.rules[1:])))
    assert "one ` alone" in html(run, "en/section-1.html")


def test_the_policys_page_says_what_was_not_looked_for_in_both_languages() -> None:
    own = OwnKind("member_number", "user.account", "KM-[0-9]{6}", fa="شمارهٔ عضویت", en="member number")
    run = clean()
    unsought = ("birth_date", "member_number", "national_id/KW")
    some = replace(run, policy=replace(run.policy, unsought=unsought, kinds=(own,), regions=("IR", "KW")))
    english, persian = (re.sub("<[^>]*>", "", html(some, path)) for path in ("en/policy.html", "policy.html"))
    assert "No rule of this policy looks for: date of birth, member number, national identity number (KW)." in english
    assert "243 other regions were not looked for either, only those of: IR, KW." in english
    assert "هیچ قاعده‌ای از این سیاست در پی این‌ها نیست: تاریخ تولد، شمارهٔ عضویت، کد ملی (KW)." in persian
    assert "۲۴۳ کشور و منطقهٔ دیگر" in persian
    assert "Every kind of data that can be recognised is looked for." in text(run, "en/policy.html")
    lines = list(result_lines(some))
    assert "not looked for: birth_date, member_number, national_id/KW" in lines


def test_problems_of_an_own_kind_are_called_by_its_title() -> None:
    own = OwnKind("member_number", "user.account.username", "KM-[0-9]{6}", en="member number")
    english, persian = (with_kinds(words(language), [own]) for language in ("en", "fa"))
    assert english.named("problem", "member_number") == "member number"
    assert persian.named("problem", "member_number") == "member_number"
    assert english.named("problem", "undeclared_user.account.username").startswith("member number in a column")
    assert words("en").named("problem", "member_number") == ""
