"""The steps of a tour through a section: sentence, rule, data, evidence, what to do; each is a table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from governance.guide.cell_charts import CellChart
from governance.guide.tables import Cell, Id, Link, Table
from governance.policy import REST
from governance.reports import words
from governance.reports.charts import figures
from governance.reports.facts.places import by_frequency
from governance.reports.facts.series import series_of
from governance.reports.facts.standing import UNEVALUATED, severity_of
from governance.reports.facts.views import apart, notebook_of, rule_views, sections
from governance.reports.language.dates import spanned
from governance.reports.language.digits import numerals
from governance.results import REGISTER, CheckResult, Results, TableText, Verdict


def overview(results: Results, language: str) -> Table:
    """Every section with its verdict, its checks, and the way to its notebook; and the places apart."""
    names = [path.name for path in Path().glob("[0-9][0-9]_*.ipynb")]
    rows: list[tuple[Cell, ...]] = []
    for view in sections(results):
        section, counts = view.section, view.counts
        title = words(language).say(
            "section.title", section=numerals(section.id, language), title=section.title[language]
        )
        notebook = notebook_of(section.id, names)
        name = Link(title, notebook) if notebook else title
        unevaluated = sum(counts[verdict] for verdict in UNEVALUATED)
        rows.append((name, results.section_verdict(section.id), counts[Verdict.FAILED], unevaluated, view.total))
    for own in apart(results):
        verdict = results.section_verdict(own.place)
        unevaluated = sum(own.counts[one] for one in UNEVALUATED)
        title = words(language).say(f"{own.place}.title")
        rows.append((title, verdict, own.counts[Verdict.FAILED], unevaluated, own.total))
    return Table.of(language, ("section", "verdict", "violated", "unevaluated", "checks"), rows, "overview")


def sentences(results: Results, language: str) -> Table:
    """Each clause: its restated sentence and its verdict."""
    rows = [
        (
            Id(clause.id),
            results.clause_verdict(clause.id),
            clause.statement[language],
            len(results.of_clause(clause.id)),
        )
        for clause in results.policy.clauses
    ]
    return Table.of(language, ("clause", "verdict", "statement", "checks"), rows, "sentences")


def rules(results: Results, language: str) -> Table:
    """Each rule: what must hold, for which clauses, why, and where it is defined."""
    rows = [
        (
            Id(rule.id),
            tuple(rule.clauses) or (rule.apart or REGISTER,),
            rule.title[language],
            rule.rationale[language],
            Id(rule.place),
        )
        for rule in results.policy.rules
    ]
    return Table.of(language, ("rule", "clauses", "title", "why", "place"), rows, "rules")


def data(results: Results, language: str) -> Table:
    """The tables that the checks examined, and how much was read."""
    named = {check.table for check in results.checks}
    rows = [
        (Id(table.name), table.rows, table.columns, _days(table, language), _yes(language, holds=table.declared))
        for table in results.source.tables
        if table.name in named or (REST in named and not table.declared)
    ]
    return Table.of(language, ("table", "rows", "columns", "days", "contract"), rows, "data")


def findings(results: Results, language: str) -> Table:
    """The checks that do not hold, worst first: place, verdict, reason and counts; no value of the data."""
    return outcomes([check for check in results.checks if check.verdict is not Verdict.PASSED], language, "findings")


def outcomes(checks: Iterable[CheckResult], language: str, caption: str = "") -> Table:
    """The outcomes of checks, worst first."""
    say = words(language)
    rows = [
        (
            Id(check.id),
            check.verdict,
            say.listed(problems(check.evidence.problems, language)) or say.say(f"reason.{check.reason}"),
            check.evidence.violations,
            check.evidence.examined,
        )
        for check in sorted(checks, key=severity_of)
    ]
    return Table.of(language, ("check", "verdict", "reason", "violations", "examined"), rows, caption)


def references(results: Results, language: str, check_id: str = "") -> Table:
    """Failing rows by opaque reference; `governance explain` resolves them for those who hold the keys."""
    say = words(language)
    rows = [
        (Id(row.reference), say.named("problem", row.problem) or Id(row.problem), Id(row.table), Id(check.id))
        for check in sorted(results.checks, key=severity_of)
        if check_id in {"", check.id}
        for row in check.evidence.rows
    ]
    return Table.of(language, ("reference", "problem", "table", "check"), rows, "references")


def advice(results: Results, language: str) -> Table:
    """What to do about each rule that does not hold, and about what could not be evaluated."""
    say = words(language)
    rows: list[tuple[Cell, ...]] = []
    for view in rule_views(results):
        name = Id(view.rule.id)
        if view.failed:
            rows.append((name, Verdict.FAILED, view.rule.remedy[language]))
        unevaluated = {str(check.reason): check.verdict for check in view.unevaluated}
        rows += [
            (name, unevaluated[reason], say.named("advice", reason) or say.say(f"reason.{reason}"))
            for reason in view.reasons
        ]
    unserved = [clause for clause in results.policy.clauses if not results.of_clause(clause.id)]
    rows += [(Id(clause.id), Verdict.NOT_EVALUATED, say.say("advice.no_check")) for clause in unserved]
    return Table.of(language, ("rule", "verdict", "remedy"), rows, "advice")


def verdicts(results: Results, language: str) -> CellChart:
    """The checks of each section by verdict; each check counts once."""
    say = words(language)
    found = figures.verdicts(results, say) if results.checks else None
    return CellChart.of(found, say.say("chart.verdicts"), language)


def places(results: Results, section: str, language: str) -> CellChart:
    """The violations of a section by place, the worst places first."""
    say = words(language)
    return CellChart.of(figures.findings_of(results, section, say), say.say("chart.findings"), language)


def counted(results: Results, name: str, language: str) -> CellChart:
    """The first series of this name that the rules counted: `k`, `use`, `flow`, `day` or `byte`."""
    say = words(language)
    for view in rule_views(results):
        series = series_of(view)
        if series is not None and series.name == name and series.total:
            return CellChart.of(figures.of_rule(view, say), "", language)
    return CellChart.of(None, say.say(f"chart.{name}"), language)


def problems(found: Iterable[tuple[str, int]], language: str) -> list[str]:
    """The problems with counts, most frequent first."""
    say = words(language)
    ordered = by_frequency(found)
    return [say.say("rule.tallied", name=say.named("problem", name) or name, n=n) for name, n in ordered]


def _days(table: TableText, language: str) -> str:
    """The period of its event times, in the language's calendar where that has such days."""
    if table.period is None:
        return words(language).say("tables.timeless")
    persian, gregorian = spanned(table.period, language)
    return persian if language == "fa" and persian else gregorian


def _yes(language: str, *, holds: bool) -> str:
    return words(language).say("tables.declared" if holds else "tables.undeclared")
