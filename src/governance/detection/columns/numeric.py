"""Numeric columns: which cells can be read as digits, and which floats have lost some of theirs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_LONGEST = 1e19  # no card number has more than 19 digits


@dataclass(frozen=True, slots=True)
class Exact:
    """Whole numbers and the cells that they stand in."""

    rows: npt.NDArray[np.intp]
    values: npt.NDArray[np.int64] | npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Rounded:
    """Floats that stand for any whole number within `spacings` of them."""

    rows: npt.NDArray[np.intp]
    values: npt.NDArray[np.float64]
    spacings: npt.NDArray[np.float64]


def readable(array: pa.Array, fewest_digits: int) -> tuple[Exact, Rounded]:
    """The cells with at least so many digits before the point."""
    least = 10 ** (fewest_digits - 1)
    valid = np.asarray(pc.is_valid(array).to_numpy(zero_copy_only=False))
    if pa.types.is_integer(array.type):
        values = pc.fill_null(array, 0).to_numpy()
        rows = np.flatnonzero(valid & ((values >= least) | (values <= -least)))
        return Exact(rows, values[rows]), _none_rounded()
    values = pc.fill_null(array, 0).to_numpy()
    with np.errstate(invalid="ignore"):  # of what is infinite
        spacing = np.spacing(np.abs(values)).astype(np.float64)
    wide = np.asarray(values, dtype=np.float64)
    size = np.abs(wide)
    valid &= (size >= least) & (size < _LONGEST)
    whole = valid & (np.trunc(wide) == wide)
    rows, lost = np.flatnonzero(whole & (spacing <= 1)), np.flatnonzero(whole & (spacing > 1))
    return Exact(rows, wide[rows].astype(np.int64)), Rounded(lost, wide[lost], spacing[lost])


def fractional(array: pa.Array) -> npt.NDArray[np.intp]:
    """The floats with a part after the point that may be a month or a year."""
    values = pc.fill_null(array, 0).to_numpy()
    with np.errstate(over="ignore", invalid="ignore"):
        return np.flatnonzero((np.trunc(values) != values) & (np.round(values, 4) == values))


def _none_rounded() -> Rounded:
    nothing = np.zeros(0)
    return Rounded(np.zeros(0, np.intp), nothing, nothing)
