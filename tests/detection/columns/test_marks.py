"""The bits of a cell: a kind is told from every other, sure findings from suspects, and the gravest is first."""

import numpy as np
import pytest

from governance.detection import Grade
from governance.detection.columns.marks import MOST_KINDS, TOO_LARGE, compact, gravest, mark, masks, unmarked


def test_no_two_findings_share_a_bit() -> None:
    bits = [mark(place, grade) for place in range(MOST_KINDS) for grade in Grade]
    assert len({*bits, int(TOO_LARGE)}) == 2 * MOST_KINDS + 1
    assert all(bit.bit_count() == 1 for bit in bits)
    assert np.array(bits, np.uint64).tolist() == bits
    assert unmarked(2).tolist() == [0, 0]


@pytest.mark.parametrize("places", [[], [0], [3, 3, 30], range(MOST_KINDS)])
def test_the_masks_of_some_kinds_hold_their_findings_and_no_others(places: list[int]) -> None:
    sure, unsure = masks(places)
    for place in range(MOST_KINDS):
        assert bool(sure & mark(place, Grade.FAIL)) == bool(unsure & mark(place, Grade.SUSPECT)) == (place in places)
    assert not sure & unsure
    assert not (sure | unsure) & int(TOO_LARGE)


def test_the_gravest_kind_is_the_first_of_the_sure_ones() -> None:
    cells = [[0], [7, 3], [30], [4, 30]]
    marks = np.array([sum(mark(place, Grade.FAIL) for place in places) for places in cells], np.uint64)
    assert gravest(marks) == [0, 3, 30, 4]


@pytest.mark.parametrize("cells", [[0, 0, 0], [0, 4, 0]])
def test_marks_in_less_memory_are_the_same(cells: list[int]) -> None:
    marks = np.array(cells, np.uint64)
    same = compact(marks)
    assert same.tolist() == cells
    assert same.dtype == np.uint64
    assert (same.strides == (0,)) is (not any(cells))
