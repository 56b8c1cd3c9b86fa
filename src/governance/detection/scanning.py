"""`scan` and `look`: the findings of a whole Arrow column, as positions and kinds only."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance.detection.columns.column import ColumnScan
from governance.detection.columns.marks import MOST_KINDS, TOO_LARGE, Marks, compact, gravest, masks, unmarked
from governance.detection.detectors import DEFAULT, Detectors
from governance.detection.known import Known, KnownHits, scan_known

_NOT = 1 << 32  # beyond the places of all kinds
_FEW = 4  # kinds that are looked for only where a rule names them


@dataclass(frozen=True, slots=True)
class Hits:
    """The cells with findings.

    `kinds` runs parallel to `rows` and names the gravest kind of each. `too_large` are cells that are not judged, or
    not in every part, as these are longer than `LONGEST_CELL`. `fell_back` names the kinds whose sieve failed, so that
    `classify` judged every cell.
    """

    rows: npt.NDArray[np.int64]  # ascending; cells with a FAIL finding of these kinds
    kinds: tuple[str, ...]
    review: npt.NDArray[np.int64]  # ascending; cells with SUSPECT findings only
    too_large: npt.NDArray[np.int64]  # ascending
    fell_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sightings:
    """All findings of some kinds in a column; `fell_back` as in `Hits`.

    Each of the `_passes` is for some kinds, in their order; their marks go by the place in the pass.
    """

    among: Detectors = field(repr=False)
    _passes: tuple[tuple[tuple[str, ...], Marks], ...] = field(repr=False)
    fell_back: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for kinds, _ in self._passes for kind in kinds)

    @property
    def too_large(self) -> npt.NDArray[np.int64]:
        """The cells that are not judged, or not in every part, ascending."""
        large = [np.flatnonzero(marks & TOO_LARGE) for _, marks in self._passes]
        return np.unique(np.concatenate([np.zeros(0, np.int64), *large])).astype(np.int64)

    def hits(self, kinds: Collection[str], people: KnownHits[Any] | None = None) -> Hits:
        """The cells with these kinds; names are those of known `people`.

        ValueError for a kind that was not looked for.
        """
        if strangers := sorted(set(kinds) - self.kinds):
            raise ValueError(f"kinds: expected some of those that were looked for; found {', '.join(strangers)}")
        named = self.among.known_only.intersection(kinds) if people is not None else frozenset()
        first = np.full(len(self._passes[0][1]) if self._passes else 0, _NOT, dtype=np.int64)
        unsure = unmarked(len(first))
        for order, marks in self._passes:
            if people is not None and not named.isdisjoint(order):
                marks = marks.copy()  # noqa: PLW2901  those of known people are added
                for name in named.intersection(order):
                    marks[people.rows[[kind == name for kind in people.kinds]]] |= np.uint64(1 << order.index(name))
            sure, suspect = masks([place for place, kind in enumerate(order) if kind in kinds])
            rows = np.flatnonzero(marks & np.uint64(sure))
            places = np.array([self.among.places[kind] for kind in order], dtype=np.int64)
            first[rows] = np.minimum(first[rows], places[gravest(marks[rows] & np.uint64(sure))])
            unsure |= marks & np.uint64(suspect)
        rows = np.flatnonzero(first != _NOT).astype(np.int64)
        review = np.flatnonzero((first == _NOT) & (unsure != 0)).astype(np.int64)
        too_large = np.union1d(self.too_large, people.too_large) if people is not None and named else self.too_large
        found = tuple(self.among.names[place] for place in first[rows].tolist())
        return Hits(rows, found, review, too_large, self.fell_back.intersection(kinds))


def look(
    column: pa.Array | pa.ChunkedArray,
    kinds: Collection[str] | None = None,
    *,
    label: str = "",
    among: Detectors = DEFAULT,
) -> Sightings:
    """Everything of `kinds`, by default of all, in a column; `label` is the column's name.

    Positions count from the start of the array given, slices and nulls included. ValueError for a kind outside `among`.
    """
    wanted = among.names if kinds is None else kinds
    if isinstance(wanted, str) or (strangers := sorted(set(wanted).difference(among.names))):
        named = wanted if isinstance(wanted, str) else ", ".join(strangers)
        raise ValueError(f"kinds: expected a collection of {', '.join(among.names)}; found {named}")
    passes, fell_back = [], frozenset[str]()
    for some in _together([kind for kind in among.names if kind in wanted], among):
        reading = ColumnScan(some, among)
        passes.append((some, compact(reading.marks(column, label))))
        fell_back |= reading.fell_back
    return Sightings(among, tuple(passes), fell_back)


def _together(kinds: list[str], among: Detectors) -> Iterator[tuple[str, ...]]:
    """The kinds of each pass: the usual ones at once, few others: RE2 is slow when an automaton is large."""
    usual = [kind for kind in kinds if among.declared[kind].usual]
    for some, most in ((usual, MOST_KINDS), ([kind for kind in kinds if kind not in usual], _FEW)):
        for start in range(0, len(some), most):
            yield tuple(some[start : start + most])


def scan(
    column: pa.Array | pa.ChunkedArray,
    kinds: Collection[str],
    *,
    label: str = "",
    known: Known[Any] | None = None,
    among: Detectors = DEFAULT,
) -> Hits:
    """The cells of `column` that hold data of `kinds`, as `look` sees them.

    Kinds such as `person_name` are found only by the tokens in `known`.
    """
    seen = look(column, kinds, label=label, among=among)
    named = known is not None and not among.known_only.isdisjoint(kinds)
    people = scan_known(column, known, label=label) if known is not None and named else None
    return seen.hits(kinds, people)
