"""`scan`: findings of a whole Arrow column, cell by cell, as positions and kinds and nothing else."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance.detection.columns import Column
from governance.detection.findings import KINDS
from governance.detection.gravity import SUSPECT


@dataclass(frozen=True, slots=True)
class Hits:
    """Where a column holds something. `kinds` runs beside `rows` and names the gravest kind found there."""

    rows: npt.NDArray[np.int64]  # ascending; cells with a FAIL finding of the asked kinds
    kinds: tuple[str, ...]
    review: npt.NDArray[np.int64]  # ascending; cells with SUSPECT findings only


@dataclass(frozen=True, slots=True)
class Known:
    """Keyed tokens of known values; a later issue fills this in."""


def scan(
    column: pa.Array | pa.ChunkedArray, kinds: Collection[str], *, label: str = "", known: Known | None = None
) -> Hits:
    """The cells of `column` that hold data of `kinds`; `label` is the column's name.

    Positions count from the start of the array given, slices and nulls included. Raises ValueError for a kind that
    isn't one of `KINDS`, and NotImplementedError for `known`.
    """
    if isinstance(kinds, str) or (strangers := sorted(set(kinds).difference(KINDS))):
        named = kinds if isinstance(kinds, str) else ", ".join(strangers)
        raise ValueError(f"kinds: expected a collection of {', '.join(KINDS)}; found {named}")
    if known is not None:
        raise NotImplementedError("known: values cannot be looked up yet; pass None")
    gravity = Column(frozenset(kinds)).gravity(column, label)
    rows = np.flatnonzero(gravity < SUSPECT).astype(np.int64)
    review = np.flatnonzero(gravity == SUSPECT).astype(np.int64)
    return Hits(rows, tuple(KINDS[code] for code in gravity[rows].tolist()), review)
