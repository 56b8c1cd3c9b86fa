"""The evidence and the result of one check: counts, codes and opaque references, and no value of the data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Literal

from governance.policy import REGISTER, SILENT, Contract
from governance.results.verdicts import ERRORS, Reason, Verdict

SHOWN_REFERENCES = 1000
FELL_BACK = "fell_back"  # prefix of a fact, `fell_back:kind`
Unit = Literal["rows", "columns", "tables", "events", "clauses", "attestations"]


@dataclass(frozen=True, slots=True, order=True)
class RowReference:
    """A violating row, by its keyed reference, its problem, and the table that it stands in.

    What it is about is the place of its check, which may be another: an access event stands among the events.
    """

    reference: str
    problem: str
    table: str = field(default="", compare=False)  # the reference is made of it already


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of one check.

    `examined` and `violations` count `unit`s; `problems` splits the violations by reason code; `review` counts
    suspects; `unproven` is the reason why these counts prove nothing, if they don't; `facts` are further counts, such
    as a sample's size; `rows` are the smallest references, empty where rows have no key; `names` are undeclared columns
    or tables, as `sources.shown_name` shows them; `columns` splits the violations of a check on a whole table by
    column, and `purposes` those that are about a purpose by the policy's own purpose; `suspects` are those of a column,
    with its filled cells; `lacks` are declared tables, and columns as `table.column`, that the data lacks.
    """

    examined: int
    violations: int = 0
    unit: Unit = "rows"
    review: int = 0
    suspects: tuple[tuple[str, int, int], ...] = ()
    problems: tuple[tuple[str, int], ...] = ()
    facts: tuple[tuple[str, int], ...] = ()
    rows: tuple[RowReference, ...] = ()
    names: tuple[str, ...] = ()
    columns: tuple[tuple[str, int], ...] = ()
    purposes: tuple[tuple[str, int], ...] = ()
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
            return (Verdict.ERROR if self.unproven in ERRORS else Verdict.NOT_EVALUATED), self.unproven
        if not self.examined:
            if contract is not None and contract.allow_empty:
                return Verdict.PASSED, Reason.DECLARED_EMPTY
            return Verdict.NOT_EVALUATED, Reason.NO_ROWS
        return Verdict.ATTESTED if self.holds_as is Reason.ATTESTED else Verdict.PASSED, self.holds_as


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict of one check with its evidence; `rows` keeps the smallest references only.

    `clauses` are those that its rule serves; without any it stands `apart`, at the register unless given. `concerns`
    are those that its violations speak to, with their number; `silent` counts violations of which the policy says
    nothing. `elsewhere` is the verdict on the rule's other clauses. Waivers excuse `waived` of the violations.
    """

    id: str
    rule: str
    clauses: tuple[str, ...]
    table: str
    column: str
    verdict: Verdict
    reason: Reason
    evidence: Evidence
    waived: int = 0
    concerns: tuple[tuple[str, int], ...] = ()
    silent: int = 0
    elsewhere: Verdict = Verdict.PASSED
    apart: str = REGISTER

    @property
    def place(self) -> str:
        """What it is about, `users/mobile`; "" where its rule is about no place."""
        return f"{self.table}/{self.column}" if self.column else self.table

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its id, by which systems that collect findings know it again."""
        return hashlib.sha256(self.id.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def stand_in(self) -> tuple[str, ...]:
        """The tables that the rows with references stand in."""
        return tuple(sorted({row.table for row in self.evidence.rows if row.table}))

    @property
    def concerned(self) -> tuple[str, ...]:
        """The clauses that its violations speak to: all of its rule's where nobody attributed them."""
        if not self.evidence.violations:
            return ()
        return tuple(clause for clause, _ in self.concerns) if self.concerns or self.silent else self.clauses

    @property
    def about(self) -> tuple[str, ...]:
        """What it speaks of: the clauses that its violations touch, else those of its rule; or the place apart."""
        if self.concerned or (self.evidence.violations and self.silent):
            return (*self.concerned, *([SILENT] if self.silent else []))
        return self.clauses or (self.apart,)

    def on(self, clause: str) -> Verdict:
        """The verdict on one of its rule's clauses."""
        return self.elsewhere if self.evidence.violations and clause not in self.concerned else self.verdict

    @property
    def violates(self) -> bool:
        """Whether it failed, or found violations though it is an error, as when it was refused some cells."""
        return self.verdict is Verdict.FAILED or (self.verdict is Verdict.ERROR and self.evidence.violations > 0)

    def shortened(self) -> CheckResult:
        """This result as results.json keeps it; rows/*.csv keep every reference."""
        return replace(self, evidence=replace(self.evidence, rows=tuple(sorted(self.evidence.rows)[:SHOWN_REFERENCES])))
