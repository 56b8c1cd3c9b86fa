"""How grave a cell is, in one byte: the place of its gravest kind in `KINDS`, or these two. The smaller, the graver."""

from typing import Final

import numpy as np
import numpy.typing as npt

SUSPECT: Final = 254
NOTHING: Final = 255

Gravity = npt.NDArray[np.uint8]


def calm(cells: int) -> Gravity:
    """Cells in which nothing was found."""
    return np.full(cells, NOTHING, dtype=np.uint8)
