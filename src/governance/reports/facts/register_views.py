"""The registers on the pages: sentences, waivers, attestations and versions of the policy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from governance.policy import Attestation, Clause, NotNormative, Section, Version, Waiver
from governance.reports.facts.standing import UNEVALUATED, of_clause, shown
from governance.reports.facts.views import page_of
from governance.results import CheckResult, Period, Results, RuleText, Verdict, day_order

SOON_DAYS = 14
_EARLIEST = "1900-01-01"
_HOLDING = ("in_force", "soon")


@dataclass(frozen=True, slots=True)
class Term:
    """The term of a waiver or attestation: `state` is a word of the pages, `days` the days left."""

    state: str
    days: int
    first: str
    last: str

    @classmethod
    def of(cls, first: str, last: str, as_of: str) -> Term:
        today = datetime.fromisoformat(as_of).astimezone(UTC).date()
        days = (date.fromisoformat(last) - today).days if last else SOON_DAYS
        if first and date.fromisoformat(first) > today:
            return cls("not_yet", days, first, last)
        if days < 0:
            return cls("expired", days, first, last)
        return cls("soon" if days < SOON_DAYS else "in_force", days, first, last)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that the data covers, in how many tables, and whether some lie too early or in the future."""

    days: Period
    timed: int
    early: bool
    late: bool

    @classmethod
    def of(cls, results: Results) -> Span | None:
        days = results.source.period
        if days is None:
            return None
        today = datetime.fromisoformat(results.as_of).astimezone(UTC).date().isoformat()
        return cls(
            days,
            sum(table.period is not None for table in results.source.tables),
            early=day_order(days.first) < day_order(_EARLIEST),
            late=day_order(days.last) > day_order(today),
        )


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the policy with its verdict; a sentence without a promise has a reason instead."""

    text: Clause | NotNormative
    shown: tuple[Verdict, ...]
    rules: tuple[RuleText, ...]
    page: str

    @property
    def promises(self) -> bool:
        return isinstance(self.text, Clause)


def sentences(results: Results) -> tuple[tuple[Section, tuple[Sentence, ...]], ...]:
    """Every sentence of every section, in the order of the text."""
    clauses = [_clause(results, clause) for clause in results.policy.clauses]
    others = [Sentence(one, (), (), page_of(one.section)) for one in results.policy.not_normative]
    found = sorted([*clauses, *others], key=lambda sentence: _order(sentence.text.id))
    return tuple(
        (section, tuple(one for one in found if one.text.section == section.id)) for section in results.policy.sections
    )


def _clause(results: Results, clause: Clause) -> Sentence:
    rules = tuple(rule for rule in results.policy.rules if clause.id in rule.clauses)
    return Sentence(clause, shown(of_clause(results, clause.id)), rules, page_of(clause.section))


def _order(name: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", name))


@dataclass(frozen=True, slots=True)
class UntestedSentence:
    """A sentence that no check tests; `why` is a word of the pages."""

    sentence: Sentence
    why: str
    reasons: tuple[str, ...] = ()


def untested(results: Results) -> tuple[UntestedSentence, ...]:
    """The sentences that no check of the data covers, or whose checks could not be evaluated."""
    found = []
    for _, group in sentences(results):
        for sentence in group:
            checks = results.of_clause(sentence.text.id)
            unknown = [check for check in checks if check.verdict in UNEVALUATED]
            if not sentence.promises:
                found.append(UntestedSentence(sentence, "not_normative"))
            elif not checks:
                found.append(UntestedSentence(sentence, "no_check" if results.complete else "outside"))
            elif any(check.verdict is Verdict.ATTESTED for check in checks):
                found.append(UntestedSentence(sentence, "attested"))
            elif unknown:
                reasons = tuple(sorted({str(check.reason) for check in unknown}))
                found.append(UntestedSentence(sentence, "unevaluated", reasons))
    return tuple(found)


def waivers(results: Results) -> tuple[tuple[Waiver, Term], ...]:
    """The waivers with their terms, by their end."""
    terms = [(one, Term.of(one.since, one.until, results.as_of)) for one in results.policy.waivers]
    return tuple(sorted(terms, key=lambda item: (item[1].days, item[0].scope)))


def waiver_of(results: Results, check: CheckResult) -> Waiver | None:
    """The waiver of a check of which violations are waived; the one that ends last, if several."""
    if not check.waived:
        return None
    mine = [one for one, term in waivers(results) if one.scope in {check.id, check.rule} and term.state in _HOLDING]
    return mine[-1] if mine else None


def attestation_of(results: Results, check: CheckResult) -> Attestation | None:
    """The attestation of an attested check."""
    if check.verdict is not Verdict.ATTESTED:
        return None
    mine = [one for one, term in attestations(results) if one.clause in check.clauses and term.state in _HOLDING]
    return mine[-1] if mine else None


def attestations(results: Results) -> tuple[tuple[Attestation, Term], ...]:
    """The attestations with their terms."""
    terms = [(one, Term.of(one.on, one.until, results.as_of)) for one in results.policy.attestations]
    return tuple(sorted(terms, key=lambda item: (item[1].days, item[0].clause)))


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of the policy, with its new, changed and removed clauses."""

    version: Version
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    in_force: bool

    @property
    def differing(self) -> tuple[str, ...]:
        """The clauses of this version that differ from the one before."""
        return _sorted((*self.added, *self.changed))


def editions(results: Results) -> tuple[Edition, ...]:
    """The history of the text, the latest first."""
    today = datetime.fromisoformat(results.as_of).astimezone(UTC).date().isoformat()
    versions = sorted(results.policy.history, key=lambda one: one.effective)
    current = max((one.effective for one in versions if one.effective <= today), default="")
    found = []
    for before, one in zip([None, *versions], versions, strict=False):
        old = before.clauses if before else {}
        found.append(
            Edition(
                version=one,
                added=_sorted(name for name in one.clauses if before and name not in old),
                changed=_sorted(name for name, text in one.clauses.items() if name in old and old[name] != text),
                removed=_sorted(name for name in old if name not in one.clauses),
                in_force=one.effective == current,
            )
        )
    return tuple(reversed(found))


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=_order))
