"""Two runs of one policy, compared check by check, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from governance.errors import UsageError
from governance.reports.facts.history import Changes, Past
from governance.reports.facts.standing import UNEVALUATED, severity_of
from governance.reports.language.safe_names import visible
from governance.results import CheckResult, Results, Verdict


def difference_lines(before: Results, after: Results) -> Iterator[str]:
    """What is newly violated, fixed, no longer evaluated or evaluated again, and which limits and texts changed.

    UsageError when the runs are of two policies.
    """
    if before.policy.id != after.policy.id:
        raise UsageError(
            f"Expected two runs of one policy, found one of {before.policy.id!r} and one of {after.policy.id!r}."
        )
    changes = Changes.between(Past.of(before), Past.of(after))
    yield f"{before.as_of}  {before.verdict.value}  →  {after.as_of}  {after.verdict.value}"
    parts = [
        *_checks(before, after),
        *_limits(before, after, changes),
        *_texts(before, after, changes),
    ]
    yield from parts or ["nothing changed"]


def _checks(before: Results, after: Results) -> Iterator[str]:
    was = {check.id: check for check in before.checks}
    now = {check.id: check for check in after.checks}
    violated = {check.id for check in before.checks if check.violates}
    unknown = {check.id for check in before.checks if check.verdict in UNEVALUATED}
    told = {
        "newly violated": [c for c in now.values() if c.violates and c.id not in violated | unknown],
        "violated, and not evaluated before": [c for c in now.values() if c.violates and c.id in unknown - violated],
        "fixed": [c for c in now.values() if c.id in violated and not c.violates and c.verdict not in UNEVALUATED],
        "no longer evaluated": [c for c in now.values() if c.verdict in UNEVALUATED and c.id not in unknown],
        "evaluated again": [c for c in now.values() if c.id in unknown and c.verdict not in UNEVALUATED],
    }
    more = [c for c in now.values() if c.violates and c.id in violated]
    more = [c for c in more if c.evidence.violations != was[c.id].evidence.violations]
    gone = [c for c in was.values() if c.id not in now]
    for title, found in told.items():
        if found:
            yield f"{title}: {len(found)}"
            yield from (f"  {_line(check)}" for check in sorted(found, key=severity_of))
    if more:
        yield f"violated in both, other counts: {len(more)}"
        for check in sorted(more, key=severity_of):
            yield f"  {visible(check.id)}: {was[check.id].evidence.violations:,} → {check.evidence.violations:,}"
    if gone:
        yield f"no longer checked: {len(gone)}"
        yield from (f"  {visible(check.id)}" for check in gone)


def _line(check: CheckResult) -> str:
    evidence = check.evidence
    clauses = ", ".join(check.about)
    counts = f"{evidence.violations:,} of {evidence.examined:,} {evidence.unit}" if check.violates else ""
    verdict = "" if check.verdict is Verdict.FAILED else f"{check.verdict.value}, {check.reason.value}"
    return f"{visible(check.id)} ({clauses}): {', '.join(filter(None, (counts, verdict)))}"


def _limits(before: Results, after: Results, changes: Changes) -> Iterator[str]:
    if not changes.limits:
        return
    was = {rule.id: rule for rule in before.policy.rules}
    now = {rule.id: rule for rule in after.policy.rules}
    yield f"changed limits: {len(changes.limits)}"
    for name in changes.limits:
        if name not in was or name not in now:
            yield f"  {name}: {'a new rule' if name in now else 'the rule is gone'}"
            continue
        old, new = dict(was[name].limits), dict(now[name].limits)
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield f"  {name}: {key} {visible(old.get(key, 'none'))} → {visible(new.get(key, 'none'))}"


def _texts(before: Results, after: Results, changes: Changes) -> Iterator[str]:
    if not changes.texts:
        return
    was = {clause.id: clause.statement["fa"] for clause in before.policy.clauses}
    now = {clause.id: clause.statement["fa"] for clause in after.policy.clauses}
    yield f"changed text: {len(changes.texts)}"
    for name in changes.texts:
        yield f"  {name}"
        if name in was:
            yield f"    - {visible(was[name])}"
        if name in now:
            yield f"    + {visible(now[name])}"
