"""Any Arrow array taken apart into texts: numbers as digits, dictionaries once a value, nested ones leaf by leaf."""

import json

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns import numbers
from governance.detection.columns.marks import Marks, unmarked
from governance.detection.columns.verdicts import Verdicts
from governance.detection.sieve.cells import steps
from governance.detection.sieve.lanes import Lanes

_STEP = 48 << 20  # bytes of text looked at together: each step compiles its patterns anew


class Column:
    """One scan: what it asks for and the verdicts it has already reached."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = kinds
        self._verdicts = Verdicts(kinds)

    def marks(self, array: pa.Array | pa.ChunkedArray, label: str) -> Marks:
        """What was found in each cell."""
        if isinstance(array, pa.ChunkedArray):
            parts = [self.marks(chunk, label) for chunk in array.chunks]
            return np.concatenate(parts) if parts else unmarked(0)
        kind = array.type
        if isinstance(kind, pa.BaseExtensionType):
            return self.marks(array.storage, label)
        if array.null_count == len(array) or holds_no_digits(kind):
            return unmarked(len(array))
        if pa.types.is_dictionary(kind):
            return self._of_dictionary(array, label)
        if pa.types.is_run_end_encoded(kind):
            return self.marks(pc.run_end_decode(array), label)
        if pa.types.is_nested(kind):
            return self._of_nested(array, label)
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            return self._of_numbers(array, label)
        return self._of_text(as_text(array), label)

    def _of_text(self, array: pa.Array, label: str) -> Marks:
        found = unmarked(len(array))
        lanes = Lanes.of(self._kinds, label)
        for start, part in steps(array, _STEP):
            rows = lanes.candidates(part)
            for row, value in zip(rows.tolist(), part.take(pa.array(rows)).to_pylist(), strict=True):
                if value is not None:
                    found[start + row] = self._verdicts.of(value, label)
        return found

    def _of_numbers(self, array: pa.Array, label: str) -> Marks:
        found = unmarked(len(array))
        lanes = Lanes.of(self._kinds, label)
        exact, rounded = numbers.readable(array, lanes.fewest_digits)
        if len(exact.rows):
            found[exact.rows] = self._of_text(pc.cast(pa.array(exact.values), pa.large_string()), label)
        if len(rounded.rows):
            for row, value, spacing in zip(rounded.rows, rounded.values, rounded.spacings, strict=True):
                found[row] |= self._verdicts.of_rounded(int(value), int(spacing))
        return found

    def _of_dictionary(self, array: pa.DictionaryArray, label: str) -> Marks:
        if len(array.dictionary) > 2 * len(array):
            return self.marks(array.dictionary.take(array.indices), label)
        values = np.append(self.marks(array.dictionary, label), np.uint32(0))
        indices = pc.fill_null(array.indices.cast(pa.int64()), len(array.dictionary))
        found: Marks = values[indices.to_numpy()]
        return found

    def _of_nested(self, array: pa.Array, label: str) -> Marks:
        kind = array.type
        found = unmarked(len(array))
        if pa.types.is_struct(kind):
            for field, leaf in zip(kind, array.flatten(), strict=True):
                found |= self.marks(leaf, f"{label} {field.name}".strip())
        elif pa.types.is_map(kind):
            pairs, parents = entries(array)
            np.bitwise_or.at(found, parents, self.marks(pairs, label))
        elif pa.types.is_union(kind):
            return self.marks(pa.array([_plain(value) for value in array], pa.large_string()), label)
        else:
            parents = pc.list_parent_indices(array).to_numpy()
            np.bitwise_or.at(found, parents, self.marks(array.flatten(), label))
        # Written out as well: a number may be split over leaves, and a field's name is data too.
        return found | self._of_text(as_json(array), label)


def holds_no_digits(kind: pa.DataType) -> bool:
    """Types that can't write a card number or a code: truth values and points in time."""
    return bool(pa.types.is_null(kind) or pa.types.is_boolean(kind) or pa.types.is_temporal(kind))


def as_text(array: pa.Array) -> pa.Array:
    """The cells as large strings, or as large binaries where they are bytes."""
    kind = array.type
    if not (pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)):
        is_bytes = pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind) or kind == pa.binary_view()
        array = array.cast(pa.large_binary() if is_bytes else pa.large_string())
    return _without_ghosts(array) if array.null_count else array


def _without_ghosts(array: pa.Array) -> pa.Array:
    """The same cells; a null may have bytes under it, left over from before it was one, which nobody may read."""
    sizes = np.diff(np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, array.offset * 8))
    haunted = sizes[array.is_null().to_numpy(zero_copy_only=False)].any()
    return array.take(pa.array(np.arange(len(array)))) if haunted else array


def entries(array: pa.MapArray) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Each entry of a map as `key: value`, so that the key labels its value, and the cell that it belongs to."""
    ends = array.offsets.to_numpy().astype(np.int64)
    first, last = int(ends[0]), int(ends[-1])
    parents = np.repeat(np.arange(len(array), dtype=np.int64), np.diff(ends))
    keys, items = array.keys.slice(first, last - first), array.items.slice(first, last - first)
    lines = [f"{key}: {_plain(item) or ''}" for key, item in zip(keys, items, strict=True)]
    return pa.array(lines, pa.large_string()), parents


def as_json(array: pa.Array) -> pa.Array:
    """Nested cells as they are written out."""
    cells = (
        None if cell is None else json.dumps(cell, ensure_ascii=False, default=_spelled) for cell in array.to_pylist()
    )
    return pa.array(cells, pa.large_string())


def _spelled(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _plain(value: pa.Scalar) -> str | None:
    return None if value.as_py() is None else str(value.as_py())
