"""Cells of any Arrow type as texts."""

import json

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.authority import LONGEST_CELL
from governance.detection.columns import numeric


def holds_no_digits(kind: pa.DataType) -> bool:
    """Whether values of a type can't be a card number or a code: booleans and times can't."""
    return bool(pa.types.is_null(kind) or pa.types.is_boolean(kind) or pa.types.is_temporal(kind))


def is_text(kind: pa.DataType) -> bool:
    """Whether values of a type are texts in one of the two usual layouts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def as_text(array: pa.Array) -> pa.Array:
    """The cells as large strings, or as large binaries where they are bytes."""
    kind = array.type
    if not (pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)):
        is_bytes = pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind) or kind == pa.binary_view()
        array = array.cast(pa.large_binary() if is_bytes else pa.large_string())
        if pa.types.is_decimal(kind):  # zeros that fill up its scale say nothing
            array = pc.replace_substring_regex(array, r"\.0+$|(\.[0-9]{2,}?)0+$", r"\1")
    return _without_old_bytes(array) if array.null_count else array


def _without_old_bytes(array: pa.Array) -> pa.Array:
    """The same cells with cleared nulls; the buffer of a null may hold old bytes, which must not be read."""
    sizes = np.diff(np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, array.offset * 8))
    has_some = sizes[array.is_null().to_numpy(zero_copy_only=False)].any()
    return array.take(pa.array(np.arange(len(array)))) if has_some else array


def value(cell: pa.Scalar) -> str | bytes | None:
    """A cell in Python's types: as bytes if it isn't the UTF-8 that its type promises."""
    try:
        found: str | bytes | None = cell.as_py()
    except UnicodeDecodeError:
        found = cell.as_buffer().to_pybytes()
    return found


def bounded(texts: pa.Array) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """Texts or bytes without those that are too long to be judged, and which those are."""
    long = pc.fill_null(pc.greater(pc.binary_length(texts), LONGEST_CELL), False)  # noqa: FBT003  Arrow's signature
    flags = long.to_numpy(zero_copy_only=False)
    return texts.take(pa.array(np.arange(len(texts)), mask=flags)) if flags.any() else texts, flags


def as_written(array: pa.Array) -> pa.Array:
    """The cells of any type as texts, times and booleans included; whole floats without a decimal point."""
    kind = array.type
    if pa.types.is_floating(kind):
        exact, _ = numeric.readable(array, 1)
        texts = pc.cast(array, pa.large_string()).to_numpy(zero_copy_only=False)
        texts[exact.rows] = [str(value) for value in exact.values.tolist()]
        return pa.array(texts, pa.large_string(), from_pandas=True)
    try:
        return as_text(array)
    except pa.ArrowNotImplementedError:  # Arrow cannot cast intervals to text
        return pa.array([plain(cell) for cell in array], pa.large_string())


def entries(array: pa.MapArray) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Each entry of a map as `key: value`, so that the key labels its value, and the cell that it belongs to."""
    ends = array.offsets.to_numpy().astype(np.int64)
    first, last = int(ends[0]), int(ends[-1])
    parents = np.repeat(np.arange(len(array), dtype=np.int64), np.diff(ends))
    keys, items = array.keys.slice(first, last - first), array.items.slice(first, last - first)
    lines = [f"{key}: {plain(item) or ''}" for key, item in zip(keys, items, strict=True)]
    return pa.array(lines, pa.large_string()), parents


def as_json(array: pa.Array) -> pa.Array:
    """Nested cells as they are written out, each no further than shows that it is too long."""
    cells = (
        json.dumps(_value(cell), ensure_ascii=False, default=_spelled)[: LONGEST_CELL + 1] if cell.is_valid else None
        for cell in array
    )
    return pa.array(cells, pa.large_string())


def _value(cell: pa.Scalar) -> object:
    """A cell in Python's types; part by part where that fails, as for fields of one name or times that Python lacks."""
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        if isinstance(cell, pa.StructScalar):
            return [[field.name, _value(cell[place])] for place, field in enumerate(cell.type)]
        if isinstance(cell, pa.ListScalar):
            return [_value(part) for part in cell.values]
        return cell.cast(pa.int64() if pa.types.is_temporal(cell.type) else pa.binary()).as_py()


def without_runs(array: pa.RunEndEncodedArray) -> pa.Array:
    """The cells of a run-end encoded array, of any type of values."""
    places = np.arange(array.offset, array.offset + len(array))
    runs = np.searchsorted(array.run_ends.to_numpy(), places, side="right")
    return array.values.take(pa.array(runs))


def _spelled(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def plain(value: pa.Scalar) -> str | None:
    """A cell as Python writes it."""
    return None if value.as_py() is None else str(value.as_py())
