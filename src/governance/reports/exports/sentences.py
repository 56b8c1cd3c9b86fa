"""The sentence of the exports about a check: one line, in English, without values of the data."""

from __future__ import annotations

from governance.reports.facts.phrases import Phrases
from governance.reports.facts.places import by_frequency
from governance.reports.facts.register_views import attestation_of, waiver_of
from governance.reports.language.safe_names import visible
from governance.reports.language.words import words
from governance.results import CheckResult, Results, RuleText, Verdict

ENGLISH = words("en")
PHRASES = Phrases(ENGLISH)
_MOST_PROBLEMS = 6


def outcome(check: CheckResult) -> str:
    """The outcome of a check: what was found where, or why it was not evaluated."""
    place = PHRASES.plain_place(check)
    found = f"{PHRASES.found(check)}{_problems(check)}"
    if check.verdict in {Verdict.FAILED, Verdict.WAIVED}:
        return f"{place}: {found}"
    reason = ENGLISH.say(f"reason.{check.reason}")
    advice = ENGLISH.named("advice", check.reason)
    return f"{place}: {reason}. {f'{found}. ' if check.violates else ''}{advice}".rstrip()


def excuse(results: Results, check: CheckResult) -> str:
    """The waiver or attestation of a check, with its owner and end; "" for other checks."""
    waiver, attestation = waiver_of(results, check), attestation_of(results, check)
    if waiver:
        return f"Waived by {visible(waiver.owner)} until {waiver.until}: {waiver.reason['en']}"
    if attestation:
        return f"Attested by {visible(attestation.by)} until {attestation.until}: {attestation.statement['en']}"
    return ""


def title(rule: RuleText) -> str:
    """The title of a rule: what must hold."""
    return rule.title["en"]


def _problems(check: CheckResult) -> str:
    """The most frequent problems with their counts."""
    ordered = by_frequency(check.evidence.problems)
    shown = [f"{ENGLISH.named('problem', name) or name} {count:,}" for name, count in ordered[:_MOST_PROBLEMS]]
    rest = len(ordered) - len(shown)
    return "".join(["; " if shown else "", ", ".join(shown), f", {rest} other kinds" if rest else ""])
