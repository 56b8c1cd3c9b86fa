"""The verdict as Markdown, for the job summary of a CI server, which holds at most 1 MiB."""

from __future__ import annotations

import re
from collections.abc import Iterator

from governance.reports.exports.sentences import ENGLISH, outcome
from governance.reports.facts.standing import ORDER, headline, severity_of
from governance.reports.facts.unlooked import SHOWN_NAMES, not_looked_at
from governance.reports.facts.views import ApartView, SectionView, apart, sections
from governance.reports.language.safe_names import visible
from governance.results import Results, Verdict

MOST_BYTES = 1_000_000
_MARKS = {
    Verdict.FAILED: "❌",
    Verdict.ERROR: "⚠️",
    Verdict.NOT_EVALUATED: "⚪",
    Verdict.WAIVED: "🏳️",
    Verdict.ATTESTED: "✍️",
    Verdict.PASSED: "✅",
}
_SPECIAL = re.compile(r"[\\`*_\[\]<>&|~#@]|:(?=//)")
_LONGEST = 300


def summary(results: Results) -> str:
    """The Markdown text; a last line counts the checks that did not fit."""
    head = "".join(f"{line}\n" for line in _head(results))
    checks = sorted((check for check in results.checks if check.verdict is not Verdict.PASSED), key=severity_of)
    lines = [f"| {_marked(check.verdict)} | {code(check.id)} | {text(outcome(check))} |\n" for check in checks]
    size, kept = len(head.encode()), 0
    for line in lines:
        size += len(line.encode())
        if size > MOST_BYTES:
            break
        kept += 1
    rest = len(lines) - kept
    tail = f"\n{rest:,} more checks that do not hold stand in results.json.\n" if rest else ""
    return head + "".join(lines[:kept]) + tail


def _head(results: Results) -> Iterator[str]:
    own = apart(results)
    yield f"## {_marked(results.verdict)}: {text(results.policy.title['en'])}: {text(headline(results, 'en'))}"
    yield ""
    days = results.source.period
    span = f"from {days.first} to {days.last}" if days else "of an unknown period"
    read = f"{results.source.rows:,} rows in {len(results.source.tables):,} tables, {span}"
    yield f"As of {results.as_of}, {ENGLISH.say(f'as_of.{results.as_of_from}')}; {read}."
    yield ""
    yield from _doubts(results)
    yield f"| Section | {' | '.join(ENGLISH.say(f'verdict.{verdict}') for verdict in ORDER)} | Checks |"
    yield "|---|" + "--:|" * (len(ORDER) + 1)
    rows: list[tuple[str, SectionView | ApartView]] = [
        (f"{view.section.id}. {text(view.section.title['en'])}", view) for view in sections(results)
    ]
    rows += [(ENGLISH.say(f"{view.place}.title"), view) for view in own]
    for title, one in rows:
        counts = " | ".join(f"{one.counts[verdict]:,}" for verdict in ORDER)
        yield f"| {title} | {counts} | {one.total:,} |"
    totals = results.counts()
    yield f"| **All** | {' | '.join(f'**{totals[verdict]:,}**' for verdict in ORDER)} | **{len(results.checks):,}** |"
    if any(check.verdict is not Verdict.PASSED for check in results.checks):
        yield ""
        yield "| Verdict | Check | What was found |"
        yield "|---|---|---|"


def _doubts(results: Results) -> Iterator[str]:
    """What was not looked at, by cause, and how many suspects nobody has judged."""
    review = sum(check.evidence.review for check in results.checks)
    found = not_looked_at(results)
    for cause in found:
        names = cause.names or cause.clauses
        more = ENGLISH.say("unlooked.more", n=len(names) - SHOWN_NAMES) if len(names) > SHOWN_NAMES else ""
        listed = ", ".join(code(name) for name in names[:SHOWN_NAMES]) + more
        about = f"{len(cause.checks):,} checks, {len(cause.clauses):,} sentences"
        yield f"- Not looked at, as {ENGLISH.say(f'reason.{cause.reason}')}: {listed} ({about})"
    if review:
        yield f"- {ENGLISH.say('rule.review_count', n=review)}"
    if found or review:
        yield ""


def _marked(verdict: Verdict) -> str:
    return f"{_MARKS[verdict]} {ENGLISH.say(f'verdict.{verdict}')}"


def text(plain: str) -> str:
    """Text escaped for Markdown and the HTML that it becomes."""
    safe = visible(plain)
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", safe if len(safe) <= _LONGEST else safe[:_LONGEST] + "…")


def code(name: str) -> str:
    """A name as code; as HTML, because a backtick or a bar in it would end a Markdown span or cell."""
    return f"<code>{text(name)}</code>"
