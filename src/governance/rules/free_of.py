"""Kind `free_of`: no cell of a column holds data of the named kinds, in any spelling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa

from governance import detection
from governance.planning import Check
from governance.policy import REST, Where
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, changed, missing, undeclared_tables
from governance.sources import shown_name
from governance.strict_yaml import Node, Problems


@dataclass(frozen=True, slots=True)
class FreeOf:
    """`kinds` are detection kinds that must not occur."""

    kinds: tuple[str, ...]
    kind: Literal["free_of"] = "free_of"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Cells | _Tables:
        place = check.place
        if place is not None and place.table == REST:
            return _Tables(self, scope)
        if place is not None and place.column == REST:
            return _Cells(self, check, scope, tuple(name for name in schema.names if name not in check.covered))
        column = place.column if place else ""
        return _Cells(self, check, scope, (column,), absent=missing((column,), schema))


@dataclass(slots=True)
class _Cells:
    rule: FreeOf
    check: Check
    scope: Scope
    wanted: tuple[str, ...]
    absent: bool = False
    tally: Tally = field(default_factory=Tally)
    review: int = 0
    hit: set[str] = field(default_factory=set)

    @property
    def columns(self) -> Sequence[str]:
        return () if self.absent else self.wanted

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        found, suspects, hit = _scan(batch, self.columns, self.rule.kinds)
        self.hit |= hit
        self.tally.add(list(found.values()), np.fromiter(found, np.int64, len(found)), keys)
        self.review += suspects

    def evidence(self, rows: int) -> Evidence:
        # Names that no contract gave are data too; they are no rows, so they are counted and not referenced.
        strangers = [name for name in self.columns if self.check.contract and not self.check.contract.column(name)]
        named, suspects = _names(strangers, self.rule.kinds)
        problems = Tally(self.tally.problems + Counter(named))
        return Evidence(
            examined=rows + len(named),
            violations=problems.violations,
            review=self.review + suspects,
            problems=problems.counts(),
            facts=(("columns", len(self.columns)),),
            rows=self.tally.references(self.check.contract, self.scope.keys),
            names=tuple(shown_name(name) for name in self.columns if name in self.hit and name in strangers),
            unproven=Reason.MISSING_COLUMN if self.absent else None,
        )


@dataclass(slots=True)
class _Tables:
    """The tables that no contract names; they have no key, so the table is what is counted."""

    rule: FreeOf
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
        hit_rows = review = seen = 0
        for table, schema in undeclared_tables(self.scope).items():
            named, review_names = _names([table, *schema.names], self.rule.kinds)
            problems.update(named)
            review += review_names
            before, expected = hit_rows, seen + source.rows(table)
            for batch in source.batches(table, schema.names):
                found, suspects, _ = _scan(batch, schema.names, self.rule.kinds)
                hit_rows += len(found)
                review += suspects
                seen += batch.num_rows
                problems.update(found.values())
            if seen != expected:
                raise changed(table)
            if named or hit_rows > before:
                hit.append(table)
        return Evidence(
            examined=len(source.schemas()),
            violations=len(hit),
            unit="tables",
            review=review,
            problems=tuple(sorted(problems.items())),
            facts=(("rows_hit", hit_rows), ("rows_read", seen)),
            names=tuple(shown_name(table) for table in hit),
        )


def _names(names: Sequence[str], kinds: tuple[str, ...]) -> tuple[list[str], int]:
    """The gravest kind in each of these names that holds any; and how many more are suspect."""
    sure, suspects = [], 0
    for name in names:
        grades = {finding.kind: finding.grade for finding in detection.classify(name) if finding.kind in kinds}
        held = [kind for kind in kinds if grades.get(kind) is detection.Grade.FAIL]
        sure += held[:1]
        suspects += bool(grades) and not held
    return sure, suspects


def _scan(
    batch: pa.RecordBatch, columns: Sequence[str], kinds: tuple[str, ...]
) -> tuple[dict[int, str], int, set[str]]:
    """Row positions, ascending, with the gravest kind found there; how many more are suspect; and in which columns."""
    found: dict[int, str] = {}
    suspects: set[int] = set()
    hit: set[str] = set()
    for name in columns:
        hits = detection.scan(batch.column(name), kinds, label=name)
        for position, kind in zip(hits.rows.tolist(), hits.kinds, strict=True):
            found[position] = min(kind, found.get(position, kind), key=kinds.index)
        suspects.update(hits.review.tolist())
        if len(hits.rows):
            hit.add(name)
    return dict(sorted(found.items())), len(suspects - found.keys()), hit


def read(node: Node | None, where: Where, problems: Problems) -> FreeOf | None:
    """The parameters of a `free_of` rule: `kinds`."""
    if node is None:
        return FreeOf(detection.BANK_DATA)
    fields = problems.fields(node, ["kinds"])
    kinds = problems.texts(fields.get("kinds"), choices=detection.KINDS)
    if not where.columns:
        problems.add(node, "a rule about columns, with `columns`")
    return FreeOf(kinds) if kinds else None
