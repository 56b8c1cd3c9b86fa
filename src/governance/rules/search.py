"""A search through the columns of tables: each row counts once, for its gravest problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa

from governance.planning.checks import Check
from governance.results import FELL_BACK, Evidence, Reason
from governance.rules.batch import NOWHERE, Batch, Positions
from governance.rules.doubts import Doubted
from governance.rules.kernel import Kernel, RestKernel, evidence, namer
from governance.rules.part import Counts, Names, Part, Summable, ranked
from governance.rules.references import Namer, References
from governance.rules.scope import Scope
from governance.sources import shown_name


@dataclass(frozen=True, slots=True)
class Sighting:
    """Rows of a column with their problems, one for all or one per row; `review` are rows with suspects.

    `last` ones count only in rows without any other problem. A sighting across columns names none. `too_large` are
    rows with cells too long to be judged. `fell_back` are detection kinds whose sieve failed, so that `classify` judged
    every cell.
    """

    column: str
    rows: Positions
    problems: str | Sequence[str]
    review: Positions = field(default_factory=lambda: NOWHERE)
    last: bool = False
    too_large: Positions = field(default_factory=lambda: NOWHERE)
    fell_back: frozenset[str] = frozenset()


class Finder(Protocol):
    """Searches a batch. `problems` are all that it can find, gravest first; `columns` are those it reads."""

    @property
    def problems(self) -> Sequence[str]: ...

    @property
    def columns(self) -> Sequence[str]: ...

    @property
    def looks_for(self) -> frozenset[str]: ...

    def sightings(self, batch: Batch) -> Iterator[Sighting]: ...

    def sums(self, batch: Batch) -> Mapping[str, Summable]:
        """Sums that only whole columns can be judged by."""
        ...

    def whole(self, part: Part, names: Namer) -> tuple[Part, int]:
        """The problems of whole columns and names, and how many things besides rows were examined."""
        ...

    def doubted(self, part: Part) -> Sequence[Doubted]:
        """The columns with suspects."""
        ...


class PlainFinder:
    """A finder that judges no column as a whole."""

    @property
    def looks_for(self) -> frozenset[str]:
        return frozenset()

    def sums(self, batch: Batch) -> Mapping[str, Summable]:  # noqa: ARG002  the protocol's name
        return {}

    def whole(self, part: Part, names: Namer) -> tuple[Part, int]:  # noqa: ARG002
        return Part(), 0

    def doubted(self, part: Part) -> Sequence[Doubted]:  # noqa: ARG002
        return ()


@dataclass(frozen=True, slots=True)
class Search(Kernel):
    """One finder in one table; `facts` are added to its counts, and `unproven` is the reason why they prove nothing.

    `shown` are the columns whose counts are reported, None for all; `strangers` are those of them without a contract.
    """

    check: Check
    finder: Finder = field(repr=False)
    names: Namer
    facts: Counts = ()
    shown: Sequence[str] | None = None
    strangers: frozenset[str] = frozenset()
    lacks: tuple[str, ...] = ()
    unproven: Reason | None = None

    @property
    def columns(self) -> Sequence[str]:
        return self.finder.columns

    @property
    def looks_for(self) -> frozenset[str]:
        return self.finder.looks_for

    def fold(self, batch: Batch) -> Part:
        known = tuple(self.finder.problems)
        order = {problem: place for place, problem in enumerate(known)}
        worst = np.full(batch.rows, len(order), dtype=np.int64)
        review, too_large = np.zeros((2, batch.rows), dtype=bool)
        hit: dict[str, list[Positions]] = {}
        fell_back: set[str] = set()
        for seen in sorted(self.finder.sightings(batch), key=lambda seen: seen.last):
            rows, codes = seen.rows, seen.problems
            kinds = np.array([order[code] for code in ([codes] * len(rows) if isinstance(codes, str) else codes)], int)
            if seen.last:
                free = worst[rows] == len(order)
                rows, kinds = rows[free], kinds[free]
            np.minimum.at(worst, rows, kinds)
            review[seen.review] = True
            too_large[seen.too_large] = True
            fell_back |= seen.fell_back
            if seen.column and len(rows):
                hit.setdefault(seen.column, []).append(rows)
        positions = np.flatnonzero(worst < len(order))
        problems = [known[code] for code in worst[positions].tolist()]
        return Part(
            rows=batch.rows,
            problems=Counter(problems),
            references=self._references(batch, positions, problems),
            review=int((review & (worst == len(order))).sum()),
            columns=Counter({name: len(np.unique(np.concatenate(rows))) for name, rows in hit.items()}),
            too_large=int(too_large.sum()),
            sums={**self.finder.sums(batch), **({FELL_BACK: Names.of(fell_back)} if fell_back else {})},
        )

    def _references(self, batch: Batch, positions: Positions, problems: Sequence[str]) -> References:
        if not len(positions):
            return References(spill=self.names.spill)
        return self.names.references(zip(batch.keys_at(positions), problems, strict=True))

    def finish(self, part: Part, scope: Scope) -> Evidence:
        whole, besides = self.finder.whole(part, self.names)
        doubted = self.finder.doubted(part)
        total = part.merge(whole).merge(Part(review=sum(one.besides for one in doubted)))
        shown = self.shown if self.shown is not None else sorted(total.columns)
        counts = tuple((shown_name(name), total.columns[name]) for name in shown if total.columns[name])
        return evidence(
            self.check,
            scope,
            total,
            examined=part.rows + besides if self.columns or self.unproven is None else 0,
            facts=(*self.facts, *_fallbacks(part)),
            names=tuple(shown_name(name) for name in shown if total.columns[name] and name in self.strangers),
            suspects=tuple((shown_name(one.column), one.suspects, one.held) for one in doubted),
            columns=counts if self.check.place is not None and not self.check.place.column else (),
            lacks=self.lacks,
            unproven=self.unproven or _unreviewed(doubted),
        )


def _unreviewed(doubted: Iterable[Doubted]) -> Reason | None:
    return Reason.NEEDS_REVIEW if any(one.unreviewed for one in doubted) else None


def _fallbacks(part: Part) -> Counts:
    """Which sieves fell back, as facts."""
    fell_back = part.sums.get(FELL_BACK, Names())
    assert isinstance(fell_back, Names)  # noqa: S101  `fold` made it
    return tuple((f"{FELL_BACK}:{kind}", 1) for kind in sorted(fell_back.held))


class MakesFinder(Protocol):
    """Makes the finder for a table without a contract."""

    def __call__(self, table: str, schema: pa.Schema) -> Finder: ...


@dataclass(frozen=True, slots=True)
class RestSearch(RestKernel):
    """The same search in the tables without a contract; they have no keys, so tables are counted."""

    check: Check
    make: MakesFinder = field(repr=False)
    unproven: Reason | None = None
    lacks: tuple[str, ...] = ()

    def of(self, table: str, schema: pa.Schema, scope: Scope) -> Search:
        return Search(self.check, self.make(table, schema), namer(self.check, scope))

    def finish(self, found: Mapping[str, tuple[Kernel, Part]], scope: Scope) -> Evidence:
        if not scope.source.relational:
            return Evidence(0, unit="tables", unproven=Reason.NEEDS_TABLES)
        whole = Part()
        hit, suspects = [], []
        for table, (kernel, part) in found.items():
            assert isinstance(kernel, Search)  # noqa: S101  `of` made it
            beyond, _ = kernel.finder.whole(part, kernel.names)
            if part.problems or beyond.problems:
                hit.append(table)
            doubted = kernel.finder.doubted(part)
            suspects += [(table, one) for one in doubted]
            whole = whole.merge(part).merge(beyond).merge(Part(review=sum(one.besides for one in doubted)))
        rows_hit = sum(part.problems.total() for _, part in found.values())
        return Evidence(
            examined=len(scope.source.schemas()),
            violations=len(hit),
            unit="tables",
            review=whole.review,
            problems=tuple(sorted(ranked(whole.problems))),
            facts=(("rows_hit", rows_hit), ("rows_read", whole.rows), *_fallbacks(whole), *whole.refused),
            names=tuple(shown_name(table) for table in hit),
            suspects=tuple(
                (f"{shown_name(table)}/{shown_name(one.column)}", one.suspects, one.held) for table, one in suspects
            ),
            lacks=self.lacks,
            unproven=Reason.TOO_LARGE
            if whole.too_large
            else self.unproven or (Reason.INCOMPLETE if whole.exhausted else _unreviewed(one for _, one in suspects)),
        )
