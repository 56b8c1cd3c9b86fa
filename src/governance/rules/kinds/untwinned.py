"""Kind `untwinned`: what one column keeps encrypted stands in clear nowhere else, in no form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

import numpy as np
import pyarrow as pa

from governance import detection
from governance.planning.checks import Check
from governance.policy import REST, Classification, Contract, Policy, Where
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, changed, undeclared_tables
from governance.rules.kinds.kind import Kind, Places
from governance.rules.people.leads import people_tables
from governance.rules.people.tokens import CURRENT, Origins, Subjects, find_subjects
from governance.sources import shown_name

# How a value was found, and what is wrong then; a keyed token is how it may be looked up. Plain hashes of it are not
# known: that would take opening every value of the column.
_TWINS: Final[Mapping[str, str]] = {
    "phone_number": "plaintext_twin",
    "email_address": "plaintext_twin",
}


@dataclass(frozen=True, slots=True)
class Untwinned:
    """Values are known by the tokens beside their encrypted columns, so without the token key nothing can be said."""

    kind: ClassVar[str] = "untwinned"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Rows | _Tables:
        search = _Search.of(scope)
        if check.place is None or check.contract is None or check.place.table == REST:
            return _Tables(scope, search)
        return _Rows(check, scope, search, _open_columns(check.contract, schema))


def _open_columns(contract: Contract, schema: pa.Schema) -> tuple[str, ...]:
    """The columns of a table that are not themselves encrypted, whether a contract names them or not."""
    sealed = {column.name for column in contract.columns if column.classification is Classification.RESTRICTED}
    return tuple(name for name in schema.names if name not in sealed)


@dataclass(frozen=True, slots=True)
class _Search:
    people: Subjects | None
    sealed: frozenset[str]
    unproven: Reason | None

    @classmethod
    def of(cls, scope: Scope) -> _Search:
        people = find_subjects(scope)
        if people is None:
            return cls(None, frozenset(), Reason.NO_KEY)
        return cls(people, _sealed(scope.policy), None if scope.source.relational else Reason.NEEDS_TABLES)

    def find(self, batch: pa.RecordBatch, columns: Sequence[str]) -> tuple[dict[int, str], Counter[str]]:
        """Row positions, ascending, with what is wrong there; and how many rows by column."""
        found: dict[int, str] = {}
        by_column: Counter[str] = Counter()
        if self.people is None:
            return found, by_column
        for name in columns:
            mine = dict(self._twins(self.people.search(batch, name)))
            by_column.update({name: len(mine)} if mine else {})
            for row, problem in mine.items():
                found[row] = max(problem, found.get(row, problem))
        return dict(sorted(found.items())), by_column

    def _twins(self, hits: detection.KnownHits[Origins]) -> list[tuple[int, str]]:
        return [
            (row, _TWINS[kind])
            for row, kind, origins in sorted(
                zip(hits.rows.tolist(), hits.kinds, hits.origins, strict=True), key=lambda hit: (hit[0], hit[1])
            )
            if kind in _TWINS and not self.sealed.isdisjoint(origins)
        ]


def _sealed(policy: Policy) -> frozenset[str]:
    """The encrypted columns, as the origins of people's values name them."""
    return frozenset(
        f"{CURRENT}{contract.table}.{column.name}"
        for contract in policy.contracts
        for column in contract.columns
        if column.classification is Classification.RESTRICTED
    )


@dataclass(slots=True)
class _Rows:
    check: Check
    scope: Scope
    search: _Search = field(repr=False)
    columns: Sequence[str]
    tally: Tally = field(default_factory=Tally)
    hit: Counter[str] = field(default_factory=Counter)

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        found, columns = self.search.find(batch, self.columns)
        self.hit += columns
        self.tally.add(list(found.values()), np.fromiter(found, np.int64, len(found)), keys)

    def evidence(self, rows: int) -> Evidence:
        return Evidence(
            examined=rows,
            violations=self.tally.violations,
            problems=self.tally.counts(),
            facts=(("columns", len(self.columns)),),
            rows=self.tally.references(self.check.contract, self.scope.keys),
            columns=tuple((shown_name(name), self.hit[name]) for name in self.columns if self.hit[name]),
            unproven=self.search.unproven,
        )


@dataclass(slots=True)
class _Tables:
    """The tables that no contract names; they have no key, so the table is what is counted."""

    scope: Scope
    search: _Search = field(repr=False)
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """These tables are read at the end, one after the other."""

    def evidence(self, rows: int) -> Evidence:  # noqa: ARG002  the protocol's name
        source = self.scope.source
        if self.search.unproven is not None:
            unit: Literal["tables"] = "tables"
            return Evidence(0, unit=unit, unproven=self.search.unproven)
        problems: Counter[str] = Counter()
        hit: dict[str, int] = {}
        read = 0
        for table, schema in undeclared_tables(self.scope).items():
            seen = 0
            for batch in source.batches(table, schema.names):
                found, _ = self.search.find(batch, schema.names)
                problems.update(found.values())
                hit[table] = hit.get(table, 0) + len(found)
                seen += batch.num_rows
            if seen != source.rows(table):
                raise changed(table)
            read += seen
        names = [table for table, rows_hit in hit.items() if rows_hit]
        return Evidence(
            examined=len(source.schemas()),
            violations=len(names),
            unit="tables",
            problems=tuple(sorted(problems.items())),
            facts=(("rows_hit", sum(hit.values())), ("rows_read", read)),
            names=tuple(shown_name(table) for table in names),
        )


def read(node: Node | None, where: Where, problems: Problems) -> Untwinned | None:
    """An `untwinned` rule has no parameters."""
    if node is not None:
        problems.fields(node, [])
        if where.columns:
            problems.add(node, "a rule about tables, without `columns`")
    return Untwinned()


KIND = Kind(
    parameters=Untwinned,
    kernel=Untwinned.watch,
    places=Places.TABLES,
    expectation="ExpectEncryptedValuesToHaveNoTwin",
    read=read,
    problems=("plaintext_twin",),
    facts=("columns", "rows_hit", "rows_read"),
    besides=lambda _, policy: people_tables(policy),
)
