"""Shared code of the kinds that judge a table row by row: one finding per row, the gravest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.planning.checks import Check
from governance.results import Evidence, Reason
from governance.rules.batch import Batch
from governance.rules.kernel import Kernel, counted, evidence, namer
from governance.rules.part import Part
from governance.rules.references import Namer
from governance.rules.registered import Registered, registered
from governance.rules.scope import Scope, Target
from governance.rules.tables.relational import EARLIEST, Need, undeclared

Mask: TypeAlias = npt.NDArray[np.bool_]
Marks: TypeAlias = Iterable[tuple[str, Mask]]
Micros: TypeAlias = npt.NDArray[np.int64]
_ORDER = (Reason.IN_THE_FUTURE, Reason.MISTYPED, Reason.UNKNOWN_VALUE)


@dataclass(frozen=True, slots=True)
class Rows(Kernel):
    """A check on the rows of a table: `find` yields problems, gravest first, with the rows that have them.

    `wanted` are the columns by role, under which `find` gets them. `times` are roles of moments, none of them after the
    evaluation; `spans` may lie ahead, and be days. `find` must be a function of a module, or a `partial` of one, for
    the kernel to be pickled.
    """

    check: Check
    names: Namer
    wanted: Mapping[str, str]
    find: Callable[[pa.RecordBatch], Marks] = field(repr=False)
    times: Sequence[str]
    spans: Sequence[str]
    latest: int  # the time of the evaluation in microseconds
    absent: tuple[str, ...] = ()
    unproven: Reason | None = None
    unlisted: tuple[str, ...] = ()  # what the policy should declare; without it, rows that pass prove nothing

    @classmethod
    def of(
        cls,
        on: Target,
        entry: str,
        roles: Sequence[str],
        find: Callable[[pa.RecordBatch], Marks],
        *,
        times: tuple[str, ...] = (),
        spans: tuple[str, ...] = (),
        unlisted: tuple[str, ...] = (),
    ) -> Rows:
        """The kernel for the check's table, which `find` reads by the roles of its columns.

        A lone batch without a contract calls its columns by their roles.
        """
        check, scope = on.check, on.scope
        if check.contract is None:
            return cls._alone(on, find, (*roles, *times, *spans), times, spans)
        table = check.contract.table
        need = Need(entry, tuple(roles), times, spans, table)
        own = registered(scope.policy, entry, table)
        lacks = (*undeclared(scope, need), *(_absent(own, need, on.schema) if own else ()))
        reason = Reason.NOT_DECLARED if undeclared(scope, need) else Reason.MISSING_COLUMN if lacks else None
        columns = {role: own.column(role) for role in need.all} if own and reason is None else {}
        latest = micros_of(scope.as_of)
        return cls(check, namer(check, scope), columns, find, times, spans, latest, lacks, reason, unlisted)

    @classmethod
    def _alone(
        cls,
        on: Target,
        find: Callable[[pa.RecordBatch], Marks],
        roles: Sequence[str],
        times: tuple[str, ...],
        spans: tuple[str, ...],
    ) -> Rows:
        latest, names = micros_of(on.scope.as_of), namer(on.check, on.scope)
        lacks = tuple(role for role in roles if role not in on.schema.names)
        reason = Reason.MISSING_COLUMN if lacks else None
        if not lacks and not all(pa.types.is_temporal(on.schema.field(role).type) for role in (*times, *spans)):
            reason = Reason.NOT_A_TIME
        columns = {} if reason else {role: role for role in roles}
        return cls(on.check, names, columns, find, times, spans, latest, lacks, reason)

    @property
    def columns(self) -> Sequence[str]:
        return tuple(self.wanted.values())

    def fold(self, batch: Batch) -> Part:
        ahead = False
        for name in (*self.times, *self.spans):
            moments, known = micros(batch.typed(self.wanted[name]))
            if (moments[known] < micros_of(EARLIEST)).any():
                return Part(rows=batch.rows, unproven=frozenset({Reason.NOT_A_TIME}))
            ahead |= name in self.times and bool((moments[known] > self.latest).any())
        found = np.full(batch.rows, "", dtype=object)
        cells = [batch.typed(name) for name in self.wanted.values()]
        unread = np.zeros(batch.rows, bool)
        for name in self.wanted.values():
            unread |= batch.misfits(name)[0]
        for problem, rows in self.find(pa.RecordBatch.from_arrays(cells, list(self.wanted))):
            if rows.dtype != np.bool_:
                raise TypeError("a mask of rows is boolean")
            found[rows & (found == "") & ~unread] = problem
        positions = np.flatnonzero(found != "")
        part = counted(
            batch.rows, list(zip(batch.keys_at(positions), found[positions].tolist(), strict=True)), self.names
        )
        reasons = {Reason.IN_THE_FUTURE} if ahead else set()
        for name in self.wanted.values():
            mistyped, unknown = batch.misfits(name)
            reasons |= {Reason.MISTYPED} if mistyped.any() else set()
            reasons |= {Reason.UNKNOWN_VALUE} if unknown.any() else set()
        return part.merge(Part(unproven=frozenset(reasons)))

    def finish(self, part: Part, scope: Scope) -> Evidence:
        if self.unproven or Reason.NOT_A_TIME in part.unproven:
            return Evidence(examined=0, lacks=self.absent, unproven=self.unproven or Reason.NOT_A_TIME)
        reason = min(part.unproven, key=_ORDER.index, default=Reason.NOT_DECLARED if self.unlisted else None)
        return evidence(self.check, scope, part, lacks=self.unlisted, unproven=reason)


def _absent(own: Registered, need: Need, schema: pa.Schema) -> tuple[str, ...]:
    columns = [own.columns[role] for role in need.all if role in own.columns]
    return tuple(sorted(f"{own.table}.{name}" for name in columns if name not in schema.names))


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
