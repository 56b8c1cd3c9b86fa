"""Finds values of detection kinds in cells, in the names of columns, and in columns as wholes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

import pyarrow as pa

from governance import detection
from governance.detection.columns.doubtful import Doubtful
from governance.results import Reason
from governance.rules.batch import Batch
from governance.rules.cells.card_columns import CardColumns
from governance.rules.doubts import Doubted, Doubts, Reviews, named
from governance.rules.kernel import namer
from governance.rules.part import Part, Summable
from governance.rules.people.leads import PERSON_NAME, unclear_names
from governance.rules.people.tokens import Subjects, find_subjects, why_unproven
from governance.rules.references import Namer
from governance.rules.scope import Scope, Target
from governance.rules.search import RestSearch, Search, Sighting
from governance.rules.tables.relational import Need, lacking

Kinds: TypeAlias = tuple[str, ...]


def same(kind: str) -> str:
    """The problem named like the kind of value."""
    return kind


@dataclass(frozen=True, slots=True)
class ValueFinder:
    """Searches columns for the kinds that each must not hold; `code` names the problem of a kind.

    The names of `strangers` are data too, as no contract names them. Names of people are found if `people` are known.
    `beside` are columns that are read for `cards` only; `reviews` are of columns in which most cells are suspects.
    """

    wanted: Mapping[str, Kinds]
    strangers: Mapping[str, Kinds]
    people: Subjects | None
    names: Namer
    code: Callable[[str], str] = same
    cards: CardColumns | None = None
    beside: Sequence[str] = ()
    among: detection.Detectors = detection.DEFAULT
    reviews: Reviews = field(default_factory=Reviews)

    @property
    def problems(self) -> Sequence[str]:
        return tuple(dict.fromkeys(self.code(kind) for kind in self.among.names if kind in self.looks_for))

    @property
    def columns(self) -> Sequence[str]:
        return tuple(dict.fromkeys([*self.wanted, *self.beside]))

    @property
    def looks_for(self) -> frozenset[str]:
        return frozenset(kind for kinds in (*self.wanted.values(), *self.strangers.values()) for kind in kinds)

    def sightings(self, batch: Batch) -> Iterator[Sighting]:
        for name, kinds in self.wanted.items():
            hits = self._hits(batch, name, kinds)
            problems = [self.code(kind) for kind in hits.kinds]
            yield Sighting(name, hits.rows, problems, hits.review, too_large=hits.too_large, fell_back=hits.fell_back)

    def _hits(self, batch: Batch, name: str, kinds: Kinds) -> detection.Hits:
        def find() -> detection.Hits:
            people = self.people.search(batch, name) if self.people is not None and PERSON_NAME in kinds else None
            return _look(batch, name, kinds, self.among).hits(kinds, people)

        return batch.once(("hits", name, kinds, self.people is None), find)

    def sums(self, batch: Batch) -> Mapping[str, Summable]:
        found: dict[str, Summable] = {}
        for name, kinds in self.wanted.items():
            seen = batch.once(("doubtful", name), partial(Doubtful.of, batch.column(name)))
            found[named(name)] = Doubts.of(seen, kinds, self._hits(batch, name, kinds), self.reviews.secret)
        return {**found, **(self.cards.sums(batch, self.names) if self.cards is not None else {})}

    def doubted(self, part: Part) -> Sequence[Doubted]:
        return tuple(self.reviews.doubted(part, tuple(self.wanted)))

    def whole(self, part: Part, names: Namer) -> tuple[Part, int]:
        kinds, suspects = _kinds_of_names(self.strangers, self.among)
        found = Part(problems=Counter(map(self.code, kinds)), review=suspects)
        wholes = list(self.cards.of_columns(part)) if self.cards is not None else []
        found = found.merge(Part(problems=Counter(p for _, p in wholes), columns=Counter(name for name, _ in wholes)))
        if self.cards is not None:
            found = found.merge(self.cards.of_rows(part, names))
        return found, len(kinds) + len(wholes)


def blind(on: Target) -> Search:
    """The search of a check whose column is missing."""
    names = namer(on.check, on.scope)
    return Search(on.check, ValueFinder({}, {}, None, names), names, unproven=Reason.MISSING_COLUMN)


def search_values(
    on: Target,
    wanted: Mapping[str, Kinds],
    *,
    code: Callable[[str], str] = same,
    cards: CardColumns | None = None,
    beside: Sequence[str] = (),
) -> Search:
    """The search of a check for values in the columns of its table."""
    check, contract, names = on.check, on.check.contract, namer(on.check, on.scope)
    strangers = {name: kinds for name, kinds in wanted.items() if contract and not contract.column(name)}
    people, lacks, unproven = _people(on.scope, wanted.values())
    return Search(
        check,
        ValueFinder(
            wanted,
            strangers,
            people,
            names,
            code,
            cards,
            beside,
            on.scope.policy.detectors,
            Reviews.of(on.scope, contract.table if contract else ""),
        ),
        names,
        facts=(("columns", len(wanted)), *(people.facts if people else ())),
        shown=tuple(wanted),
        strangers=frozenset(strangers),
        lacks=lacks,
        unproven=unproven,
    )


@dataclass(frozen=True, slots=True)
class _Strangers:
    """Makes the finder for a table without a contract: its name and its columns' names are data too."""

    kinds: Kinds
    people: Subjects | None
    names: Namer
    code: Callable[[str], str]
    scope: Scope = field(repr=False)
    whole: bool = False

    def __call__(self, table: str, schema: pa.Schema) -> ValueFinder:
        return ValueFinder(
            dict.fromkeys(schema.names, self.kinds),
            dict.fromkeys([table, *schema.names], self.kinds),
            self.people,
            self.names,
            self.code,
            CardColumns(tuple(schema.names), True, self.scope.secret) if self.whole else None,  # noqa: FBT003  together
            among=self.scope.policy.detectors,
            reviews=Reviews.of(self.scope, table),
        )


def search_rest(on: Target, kinds: Kinds, *, code: Callable[[str], str] = same, whole: bool = False) -> RestSearch:
    """The same search in the tables that no contract names."""
    check, scope = on.check, on.scope
    people, lacks, unproven = _people(scope, [kinds])
    if not scope.source.relational:
        unproven = Reason.NEEDS_TABLES
    return RestSearch(
        check,
        _Strangers(kinds, people, namer(check, scope), code, scope, whole),
        unproven,
        lacks,
    )


def _people(scope: Scope, wanted: Iterable[Kinds]) -> tuple[Subjects | None, tuple[str, ...], Reason | None]:
    """The known people, and what is not declared of them: names need keys, and the tables of those who bear them."""
    if not any(PERSON_NAME in kinds for kinds in wanted):
        return None, (), None
    people = find_subjects(scope)
    unproven = why_unproven(people, scope)
    lacks = (
        lacking(scope, Need("people"))
        if unproven is Reason.NOT_DECLARED
        else unclear_names(scope.policy, scope.source.schemas())
    )
    return people, lacks, unproven or (Reason.NOT_DECLARED if lacks else None)


def _look(batch: Batch, name: str, kinds: Kinds, among: detection.Detectors) -> detection.Sightings:
    asked = batch.looks_for.union(kinds)
    label = batch.label(name)
    return batch.once(("look", name), lambda: detection.look(batch.column(name), asked, label=label, among=among))


def _kinds_of_names(names: Mapping[str, Kinds], among: detection.Detectors) -> tuple[list[str], int]:
    """The gravest kind in each name that holds any, and the number of further suspects."""
    sure, suspects = [], 0
    for name, kinds in names.items():
        grades = {
            finding.kind: finding.grade for finding in detection.classify(name, among=among) if finding.kind in kinds
        }
        held = [kind for kind in among.names if grades.get(kind) is detection.Grade.FAIL]
        sure += held[:1]
        suspects += bool(grades) and not held
    return sure, suspects
