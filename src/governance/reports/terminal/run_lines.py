"""Plans and results as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from governance.planning.checks import Check, Plan
from governance.reports import headline
from governance.reports.facts.places import by_frequency
from governance.reports.facts.standing import severity_of
from governance.reports.terminal.kind_lines import unsought_lines
from governance.results import REGISTER, Reason, Results, Verdict
from governance.spelling import canonical_json

_OF_REGISTER = "The register of tables and contracts."
_MARKS = {
    Verdict.PASSED: "✔",
    Verdict.FAILED: "✖",
    Verdict.ERROR: "!",
    Verdict.NOT_EVALUATED: "○",
    Verdict.WAIVED: "⚑",
    Verdict.ATTESTED: "✍",
}


def plan_lines(plan: Plan, chosen: Sequence[Check]) -> Iterator[str]:
    """The checks by clause, each with its statement; those of the register apart."""
    groups = [
        (f"{clause.id}  {clause.statement.en}", [check for check in chosen if clause.id in check.rule.clauses])
        for clause in plan.policy.clauses
    ]
    groups.append((f"{REGISTER}  {_OF_REGISTER}", [check for check in chosen if not check.rule.clauses]))
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


def result_lines(results: Results) -> Iterator[str]:
    """The verdicts by clause and of the register, every check that is not passed, worst first, and a summary."""
    for clause in results.policy.clauses:
        checks = results.of_clause(clause.id)
        if not checks and not results.complete:
            continue
        verdict = results.clause_verdict(clause.id)
        yield f"{_MARKS[verdict]} {clause.id}  {verdict.value}  {clause.statement.en} ({len(checks)} checks)"
    if found := results.register_verdict:
        yield f"{_MARKS[found]} {REGISTER}  {found.value}  {_OF_REGISTER} ({len(results.of_register)} checks)"
    for check in sorted(results.checks, key=severity_of):
        evidence = check.evidence
        if check.reason is Reason.CONSISTENT:
            yield f"  {_MARKS[check.verdict]} {check.id}: {check.reason.value}, not proven: no key given"
        if evidence.fell_back:
            yield f"  {check.id}: the sieve of {', '.join(evidence.fell_back)} fell back, every cell was judged"
        if check.verdict is Verdict.PASSED:
            continue
        problems = ", ".join(f"{problem} {count:,}" for problem, count in evidence.problems)
        counts = f"{evidence.violations:,} of {evidence.examined:,} {evidence.unit}" if evidence.violations else ""
        columns = ", ".join(f"{name} {count:,}" for name, count in by_frequency(evidence.columns))
        in_columns = f"in {columns}" if columns else ""
        names = f" [{', '.join(evidence.names)}]" if evidence.names else ""
        about = ", ".join(check.clauses) or f"the {REGISTER}"
        lacks = f"without {', '.join(evidence.lacks)} {about} is unproven" if evidence.lacks else ""
        long = dict(evidence.facts).get(Reason.TOO_LARGE, 0)
        refused = f"rows with cells too long to be judged {long:,}" if long else ""
        suspects = ", ".join(f"{name} {cells:,} suspects of {filled:,}" for name, cells, filled in evidence.suspects)
        detail = "; ".join(filter(None, [counts, problems, in_columns, refused, lacks, suspects]))
        yield f"  {_MARKS[check.verdict]} {check.id}: {check.reason.value}{': ' if detail else ''}{detail}{names}"
    if results.complete:
        yield from unsought_lines(results.policy.unsought, results.policy.regions)
    yield f"{results.verdict.value}: {headline(results, 'en')}"
