"""The findings of each cell as bits: one per kind for sure findings, one per kind for suspects.

A kind is known by its place among the kinds of one scan, the gravest first.
"""

from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt

from governance.detection.findings import Grade

MOST_KINDS: Final = 31  # in one pass: two bits each, and one bit of its own
_UNSURE: Final = MOST_KINDS  # bits further up
TOO_LARGE: Final = np.uint64(1 << 63)  # the cell, or a part of it, is too long to be judged

Marks = npt.NDArray[np.uint64]


def unmarked(cells: int) -> Marks:
    """Marks for cells without findings."""
    return np.zeros(cells, dtype=np.uint64)


def compact(marks: Marks) -> Marks:
    """The same marks, in no memory where there is no finding: of thousands of columns, nearly all have none."""
    return marks if marks.any() else np.broadcast_to(np.uint64(0), marks.shape)


def mark(place: int, grade: Grade) -> int:
    """The bit of a finding of the kind at this place among those that are looked for."""
    return 1 << (place + (_UNSURE if grade is Grade.SUSPECT else 0))


def masks(places: Collection[int]) -> tuple[int, int]:
    """The sure bits and the suspect bits of these kinds."""
    sure = sum(1 << place for place in set(places))
    return sure, sure << _UNSURE


def gravest(marks: Marks) -> list[int]:
    """The place of the gravest sure kind of each cell; every cell must have one."""
    sure = marks.astype(np.int64)  # no suspect bits, so the sign is free
    found: list[int] = np.bitwise_count((sure & -sure) - 1).tolist()
    return found
