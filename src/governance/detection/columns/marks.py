"""The findings of each cell as bits: one per kind for sure findings, one per kind for suspects."""

from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt

from governance.detection.detectors import KINDS, MOST_KINDS
from governance.detection.findings import Grade

_UNSURE: Final = MOST_KINDS  # bits further up
TOO_LARGE: Final = np.uint64(1 << 63)  # the cell, or a part of it, is too long to be judged

Marks = npt.NDArray[np.uint64]


def unmarked(cells: int) -> Marks:
    """Marks for cells without findings."""
    return np.zeros(cells, dtype=np.uint64)


def mark(kind: str, grade: Grade) -> int:
    """The bit of a finding."""
    return 1 << (KINDS.index(kind) + (_UNSURE if grade is Grade.SUSPECT else 0))


def masks(kinds: Collection[str]) -> tuple[int, int]:
    """The sure bits and the suspect bits of these kinds."""
    sure = sum(1 << KINDS.index(kind) for kind in set(kinds))
    return sure, sure << _UNSURE


def gravest(marks: Marks) -> tuple[str, ...]:
    """The gravest sure kind of each cell, by the order of `KINDS`; every cell must have one."""
    sure = marks.astype(np.int64)  # no suspect bits, so the sign is free
    lowest = np.bitwise_count((sure & -sure) - 1)
    return tuple(KINDS[place] for place in lowest.tolist())
