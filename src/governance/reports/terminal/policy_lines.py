"""The policy itself as lines for a terminal: its coverage, its status, and the meaning of a check."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from governance.errors import UsageError, but_found
from governance.planning.checks import Check, Plan
from governance.planning.coverage import Cover, coverage, gaps, untested
from governance.planning.drift import ClauseChange, Status, ended_reviews
from governance.policy import REST, Column, ColumnReview, Policy, Rule
from governance.reports.language.words import words
from governance.reports.terminal.contract_lines import unread_lines
from governance.reports.terminal.kind_lines import unsought_lines
from governance.results import APART, REGISTER, SILENT
from governance.rules.attribution import unreached
from governance.rules.kinds import KINDS, About
from governance.rules.looked_for import not_looked_for

_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


def coverage_lines(plan: Plan, as_of: datetime | None = None) -> Iterator[str]:
    """Each clause with its rules, checks and attestation; the rules apart; what of contracts is not used; gaps.

    Reviews of columns that ended by then are listed, too.
    """
    covers = coverage(plan)
    for cover in covers:
        yield f"{cover.clause.id:<9} {_served_by(cover)}"
    for place in APART:
        rules = [rule for rule in plan.policy.rules if rule.apart == place]
        counts = [f"{rule.id} {sum(check.rule is rule for check in plan.checks)}" for rule in rules]
        if counts:
            yield f"{place:<9} {', '.join(counts)}"
    yield from unread_lines(plan.policy.contracts)
    yield from _ended_lines(ended_reviews(plan.policy, as_of) if as_of else ())
    bare = sum(not cover.rules for cover in covers)
    found = len(gaps(plan))
    served = f"{len(covers) - bare} of {len(covers)} clauses have a rule"
    yield f"{served}, {len(plan.policy.not_normative)} sentences promise nothing; {found} gaps (see --strict)"
    yield from (f"{clause}: no finding of its rules speaks to it" for clause in unreached(plan.policy))
    yield f"{len(plan.checks)} of {len(plan.checks)} checks over {len(plan.policy.contracts)} tables"
    yield from unsought_lines(not_looked_for(plan.policy), plan.policy.regions)


_APART = {
    REGISTER: "the register of tables and contracts itself",
    SILENT: "data that the policy is silent about",
}


def _ended_lines(ended: Sequence[tuple[ColumnReview, str]]) -> Iterator[str]:
    return (f"no effect: the review of {one.column} by {one.by}, as {why}" for one, why in ended)


_SPOKEN_TO = {
    About.CATEGORY: "the sentence under which such data is collected",
    About.PURPOSE: "the sentence that allows this purpose",
    About.LIST: "the sentence whose list somebody reads as closed",
    About.SILENT: "no sentence: the policy says nothing of it",
}


def _served_by(cover: Cover) -> str:
    parts = [f"{rule.id} {count}" for rule, count in cover.rules if not rule.where.nowhere]
    if any(rule.where.nowhere for rule, _ in cover.rules):
        vouched = [f"attested by {a.by} until {a.until}" for a in cover.attestations]
        parts += vouched or ["attested by nobody"]
    return ", ".join(parts) if parts else "nothing: no rule serves it"


def explanation_lines(plan: Plan, name: str, suites: Path) -> Iterator[str]:
    """A check: its clauses, its rule, its expectation, and the data that it examines."""
    check = next((known for known in plan.checks if known.id == name), None)
    if check is None:
        found = but_found(name, [known.id for known in plan.checks])
        raise UsageError(f"expected a check, {found}", argument="explain")
    rule, policy = check.rule, plan.policy
    yield check.id
    yield from _sentences(rule, plan)
    yield f"  rule        {rule.id} ({rule.file}:{rule.line}), {rule.kind}, {rule.severity.value}: {rule.title.en}"
    yield f"  why         {rule.rationale.en}"
    if rule.references:
        yield f"  references  {'; '.join(rule.references)}"
    if rule.examples:
        yield f"  passes      {rule.examples.passes.en}"
        yield f"  fails       {rule.examples.fails.en}"
    yield f"  remedy      {rule.remedy.en}"
    yield f"  expectation {_expectation(check, suites)}"
    yield f"  data        {_data(check)}"
    yield from _finds(rule, policy)
    for review in policy.reviews:
        if review.rule == rule.id:
            yield f"  reviewed    against {review.clause} by {review.by} on {review.on}"
    for waiver in policy.waivers:
        if waiver.scope in {check.id, rule.id}:
            covers = len(waiver.references) or waiver.count
            term = f"by {waiver.owner} from {waiver.since} until {waiver.until}"
            yield f"  waived      {covers:,} {term}: {waiver.reason.en}"


def _sentences(rule: Rule, plan: Plan) -> Iterator[str]:
    for clause in plan.policy.clauses:
        if clause.id in rule.clauses:
            yield f"  sentence    {clause.id} ({clause.place}): {clause.statement.en}"
            yield f"              {clause.statement.fa}"
    if not rule.clauses:
        yield f"  sentence    none: it is about {_APART[rule.apart]}"


def _finds(rule: Rule, policy: Policy) -> Iterator[str]:
    kind = KINDS[rule.kind]
    codes = kind.codes(rule.parameters, policy.detectors)
    own = [name for name in codes if kind.about(name) is About.RULE]
    yield from [f"  finds       {', '.join(own)}"] if own else []
    for problem in (code for code in codes if code not in own):
        yield f"  finds       {problem}, which speaks to {_SPOKEN_TO[kind.about(problem)]}"
    yield f"  not seen    {words('en').say(f'unseen.{rule.kind}')}"
    if kind.in_engine:
        yield "  judged      by the data's engine, as a set"


def _expectation(check: Check, suites: Path) -> str:
    """The compiled expectation, from the committed suites, as compiling needs the engine."""
    for path in sorted(suites.glob("*.json")):
        for expectation in json.loads(path.read_text("utf-8"))["expectations"]:
            if expectation["kwargs"].get("check") == check.id:
                own = {k: v for k, v in expectation["kwargs"].items() if k not in {"check", "table", "column"}}
                return f"{expectation['type']} {json.dumps(own, ensure_ascii=False)} in suites/{path.name}"
    return "not compiled yet; run `governance plan --write`"


def _data(check: Check) -> str:
    place = check.place
    if place is None:
        return "none" if check.rule.where.nowhere else "nothing that a contract names"
    if place.table == REST:
        return "the tables that no contract names"
    if place.column == REST:
        return f"the columns of {place.table} that no other check of the rule takes, and those that no contract names"
    column = check.contract.column(place.column) if check.contract else None
    return f"the table {place.table}" if column is None else _of_column(place.table, column)


def _of_column(table: str, column: Column) -> str:
    term = f", {column.dpv}" if column.dpv else ""
    return (
        f"{table}.{column.name}, {column.logical_type}, {column.classification.value}, {column.category}{term}; "
        f"for {', '.join(column.purposes)}; clause {column.clause}"
    )


def untested_lines(plan: Plan) -> Iterator[str]:
    """The sentences that no data can test, and why."""
    for sentence in untested(plan):
        why = sentence.reason.en if sentence.reason else "no rule serves it"
        by = f" Attested by {sentence.attested_by}." if sentence.attested_by else ""
        yield f"  {sentence.id:<9} {sentence.statement.en} Why: {why}{by}"


def status_lines(plan: Plan, status: Status) -> Iterator[str]:
    """The state of the policy: what is suspect, unrecorded, waived, attested and not tested."""
    policy = status.policy
    yield f"{policy.id}, version {policy.version}: {len(policy.clauses)} clauses, {len(plan.checks)} checks"
    for suspect in status.suspects:
        review = suspect.review
        when = f"changed since {review.by} reviewed it on {review.on}" if review else "never reviewed"
        yield f"suspect: {suspect.clause} for {suspect.rule}, {when}; {len(suspect.checks)} checks"
        yield from (f"    {check}" for check in suspect.checks) if review else ()
    for clause in status.unrecorded:
        yield f"not recorded: {clause} reads otherwise than in the last version of history.yaml"
    yield from _exception_lines(status)
    yield "not tested on data:"
    yield from untested_lines(plan)
    match status.moved:
        case None:
            yield f"published text: not compared (give --published FILE), read at {policy.published.url}"
        case False:
            yield f"published text: as read on {policy.published.retrieved}"
        case True:
            yield f"published text: moved since {policy.published.retrieved}; its digest is another"


def _exception_lines(status: Status) -> Iterator[str]:
    """Waivers, attestations and reviews of columns: those in force, and those without effect."""
    for waiver in status.waivers(standing=True):
        yield f"waived: {waiver.scope} by {waiver.owner} until {waiver.until}: {waiver.reason.en}"
    for waiver in status.waivers(standing=False):
        yield f"no effect: the waiver of {waiver.scope} by {waiver.owner}, {waiver.since} to {waiver.until}"
    for known in status.attestations(standing=True):
        yield f"attested: {known.clause} by {known.by}, {known.role}, until {known.until}"
    for known in status.attestations(standing=False):
        yield f"no effect: the attestation of {known.clause} by {known.by}, {known.on} to {known.until}"
    ended = {one.column for one, _ in status.ended}
    for one in status.policy.column_reviews:
        if one.column not in ended:
            yield f"reviewed: {one.column}, {one.share} % suspects, by {one.by} until {one.until}"
    yield from _ended_lines(status.ended)


def change_lines(changes: Sequence[ClauseChange]) -> Iterator[str]:
    """The differences between two texts, word by word."""
    for change in changes:
        yield f"{change.id} {change.what}"
        yield "    " + " ".join(f"{_MARKS[what][0]}{text}{_MARKS[what][1]}" for what, text in change.pieces)
    counts = {what: sum(change.what == what for change in changes) for what in ("added", "removed", "changed")}
    yield ", ".join(f"{count} {what}" for what, count in counts.items())
