"""Verdicts and the results of a run: frozen, comparable, and free of any value of the data.

A result holds ids, counts, reason codes and opaque row references, so it cannot leak values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from governance.policy import Contract, Parameters, Policy, PolicyDocument, RuleWords
from governance.spelling import canonical_json, strict_json

if TYPE_CHECKING:
    from cattrs import Converter

FORMAT = "governance-results/4"
SHOWN_REFERENCES = 1000
REGISTER = "register"  # selects, and names the place of, the checks that belong to no clause
FELL_BACK = "fell_back"  # prefix of a fact, `fell_back:kind`
T = TypeVar("T")
Unit = Literal["rows", "columns", "tables", "events", "clauses", "attestations"]


class Verdict(StrEnum):
    """The verdict of a check, declared from worst to best; the worst part decides the whole."""

    ERROR = "error"
    NOT_EVALUATED = "not_evaluated"
    FAILED = "failed"
    WAIVED = "waived"
    ATTESTED = "attested"
    PASSED = "passed"


class Reason(StrEnum):
    """Why a verdict is what it is; every verdict carries one."""

    HOLDS = "holds"
    DECLARED_EMPTY = "declared_empty"
    CONSISTENT = "consistent_with_declared_format"
    PROVEN = "proven_by_decryption"
    ATTESTED = "attested"
    WAIVED = "waived"
    VIOLATED = "violated"
    MISSING_TABLE = "missing_table"
    MISSING_COLUMN = "missing_column"
    NO_ROWS = "no_rows"
    TOO_FEW_ROWS = "too_few_rows"
    NO_KEY = "no_key"
    NO_ROW_KEY = "no_row_key"
    ONLY_A_KEY_CAN_TELL = "only_a_key_can_tell"
    KEY_SERVICE_DOWN = "key_service_down"
    OTHER_KEY = "other_key"
    SAMPLED = "sampled"
    NOT_A_TIME = "not_a_time"
    NOT_DECLARED = "not_declared"
    MISTYPED = "mistyped"
    UNKNOWN_VALUE = "unknown_value"
    IN_THE_FUTURE = "in_the_future"
    INCOMPLETE = "incomplete"
    NEEDS_TABLES = "needs_tables"
    MATCHES_NOTHING = "matches_nothing"
    NO_CHECK = "no_check"
    STALE = "stale"
    NOT_REVIEWED = "not_reviewed"
    NOT_ATTESTED = "not_attested"
    ATTESTATION_EXPIRED = "attestation_expired"
    CHECK_RAISED = "check_raised"
    TOO_LARGE = "too_large"
    NOT_RUN = "not_run"
    DISAGREES = "evidence_disagrees"


_ERRORS = frozenset(
    {
        Reason.CHECK_RAISED,
        Reason.TOO_LARGE,
        Reason.NEEDS_TABLES,
        Reason.NOT_A_TIME,
        Reason.IN_THE_FUTURE,
        Reason.NOT_RUN,
        Reason.DISAGREES,
        Reason.KEY_SERVICE_DOWN,
    }
)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of these verdicts; `error` for none, as nothing was evaluated."""
    order = list(Verdict)
    return min(verdicts, key=order.index, default=Verdict.ERROR)


@dataclass(frozen=True, slots=True, order=True)
class RowReference:
    """A violating row, by its keyed reference, and its problem."""

    reference: str
    problem: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of one check.

    `examined` and `violations` count `unit`s; `problems` splits the violations by reason code; `review` counts
    suspects; `unproven` is the reason why these counts prove nothing, if they don't; `facts` are further counts, such
    as a sample's size; `rows` are the smallest references, empty where rows have no key; `names` are undeclared columns
    or tables, as `sources.shown_name` shows them; `columns` splits the violations of a check on a whole table by
    column; `lacks` are declared tables, and columns as `table.column`, that the check needs and the data lacks.
    """

    examined: int
    violations: int = 0
    unit: Unit = "rows"
    review: int = 0
    problems: tuple[tuple[str, int], ...] = ()
    facts: tuple[tuple[str, int], ...] = ()
    rows: tuple[RowReference, ...] = ()
    names: tuple[str, ...] = ()
    columns: tuple[tuple[str, int], ...] = ()
    lacks: tuple[str, ...] = ()
    unproven: Reason | None = None
    holds_as: Reason = Reason.HOLDS

    @property
    def fell_back(self) -> tuple[str, ...]:
        """The kinds of data whose sieve failed, so that every cell was judged."""
        named = (name.partition(":") for name, _ in self.facts)
        return tuple(sorted(kind for series, _, kind in named if series == FELL_BACK))

    def judge(self, contract: Contract | None = None) -> tuple[Verdict, Reason]:
        """The verdict of these counts: any violation fails, and a check that examined nothing never passes.

        A check that was refused cells is an error even with violations, as nobody knows how many there are.
        """
        if self.unproven is Reason.TOO_LARGE:
            return Verdict.ERROR, self.unproven
        if self.violations:
            return Verdict.FAILED, Reason.VIOLATED
        if self.unproven is not None:
            return (Verdict.ERROR if self.unproven in _ERRORS else Verdict.NOT_EVALUATED), self.unproven
        if not self.examined:
            if contract is not None and contract.allow_empty:
                return Verdict.PASSED, Reason.DECLARED_EMPTY
            return Verdict.NOT_EVALUATED, Reason.NO_ROWS
        return Verdict.ATTESTED if self.holds_as is Reason.ATTESTED else Verdict.PASSED, self.holds_as


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict of one check with its evidence; `rows` keeps the smallest references only."""

    id: str
    rule: str
    clauses: tuple[str, ...]
    table: str
    column: str
    verdict: Verdict
    reason: Reason
    evidence: Evidence

    @property
    def violates(self) -> bool:
        """Whether it failed, or found violations though it is an error, as when it was refused some cells."""
        return self.verdict is Verdict.FAILED or (self.verdict is Verdict.ERROR and self.evidence.violations > 0)

    def shortened(self) -> CheckResult:
        """This result as results.json keeps it; rows/*.csv keep every reference."""
        return replace(self, evidence=replace(self.evidence, rows=tuple(sorted(self.evidence.rows)[:SHOWN_REFERENCES])))


@dataclass(frozen=True, slots=True)
class RuleText(RuleWords):
    """A rule as pages show it; `limits` are its parameters as text.

    `expectation` is the name of the class in Great Expectations that the rule's kind had when the run was made.
    """

    kind: str
    place: str
    limits: tuple[tuple[str, str], ...] = ()
    expectation: str = ""


@dataclass(frozen=True, slots=True)
class PolicyText(PolicyDocument[RuleText]):
    """The policy as a run stores it, readable without the policy files.

    References, places and reviews of rules are left out; `unsought` are the kinds of data that no rule looks for.
    """

    unsought: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        policy: Policy,
        limits: Callable[[Parameters], tuple[tuple[str, str], ...]],
        expectations: Mapping[str, str],
    ) -> PolicyText:
        """The text of a policy; `limits` turns parameters into text, `expectations` are names by kind."""
        rules = tuple(
            RuleText(
                **_shared(RuleWords, rule),
                kind=rule.kind,
                place=f"{rule.file}:{rule.line}",
                limits=limits(rule.parameters),
                expectation=expectations[rule.kind],
            )
            for rule in policy.rules
        )
        return cls(**_shared(PolicyDocument, policy) | {"rules": rules})


def _shared(base: type[PolicyDocument[Any] | RuleWords], value: object) -> dict[str, Any]:
    """The fields of a base class by name."""
    return {field.name: getattr(value, field.name) for field in fields(base)}


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day, in UTC, on which something happened; years may be beyond what `datetime` holds."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class TableText:
    """A table that was read; `period` is what its event times span, None without any."""

    name: str
    rows: int
    columns: int
    declared: bool
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class SourceText:
    """The source of the data; `name` is a folder's name or a database's, never an address with credentials."""

    kind: str
    name: str
    engine: str
    tables: tuple[TableText, ...]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def period(self) -> Period | None:
        """The period of all tables, None where none has a time."""
        found = [table.period for table in self.tables if table.period]
        if not found:
            return None
        return Period(min((one.first for one in found), key=day_order), max((one.last for one in found), key=day_order))


def day_order(text: str) -> tuple[int, str]:
    """Sorts days whose years may have any number of digits, or a sign."""
    year, month, day = text.rsplit("-", 2)
    return int(year), f"{month}-{day}"


@dataclass(frozen=True, slots=True)
class Results:
    """The results of one evaluation: every planned check has exactly one.

    `planned` counts the checks of the whole plan; with a `selection`, `checks` are a part of them and the verdict does
    not concern the policy as a whole.
    """

    policy: PolicyText
    source: SourceText
    as_of: str
    keyed: bool
    planned: int
    selection: tuple[str, ...]
    checks: tuple[CheckResult, ...]
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

    def counts(self) -> dict[Verdict, int]:
        """Checks by verdict, worst first, zeros included."""
        tally = Counter(check.verdict for check in self.checks)
        return {verdict: tally[verdict] for verdict in Verdict}

    def of_clause(self, clause: str) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if clause in check.clauses)

    def of_section(self, section: str) -> tuple[CheckResult, ...]:
        """The checks of a section's clauses, or of the register."""
        if section == REGISTER:
            return self.of_register
        clauses = {clause.id for clause in self.policy.clauses if clause.section == section}
        return tuple(check for check in self.checks if clauses.intersection(check.clauses))

    @property
    def of_register(self) -> tuple[CheckResult, ...]:
        """The checks of rules about the register of tables and contracts itself, which belong to no clause."""
        return tuple(check for check in self.checks if not check.clauses)

    @property
    def register_verdict(self) -> Verdict | None:
        """The worst of the register's checks; None without any."""
        return worst(check.verdict for check in self.of_register) if self.of_register else None

    def narrowed(self, section: str) -> Results:
        """The part about one section or the register; complete in itself if all checks of it were selected."""
        clauses = tuple(clause for clause in self.policy.clauses if clause.section == section)
        ids = {clause.id for clause in clauses}
        policy = replace(
            self.policy,
            sections=tuple(known for known in self.policy.sections if known.id == section),
            clauses=clauses,
            rules=tuple(
                rule
                for rule in self.policy.rules
                if (ids.intersection(rule.clauses) if section != REGISTER else not rule.clauses)
            ),
        )
        checks = self.of_section(section)
        if not self.complete and section not in self.selection:
            return replace(self, policy=policy, checks=checks)
        return replace(self, policy=policy, checks=checks, planned=len(checks), selection=())

    def clause_verdict(self, clause: str) -> Verdict:
        """The worst of a clause's checks; without any, `not_evaluated`."""
        checks = self.of_clause(clause)
        return worst(check.verdict for check in checks) if checks else Verdict.NOT_EVALUATED

    def section_verdict(self, section: str) -> Verdict:
        """The worst of a section's clauses, or of the register's checks."""
        if section == REGISTER:
            return self.register_verdict or Verdict.NOT_EVALUATED
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
