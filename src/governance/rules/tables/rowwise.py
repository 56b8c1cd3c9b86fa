"""What the kinds that judge a table row by row share: one finding a row, the gravest first."""

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
from governance.rules.base import Scope, Tally, missing
from governance.rules.tables.relational import EARLIEST, is_time

Mask: TypeAlias = npt.NDArray[np.bool_]
Marks: TypeAlias = Iterable[tuple[str, Mask]]
Micros: TypeAlias = npt.NDArray[np.int64]


@dataclass(slots=True)
class Rows:
    """A check on the rows of a table: `find` yields problems, gravest first, with the rows that have them.

    `times` are columns of moments, none of them after the evaluation; `spans` may lie ahead, and be days.
    """

    check: Check
    scope: Scope
    schema: pa.Schema = field(repr=False)
    wanted: Sequence[str]
    find: Callable[[pa.RecordBatch], Marks] = field(repr=False)
    times: Sequence[str] = ()
    spans: Sequence[str] = ()
    tally: Tally = field(default_factory=Tally)
    unproven: Reason | None = None

    def __post_init__(self) -> None:
        if missing(self.wanted, self.schema):
            self.unproven = Reason.MISSING_COLUMN
        elif not all(
            is_time(kind) or (name in self.spans and pa.types.is_date(kind))
            for name in (*self.times, *self.spans)
            for kind in [self.schema.field(name).type]
        ):
            self.unproven = Reason.NOT_A_TIME

    @property
    def columns(self) -> Sequence[str]:
        return () if self._blind else self.wanted

    @property
    def _blind(self) -> bool:
        return self.unproven not in {None, Reason.IN_THE_FUTURE}

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        if self._blind:
            return
        for name in (*self.times, *self.spans):
            moments, known = micros(batch.column(name))
            if (moments[known] < micros_of(EARLIEST)).any():
                self.unproven = Reason.NOT_A_TIME
                return
            if name in self.times and (moments[known] > micros_of(self.scope.as_of)).any():
                self.unproven = Reason.IN_THE_FUTURE
        found = np.full(batch.num_rows, "", dtype=object)
        for problem, rows in self.find(batch):
            found[rows & (found == "")] = problem
        positions = np.flatnonzero(found != "")
        self.tally.add(found[positions].tolist(), positions, keys)

    def evidence(self, rows: int) -> Evidence:
        if self._blind:
            table = self.check.place.table if self.check.place else ""
            absent = [f"{table}.{name}" for name in self.wanted if name not in self.schema.names]
            return Evidence(examined=0, lacks=tuple(sorted(absent)), unproven=self.unproven)
        return Evidence(
            examined=rows,
            violations=self.tally.violations,
            problems=self.tally.counts(),
            rows=self.tally.references(self.check.contract, self.scope.keys),
            unproven=self.unproven,
        )


def texts(column: pa.Array, holds: Callable[[str], bool]) -> Mask:
    """Rows whose value, as text, is such; each distinct value is asked once, and what is missing is the empty text."""
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
    """One moment likewise."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // (datetime.resolution)
