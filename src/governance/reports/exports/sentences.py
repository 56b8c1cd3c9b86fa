"""What the exports say of a check: one line, in English, without a value of the data."""

from __future__ import annotations

from governance.policy import REST
from governance.reports.facts.findings import by_frequency, place
from governance.reports.facts.phrases import Phrases
from governance.reports.facts.registers import attestation_of, waiver_of
from governance.reports.language.names import visible
from governance.reports.language.vocabulary import words
from governance.results import CheckResult, Results, RuleText, Verdict

ENGLISH = words("en")
TOLD = Phrases(ENGLISH)
_MOST_PROBLEMS = 6


def where(check: CheckResult) -> str:
    """The place of a check, as text."""
    if check.table == REST:
        return ENGLISH.say("place.rest_tables")
    return place(check) or ENGLISH.say("place.none")


def outcome(check: CheckResult) -> str:
    """What came of a check: what was found where, or why nothing could be."""
    if check.verdict in {Verdict.FAILED, Verdict.WAIVED}:
        return f"{where(check)}: {TOLD.found(check)}{_problems(check)}"
    reason = ENGLISH.say(f"reason.{check.reason}")
    advice = ENGLISH.named("advice", check.reason)
    return f"{where(check)}: {reason}. {advice}".rstrip()


def excuse(results: Results, check: CheckResult) -> str:
    """Who answers for a waived check, or vouches for an attested one, until when; "" for others."""
    waiver, attestation = waiver_of(results, check), attestation_of(results, check)
    if waiver:
        return f"Waived by {visible(waiver.owner)} until {waiver.until}: {waiver.reason['en']}"
    if attestation:
        return f"Attested by {visible(attestation.by)} until {attestation.until}: {attestation.statement['en']}"
    return ""


def title(rule: RuleText) -> str:
    """What a rule says must hold."""
    return rule.title["en"]


def _problems(check: CheckResult) -> str:
    """The most frequent problems with their counts."""
    ordered = by_frequency(check.evidence.problems)
    shown = [f"{ENGLISH.named('problem', name) or name} {count:,}" for name, count in ordered[:_MOST_PROBLEMS]]
    rest = len(ordered) - len(shown)
    return "".join(["; " if shown else "", ", ".join(shown), f", {rest} other kinds" if rest else ""])
