"""The buffers of an Arrow array of texts, for arithmetic over all cells at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TextBuffer:
    """The bytes of all texts, and the start of each cell; one more for the end."""

    data: Bytes
    offsets: Places

    @classmethod
    def of(cls, array: pa.Array) -> "TextBuffer":
        """The bytes of a large string or large binary array, slices included."""
        offsets = np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, array.offset * 8)
        first, last = int(offsets[0]), int(offsets[-1])
        data = np.frombuffer(array.buffers()[2] or b"", np.uint8, last - first, first)
        return cls(data, offsets - first)


def places_of(flags: pa.BooleanArray) -> Places:
    """Where Arrow says yes; null is no."""
    return np.flatnonzero(pc.fill_null(flags, False).to_numpy(zero_copy_only=False))  # noqa: FBT003  Arrow's signature


def steps(array: pa.Array, size: int) -> Iterator[tuple[int, pa.Array]]:
    """A large array in slices of about so many bytes of text, each with the position of its first cell."""
    ends = np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, array.offset * 8)
    marks = np.searchsorted(ends, np.arange(ends[0] + size, ends[-1], size), side="right")
    for start, end in pairwise(np.unique(np.concatenate(([0], marks, [len(array)]))).tolist()):
        yield start, array.slice(start, end - start)
