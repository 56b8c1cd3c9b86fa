"""Which cells are worth the authority's time: a superset of those in which it would find something."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Lanes:
    """The searches that the asked kinds need."""

    fewest_digits: int  # a number with fewer digits can't be a finding

    @classmethod
    def of(cls, kinds: frozenset[str], label: str) -> "Lanes":
        """The lanes for some kinds in a column of this name."""
        del label
        return cls(13 if kinds else 20)

    def candidates(self, array: pa.Array) -> npt.NDArray[np.intp]:
        """Positions of the cells to classify."""
        return np.arange(len(array))
