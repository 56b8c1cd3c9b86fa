"""Checks the values of a column that its contract calls encrypted, and decrypts a sample of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

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
from governance.rules.part import Part
from governance.rules.scope import Scope, Target

_VALUES = "values"


@dataclass(frozen=True, slots=True)
class EncryptedValues(Kernel):
    """A check that the values of a column are genuine; `demands_keys` if being consistent is not enough."""

    check: Check
    inspection: ColumnInspection = field(repr=False)
    absent: bool = False
    demands_keys: bool = False

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
        return cls(check, inspection, missing((column,), on.schema), how.proof == "keyed")

    @property
    def columns(self) -> Sequence[str]:
        return () if self.absent or self.check.place is None else (self.check.place.column,)

    def fold(self, batch: Batch) -> Part:
        cells, long = bounded(as_written(batch.column(self.columns[0])))
        seen = self.inspection.fold(cells, batch.keys)
        return Part(rows=batch.rows, too_large=int(long.sum()), sums={_VALUES: seen})

    def finish(self, part: Part, scope: Scope) -> Evidence:
        if self.absent:
            return Evidence(examined=part.rows, unproven=Reason.MISSING_COLUMN)
        values = part.sums.get(_VALUES, InspectedPart())
        assert isinstance(values, InspectedPart)  # noqa: S101  `fold` made it
        shared = scope.once("shared nonces", partial(_shared, scope))
        wrong, more = judged(self.inspection, values, part.rows, shared, demands_keys=self.demands_keys)
        found = counted(part.rows, wrong, namer(self.check, scope)).merge(Part(too_large=part.too_large))
        return evidence(self.check, scope, found, **more)


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
