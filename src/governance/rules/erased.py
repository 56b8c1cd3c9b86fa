"""Kind `erased`: of somebody who was erased nothing is left, in any column, however it is written.

People who were erased are known by their tokens only, from the requests, and so are values that were put right, which
must not be left either. A row that refers to a person who does not
exist is told apart, as `orphan_key`: it names nobody, and says that somebody's rows outlived them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.planning import Check
from governance.policy import REST, Where
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, changed, undeclared_tables
from governance.rules.links import PersonKeys, person_keys
from governance.rules.people import referring
from governance.rules.residue import OLD_VALUE, Asked, Search
from governance.sources import shown_name
from governance.strict_yaml import Node, Problems

ORPHAN = "orphan_key"
# Gravest first: a row counts once, for the gravest.
PROBLEMS = ("phone_number", "email_address", "person_name", "user_id", "digest", "token", OLD_VALUE, ORPHAN)


@dataclass(frozen=True, slots=True)
class Erased:
    """`requests` says who was erased, `people` is the table of which each row is a person.

    Tables that `keeps` names may keep tokens: what was asked and answered, and the wish to get no more offers.
    """

    requests: str = "subject_requests"
    people: str = "users"
    keeps: tuple[str, ...] = ("subject_requests",)
    kind: Literal["erased"] = "erased"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Cells | _Tables:
        asked = Asked.of(scope, self.requests)
        if check.place is not None and check.place.table == REST:
            return _Tables(asked, scope)
        contract = check.contract
        timed = contract.event_time if contract and contract.event_time in schema.names else ""
        search = Search(asked, scope, contract.table if contract else "", keeps=self._may_keep(check), timed=timed)
        references = referring(contract, self.people) if contract else ()
        ids = person_keys(scope, self.people) if references else None
        return _Cells(check, scope, search, tuple(schema.names), references if ids is not None else (), ids=ids)

    def _may_keep(self, check: Check) -> bool:
        return check.contract is not None and check.contract.table in self.keeps


@dataclass(slots=True)
class _Cells:
    check: Check
    scope: Scope
    search: Search = field(repr=False)
    columns: Sequence[str]
    references: Sequence[str]
    ids: PersonKeys | None = field(repr=False)
    tally: Tally = field(default_factory=Tally)
    by_column: Counter[str] = field(default_factory=Counter)

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        worst: dict[int, int] = {}
        for column in self.columns:
            found = dict.fromkeys(self.search.finds(batch, column, keys))
            self.by_column[column] += len({row for row, _ in found})
            for row, kind in found:
                worst[row] = min(worst.get(row, len(PROBLEMS)), PROBLEMS.index(kind))
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
        return Evidence(
            examined=rows,
            violations=self.tally.violations,
            problems=self.tally.counts(),
            facts=(("erased_people", len(self.search.asked.erased_at)), ("columns", len(self.columns))),
            rows=self.tally.references(self.check.contract, self.scope.keys),
            columns=tuple(sorted((shown_name(name), count) for name, count in self.by_column.items() if count)),
            unproven=self.search.asked.unproven,
        )


@dataclass(slots=True)
class _Tables:
    """The tables that no contract names; they have no key, so the table is what is counted."""

    asked: Asked
    scope: Scope
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """These tables are read at the end, one after the other."""

    def evidence(self, rows: int) -> Evidence:  # noqa: ARG002  the protocol's name
        source = self.scope.source
        if not source.relational:
            return Evidence(0, unit="tables", unproven=Reason.NEEDS_TABLES)
        problems: Counter[str] = Counter()
        hit: list[str] = []
        hit_rows = seen = 0
        for table, schema in undeclared_tables(self.scope).items():
            search = Search(self.asked, self.scope, "")
            before, expected = hit_rows, seen + source.rows(table)
            for batch in source.batches(table, schema.names):
                worst: dict[int, int] = {}
                for row, kind in (find for name in schema.names for find in search.finds(batch, name, None)):
                    worst[row] = min(worst.get(row, len(PROBLEMS)), PROBLEMS.index(kind))
                problems.update(PROBLEMS[code] for code in worst.values())
                hit_rows += len(worst)
                seen += batch.num_rows
            if seen != expected:
                raise changed(table)
            if hit_rows > before:
                hit.append(table)
        return Evidence(
            examined=len(source.schemas()),
            violations=len(hit),
            unit="tables",
            problems=tuple(sorted(problems.items())),
            facts=(("rows_hit", hit_rows), ("rows_read", seen)),
            names=tuple(shown_name(table) for table in hit),
            unproven=self.asked.unproven,
        )


def read(node: Node | None, where: Where, problems: Problems) -> Erased:
    """The parameters of an `erased` rule, all optional."""
    rule = Erased()
    if node is None:
        return rule
    fields = problems.fields(node, [], ["requests", "people", "keeps"])
    if where.columns:
        problems.add(node, "a rule about tables, without `columns`")
    return Erased(
        problems.text(fields.get("requests"), default=rule.requests),
        problems.text(fields.get("people"), default=rule.people),
        problems.texts(fields.get("keeps")) or rule.keeps,
    )
