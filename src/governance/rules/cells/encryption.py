"""Checks the values of a column that its contract calls encrypted, and decrypts a sample of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from governance import detection
from governance.detection.columns.texts import as_written, bounded
from governance.encryption.inspected import InspectedPart
from governance.encryption.inspection import ColumnFindings, ColumnInspection, EncryptedColumn
from governance.encryption.nonces import Shared, shared_by
from governance.encryption.spread import LEAST
from governance.planning.checks import Check, Place
from governance.policy import REST, Encryption, KeyState, in_force
from governance.results import Evidence, Reason
from governance.rules.batch import Batch, missing
from governance.rules.cells.encrypted_columns import encrypted_columns
from governance.rules.kernel import Kernel, counted, evidence, namer
from governance.rules.labelled_counts import places
from governance.rules.part import Part, Summable
from governance.rules.people.compared import proofs, prover_of
from governance.rules.people.leads import tokens_beside
from governance.rules.people.proofs import Prover
from governance.rules.scope import Scope, Target

_VALUES, _TOKENS = "values", "tokens"


@dataclass(frozen=True, slots=True)
class ComparedTokens:
    """The tokens beside some values: how many there are and are proven, and the problems of rows by their keys."""

    tokens: int = 0
    proven: int = 0
    problems: tuple[tuple[str | None, str], ...] = field(default=(), repr=False)

    def merge(self, other: ComparedTokens) -> ComparedTokens:
        """Both together."""
        return ComparedTokens(self.tokens + other.tokens, self.proven + other.proven, (*self.problems, *other.problems))

    def besides(self, told: Iterable[str | None]) -> Iterator[tuple[str | None, str]]:
        """The problems of rows of which nothing is told already, as a row counts once."""
        known = Counter(told)
        for key, problem in self.problems:
            if known[key]:
                known[key] -= 1
            else:
                yield key, problem


@dataclass(frozen=True, slots=True)
class EncryptedValues(Kernel):
    """A check that the values of a column are genuine; `demands_keys` if being consistent is not enough."""

    check: Check
    inspection: ColumnInspection = field(repr=False)
    absent: bool = False
    demands_keys: bool = False
    beside: Sequence[str] = ()
    prover: Prover | None = field(default=None, repr=False)

    @classmethod
    def of(cls, on: Target, sample: int, canaries: tuple[str, ...]) -> EncryptedValues:
        """The kernel for the check's column."""
        check, scope = on.check, on.scope
        column = check.place.column if check.place else REST
        contract = check.contract
        declared = contract.column(column) if contract else None
        how = (declared.encryption if declared else None) or Encryption()
        inspection = ColumnInspection(
            EncryptedColumn(
                *(contract.sealed_as(column) if contract else ("", column)),
                declared.plaintext if declared else "",
                form=how.format,
                lookup=how.lookup,
                # Somebody may have an address that is the company's own, too: sealed, it is one all the same.
                among=detection.detectors_for(scope.policy.regions, scope.policy.kinds),
            ),
            keys=scope.keys,
            sample=sample,
            state=partial(key_problem, {key.kid: key for key in scope.policy.keys}, as_of=scope.as_of),
            decrypt=scope.decrypt,
            occasion=scope.as_of.isoformat(),
            canaries=canaries,
        )
        beside = [name for name in tokens_beside(contract, column) if name in on.schema.names] if contract else []
        prover = prover_of(scope, contract) if contract and beside else None
        return cls(check, inspection, missing((column,), on.schema), how.proof == "keyed", beside, prover)

    @property
    def columns(self) -> Sequence[str]:
        if self.absent or self.check.place is None:
            return ()
        column = self.check.place.column
        return self.prover.needs(column) if self.prover else (column, *self.beside)

    def fold(self, batch: Batch) -> Part:
        cells, long = bounded(as_written(batch.column(self.columns[0])))
        seen = self.inspection.fold(cells, batch.keys)
        sums: dict[str, Summable] = {_VALUES: seen}
        if self.beside:
            sums[_TOKENS] = self._compare(batch)
        return Part(rows=batch.rows, too_large=int(long.sum()), sums=sums)

    def _compare(self, batch: Batch) -> ComparedTokens:
        tokens = sum(batch.rows - batch.column(name).null_count for name in self.beside)
        if self.prover is None:
            return ComparedTokens(tokens)
        found = list(enumerate(proofs(self.prover, batch, self.columns[0])))
        wrong = [(row, proof.problem) for row, proof in found if proof.problem]
        names = batch.keys_at(np.array([row for row, _ in wrong], np.int64))
        return ComparedTokens(
            tokens,
            sum(len(self.beside) for _, proof in found if proof.proven),
            tuple(zip(names, (problem for _, problem in wrong), strict=True)),
        )

    def finish(self, part: Part, scope: Scope) -> Evidence:
        if self.absent:
            return Evidence(examined=part.rows, unproven=Reason.MISSING_COLUMN)
        values = part.sums.get(_VALUES, InspectedPart())
        assert isinstance(values, InspectedPart)  # noqa: S101  `fold` made it
        shared = scope.once("shared nonces", partial(_shared, scope))
        wrong, more = judged(self.inspection, values, part.rows, shared, demands_keys=self.demands_keys)
        compared = part.sums.get(_TOKENS)
        if isinstance(compared, ComparedTokens):
            wrong += compared.besides(key for key, _ in wrong)
            more["facts"] = (*more["facts"], ("tokens", compared.tokens), ("proven_tokens", compared.proven))
            more["unproven"] = more["unproven"] or self._untold(compared)
        found = counted(part.rows, wrong, namer(self.check, scope)).merge(Part(too_large=part.too_large))
        return evidence(self.check, scope, found, **more)

    def _untold(self, compared: ComparedTokens) -> Reason | None:
        """Why tokens may be those of other values, for all that was seen."""
        if self.prover is None:
            return Reason.NO_KEY if compared.tokens else None
        return self.prover.unproven


def _shared(scope: Scope) -> Shared:
    """What the encrypted columns of all tables share, asked once a run; a lone batch has no others."""
    if not scope.source.relational:
        return Shared()
    schemas = scope.source.schemas()
    return shared_by(
        [
            (how.format, partial(_cells, scope, place))
            for place, how in encrypted_columns(scope.policy).items()
            if place.table in schemas and place.column in schemas[place.table].names
        ]
    )


def _cells(scope: Scope, place: Place) -> Iterator[pa.Array]:
    for record in scope.source.cells(place.table, [place.column]):
        yield bounded(as_written(record.column(place.column)))[0].drop_null()


def judged(
    inspection: ColumnInspection,
    values: InspectedPart,
    rows: int,
    shared: Shared | None = None,
    *,
    demands_keys: bool = False,
) -> tuple[list[tuple[str | None, str]], dict[str, Any]]:
    """The problems of rows, by their keys, and the further fields of the evidence."""
    findings = inspection.finish(values, shared)
    proven = 0 < findings.sampled == findings.decrypted
    return [(key, problem) for problem, key in findings.problems], {
        "facts": _facts(findings),
        "unproven": _unproven(findings, rows, proven=proven, keyed=inspection.keyed, demanded=demands_keys),
        "holds_as": Reason.PROVEN if proven else Reason.CONSISTENT,
    }


def _unproven(findings: ColumnFindings, rows: int, *, proven: bool, keyed: bool, demanded: bool) -> Reason | None:
    """Why the counts prove nothing about the column, if they don't."""
    if findings.service_down:
        return Reason.KEY_SERVICE_DOWN
    if keyed and findings.nameless:
        return Reason.NO_ROW_KEY
    if rows and findings.distinct < LEAST and not findings.proven:
        return Reason.TOO_FEW_ROWS
    if rows and demanded and not keyed:
        return Reason.NO_KEY
    return Reason.ONLY_A_KEY_CAN_TELL if findings.needs_key and not proven else None


def key_problem(states: Mapping[str, KeyState], kid: str, *, as_of: datetime) -> str:
    """The problem of a value under a key: the key is unknown, destroyed, or should have been replaced."""
    if not states:
        return ""
    state = states.get(kid)
    if state is None:
        return "unknown_kid"
    if state.state == "destroyed" and in_force(state.destroyed, "", as_of):
        return "destroyed_kid"
    return "" if state.state != "active" or in_force("", state.rotation_due, as_of) else "overdue_kid"


def _facts(findings: ColumnFindings) -> tuple[tuple[str, int], ...]:
    """Counts, and the seed of the sample, so that it can be drawn again from the same data."""
    counts = (("values", findings.values), ("distinct", findings.distinct), ("decrypted", findings.decrypted))
    sample = (("sampled", findings.sampled), ("seed", findings.seed)) if findings.sampled else ()
    return (*counts, *sample, *places(findings.diversity))
