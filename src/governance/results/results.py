"""The results of a run: frozen, comparable, and free of any value of the data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from governance.policy import APART, SILENT
from governance.results.evidence import CheckResult
from governance.results.texts import PolicyText, SourceText
from governance.results.verdicts import Verdict, worst
from governance.spelling import canonical_json, strict_json

if TYPE_CHECKING:
    from cattrs import Converter

FORMAT = "governance-results/5"


@dataclass(frozen=True, slots=True)
class Results:
    """The results of one evaluation: every planned check has exactly one.

    `planned` counts the checks of the whole plan; with a `selection`, `checks` are a part of them and the verdict does
    not concern the policy as a whole. `as_of_from` says whether its time was given, or is the data set's own.
    """

    policy: PolicyText
    source: SourceText
    as_of: str
    keyed: bool
    planned: int
    selection: tuple[str, ...]
    checks: tuple[CheckResult, ...]
    as_of_from: Literal["given", "data_set"] = "given"
    format: str = FORMAT

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all checks and of their clauses, since a clause may have no check.

        `error` when these are not the planned checks.
        """
        ids = {check.id for check in self.checks}
        if not ids or len(ids) != len(self.checks) or (self.complete and len(ids) != self.planned):
            return Verdict.ERROR
        chosen = set(self.selection)
        clauses = [c for c in self.policy.clauses if self.complete or not chosen.isdisjoint({c.id, c.section})]
        return worst(
            [*(check.verdict for check in self.checks), *(self.clause_verdict(clause.id) for clause in clauses)]
        )

    @property
    def exit_code(self) -> Literal[0, 1, 2]:
        """0 holds, 1 violated, 2 something could not be evaluated."""
        match self.verdict:
            case Verdict.PASSED | Verdict.ATTESTED | Verdict.WAIVED:
                return 0
            case Verdict.FAILED:
                return 1
            case _:
                return 2

    @property
    def complete(self) -> bool:
        """Whether this is a statement about the policy."""
        return not self.selection

    @property
    def chosen_clauses(self) -> tuple[str, ...]:
        """The clauses of a selection that names clauses only; it judges no others."""
        known = {clause.id for clause in self.policy.clauses}
        return self.selection if known.issuperset(self.selection) else ()

    def counts(self) -> dict[Verdict, int]:
        """Checks by verdict, worst first, zeros included."""
        tally = Counter(check.verdict for check in self.checks)
        return {verdict: tally[verdict] for verdict in Verdict}

    def of_clause(self, clause: str) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if clause in check.clauses)

    def of_section(self, section: str) -> tuple[CheckResult, ...]:
        """The checks of a section's clauses, or of the register."""
        if section in APART:
            return self.of_place(section)
        clauses = {clause.id for clause in self.policy.clauses if clause.section == section}
        return tuple(check for check in self.checks if clauses.intersection(check.clauses))

    def of_place(self, place: str) -> tuple[CheckResult, ...]:
        """The checks of rules that serve no clause and stand at this place; beside them, those with silent findings."""
        return tuple(
            check
            for check in self.checks
            if (not check.clauses and check.apart == place) or (place == SILENT and check.silent)
        )

    def place_verdict(self, place: str) -> Verdict | None:
        """The worst of the checks at a place; None without any."""
        checks = self.of_place(place)
        return worst(check.verdict for check in checks) if checks else None

    @property
    def broken_rules(self) -> tuple[str, ...]:
        """The rules with a check that violates."""
        return tuple(dict.fromkeys(check.rule for check in self.checks if check.violates))

    @property
    def touched(self) -> tuple[str, ...]:
        """The clauses that a violation concerns."""
        found = {clause for check in self.checks if check.violates for clause in check.concerned}
        return tuple(clause.id for clause in self.policy.clauses if clause.id in found)

    @property
    def silent(self) -> int:
        """The violations about which the policy says nothing."""
        return sum(check.silent for check in self.checks if check.violates)

    def narrowed(self, section: str) -> Results:
        """The part about one section or the register; complete in itself if all checks of it were selected."""
        clauses = tuple(clause for clause in self.policy.clauses if clause.section == section)
        ids = {clause.id for clause in clauses}
        checks = self.of_section(section)
        apart = {check.rule for check in checks} if section in APART else set()
        policy = replace(
            self.policy,
            sections=tuple(known for known in self.policy.sections if known.id == section),
            clauses=clauses,
            rules=tuple(rule for rule in self.policy.rules if rule.id in apart or ids.intersection(rule.clauses)),
        )
        if not self.complete and section not in self.selection:
            return replace(self, policy=policy, checks=checks)
        return replace(self, policy=policy, checks=checks, planned=len(checks), selection=())

    def clause_verdict(self, clause: str) -> Verdict:
        """The worst of a clause's checks, as far as they speak to it; without any, `not_evaluated`."""
        checks = self.of_clause(clause)
        return worst(check.on(clause) for check in checks) if checks else Verdict.NOT_EVALUATED

    def section_verdict(self, section: str) -> Verdict:
        """The worst of a section's clauses, or of the checks at a place apart."""
        if section in APART:
            return self.place_verdict(section) or Verdict.NOT_EVALUATED
        return worst(self.clause_verdict(clause.id) for clause in self.policy.clauses if clause.section == section)

    def to_json(self) -> str:
        """The canonical text of results.json."""
        return canonical_json(_converter().unstructure(replace(self, checks=tuple(c.shortened() for c in self.checks))))

    @classmethod
    def from_json(cls, text: str) -> Results:
        """Read results.json; ValueError unless every byte is canonical."""
        try:
            raw = strict_json(text)
            if not isinstance(raw, dict) or raw.get("format") != FORMAT:
                raise ValueError(f"expected the format {FORMAT}")
            results = _converter().structure(raw, cls)
            # Converters are lenient: they accept "5" and 5.9 for 5. Only our own canonical text is accepted.
            if results.to_json() != text:
                raise ValueError("not canonical")
        except Exception as error:  # noqa: BLE001  cattrs has its own hierarchy, and its messages quote what they read
            raise ValueError(f"not a results file ({type(error).__name__})") from None
        return results


@cache
def _converter() -> Converter:
    from cattrs.preconf.json import make_converter  # noqa: PLC0415  half of this module's import time

    return make_converter(forbid_extra_keys=True)
