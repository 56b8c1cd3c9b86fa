"""`scan` and `look`: the findings of a whole Arrow column, as positions and kinds only."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance.detection.columns.column import ColumnScan
from governance.detection.columns.marks import TOO_LARGE, Marks, gravest, masks
from governance.detection.detectors import KINDS, KNOWN_ONLY
from governance.detection.known import Known, KnownHits, scan_known


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
    """All findings of these kinds in a column; `too_large` and `fell_back` as in `Hits`."""

    kinds: frozenset[str]
    _marks: Marks = field(repr=False)
    fell_back: frozenset[str] = frozenset()

    @property
    def too_large(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero(self._marks & TOO_LARGE).astype(np.int64)

    def hits(self, kinds: Collection[str], people: KnownHits[Any] | None = None) -> Hits:
        """The cells with these kinds; names are those of known `people`.

        ValueError for a kind that was not looked for.
        """
        if strangers := sorted(set(kinds) - self.kinds):
            raise ValueError(f"kinds: expected some of those that were looked for; found {', '.join(strangers)}")
        marks = self._marks
        too_large = self.too_large
        if people is not None and (names := KNOWN_ONLY.intersection(kinds)):
            marks, too_large = marks.copy(), np.union1d(too_large, people.too_large)
            for name in names:
                marks[people.rows[[kind == name for kind in people.kinds]]] |= np.uint64(masks([name])[0])
        sure, unsure = masks(kinds)
        rows = np.flatnonzero(marks & np.uint64(sure)).astype(np.int64)
        review = np.flatnonzero((marks & np.uint64(sure) == 0) & (marks & np.uint64(unsure) != 0)).astype(np.int64)
        return Hits(rows, gravest(marks[rows] & np.uint64(sure)), review, too_large, self.fell_back.intersection(kinds))


def look(column: pa.Array | pa.ChunkedArray, kinds: Collection[str] = KINDS, *, label: str = "") -> Sightings:
    """Everything of `kinds` in a column, in one pass; `label` is the column's name.

    Positions count from the start of the array given, slices and nulls included. ValueError for a kind outside `KINDS`.
    """
    if isinstance(kinds, str) or (strangers := sorted(set(kinds).difference(KINDS))):
        named = kinds if isinstance(kinds, str) else ", ".join(strangers)
        raise ValueError(f"kinds: expected a collection of {', '.join(KINDS)}; found {named}")
    reading = ColumnScan(frozenset(kinds))
    marks = reading.marks(column, label)
    return Sightings(frozenset(kinds), marks, reading.fell_back)


def scan(
    column: pa.Array | pa.ChunkedArray, kinds: Collection[str], *, label: str = "", known: Known[Any] | None = None
) -> Hits:
    """The cells of `column` that hold data of `kinds`, as `look` sees them.

    Kinds such as `person_name` are found only by the tokens in `known`.
    """
    seen = look(column, kinds, label=label)
    people = scan_known(column, known, label=label) if known is not None and not KNOWN_ONLY.isdisjoint(kinds) else None
    return seen.hits(kinds, people)
