"""What was found in each cell, as bits: one a kind for what is sure, and one a kind for what is suspect."""

from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt

from governance.detection.detectors import KINDS, MOST_KINDS
from governance.detection.findings import Grade

_UNSURE: Final = MOST_KINDS  # bits further up

Marks = npt.NDArray[np.uint64]


def unmarked(cells: int) -> Marks:
    """Cells in which nothing was found."""
    return np.zeros(cells, dtype=np.uint64)


def mark(kind: str, grade: Grade) -> int:
    """The bit of a finding."""
    return 1 << (KINDS.index(kind) + (_UNSURE if grade is Grade.SUSPECT else 0))


def masks(kinds: Collection[str]) -> tuple[int, int]:
    """All bits of some kinds: the sure ones, the suspect ones."""
    sure = sum(1 << KINDS.index(kind) for kind in set(kinds))
    return sure, sure << _UNSURE


def gravest(marks: Marks) -> tuple[str, ...]:
    """The first in the order of `KINDS` of the sure kinds of each cell, which has one."""
    sure = marks.astype(np.int64)  # no suspect bits, so the sign is free
    lowest = np.bitwise_count((sure & -sure) - 1)
    return tuple(KINDS[place] for place in lowest.tolist())
