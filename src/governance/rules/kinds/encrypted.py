"""Kind `encrypted`: every value of a column is a genuine envelope, bound to its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import ClassVar

import pyarrow as pa

from governance.encryption import LEAST, ColumnFindings, ColumnInspection, Declared, Keyring
from governance.encryption.inspection import PROBLEMS
from governance.planning.checks import Check
from governance.policy import REST, Contract, Encryption, KeyState, Where, in_force
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, missing
from governance.rules.kinds.kind import Kind, Places, nothing
from governance.rules.series import places


@dataclass(frozen=True, slots=True)
class Encrypted:
    """`sample` rows at most are decrypted when keys are given; the rest is judged by its form.

    `canaries` are values that are known to stand in the data, such as the operator's own test numbers: whatever hash of
    one is found was made without a salt.
    """

    sample: int = 10_000
    canaries: tuple[str, ...] = ()
    kind: ClassVar[str] = "encrypted"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Values:
        column = check.place.column if check.place else REST
        contract = check.contract
        declared = contract.column(column) if contract else None
        how = (declared.encryption if declared else None) or Encryption()
        inspection = ColumnInspection(
            Declared(
                contract.table if contract else "",
                column,
                declared.plaintext if declared else "",
                form=how.format,
                lookup=how.lookup,
            ),
            keys=scope.keys,
            sample=self.sample,
            state=partial(key_problem, {key.kid: key for key in scope.policy.keys}, as_of=scope.as_of),
            decrypt=scope.decrypt,
            occasion=scope.as_of.isoformat(),
            canaries=self.canaries,
        )
        return _Values(check, scope, inspection, absent=missing((column,), schema), demands_keys=how.proof == "keyed")


def key_problem(states: Mapping[str, KeyState], kid: str, *, as_of: datetime) -> str:
    """What is wrong with a value under a key: nobody knows it, it is no more, or should have been replaced."""
    if not states:
        return ""
    state = states.get(kid)
    if state is None:
        return "unknown_kid"
    if state.state == "destroyed" and in_force(state.destroyed, "", as_of):
        return "destroyed_kid"
    return "" if state.state != "active" or in_force("", state.rotation_due, as_of) else "overdue_kid"


@dataclass(slots=True)
class _Values:
    check: Check
    scope: Scope
    inspection: ColumnInspection = field(repr=False)
    absent: bool
    demands_keys: bool = False

    @property
    def columns(self) -> Sequence[str]:
        return () if self.absent else (self.inspection.declared.column,)

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        if not self.absent:
            self.inspection.see(batch.column(self.inspection.declared.column), keys)

    def evidence(self, rows: int) -> Evidence:
        if self.absent:
            return Evidence(examined=rows, unproven=Reason.MISSING_COLUMN)
        keys = self.scope.keys
        return evidence_of(
            self.inspection, rows, demands_keys=self.demands_keys, contract=self.check.contract, keys=keys
        )


def evidence_of(
    inspection: ColumnInspection,
    rows: int,
    *,
    demands_keys: bool = False,
    contract: Contract | None = None,
    keys: Keyring | None = None,
) -> Evidence:
    """What an inspection of `rows` rows found; `demands_keys` where being consistent is not enough."""
    findings = inspection.finish()
    tally = Tally()
    for problem, key in findings.problems:
        tally.problems[problem] += 1
        tally.name(key, problem)
    proven = 0 < findings.sampled == findings.decrypted
    return Evidence(
        examined=rows,
        violations=tally.violations,
        problems=tally.counts(),
        facts=_facts(findings),
        rows=tally.references(contract, keys),
        unproven=_unproven(findings, rows, proven=proven, keyed=inspection.keyed, demanded=demands_keys),
        holds_as=Reason.PROVEN if proven else Reason.CONSISTENT,
    )


def _unproven(findings: ColumnFindings, rows: int, *, proven: bool, keyed: bool, demanded: bool) -> Reason | None:
    """Why the counts do not speak for the column, if they don't."""
    if findings.service_down:
        return Reason.KEY_SERVICE_DOWN
    if keyed and findings.nameless:
        return Reason.NO_ROW_KEY
    if rows and findings.distinct < LEAST and not findings.proven:
        return Reason.TOO_FEW_ROWS
    if rows and demanded and not keyed:
        return Reason.NO_KEY
    return Reason.ONLY_A_KEY_CAN_TELL if findings.needs_key and not proven else None


def _facts(findings: ColumnFindings) -> tuple[tuple[str, int], ...]:
    """Counts, and what the sample was drawn with, so that who holds the data can draw it again."""
    counts = (("values", findings.values), ("distinct", findings.distinct), ("decrypted", findings.decrypted))
    sample = (("sampled", findings.sampled), ("seed", findings.seed)) if findings.sampled else ()
    return (*counts, *sample, *places(findings.diversity))


def read(node: Node | None, where: Where, problems: Problems) -> Encrypted:
    """The parameters of an `encrypted` rule: `sample` and `canaries`, both optional."""
    fields = problems.fields(node, [], ["sample", "canaries"]) if node else {}
    if node is not None and not where.columns:
        problems.add(node, "a rule about columns, with `columns`")
    if node is not None and where.undeclared:
        problems.add(node, "a rule about declared columns, without `undeclared`")
    sample = problems.integer(fields.get("sample"), default=10_000, least=1)
    return Encrypted(sample, problems.texts(fields.get("canaries")))


KIND = Kind(
    parameters=Encrypted,
    kernel=Encrypted.watch,
    places=Places.DECLARED_COLUMNS,
    expectation="ExpectColumnValuesToBeEncrypted",
    read=read,
    problems=PROBLEMS[1:],
    facts=("values", "distinct", "sampled", "decrypted", "seed"),
    besides=nothing,
)
