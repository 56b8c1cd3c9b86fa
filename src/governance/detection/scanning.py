"""`scan`: findings of a whole Arrow column, cell by cell, as positions and kinds and nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance.detection.columns import Column
from governance.detection.findings import KINDS
from governance.detection.gravity import SUSPECT
from governance.detection.known import Known, scan_known

_NAME = "person_name"


@dataclass(frozen=True, slots=True)
class Hits:
    """Where a column holds something. `kinds` runs beside `rows` and names the gravest kind found there."""

    rows: npt.NDArray[np.int64]  # ascending; cells with a FAIL finding of the asked kinds
    kinds: tuple[str, ...]
    review: npt.NDArray[np.int64]  # ascending; cells with SUSPECT findings only


def scan(
    column: pa.Array | pa.ChunkedArray, kinds: Collection[str], *, label: str = "", known: Known[Any] | None = None
) -> Hits:
    """The cells of `column` that hold data of `kinds`; `label` is the column's name.

    A `person_name` is found through `known` only: nothing but a token tells a name from other words. Positions count
    from the start of the array given, slices and nulls included. ValueError for a kind that isn't one of `KINDS`.
    """
    if isinstance(kinds, str) or (strangers := sorted(set(kinds).difference(KINDS))):
        named = kinds if isinstance(kinds, str) else ", ".join(strangers)
        raise ValueError(f"kinds: expected a collection of {', '.join(KINDS)}; found {named}")
    gravity = Column(frozenset(kinds)).gravity(column, label)
    if known is not None and _NAME in kinds:
        people = scan_known(column, known, label=label)
        places = people.rows[[kind == _NAME for kind in people.kinds]]
        gravity[places] = np.minimum(gravity[places], KINDS.index(_NAME))
    rows = np.flatnonzero(gravity < SUSPECT).astype(np.int64)
    review = np.flatnonzero(gravity == SUSPECT).astype(np.int64)
    return Hits(rows, tuple(KINDS[code] for code in gravity[rows].tolist()), review)
