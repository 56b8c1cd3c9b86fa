"""What rules about the contents of cells share: each column of a batch is looked at once, for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from governance import detection
from governance.detection.columns.statistics import Together
from governance.planning.checks import Check
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, changed, undeclared_tables
from governance.rules.cells.card_columns import CardColumns
from governance.rules.people.tokens import Subjects, find_subjects
from governance.sources import shown_name

NAME = "person_name"
CARD = "payment_card_number"
Kinds = tuple[str, ...]  # gravest first


@dataclass(slots=True)
class Looks:
    """The kinds that a run's rules ask of each table, and what was seen in the batch that goes by."""

    _kinds: dict[str, set[str]] = field(default_factory=dict)
    _batch: pa.RecordBatch | None = field(default=None, repr=False)
    _seen: dict[str, detection.Sightings] = field(default_factory=dict, repr=False)

    def ask(self, table: str, kinds: Kinds) -> None:
        """Announce kinds before the first batch, so that one look finds all of them."""
        self._kinds.setdefault(table, set()).update(kinds)

    def look(self, table: str, batch: pa.RecordBatch, column: str) -> detection.Sightings:
        """What a column holds; asked again for the same batch, the answer is there."""
        if batch is not self._batch:
            self._batch = batch
            self._seen.clear()
        if column not in self._seen:
            self._seen[column] = detection.look(batch.column(column), self._kinds[table], label=column)
        return self._seen[column]


@dataclass(slots=True)
class Found:
    """What some columns of a batch hold: rows with their gravest kind, rows to review, and how many by column."""

    rows: dict[int, str]
    review: int
    columns: Counter[str]


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for kinds of values in the batches of a table; people's names are looked for if `people` are known."""

    table: str
    looks: Looks
    people: Subjects | None
    unproven: Reason | None = None

    @classmethod
    def of(cls, scope: Scope, table: str, kinds: Kinds) -> Search:
        """The search of one rule; names need keys, and the tables of the people whose names they are."""
        looks = scope.once("looks", Looks)
        looks.ask(table, kinds)
        if NAME not in kinds:
            return cls(table, looks, None)
        people = find_subjects(scope)
        if people is None:
            return cls(table, looks, None, Reason.NO_KEY)
        return cls(table, looks, people, None if scope.source.relational else Reason.NEEDS_TABLES)

    def find(self, batch: pa.RecordBatch, wanted: Mapping[str, Kinds]) -> Found:
        """Row positions, ascending, with the gravest of the kinds that are wanted of each column."""
        found: dict[int, str] = {}
        suspects: set[int] = set()
        columns: Counter[str] = Counter()
        for name, kinds in wanted.items():
            people = self.people.search(batch, name) if self.people is not None and NAME in kinds else None
            hits = self.looks.look(self.table, batch, name).hits(kinds, people)
            for position, kind in zip(hits.rows.tolist(), hits.kinds, strict=True):
                found[position] = min(kind, found.get(position, kind), key=detection.KINDS.index)
            suspects.update(hits.review.tolist())
            if len(hits.rows):
                columns[name] = len(hits.rows)
        return Found(dict(sorted(found.items())), len(suspects - found.keys()), columns)


def same(kind: str) -> str:
    """A problem that is called like the kind of value."""
    return kind


@dataclass(slots=True)
class CellWatch:
    """Rows of one table in which a column holds what is not wanted there; `code` names the problem."""

    check: Check
    scope: Scope
    wanted: Mapping[str, Kinds]
    names: Mapping[str, Kinds]  # columns that no contract named: their names are data too
    absent: bool = False
    beside: Sequence[str] = ()  # columns that are read for `cards` only
    code: Callable[[str], str] = same
    cards: CardColumns | None = None
    tally: Tally = field(default_factory=Tally)
    review: int = 0
    hit: Counter[str] = field(default_factory=Counter)
    search: Search = field(init=False)

    def __post_init__(self) -> None:
        asked = {kind for kinds in self.wanted.values() for kind in kinds}
        table = self.check.place.table if self.check.place else ""
        self.search = Search.of(self.scope, table, tuple(sorted(asked, key=detection.KINDS.index)))

    @property
    def columns(self) -> Sequence[str]:
        return () if self.absent else tuple(dict.fromkeys([*self.wanted, *self.beside]))

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        if self.absent:
            return
        if self.cards is not None:
            self.cards.see(batch, keys)
        found = self.search.find(batch, self.wanted)
        self.hit += found.columns
        positions = np.fromiter(found.rows, np.int64, len(found.rows))
        self.tally.add([self.code(kind) for kind in found.rows.values()], positions, keys)
        self.review += found.review

    def evidence(self, rows: int) -> Evidence:
        # Names are no rows, so they are counted and not referenced.
        named, suspects = kinds_of_names(self.names)
        wholes = list(self.cards.of_columns()) if self.cards is not None else []
        for problem, key in self.cards.of_rows() if self.cards is not None else ():
            self.tally.problems[problem] += 1
            self.tally.name(key, problem)
        problems = Tally(self.tally.problems + Counter(map(self.code, named)) + Counter(what for _, what in wholes))
        self.hit.update(name for name, _ in wholes)
        whole = self.check.place is not None and not self.check.place.column
        return Evidence(
            examined=rows + len(named) + len(wholes),
            violations=problems.violations,
            review=self.review + suspects,
            problems=problems.counts(),
            facts=(("columns", len(self.wanted)),),
            rows=self.tally.references(self.check.contract, self.scope.keys),
            names=tuple(shown_name(name) for name in self.wanted if self.hit[name] and name in self.names),
            columns=tuple((shown_name(name), self.hit[name]) for name in self.wanted if self.hit[name] and whole),
            unproven=Reason.MISSING_COLUMN if self.absent else self.search.unproven,
        )


@dataclass(slots=True)
class TablesWatch:
    """The tables that no contract names; they have no key, so the table is what is counted."""

    scope: Scope
    kinds: Kinds
    code: Callable[[str], str] = same
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
        unproven: Reason | None = None
        for table, schema in undeclared_tables(self.scope).items():
            search = Search.of(self.scope, table, self.kinds)
            unproven = search.unproven
            named, review_names = kinds_of_names(dict.fromkeys([table, *schema.names], self.kinds))
            problems.update(map(self.code, named))
            review += review_names
            before, expected = hit_rows, seen + source.rows(table)
            cards = CardColumns(schema.names, Together()) if CARD in self.kinds else None
            for batch in source.batches(table, schema.names):
                found = search.find(batch, dict.fromkeys(schema.names, self.kinds))
                hit_rows += len(found.rows)
                review += found.review
                seen += batch.num_rows
                problems.update(map(self.code, found.rows.values()))
                if cards is not None:
                    cards.see(batch, None)
            if seen != expected:
                raise changed(table)
            wholes = [problem for problem, _ in cards.of_rows()] if cards is not None else []
            wholes += [problem for _, problem in cards.of_columns()] if cards is not None else []
            problems.update(wholes)
            if named or wholes or hit_rows > before:
                hit.append(table)
        return Evidence(
            examined=len(source.schemas()),
            violations=len(hit),
            unit="tables",
            review=review,
            problems=tuple(sorted(problems.items())),
            facts=(("rows_hit", hit_rows), ("rows_read", seen)),
            names=tuple(shown_name(table) for table in hit),
            unproven=unproven,
        )


def kinds_of_names(names: Mapping[str, Kinds]) -> tuple[list[str], int]:
    """The gravest kind in each of these names that holds any; and how many more are suspect."""
    sure, suspects = [], 0
    for name, kinds in names.items():
        grades = {finding.kind: finding.grade for finding in detection.classify(name) if finding.kind in kinds}
        held = [kind for kind in detection.KINDS if grades.get(kind) is detection.Grade.FAIL]
        sure += held[:1]
        suspects += bool(grades) and not held
    return sure, suspects
