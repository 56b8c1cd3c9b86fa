"""Searches whole tables for what should be left nowhere: every column of a table, and tables that no contract names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.planning.checks import Check
from governance.policy import REST
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, changed, undeclared_tables
from governance.rules.people.links import PersonKeys
from governance.rules.people.residue import OLD_VALUE, SOUGHT, Asked, Search, Sought
from governance.sources import shown_name

ORPHAN = "orphan_key"
# Gravest first: a row counts once, for the gravest.
PROBLEMS = ("phone_number", "email_address", "person_name", "user_id", "digest", "token", OLD_VALUE, ORPHAN)


def search_table(
    check: Check, schema: pa.Schema, scope: Scope, *, sought: Sought, requests: str, keeps: Sequence[str]
) -> Cells | Tables:
    """The watch of a check that nothing `sought` is left; tables that `keeps` names may keep tokens."""
    asked = Asked.of(scope, requests, sought)
    contract = check.contract
    if contract is None or check.place is None or check.place.table == REST:
        return Tables(asked, requests, scope)
    timed = contract.event_time if contract.event_time in schema.names else ""
    search = Search(asked, scope, contract.table, keeps=contract.table in keeps, timed=timed)
    return Cells(check, scope, search, tuple(schema.names))


@dataclass(slots=True)
class Cells:
    """One table, declared columns and others; `references` are its columns of which each value should be in `ids`."""

    check: Check
    scope: Scope
    search: Search = field(repr=False)
    columns: Sequence[str]
    references: Sequence[str] = ()
    ids: PersonKeys | None = field(default=None, repr=False)
    tally: Tally = field(default_factory=Tally)
    by_column: Counter[str] = field(default_factory=Counter)

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        worst: dict[int, int] = {}
        for column in self.columns:
            found = dict.fromkeys(self.search.finds(batch, column, keys))
            self.by_column[column] += len({row for row, _ in found})
            for row, problem in found:
                worst[row] = min(worst.get(row, len(PROBLEMS)), PROBLEMS.index(problem))
        for column in self.references:
            orphans = self._orphans(batch.column(column))
            # A row that is somebody's residue is told as that, and counted once.
            self.by_column[column] += sum(row not in worst for row in orphans)
            for row in orphans:
                worst.setdefault(row, PROBLEMS.index(ORPHAN))
        rows = sorted(worst)
        self.tally.add([PROBLEMS[worst[row]] for row in rows], np.array(rows, dtype=np.int64), keys)

    def _orphans(self, cells: pa.Array) -> list[int]:
        if self.ids is None:
            return []
        valid = pc.is_valid(cells).to_numpy(zero_copy_only=False)
        return [int(row) for row in np.flatnonzero(valid & ~self.ids.held(cells))]

    def evidence(self, rows: int) -> Evidence:
        asked = self.search.asked
        return Evidence(
            examined=rows,
            violations=self.tally.violations,
            problems=self.tally.counts(),
            facts=((asked.sought.fact, len(asked.done_at)), ("columns", len(self.columns))),
            rows=self.tally.references(self.check.contract, self.scope.keys),
            columns=tuple(sorted((shown_name(name), count) for name, count in self.by_column.items() if count)),
            unproven=asked.unproven,
        )


@dataclass(slots=True)
class Tables:
    """The tables that no contract names; they have no key, so the table is what is counted."""

    asked: Asked
    requests: str
    scope: Scope
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """These tables are read at the end, one after the other, once for all that is sought in them."""

    def evidence(self, rows: int) -> Evidence:  # noqa: ARG002  the protocol's name
        source = self.scope.source
        if not source.relational:
            return Evidence(0, unit="tables", unproven=Reason.NEEDS_TABLES)
        found = self.scope.once(("left in the rest", self.requests), lambda: _search_rest(self.scope, self.requests))
        left = found[self.asked.sought]
        return Evidence(
            examined=len(source.schemas()),
            violations=len(left.tables),
            unit="tables",
            problems=tuple(sorted(left.problems.items())),
            facts=(("rows_hit", left.problems.total()), ("rows_read", left.rows_read)),
            names=tuple(shown_name(table) for table in left.tables),
            unproven=self.asked.unproven,
        )


@dataclass(slots=True)
class _Left:
    """What is left of one kind in tables without a contract: rows by problem, and the tables."""

    problems: Counter[str] = field(default_factory=Counter)
    tables: list[str] = field(default_factory=list)
    rows_read: int = 0


def _search_rest(scope: Scope, requests: str) -> Mapping[Sought, _Left]:
    found = {sought: _Left() for sought in SOUGHT}
    searches = {sought: Search(Asked.of(scope, requests, sought), scope, "") for sought in SOUGHT}
    for table, schema in undeclared_tables(scope).items():
        seen = 0
        hit = dict.fromkeys(SOUGHT, 0)
        for batch in scope.source.batches(table, schema.names):
            seen += batch.num_rows
            for sought, search in searches.items():
                worst: dict[int, int] = {}
                for row, problem in (find for name in schema.names for find in search.finds(batch, name, None)):
                    worst[row] = min(worst.get(row, len(PROBLEMS)), PROBLEMS.index(problem))
                found[sought].problems.update(PROBLEMS[code] for code in worst.values())
                hit[sought] += len(worst)
        if seen != scope.source.rows(table):
            raise changed(table)
        for sought, left in found.items():
            left.rows_read += seen
            left.tables += [table] if hit[sought] else []
    return found
