"""Results made by hand: what a page is made from, without an evaluation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache, partial

import pytest

from governance.policy import Clause, Published, Section, Severity, Text
from governance.reports import Page, render
from governance.results import (
    CheckResult,
    Evidence,
    Period,
    PolicyText,
    Reason,
    Results,
    RowReference,
    RuleText,
    SourceText,
    TableText,
    Unit,
    Verdict,
)

PP_1 = ("PP-1-1",)
HOSTILE_TABLES = ("<script>alert(1)</script>", "evil\u202etxt.exe", "quote\"'&", "tab\there\u2066")
REASONS = {
    Verdict.PASSED: Reason.HOLDS,
    Verdict.FAILED: Reason.VIOLATED,
    Verdict.NOT_EVALUATED: Reason.NO_KEY,
    Verdict.ERROR: Reason.CHECK_RAISED,
    Verdict.WAIVED: Reason.VIOLATED,
    Verdict.ATTESTED: Reason.HOLDS,
}


def check(
    rule: str,
    place: str,
    verdict: Verdict = Verdict.PASSED,
    *,
    clauses: tuple[str, ...] = PP_1,
    violations: int = 0,
    problem: str = "payment_card_number",
    unit: Unit = "rows",
    references: int | None = None,
    reason: Reason | None = None,
    waived: int = 0,
) -> CheckResult:
    """One check's result; a violation has a reference, as many as `references` if given."""
    waived = waived or (violations if verdict is Verdict.WAIVED else 0)
    table, _, column = place.partition("/")
    named = violations if references is None else references
    evidence = Evidence(
        examined=0 if verdict in {Verdict.ERROR, Verdict.NOT_EVALUATED} else 84_200,
        violations=violations,
        unit=unit,
        problems=((problem, violations),) if violations else (),
        rows=tuple(
            RowReference(f"{number:016d}".replace("0", "A").replace("1", "B"), problem) for number in range(named)
        ),
    )
    why = reason or REASONS[verdict]
    return CheckResult(f"{rule}/{place}", rule, clauses, table, column, verdict, why, evidence, waived)


def rule(name: str, *clauses: str, severity: Severity = Severity.CRITICAL) -> RuleText:
    return RuleText(
        id=name,
        kind="free_of" if name != "declared" else "declared",
        clauses=clauses,
        severity=severity,
        title=Text(f"هیچ دادهٔ بانکی حساسی در «{name}» ذخیره نشده است", f"No sensitive bank data is stored in {name}"),
        rationale=Text(
            "شمارهٔ کارت حتی پس از رمزگذاری هم نباید بماند.", "Card numbers must not remain, even encrypted."
        ),
        remedy=Text("ردیف‌های نام‌برده را پاک یا پوشانده کنید.", "Erase or mask the named rows."),
        place=f"policy.yaml:{len(name) + 60}",
    )


def policy() -> PolicyText:
    return PolicyText(
        id="example",
        version="1",
        title=Text("سیاست حریم خصوصی نمونه", "An example privacy policy"),
        digest="5f" * 32,
        published=Published("حریم خصوصی", "https://example.org/privacy", "2026-11-22", "1a" * 32),
        sections=(
            Section("1", Text("چه داده‌ای گردآوری می‌شود", "What is collected")),
            Section("4", Text("امنیت داده", "Security of the data")),
        ),
        clauses=(
            Clause(
                "PP-1-1",
                "1",
                Text(
                    "خریدها ثبت می‌شوند، اما هیچ دادهٔ بانکی ذخیره نمی‌شود.", "Purchases are recorded, bank data is not."
                ),
                "a1" * 32,
            ),
            Clause(
                "PP-1-2", "1", Text("نشانی ایمیل کاربر ثبت می‌شود.", "The user's e-mail address is recorded."), "a2" * 32
            ),
            Clause(
                "PP-4-1", "4", Text("دادهٔ حساس رمزشده نگهداری می‌شود.", "Sensitive data is kept encrypted."), "a4" * 32
            ),
        ),
        rules=(
            rule("no-bank-data", "PP-1-1"),
            rule("declared", "PP-1-1", "PP-1-2", severity=Severity.WARNING),
            rule("restricted", "PP-4-1"),
        ),
        contracts=(),
        roles=(),
    )


def results(*checks: CheckResult, keyed: bool = True, selection: tuple[str, ...] = ()) -> Results:
    """A run with these checks over two tables with a contract and the hostile ones without."""
    tables = (
        TableText("transactions", 84_200, 9, declared=True, period=Period("2026-10-23", "2026-11-21")),
        TableText("users", 12_345, 7, declared=True),
    )
    return Results(
        policy=policy(),
        source=SourceText(
            "parquet", "demo", "duckdb 1.5", tables + tuple(TableText(n, 3, 2, declared=False) for n in HOSTILE_TABLES)
        ),
        as_of="2026-11-22T04:30:00Z",
        keyed=keyed,
        planned=len(checks) if not selection else 40,
        selection=selection,
        checks=checks,
    )


def clean() -> Results:
    return results(
        check("no-bank-data", "transactions/note"),
        check("declared", "transactions/*", unit="columns", clauses=("PP-1-1", "PP-1-2")),
        check("restricted", "users/mobile", clauses=("PP-4-1",), reason=Reason.PROVEN),
    )


def violated() -> Results:
    names = check(
        "declared",
        "*",
        Verdict.FAILED,
        clauses=("PP-1-1", "PP-1-2"),
        violations=4,
        unit="tables",
        problem="undeclared_table",
        references=0,
    )
    return results(
        check("no-bank-data", "transactions/note", Verdict.FAILED, violations=312),
        check(
            "no-bank-data",
            f"{HOSTILE_TABLES[0]}/{HOSTILE_TABLES[1]}",
            Verdict.FAILED,
            violations=1,
            problem="<b>new</b>",
        ),
        check("no-bank-data", "transactions/*", Verdict.ERROR),
        check(
            "no-bank-data",
            "transactions/gateway_response_with_a_rather_long_name_of_its_own",
            Verdict.WAIVED,
            violations=7,
        ),
        *(check("no-bank-data", f"users/column_{number}") for number in range(12)),
        replace(names, evidence=replace(names.evidence, names=HOSTILE_TABLES)),
        check("restricted", "users/mobile", Verdict.NOT_EVALUATED, clauses=("PP-4-1",)),
        check(
            "restricted",
            "users/email",
            Verdict.FAILED,
            clauses=("PP-4-1",),
            violations=3,
            problem="plaintext",
            references=0,
        ),
    )


def unevaluated() -> Results:
    return results(
        check("no-bank-data", "transactions/note", Verdict.NOT_EVALUATED, reason=Reason.NO_ROWS),
        check("declared", "transactions/*", unit="columns", clauses=("PP-1-1", "PP-1-2")),
        check("restricted", "users/mobile", Verdict.NOT_EVALUATED, clauses=("PP-4-1",)),
        check("restricted", "users/email", Verdict.ATTESTED, clauses=("PP-4-1",)),
        keyed=False,
    )


def registered() -> Results:
    """A run with rules about the register, which serve no clause; its clauses hold, the register does not."""
    kept = rule("contracts-kept", severity=Severity.WARNING)
    own = partial(check, "contracts-kept", clauses=())
    broken = own("transactions", Verdict.FAILED, violations=5, problem="duplicate_key")
    found = results(
        *clean().checks,
        replace(broken, evidence=replace(broken.evidence, columns=(("sold_at", 2), ("number", 5)))),
        own("users", Verdict.NOT_EVALUATED, reason=Reason.MISSING_COLUMN),
        own("books", Verdict.WAIVED, violations=2, problem="dangling_reference"),
        own("reviews"),
    )
    return replace(found, policy=replace(found.policy, rules=(*found.policy.rules, kept)))


@cache
def pages(
    run: Results, rows: Collection[str] = (), notebooks: Collection[str] = (), language: str = "fa"
) -> tuple[Page, ...]:
    """The pages of a run, rendered once for all tests."""
    return render(run, language=language, rows=rows, notebooks=notebooks)


def html(run: Results, path: str, *, rows: tuple[str, ...] = (), notebooks: tuple[str, ...] = ()) -> str:
    return next(page.text for page in pages(run, rows, notebooks) if page.path == path)


RUNS = {"clean": clean, "violated": violated, "unevaluated": unevaluated, "registered": registered}


@pytest.fixture(params=sorted(RUNS))
def run(request: pytest.FixtureRequest) -> Results:
    return RUNS[request.param]()
