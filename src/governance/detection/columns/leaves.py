"""Any Arrow column as plain texts: each distinct text once, with the cells that hold it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns import numeric
from governance.detection.columns.texts import as_json, as_text, bounded, entries, holds_no_digits, value, without_runs
from governance.detection.sieve.text_buffers import Flags
from governance.detection.text.folding import decoded

Rows = npt.NDArray[np.int64]
_STEP = 1 << 16  # cells made distinct together


@dataclass(frozen=True, slots=True)
class Leaf:
    """Texts under one name; `rows` are the cells of the column that they belong to, `too_large` those left out."""

    label: str
    array: pa.Array
    rows: Rows
    too_large: Rows

    @classmethod
    def of(cls, label: str, texts: pa.Array, rows: Rows) -> Self:
        """The leaf with the texts that are not too long."""
        texts, long = bounded(texts)
        return cls(label, texts, rows, rows[long])

    def cells(self, able: Callable[[pa.Array], Flags]) -> Iterator[tuple[str, Rows]]:
        """Each distinct candidate text with its cells; `able` selects the candidates among many texts."""
        for start in range(0, len(self.array), _STEP):
            part = self.array.slice(start, _STEP)
            distinct = part if isinstance(part, pa.DictionaryArray) else part.dictionary_encode()
            codes = pc.fill_null(distinct.indices, -1).to_numpy(zero_copy_only=False)
            order = np.argsort(codes, kind="stable")
            bounds = np.searchsorted(codes[order], np.arange(len(distinct.dictionary) + 1))
            codes = np.flatnonzero(able(distinct.dictionary) & (bounds[:-1] < bounds[1:]))
            for code, cell in zip(codes.tolist(), distinct.dictionary.take(pa.array(codes)), strict=True):
                if held := value(cell):
                    text = held if isinstance(held, str) else decoded(held)
                    yield text, self.rows[start + order[bounds[code] : bounds[code + 1]]]


def leaves(column: pa.Array | pa.ChunkedArray, label: str) -> Iterator[Leaf]:
    """The leaves of a column of any type."""
    if not isinstance(column, pa.ChunkedArray):
        yield from _leaves(column, label, np.arange(len(column), dtype=np.int64))
        return
    start = 0
    for chunk in column.chunks:
        yield from _leaves(chunk, label, np.arange(start, start + len(chunk), dtype=np.int64))
        start += len(chunk)


def _leaves(array: pa.Array, label: str, rows: Rows) -> Iterator[Leaf]:
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        yield from _leaves(array.storage, label, rows)
    elif array.null_count == len(array) or holds_no_digits(kind):
        return
    elif pa.types.is_dictionary(kind):
        yield from _of_dictionary(array, label, rows)
    elif pa.types.is_run_end_encoded(kind):
        yield from _leaves(without_runs(array), label, rows)
    elif pa.types.is_nested(kind):
        yield from _of_nested(array, label, rows)
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        exact, _ = numeric.readable(array, 1)
        yield Leaf.of(label, pc.cast(pa.array(exact.values), pa.large_string()), rows[exact.rows])
    else:
        yield Leaf.of(label, as_text(array), rows)


def _of_dictionary(array: pa.DictionaryArray, label: str, rows: Rows) -> Iterator[Leaf]:
    if pa.types.is_nested(array.dictionary.type) or len(array.dictionary) > 2 * len(array):
        yield from _leaves(array.dictionary.take(array.indices), label, rows)
        return
    for leaf in _leaves(array.dictionary, label, np.arange(len(array.dictionary), dtype=np.int64)):
        places = np.full(len(array.dictionary) + 1, -1, dtype=np.int64)
        places[leaf.rows] = np.arange(len(leaf.rows))
        indices = pc.fill_null(array.indices.cast(pa.int64()), len(array.dictionary)).to_numpy()
        codes = places[indices]
        held = codes >= 0
        texts = pa.DictionaryArray.from_arrays(pa.array(codes[held]), leaf.array)
        yield Leaf(leaf.label, texts, rows[held], rows[np.isin(indices, leaf.too_large)])


def _of_nested(array: pa.Array, label: str, rows: Rows) -> Iterator[Leaf]:
    kind = array.type
    if pa.types.is_struct(kind):
        for field, leaf in zip(kind, array.flatten(), strict=True):
            yield from _leaves(leaf, f"{label} {field.name}".strip(), rows)
    elif pa.types.is_map(kind):
        pairs, parents = entries(array)
        yield from _leaves(pairs, label, rows[parents])
    elif not pa.types.is_union(kind):
        yield from _leaves(array.flatten(), label, rows[pc.list_parent_indices(array).to_numpy()])
    # Written out as well: a name may be split over leaves.
    yield Leaf.of(label, as_json(array), rows)
