"""What notebooks show: escaped, in the direction of its language, drawn by Vega, and true to the results."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import vl_convert

from governance import guide
from governance.guide import CellChart, Table
from governance.guide.answers import ENCRYPTED
from governance.guide.tables import Id, Link
from governance.policy import Policy
from governance.results import Reason, Results, TableText, Verdict
from governance.rules.kinds import KINDS
from tests.reports.conftest import HOSTILE_TABLES, check, clean, results, violated

LANGUAGES = pytest.mark.parametrize("language", ["fa", "en"])
TABLES = ("sentences", "rules", "data", "findings", "references", "advice", "overview")
ANSWERS = ("collected", "purposes", "shared", "encryption", "rights", "versions", "attested")
CHARTS = ("collected_chart", "purposes_chart", "shared_chart", "encryption_chart", "rights_chart", "versions_chart")


@pytest.fixture
def registered(policy: Policy) -> Results:
    """Results by hand, over the registers and contracts of the project."""
    found = violated()
    shared = tuple(TableText(agreement.payload, 50, 5, declared=True) for agreement in policy.agreements)
    text = replace(
        found.policy,
        contracts=policy.contracts,
        roles=policy.roles,
        purposes=policy.purposes,
        agreements=policy.agreements,
        attestations=policy.attestations,
        history=policy.history,
    )
    return replace(found, policy=text, source=replace(found.source, tables=found.source.tables + shared))


@LANGUAGES
@pytest.mark.parametrize("name", [*TABLES, *ANSWERS])
def test_every_table_shows_itself_in_both_forms(registered: Results, name: str, language: str) -> None:
    table: Table = getattr(guide, name)(registered, language)
    assert f'dir="{"rtl" if language == "fa" else "ltr"}"' in table._repr_html_()
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert repr(table).count("\n") >= len(table)
    if name != "encryption":
        assert len(table) > 0


@LANGUAGES
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_of_an_answer_is_drawn(registered: Results, name: str, language: str) -> None:
    drawn(getattr(guide, name)(registered, language))


def counting(facts: tuple[tuple[str, int], ...]) -> Results:
    """A run whose first rule is violated and counts these facts, and whose last could not be evaluated."""
    first, declared, restricted = clean().checks
    evidence = replace(first.evidence, examined=9, violations=3, problems=(("late", 2), ("overdue", 1)), facts=facts)
    failed = replace(first, verdict=Verdict.FAILED, evidence=evidence)
    unknown = replace(restricted, verdict=Verdict.NOT_EVALUATED, reason=Reason.NO_KEY)
    return replace(clean(), checks=(failed, declared, unknown))


def test_the_rights_are_the_rules_of_the_section_with_what_was_found() -> None:
    table = guide.rights(counting(()), "en")
    assert [row[1:4] for row in table.rows] == [
        (Verdict.FAILED, 9, 3),
        (Verdict.PASSED, 84_200, 0),
        (Verdict.NOT_EVALUATED, 84_200, 0),
    ]
    assert table.rows[0][4] == "done after its deadline: 2, open after its deadline: 1"
    assert table.rows[2][4] == "no key was given"


def test_the_chart_of_rights_shows_the_rules_that_count_days_and_no_other() -> None:
    assert not guide.rights_chart(counting((("k:3", 9),)), "en").spec
    values = guide.rights_chart(counting((("day:0", 6), ("day:late", 3))), "en").spec["data"]["values"]
    assert {one["group"]: one["n"] for one in values} == {"broken": 3, "kept": 6}


def test_the_table_of_encryption_asks_for_a_kind_that_there_is() -> None:
    assert {"values", "distinct", "decrypted"} <= set(KINDS[ENCRYPTED].facts)


def test_versions_show_what_each_changed_the_first_nothing(registered: Results) -> None:
    versions = registered.policy.history
    first, *_ = guide.versions(registered, "en").rows
    assert (first[0], first[2]) == (versions[0].version, ())
    name, text = next(iter(versions[0].clauses.items()))
    later = replace(
        versions[0],
        version="99",
        effective="2099-01-01",
        clauses={**versions[0].clauses, name: text[::-1], "PP-9-9": text},
    )
    grown = replace(registered, policy=replace(registered.policy, history=(versions[0], later)))
    assert guide.versions(grown, "en").rows[-1][2] == tuple(sorted({name, "PP-9-9"}))


@LANGUAGES
@pytest.mark.parametrize("make", [clean, violated, results], ids=["clean", "violated", "nothing"])
def test_the_charts_of_a_tour_are_drawn_even_of_nothing(make: object, language: str) -> None:
    found: Results = make()  # type: ignore[operator]
    drawn(guide.places(found, "1", language))
    drawn(guide.verdicts(found, language))
    assert repr(guide.findings(found, language))


def drawn(figure: CellChart) -> None:
    bundle = figure._repr_mimebundle_()
    assert bundle["text/plain"] == repr(figure) != ""
    if "application/vnd.vegalite.v5+json" not in bundle:
        assert bundle["text/plain"].endswith(("Nothing to show.", "چیزی برای نمایش نیست."))
        return
    svg: str = vl_convert.vegalite_to_svg(bundle["application/vnd.vegalite.v5+json"])
    assert svg.startswith("<svg")


@LANGUAGES
@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("k", (("k:3", 1), ("k:10-19", 4), ("k:1000+", 2))),
        ("day", (("day:0", 3), ("day:12", 1), ("day:late", 1))),
        ("use", (("use:support:essential.service", 40),)),
        ("flow", (("flow:messages:sms", 90), ("flow:messages:email", 60))),
        ("byte", tuple((f"byte:{place}", 200) for place in range(1, 9))),
    ],
)
def test_what_rules_counted_is_drawn(name: str, facts: tuple[tuple[str, int], ...], language: str) -> None:
    found = clean()
    first = found.checks[0]
    counting = replace(first, evidence=replace(first.evidence, facts=facts))
    figure = guide.counted(replace(found, checks=(counting, *found.checks[1:])), name, language)
    assert figure.spec
    drawn(figure)
    drawn(guide.counted(found, name, language))


def test_hostile_names_stay_text() -> None:
    html = guide.data(results(check("declared", "*")), "fa")._repr_html_()
    assert "<script" not in html
    assert "\u202e" not in html
    assert len(guide.data(results(check("declared", "*")), "fa")) == len(HOSTILE_TABLES)


def test_numbers_are_written_in_the_languages_digits_and_ids_as_they_are() -> None:
    row = (Id("table-12"), 12_345, Verdict.FAILED, ("KP-1", "KP-2"), Link("۱", "01.ipynb"))
    table = Table.of("fa", ("table", "rows", "verdict", "clauses", "section"), [row])
    html = table._repr_html_()
    assert '<bdi dir="ltr"><code style="white-space:nowrap">table-12</code></bdi>' in html
    assert "۱۲٬۳۴۵" in html
    assert "✖ نقض" in html
    assert '<a href="01.ipynb">۱</a>' in html
    assert table.frame()["ردیف‌ها"].tolist() == [12_345]


def test_what_is_left_out_is_said() -> None:
    table = Table.of("en", ("rows",), [(number,) for number in range(25)])
    assert "5 more rows." in table.head(20)._repr_html_()
    assert "5 more rows." in repr(table.head(20))
    assert len(table.where("24")) == 1


def test_findings_come_worst_first_with_their_problems() -> None:
    table = guide.findings(violated(), "en")
    assert table.rows[0][1] is Verdict.FAILED
    assert "payment card number" in str(table.rows[0][2])


def test_a_clause_without_a_check_asks_for_a_rule() -> None:
    told = guide.advice(results(check("no-bank-data", "transactions/note")), "en")
    assert [str(row[0]) for row in told.rows] == ["PP-1-2", "PP-4-1"]


def test_a_tour_of_a_stored_run_loads_no_engine() -> None:
    heavy = {"great_expectations", "pandas", "pyarrow", "duckdb", "numpy", "altair", "papermill"}
    code = (
        "import sys, governance; governance.guide; governance.open_section; governance.find_project(); "
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_data_says_from_when_to_when_it_reaches() -> None:
    found = results(check("no-bank-data", "transactions/note"), check("restricted", "users/mobile"))
    assert [row[3] for row in guide.data(found, "en").rows] == ["2026-10-23 – 2026-11-21", "none"]
    assert [row[3] for row in guide.data(found, "fa").rows] == ["۱ آبان ۱۴۰۵ – ۳۰ آبان ۱۴۰۵", "ندارد"]
