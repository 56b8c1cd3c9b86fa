"""Shared code of the kinds that judge a table row by row: one finding per row, the gravest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.planning.checks import Check
from governance.results import Evidence, Reason
from governance.rules.batch import Batch, missing
from governance.rules.kernel import Kernel, counted, evidence, namer
from governance.rules.part import Part
from governance.rules.references import Namer
from governance.rules.scope import Scope, Target
from governance.rules.tables.relational import EARLIEST, is_time

Mask: TypeAlias = npt.NDArray[np.bool_]
Marks: TypeAlias = Iterable[tuple[str, Mask]]
Micros: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows(Kernel):
    """A check on the rows of a table: `find` yields problems, gravest first, with the rows that have them.

    `times` are columns of moments, none of them after the evaluation; `spans` may lie ahead, and be days. `find` must
    be a function of a module, or a `partial` of one, so that the kernel can be pickled.
    """

    check: Check
    names: Namer
    wanted: Sequence[str]
    find: Callable[[pa.RecordBatch], Marks] = field(repr=False)
    times: Sequence[str]
    spans: Sequence[str]
    latest: int  # the time of the evaluation in microseconds
    absent: tuple[str, ...] = ()
    unproven: Reason | None = None

    @classmethod
    def of(
        cls,
        on: Target,
        wanted: Sequence[str],
        find: Callable[[pa.RecordBatch], Marks],
        *,
        times: Sequence[str] = (),
        spans: Sequence[str] = (),
    ) -> Rows:
        """The kernel for a table with these columns."""
        check, schema, scope = on.check, on.schema, on.scope
        table = check.place.table if check.place else ""
        absent = tuple(sorted(f"{table}.{name}" for name in wanted if name not in schema.names))
        reason = None
        if missing(wanted, schema):
            reason = Reason.MISSING_COLUMN
        elif not all(
            is_time(kind) or (name in spans and pa.types.is_date(kind))
            for name in (*times, *spans)
            for kind in [schema.field(name).type]
        ):
            reason = Reason.NOT_A_TIME
        latest = micros_of(scope.as_of)
        return cls(check, namer(check, scope), wanted, find, times, spans, latest, absent, reason)

    @property
    def columns(self) -> Sequence[str]:
        return () if self.unproven else self.wanted

    def fold(self, batch: Batch) -> Part:
        ahead = False
        for name in (*self.times, *self.spans):
            moments, known = micros(batch.column(name))
            if (moments[known] < micros_of(EARLIEST)).any():
                return Part(rows=batch.rows, unproven=frozenset({Reason.NOT_A_TIME}))
            ahead |= name in self.times and bool((moments[known] > self.latest).any())
        found = np.full(batch.rows, "", dtype=object)
        for problem, rows in self.find(batch.record):
            if rows.dtype != np.bool_:
                raise TypeError("a mask of rows is boolean")
            found[rows & (found == "")] = problem
        positions = np.flatnonzero(found != "")
        part = counted(
            batch.rows, list(zip(batch.keys_at(positions), found[positions].tolist(), strict=True)), self.names
        )
        return part.merge(Part(unproven=frozenset({Reason.IN_THE_FUTURE} if ahead else ())))

    def finish(self, part: Part, scope: Scope) -> Evidence:
        if self.unproven or Reason.NOT_A_TIME in part.unproven:
            return Evidence(examined=0, lacks=self.absent, unproven=self.unproven or Reason.NOT_A_TIME)
        return evidence(self.check, scope, part, unproven=next(iter(part.unproven), None))


def texts(column: pa.Array, holds: Callable[[str], bool]) -> Mask:
    """Rows whose value, as text, meets a condition; each distinct value is tested once, a missing one as ""."""
    encoded = pc.dictionary_encode(pc.fill_null(pc.cast(column, pa.string()), ""))
    answers = np.array([holds(text) for text in encoded.dictionary.to_pylist()], dtype=bool)
    return answers[encoded.indices.to_numpy(zero_copy_only=False)]  # type: ignore[no-any-return]


def micros(column: pa.Array) -> tuple[Micros, Mask]:
    """Moments in microseconds since 1970, and which rows have one; times without a zone are UTC, days their start."""
    kind = column.type
    if pa.types.is_null(kind):
        return np.zeros(len(column), np.int64), np.zeros(len(column), bool)
    zone = kind.tz if pa.types.is_timestamp(kind) else None
    numbers = column.cast(pa.timestamp("us", zone), safe=False).cast(pa.int64())
    known = numbers.is_valid().to_numpy(zero_copy_only=False)
    return numbers.fill_null(0).to_numpy(zero_copy_only=False), known


def micros_of(moment: datetime) -> int:
    """One moment in microseconds since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // (datetime.resolution)
