"""Plans and results as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from governance.planning.checks import Check, Plan
from governance.reports import headline
from governance.reports.facts.places import by_frequency
from governance.reports.facts.standing import severity_of
from governance.reports.facts.unlooked import not_looked_at
from governance.reports.terminal.kind_lines import unsought_lines
from governance.results import APART, REGISTER, SILENT, CheckResult, Reason, Results, Verdict
from governance.spelling import canonical_json

APART_TITLES = {
    REGISTER: "The register of tables and contracts.",
    SILENT: "Data that the policy is silent about.",
}
_MARKS = {
    Verdict.PASSED: "✔",
    Verdict.FAILED: "✖",
    Verdict.ERROR: "!",
    Verdict.NOT_EVALUATED: "○",
    Verdict.WAIVED: "⚑",
    Verdict.ATTESTED: "✍",
}


def plan_lines(plan: Plan, chosen: Sequence[Check]) -> Iterator[str]:
    """The checks by clause, each with its statement; those that serve no clause apart."""
    groups = [
        (f"{clause.id}  {clause.statement.en}", [check for check in chosen if clause.id in check.rule.clauses])
        for clause in plan.policy.clauses
    ]
    groups += [
        (f"{place}  {APART_TITLES[place]}", [check for check in chosen if check.rule.apart == place]) for place in APART
    ]
    for title, checks in groups:
        if not checks:
            continue
        yield title
        for rule in plan.policy.rules:
            mine = [check for check in checks if check.rule.id == rule.id]
            if mine:
                yield f"    {rule.id} ({rule.kind}, {rule.severity.value}): {rule.title.en}, {len(mine)} checks"
                yield from (f"        {check.id}" for check in mine)
    yield f"{len(chosen)} of {len(plan.checks)} checks over {len(plan.policy.contracts)} tables"


def plan_json(chosen: Sequence[Check]) -> str:
    """The checks as JSON: id, rule, kind, clauses and place."""
    rows = [
        {
            "id": check.id,
            "rule": check.rule.id,
            "kind": check.rule.kind,
            "clauses": list(check.rule.clauses),
            "table": check.place.table if check.place else "",
            "column": check.place.column if check.place else "",
        }
        for check in chosen
    ]
    return canonical_json(rows).rstrip("\n")


def verdict_line(results: Results, now: datetime | None = None) -> str:
    """The verdict in words, and the time that decided it: whose it is, and at `now` how long ago."""
    days = (now - datetime.fromisoformat(results.as_of)).days if now else 0
    ago = f", {days:,} days ago" if days > 0 else f", {-days:,} days ahead of the clock" if days < 0 else ""
    whose = "given" if results.as_of_from == "given" else "from the data set"
    return f"{results.verdict.value}: {headline(results, 'en')} As of {results.as_of}, {whose}{ago}."


def result_lines(results: Results, now: datetime | None = None) -> Iterator[str]:
    """The verdicts by clause and place apart, every check that is not passed, worst first, and a summary.

    A selection of clauses judges these only; what its checks found about others stands beside each check.
    """
    yield from _verdicts(results)
    for check in sorted(results.checks, key=severity_of):
        evidence = check.evidence
        yield from _asides(check)
        if check.verdict is Verdict.PASSED:
            continue
        problems = ", ".join(f"{problem} {count:,}" for problem, count in evidence.problems)
        counts = f"{evidence.violations:,} of {evidence.examined:,} {evidence.unit}" if evidence.violations else ""
        waived = f"{check.waived:,} of {evidence.violations:,} waived" if check.waived else ""
        columns = ", ".join(f"{name} {count:,}" for name, count in by_frequency(evidence.columns))
        in_columns = f"in {columns}" if columns else ""
        names = f" [{', '.join(evidence.names)}]" if evidence.names else ""
        about = ", ".join(check.clauses) or check.apart
        lacks = f"without {', '.join(evidence.lacks)} {about} is unproven" if evidence.lacks else ""
        long = dict(evidence.facts).get(Reason.TOO_LARGE, 0)
        refused = f"rows with cells too long to be judged {long:,}" if long else ""
        suspects = ", ".join(f"{name} {cells:,} suspects of {filled:,}" for name, cells, filled in evidence.suspects)
        parts = [counts, waived, problems, in_columns, refused, lacks, suspects, _touches(check)]
        detail = "; ".join(filter(None, parts))
        yield f"  {_MARKS[check.verdict]} {check.id}: {check.reason.value}{': ' if detail else ''}{detail}{names}"
    yield from _unlooked_lines(results)
    if results.complete:
        yield from unsought_lines(results.policy.unsought, results.policy.regions)
    yield verdict_line(results, now)


def _asides(check: CheckResult) -> Iterator[str]:
    """What is said of a check whatever its verdict."""
    evidence = check.evidence
    if check.reason is Reason.CONSISTENT:
        yield f"  {_MARKS[check.verdict]} {check.id}: {check.reason.value}, not proven: no key given"
    if evidence.review:
        yield f"  ? {check.id}: {evidence.review:,} suspects to review"
    if evidence.fell_back:
        yield f"  {check.id}: the sieve of {', '.join(evidence.fell_back)} fell back, every cell was judged"


def _unlooked_lines(results: Results) -> Iterator[str]:
    """What could not be looked at, by cause."""
    for cause in not_looked_at(results):
        counts = f"{len(cause.checks)} checks, {len(cause.clauses)} clauses"
        yield f"not looked at, {cause.reason}: {', '.join(cause.names or cause.clauses)} ({counts})"


def _verdicts(results: Results) -> Iterator[str]:
    """The verdict of each clause, with whoever reads it in which way, and of each place apart."""
    chosen = results.chosen_clauses
    for clause in results.policy.clauses:
        checks = results.of_clause(clause.id)
        if (not checks and not results.complete) or (chosen and clause.id not in chosen):
            continue
        verdict = results.clause_verdict(clause.id)
        yield f"{_MARKS[verdict]} {clause.id}  {verdict.value}  {clause.statement.en} ({len(checks)} checks)"
        if clause.reading and clause.reading.closed:
            yield f"    read as a closed list by {clause.reading.by}: {clause.reading.reason.en}"
    for place in APART:
        if found := results.place_verdict(place):
            checks = results.of_place(place)
            yield f"{_MARKS[found]} {place}  {found.value}  {APART_TITLES[place]} ({len(checks)} checks)"


def _touches(check: CheckResult) -> str:
    """What the violations of a check concern, with their number where they concern several things."""
    found = [*(check.concerns or [(clause, 0) for clause in check.concerned])]
    found += [(SILENT, check.silent)] if check.silent else []
    if not found or not check.clauses:
        return ""
    named = [f"{name} {count:,}" if count and len(found) > 1 else name for name, count in found]
    return f"touches {', '.join(named)}"
