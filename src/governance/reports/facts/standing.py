"""Overall verdicts: which verdicts a page must show, and the sentence that sums them up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from governance.policy import Clause
from governance.reports.language.words import Words, words
from governance.results import APART, CheckResult, Results, Verdict, worst

# The order in which pages list verdicts: violations first, even if something could not be evaluated.
ORDER = (
    Verdict.FAILED,
    Verdict.ERROR,
    Verdict.NOT_EVALUATED,
    Verdict.WAIVED,
    Verdict.ATTESTED,
    Verdict.PASSED,
)
UNEVALUATED = frozenset({Verdict.ERROR, Verdict.NOT_EVALUATED})


def shown(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts that a page shows for several checks: all that need action, or else the worst."""
    found = set(verdicts)
    if not found:
        return ()
    return tuple(verdict for verdict in ORDER[:3] if verdict in found) or (worst(found),)


def of_clause(results: Results, clause: str) -> tuple[Verdict, ...]:
    """The verdicts of a clause's checks on it; a clause without checks is not evaluated, unless it was not selected."""
    verdicts = tuple(check.on(clause) for check in results.of_clause(clause))
    return verdicts or ((Verdict.NOT_EVALUATED,) if results.complete else ())


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of clauses, and how many have a check with each verdict; `broken` rules violate some of them."""

    clauses: int
    broken: int
    violated: int
    unevaluated: int
    waived: int
    attested: int

    @classmethod
    def of(cls, results: Results, clauses: Collection[Clause]) -> Tally:
        found = [set(of_clause(results, clause.id)) for clause in clauses]
        ids = {clause.id for clause in clauses}
        touching = {check.rule for check in results.checks if check.violates and ids.intersection(check.concerned)}
        return cls(
            clauses=len(found),
            broken=len(touching),
            violated=len(ids.intersection(results.touched)),
            unevaluated=sum(bool(UNEVALUATED & verdicts) for verdicts in found),
            waived=sum(Verdict.WAIVED in verdicts for verdicts in found),
            attested=sum(Verdict.ATTESTED in verdicts for verdicts in found),
        )

    def sentence(self, language: Words) -> str:
        """The sentence for a tally: violated first, then not evaluated, then waived and attested, else holds."""
        broken = language.say("headline.broken", n=self.broken)
        match self:
            case Tally(violated=n, unevaluated=0) if n:
                return language.say("headline.violated", broken=broken, n=n, clauses=self.clauses)
            case Tally(violated=n, unevaluated=m) if n:
                key = "headline.violated_unevaluated"
                return language.say(key, broken=broken, n=n, clauses=self.clauses, unevaluated=m)
            case Tally(unevaluated=n) if n:
                return language.say("headline.unevaluated", n=n, clauses=self.clauses)
            case Tally(waived=n, attested=m) if n and m:
                return language.say("headline.waived_attested", n=n, clauses=self.clauses, attested=m)
            case Tally(waived=n) if n:
                return language.say("headline.waived", n=n, clauses=self.clauses)
            case Tally(attested=n) if n:
                return language.say("headline.attested", n=n, clauses=self.clauses)
        return language.say("headline.holds", n=self.clauses)


def headline(results: Results, language: str) -> str:
    """The verdict on the clauses in one sentence of plain text, and one on each place apart unless it holds."""
    say = words(language)
    alone = results.complete and not results.policy.clauses
    found = [_of_place(results, place, say, alone=alone) for place in APART if results.complete]
    whole = "" if alone and any(found) else scoped(results, results.policy.clauses, say)
    return " ".join(filter(None, (whole, *found)))


def _of_place(results: Results, place: str, language: Words, *, alone: bool) -> str:
    """The sentence about a place apart; "" if it has no checks, or if it holds and does not stand alone."""
    checks = results.of_place(place)
    violated = sum(check.violates for check in checks)
    unevaluated = sum(check.verdict in UNEVALUATED for check in checks)
    waived = sum(check.verdict is Verdict.WAIVED for check in checks)
    if violated:
        key = f"{place}.violated_unevaluated" if unevaluated else f"{place}.violated"
    elif unevaluated:
        key = f"{place}.unevaluated"
    elif waived:
        key = f"{place}.waived"
    else:
        return language.say(f"{place}.holds", n=len(checks)) if alone and checks else ""
    return language.say(key, n=violated or unevaluated or waived, checks=len(checks), unevaluated=unevaluated)


def scoped(results: Results, clauses: Collection[Clause], language: Words) -> str:
    """The sentence about these clauses; a selection of checks makes no statement about them."""
    if not results.complete and results.checks:
        return _selected(results, language)
    if not results.checks or not clauses:
        return language.say("headline.nothing")
    return Tally.of(results, clauses).sentence(language)


def _selected(results: Results, language: Words) -> str:
    """What the selected checks found, and how many others they say nothing about."""
    checks, others = len(results.checks), results.planned - len(results.checks)
    violated = sum(check.violates for check in results.checks)
    unevaluated = sum(check.verdict in UNEVALUATED and not check.violates for check in results.checks)
    excused = sum(check.verdict in {Verdict.WAIVED, Verdict.ATTESTED} for check in results.checks)
    match violated, unevaluated, excused:
        case n, m, _ if n:
            found = language.say(f"selected.violated{'_unevaluated' if m else ''}", n=n, checks=checks, unevaluated=m)
        case _, n, _ if n:
            found = language.say("selected.unevaluated", n=n, checks=checks)
        case _, _, n if n:
            found = language.say("selected.excused", n=n, checks=checks)
        case _:
            found = language.say("selected.holds", n=checks)
    return language.say("selected.rest", found=found, n=others) if others else f"{found}."


def severity_of(check: CheckResult) -> tuple[int, int, str]:
    """Sorts checks as pages list them: by verdict, then most violations, then id."""
    return ORDER.index(check.verdict), -check.evidence.violations, check.id
