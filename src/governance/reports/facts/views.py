"""The content of the pages, computed from the results before any template runs; numbers only, no words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from governance.errors import EvidenceError
from governance.policy import Clause, Section, Severity
from governance.reports.facts.further_counts import Fact, told
from governance.reports.facts.standing import ORDER, UNEVALUATED, of_clause, severity_of, shown
from governance.results import APART, CheckResult, Results, RowReference, RuleText, Verdict

SHOWN_ACTIONS = 10


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule with its checks: those that don't hold, worst first, then the others in their order."""

    rule: RuleText
    open: tuple[CheckResult, ...]
    passed: tuple[CheckResult, ...]
    measured: tuple[tuple[str, int, int], ...]  # unit, count, number of places
    found: tuple[tuple[str, int], ...]  # unit, violations
    waived: tuple[tuple[str, int], ...]  # those of them that a waiver excuses
    review: int

    @classmethod
    def of(cls, rule: RuleText, results: Results) -> RuleView:
        checks = [check for check in results.checks if check.rule == rule.id]
        examined: Counter[str] = Counter()
        places: Counter[str] = Counter()
        found: Counter[str] = Counter()
        waived: Counter[str] = Counter()
        for check in checks:
            evidence = check.evidence
            if evidence.examined:
                examined[evidence.unit] += evidence.examined
                places[evidence.unit] += 1
            found[evidence.unit] += evidence.violations
            waived[evidence.unit] += check.waived
        return cls(
            rule=rule,
            open=tuple(sorted((c for c in checks if c.verdict is not Verdict.PASSED), key=severity_of)),
            passed=tuple(check for check in checks if check.verdict is Verdict.PASSED),
            measured=tuple((unit, examined[unit], places[unit]) for unit in sorted(examined)),
            found=tuple((unit, count) for unit, count in sorted(found.items()) if count),
            waived=tuple((unit, count) for unit, count in sorted(waived.items()) if count),
            review=sum(check.evidence.review for check in checks),
        )

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        return (*self.open, *self.passed)

    @property
    def examined(self) -> int:
        """How much was examined, whatever its unit."""
        return sum(count for _, count, _ in self.measured)

    @property
    def found_in_all(self) -> int:
        """All violations, waived ones included, whatever their unit."""
        return sum(count for _, count in self.found)

    @property
    def shown(self) -> tuple[Verdict, ...]:
        return shown(check.verdict for check in self.checks)

    def on(self, clause: str) -> tuple[Verdict, ...]:
        """The verdicts that a page shows for its checks on one of its clauses."""
        return shown(check.on(clause) for check in self.checks)

    def touches(self, clause: str) -> bool:
        """Whether a violation of its checks concerns a clause."""
        return any(clause in check.concerned for check in self.failed)

    @property
    def problems(self) -> tuple[tuple[str, int], ...]:
        """The problems of all checks of the rule."""
        return tally(problem for check in self.checks for problem in check.evidence.problems)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The further counts of its checks, each told as its kind declares."""
        return told(self.rule.kind, self.checks)

    @property
    def fell_back(self) -> tuple[str, ...]:
        """The kinds of data whose sieve failed, so that every cell was judged."""
        return tuple(sorted({kind for check in self.checks for kind in check.evidence.fell_back}))

    @property
    def passed_review(self) -> int:
        """Suspects of the checks that hold, which a folded table must not hide."""
        return sum(check.evidence.review for check in self.passed)

    @property
    def repeated(self) -> bool:
        """Whether one row may be counted at several places."""
        return any(places > 1 for _, _, places in self.measured)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.open if check.violates)

    @property
    def unevaluated(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.open if check.verdict in UNEVALUATED)

    @property
    def violations(self) -> tuple[tuple[str, int], ...]:
        """Violations of the failed checks by unit; waived ones need no action."""
        return _violations(self.failed)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why checks of this rule could not be evaluated, each reason once."""
        return tuple(sorted({str(check.reason) for check in self.unevaluated}))


def rule_views(results: Results) -> tuple[RuleView, ...]:
    """The rules that have checks, in the policy's order."""
    views = (RuleView.of(rule, results) for rule in results.policy.rules)
    return tuple(view for view in views if view.checks)


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause with its own rules, and with those that are shown under another clause of the section.

    A rule is shown under the first clause that its violations touch, else under its first; `elsewhere` names that
    clause, and the verdicts of the rule's checks on this one.
    """

    clause: Clause
    shown: tuple[Verdict, ...]
    rules: tuple[RuleView, ...]
    elsewhere: tuple[tuple[RuleView, str, tuple[Verdict, ...]], ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section; its counts hold each check once over all sections, so that they add up."""

    section: Section
    page: str
    shown: tuple[Verdict, ...]
    counts: Mapping[Verdict, int]
    clauses: tuple[ClauseView, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def review(self) -> int:
        """The suspects of its rules."""
        return sum(rule.review for one in self.clauses for rule in one.rules)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its clauses."""
        return tuple(one.clause.id for one in self.clauses)


@dataclass(frozen=True, slots=True)
class ApartView:
    """The rules that serve no clause and stand at a `place` of their own.

    `beside` are checks of other rules with findings about which the policy is silent.
    """

    place: str
    shown: tuple[Verdict, ...]
    counts: Mapping[Verdict, int]
    rules: tuple[RuleView, ...]
    beside: tuple[CheckResult, ...]

    @property
    def page(self) -> str:
        return page_of(self.place)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def review(self) -> int:
        """The suspects of its rules."""
        return sum(rule.review for rule in self.rules)

    @property
    def ids(self) -> tuple[str, ...]:
        """What stands for the clauses that it has none of."""
        return (self.place,)


def apart(results: Results) -> tuple[ApartView, ...]:
    """The places of the checks that serve no clause, without those that have none."""
    found = []
    for place in APART:
        checks = results.of_place(place)
        counts = Counter(check.verdict for check in checks if not check.clauses)
        own = {check.rule for check in checks if not check.clauses}
        found.append(
            ApartView(
                place,
                shown(check.verdict for check in checks),
                {verdict: counts[verdict] for verdict in ORDER},
                tuple(view for view in rule_views(results) if view.rule.id in own),
                tuple(sorted((check for check in checks if check.clauses), key=severity_of)),
            )
        )
    return tuple(view for view in found if view.shown)


@dataclass(frozen=True, slots=True)
class Action:
    """A rule that needs action, and the clause under which it is shown, "" for one at a `place` apart."""

    view: RuleView
    clause: str
    page: str
    place: str = ""


def page_of(section: str) -> str:
    """The file name of the page of a section, or of a place apart."""
    return f"{section}.html" if section in APART else f"section-{section}.html"


def homes(results: Results) -> dict[str, str]:
    """The section that counts each check: the first one, in the policy's order, with a clause of its rule.

    Checks without a clause stand at a place apart.
    """
    unknown = {check.rule for check in results.checks} - {rule.id for rule in results.policy.rules}
    if unknown:
        raise EvidenceError(f"Expected results of the policy's own rules, found the rules {sorted(unknown)!r}.")
    found: dict[str, str] = {}
    for place in (*(section.id for section in results.policy.sections), *APART):
        for check in results.of_section(place):
            found.setdefault(check.id, place)
    homeless = sorted({check.id for check in results.checks} - found.keys())
    if homeless:
        raise EvidenceError(
            f"Expected every check to speak for a clause of the policy, found {homeless!r}, which don't."
        )
    return found


def shared(results: Results) -> int:
    """How many checks test clauses of several sections."""
    sections = Counter(check.id for section in results.policy.sections for check in results.of_section(section.id))
    return sum(count > 1 for count in sections.values())


def sections(results: Results) -> tuple[SectionView, ...]:
    """Every section of the policy, in its order."""
    home = homes(results)
    verdicts: defaultdict[str, Counter[Verdict]] = defaultdict(Counter)
    for check in results.checks:
        verdicts[home[check.id]][check.verdict] += 1
    rules = {view.rule.id: view for view in rule_views(results)}
    return tuple(
        SectionView(
            section=section,
            page=page_of(section.id),
            shown=shown(verdict for clause in _clauses(results, section) for verdict in of_clause(results, clause.id)),
            counts={verdict: verdicts[section.id][verdict] for verdict in ORDER},
            clauses=_clause_views(results, section, rules),
        )
        for section in results.policy.sections
    )


def _clauses(results: Results, section: Section) -> list[Clause]:
    return [clause for clause in results.policy.clauses if clause.section == section.id]


def _clause_views(results: Results, section: Section, rules: Mapping[str, RuleView]) -> tuple[ClauseView, ...]:
    clauses, views = _clauses(results, section), []
    placed: dict[str, str] = {}
    for view in rules.values():
        own = [clause.id for clause in clauses if clause.id in view.rule.clauses]
        placed |= {view.rule.id: next(filter(view.touches, own), own[0])} if own else {}
    for clause in clauses:
        mine = [view for view in rules.values() if clause.id in view.rule.clauses]
        others = [view for view in mine if placed[view.rule.id] != clause.id]
        views.append(
            ClauseView(
                clause=clause,
                shown=shown(of_clause(results, clause.id)),
                rules=tuple(view for view in mine if placed[view.rule.id] == clause.id),
                elsewhere=tuple((view, placed[view.rule.id], view.on(clause.id)) for view in others),
            )
        )
    return tuple(views)


def actions(found: Iterable[SectionView], apart: Iterable[ApartView] = ()) -> tuple[Action, ...]:
    """The rules that need action, each once: violated before not evaluated, then by severity, then by violations."""
    first: dict[str, Action] = {}
    for section in found:
        for clause in section.clauses:
            for view in clause.rules:
                if view.failed or view.unevaluated:
                    first.setdefault(view.rule.id, Action(view, clause.clause.id, section.page))
    for place in apart:
        for view in place.rules:
            if view.failed or view.unevaluated:
                first[view.rule.id] = Action(view, "", place.page, place.place)
    return tuple(sorted(first.values(), key=_urgency))


def _urgency(action: Action) -> tuple[bool, int, int, str]:
    view = action.view
    return (
        not view.failed,
        list(Severity).index(view.rule.severity),
        -sum(count for _, count in view.violations),
        view.rule.id,
    )


def _violations(checks: Iterable[CheckResult]) -> tuple[tuple[str, int], ...]:
    return tally((check.evidence.unit, check.evidence.violations) for check in checks)


def tally(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Counts added up by name, in the order of names."""
    total: Counter[str] = Counter()
    for name, count in pairs:
        total[name] += count
    return tuple(sorted(total.items()))


def references(check: CheckResult, most: int) -> tuple[RowReference, ...]:
    """The smallest references of a check, each once."""
    kept: dict[str, RowReference] = {}
    for row in check.shortened().evidence.rows:
        if len(kept) == most:
            break
        kept.setdefault(row.reference, row)
    return tuple(kept.values())


def notebook_of(section: str, notebooks: Collection[str]) -> str:
    """The notebook whose two-digit number is the section's, "" if there is none."""
    number = f"{int(section):02d}_" if section.isascii() and section.isdigit() else ""
    return next((name for name in sorted(notebooks) if number and name.startswith(number)), "")
