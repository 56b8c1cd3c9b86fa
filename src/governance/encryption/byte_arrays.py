"""The texts of a column as arrays of bytes, and arithmetic over many of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes: TypeAlias = npt.NDArray[np.uint8]
Numbers: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

NO_SIX: Final = 255
_SIXES = bytearray([NO_SIX]) * 256
for _place, _sign in enumerate(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"):
    _SIXES[_sign] = _place
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)


@dataclass(frozen=True, slots=True)
class ByteTexts:
    """Where each text starts and ends in one run of bytes."""

    data: Bytes = field(repr=False)
    starts: Places = field(repr=False)
    ends: Places = field(repr=False)

    @property
    def lengths(self) -> Places:
        return self.ends - self.starts

    def text(self, place: int) -> bytes:
        return self.data[self.starts[place] : self.ends[place]].tobytes()

    def alike(self, lengths: Places | None = None) -> Iterator[tuple[int, Places]]:
        """Each length with the places that have it."""
        sizes = self.lengths if lengths is None else lengths
        if not len(sizes):
            return
        if (sizes == sizes[0]).all():
            yield int(sizes[0]), np.arange(len(sizes))
            return
        order = np.argsort(sizes, kind="stable")
        for part in np.split(order, np.flatnonzero(np.diff(sizes[order])) + 1):
            yield int(sizes[part[0]]), part


def cells_of(column: pa.Array) -> ByteTexts:
    """The bytes of a column without nulls; values that are no text are written as text."""
    array = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    if pa.types.is_string_view(array.type) or pa.types.is_string(array.type):
        array = array.cast(pa.large_string())
    if not _is_bytes(array.type):
        array = pa.array([_as_text(value).encode("utf-8", "replace") for value in array.to_pylist()], pa.large_binary())
    array = array.cast(pa.large_binary())
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return ByteTexts(np.zeros(0, np.uint8), np.zeros(len(array), np.int64), np.zeros(len(array), np.int64))
    places = np.frombuffer(offsets, np.int64, len(array) + 1, array.offset * 8)
    return ByteTexts(np.frombuffer(data, np.uint8), places[:-1], places[1:])


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def _as_text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def windows(data: Bytes, starts: Places, size: int) -> Bytes:
    """A row of `size` bytes from each start."""
    if not size or not len(starts):
        return np.zeros((len(starts), size), np.uint8)
    return np.lib.stride_tricks.sliding_window_view(data, size)[starts]


def sixes_of(signs: Bytes) -> Bytes:
    """The six bits of each base64url sign, NO_SIX for any other."""
    return np.frombuffer(signs.tobytes().translate(bytes(_SIXES)), np.uint8).reshape(signs.shape)


def bytes_of(sixes: Bytes) -> tuple[Bytes, Flags]:
    """The bytes that rows of base64url spell, and which rows spell them as they are written, without leftover bits."""
    count, size = sixes.shape
    whole, over = divmod(size, 4)
    strange = sixes == NO_SIX
    good = ~strange.any(axis=1) if strange.any() else np.ones(count, np.bool_)
    if over == 1:
        return np.zeros((count, 0), np.uint8), np.zeros(count, np.bool_)
    raw = np.empty((count, whole * 3 + max(over - 1, 0)), np.uint8)
    first, second, third, fourth = (sixes[:, place : whole * 4 : 4] for place in range(4))
    raw[:, 0 : whole * 3 : 3] = first << 2 | second >> 4
    raw[:, 1 : whole * 3 : 3] = second << 4 | third >> 2
    raw[:, 2 : whole * 3 : 3] = third << 6 | fourth
    if over:
        tail = sixes[:, whole * 4 :]
        raw[:, whole * 3] = tail[:, 0] << 2 | tail[:, 1] >> 4
        left = tail[:, 1] & 15
        if over == 3:
            raw[:, whole * 3 + 1] = tail[:, 1] << 4 | tail[:, 2] >> 2
            left = tail[:, 2] & 3
        good &= left == 0
    return raw, good


def digests(rows: Bytes, seed: int = 0) -> Numbers:
    """A number for each row of bytes: equal rows have equal ones, and others practically never."""
    count, size = rows.shape
    padded = np.zeros((count, -(-size // 8) * 8), np.uint8)
    padded[:, :size] = rows
    found = np.full(count, np.uint64(seed & 0xFFFFFFFFFFFFFFFF) ^ np.uint64(size), np.uint64)
    for word in padded.view("<u8").T:
        found ^= word
        found *= _FACTOR
        found ^= found >> _SHIFT
    found *= np.uint64(0xBF58476D1CE4E5B9)
    found ^= found >> np.uint64(32)
    return found


def digests_of(cells: ByteTexts, seed: int) -> Numbers:
    """The same for texts of any length."""
    found = np.zeros(len(cells.starts), np.uint64)
    for size, places in cells.alike():
        found[places] = digests(windows(cells.data, cells.starts[places], size), seed)
    return found


def distinct(numbers: Numbers) -> int:
    """How many different numbers there are."""
    ordered = np.sort(numbers)
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + bool(len(ordered))


def repeated(numbers: Numbers) -> Flags:
    """Flags on the numbers that occur more than once."""
    found = np.zeros(len(numbers), np.bool_)
    if distinct(numbers) == len(numbers):
        return found
    order = np.argsort(numbers, kind="stable")
    same = numbers[order][1:] == numbers[order][:-1]
    found[order[1:][same]] = True
    found[order[:-1][same]] = True
    return found


def runs(flags: Flags, length: int) -> Flags:
    """The rows with so many flags in a row."""
    reach, width = flags, 1
    while width < length:
        step = min(width, length - width)
        if reach.shape[1] <= step:
            return np.zeros(len(flags), np.bool_)
        reach = reach[:, :-step] & reach[:, step:]
        width += step
    return np.asarray(reach.any(axis=1))
