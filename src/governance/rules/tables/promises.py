"""Whether a table keeps its contract: what a row can tell by batch, what only all rows tell by the engine before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.planning.checks import Check
from governance.policy import Classification, Column, Contract
from governance.policy.contract_quality import UNIQUE
from governance.policy.contracts import ForeignKey
from governance.results import Evidence, Reason
from governance.rules.batch import Batch, joined
from governance.rules.kernel import EngineKernel, counted, evidence, namer
from governance.rules.part import Part
from governance.rules.references import Namer
from governance.rules.scope import Scope, Target
from governance.rules.tables.quality import breaks, count_breaks
from governance.rules.tables.relational import text
from governance.rules.tables.rowwise import Mask
from governance.sources.base import MISTYPED
from governance.sources.database import literal
from governance.sources.typing import type_of, typed

Marks: TypeAlias = Iterator[tuple[str, Sequence[str], Mask]]  # problem, its columns, the rows that have it
Broken: TypeAlias = Sequence[tuple[str, Sequence[str], pa.Array]]  # problem, its columns, the texts of their values

_NOTHING = r"^[\s\p{Z}\p{Cf}]*$"  # white space and joiners


@dataclass(frozen=True, slots=True)
class Promises(EngineKernel):
    """The check of one table; `across` are the values that break a promise about all rows, as the engine found them.

    A row counts once, by its gravest problem.
    """

    check: Check
    names: Namer
    contract: Contract
    problems: Sequence[str]
    held: tuple[Column, ...]  # the declared columns that the table has
    across: Broken = field(repr=False)
    more: Callable[[Batch], Marks]
    lacks: tuple[str, ...] = ()
    unproven: Reason | None = None

    @property
    def columns(self) -> Sequence[str]:
        return tuple(column.name for column in self.held)

    def fold(self, batch: Batch) -> Part:
        rank = {problem: place for place, problem in enumerate(self.problems)}
        worst = np.full(batch.rows, len(rank), dtype=np.int64)
        hit: dict[str, Mask] = {}
        for problem, columns, rows in self._marks(batch):
            worst[rows] = np.minimum(worst[rows], rank[problem])
            for name in columns:
                hit[name] = hit[name] | rows if name in hit else rows
        positions = np.flatnonzero(worst < len(rank))
        found = [self.problems[place] for place in worst[positions].tolist()]
        part = counted(batch.rows, list(zip(batch.keys_at(positions), found, strict=True)), self.names)
        part.columns.update({name: int(rows.sum()) for name, rows in hit.items() if rows.any()})
        return part

    def _marks(self, batch: Batch) -> Marks:
        for column in self.held:
            name = column.name
            absent = np.asarray(batch.typed(name).is_null())
            # What a restricted cell says is sealed, so that neither its type nor its vocabulary shows.
            if column.classification is not Classification.RESTRICTED:
                mistyped, unknown = batch.misfits(name)
                absent = absent & ~mistyped
                yield "mistyped", (name,), mistyped
                yield "unknown_value", (name,), unknown
            if name in self.contract.key or column.required:
                missing = absent | _blank(batch.typed(name))
                yield "missing_key" if name in self.contract.key else "missing_value", (name,), missing
            for entry in self.contract.quality:
                if entry.column == name and entry.expectation != UNIQUE:
                    yield "quality", (name,), breaks(entry, column, batch.typed(name), absent)
        yield from self.more(batch)
        for problem, columns, values in self.across:
            texts = joined([batch.typed(name) for name in columns])
            yield problem, columns, np.asarray(pc.and_(texts.is_valid(), pc.is_in(texts, values)))

    def finish(self, part: Part, scope: Scope) -> Evidence:
        wrong = [entry for entry in self.contract.quality if not entry.column and count_breaks(entry, part.rows)]
        whole = part.merge(Part(problems=Counter({"row_count": 1}))) if wrong else part
        columns = tuple((c.name, whole.columns[c.name]) for c in self.held if whole.columns[c.name])
        return evidence(self.check, scope, whole, columns=columns, lacks=self.lacks, unproven=self.unproven)


class _Lone(EngineKernel):
    """The check of a batch without its source, of which no contract is known."""

    def finish(self, part: Part, scope: Scope) -> Evidence:  # noqa: ARG002
        return Evidence(0, unproven=Reason.NEEDS_TABLES)


def keep_promises(
    on: Target, problems: Sequence[str], more: Callable[[Batch], Marks], doubt: Reason | None
) -> EngineKernel:
    """The kernel of a table; the engine is asked here which keys and values repeat, and which lead nowhere.

    `more` finds further broken promises in a batch; `doubt` is why it can't find all.
    """
    check, scope, contract = on.check, on.scope, on.check.contract
    if contract is None or not scope.source.relational:
        return _Lone()
    held = tuple(column for column in contract.columns if column.name in on.schema.names)
    names = {column.name for column in held}
    needs = {contract.table: [column.name for column in contract.columns]}
    across: list[tuple[str, Sequence[str], pa.Array]] = []
    unsure = False
    for problem, columns in _once(contract):
        if names.issuperset(columns):
            across.append((problem, columns, _repeated(scope, contract.table, columns)))
    for key in contract.foreign_keys:
        needs.setdefault(key.table, []).extend(key.targets)
        theirs = getattr(scope.source.schemas().get(key.table), "names", ())
        if names.issuperset(key.columns) and set(theirs).issuperset(key.targets):
            values = _dangling(scope, contract, key)
            # What leads nowhere may lead to a row whose key cannot be read, which accuses nobody else's.
            if len(values) and any(_unreadable(scope, key.table, target) for target in key.targets):
                unsure = True
            else:
                across.append(("dangling_reference", key.columns, values))
    lacks = _lacks(scope, needs)
    why = _why(scope, needs, lacks) or (Reason.MISTYPED if unsure else None) or doubt
    broken = [promise for promise in across if len(promise[-1])]
    return Promises(check, namer(check, scope), contract, problems, held, broken, more, lacks, why)


def _once(contract: Contract) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What may stand in a table once only, by the problem that it otherwise is."""
    if contract.key:
        yield "duplicate_key", contract.key
    for column in contract.columns:
        if column.unique and contract.key != (column.name,):
            yield "duplicate_value", (column.name,)
    for entry in contract.quality:
        if entry.expectation == UNIQUE:
            yield "quality", (entry.column,)


def _lacks(scope: Scope, needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The missing ones of these tables, and columns as `table.column`."""
    schemas = scope.source.schemas()
    tables = [table for table in needs if table not in schemas]
    columns = [f"{t}.{name}" for t in needs if t in schemas for name in needs[t] if name not in schemas[t].names]
    return tuple(sorted({*tables, *columns}))


def _why(scope: Scope, needs: Mapping[str, Sequence[str]], lacks: Sequence[str]) -> Reason | None:
    """Why the table cannot be judged as a whole; what was found in it still counts."""
    if any(table in scope.source.sealed for table in needs):
        return Reason.NO_KEY
    if not lacks:
        return None
    return Reason.MISSING_COLUMN if all("." in name for name in lacks) else Reason.MISSING_TABLE


def _repeated(scope: Scope, table: str, columns: Sequence[str]) -> pa.Array:
    names = ", ".join(f'"{name}"' for name in columns)
    known = " AND ".join(f'"{name}" IS NOT NULL' for name in columns)
    sql = f'SELECT {names} FROM "{table}" WHERE {known} GROUP BY {names} HAVING COUNT(*) > 1'
    return joined(scope.source.query(sql).columns)


def _dangling(scope: Scope, contract: Contract, key: ForeignKey) -> pa.Array:
    """The values that no row has, compared as cells of the columns that they reference; a part alone names none."""
    own, theirs = [f't."{name}"' for name in key.columns], [f'o."{name}"' for name in key.targets]
    known = " AND ".join(f"{text(cell)} IS NOT NULL" for cell in own)
    sql = f'SELECT DISTINCT {", ".join(own)} FROM "{contract.table}" AS t WHERE {known}'
    sought = [column for name in key.targets if (column := scope.policy.tables[key.table].column(name))]
    kinds = [type_of(column) for name in key.columns if (column := contract.column(name))]
    if kinds == [type_of(column) for column in sought]:
        same = " AND ".join(f"{cell} = {other}" for cell, other in zip(own, theirs, strict=True))
        sql += f' AND NOT EXISTS (SELECT 1 FROM "{key.table}" AS o WHERE {same})'
        return joined(scope.source.query(sql).columns)
    values = scope.source.query(sql).columns
    there = " AND ".join(f"{other} IS NOT NULL" for other in theirs)
    found = joined(
        scope.source.query(f'SELECT DISTINCT {", ".join(theirs)} FROM "{key.table}" AS o WHERE {there}').columns
    )
    read = joined(typed(cells.combine_chunks(), column).array for cells, column in zip(values, sought, strict=True))
    return joined(values).filter(pc.invert(pc.is_in(read, found)))


def _unreadable(scope: Scope, table: str, column: str) -> bool:
    """Whether any cell of a column that rows reference is mistyped; one that is missing is no row's key for certain."""
    sql = f'SELECT COUNT(*) AS n FROM "{table}" WHERE STRPOS({MISTYPED}, {literal(f",{column},")}) > 0'
    return bool(scope.source.query(sql).column(0)[0].as_py())


def _blank(cells: pa.Array) -> Mask:
    """Which texts say nothing; cells of another type are none."""
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        return np.zeros(len(cells), dtype=np.bool_)
    return np.asarray(pc.fill_null(pc.match_substring_regex(cells, _NOTHING), False))  # noqa: FBT003  Arrow's signature
