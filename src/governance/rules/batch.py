"""A batch of rows for all kernels of a table, so that each column is scanned once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.policy import Contract
from governance.sources import Source
from governance.sources.spelled_cells import as_texts, decoded
from governance.sources.typing import AS_IT_IS, Mask, Typed, typed

T = TypeVar("T")
Positions = npt.NDArray[np.int64]
PART = "\x1f"
NOWHERE: Positions = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows with their primary keys as text, if the table has any; `looks_for` are the kinds that any check searches.

    `record` holds the cells to be searched; those of the `contract`'s types are `typed`.
    """

    record: pa.RecordBatch = field(repr=False)
    keys: pa.Array | None = field(default=None, repr=False)
    contract: Contract | None = field(default=None, repr=False)
    looks_for: frozenset[str] = frozenset()
    _memory: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def rows(self) -> int:
        return int(self.record.num_rows)

    def column(self, name: str) -> pa.Array:
        """The cells of a column to be searched."""
        return self.record.column(name)

    def label(self, name: str) -> str:
        """What a column is called where its name gives a cell its meaning."""
        return self.contract.label(name) if self.contract else name

    def typed(self, name: str) -> pa.Array:
        """The cells of a column with their contract's type and vocabulary; null where they are not of it."""
        return self._read(name).array

    def misfits(self, name: str) -> tuple[Mask, Mask]:
        """Which cells of a column are not of its type, and which are no member of its vocabulary."""
        read = self._read(name)
        return read.mistyped, read.unknown

    def _read(self, name: str) -> Typed:
        column = self.contract.column(name) if self.contract else None
        return self.once(("typed", name), lambda: typed(self.column(name), column or AS_IT_IS))

    def keys_at(self, positions: Positions) -> list[str | None]:
        """The primary keys of these rows, None for a row without one."""
        if self.keys is None:
            return [None] * len(positions)
        found: list[str | None] = self.keys.take(pa.array(positions)).to_pylist()
        return found

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """A value that several kernels need of this batch, computed at its first use."""
        if name not in self._memory:
            self._memory[name] = make()
        return self._memory[name]  # type: ignore[return-value]  # the name stands for one type


def misfits(source: Source, contract: Contract) -> Mapping[str, tuple[int, int]]:
    """By column of a table, how many cells are not of its type, and how many are no member of its vocabulary.

    Only columns with any; most tables are as their contracts declare them and cost nothing.
    """
    found: dict[str, list[int]] = {}
    asked = source.doubtful(contract.table) if contract.table in source.schemas() else ()
    for record in source.cells(contract.table, asked) if asked else ():
        batch = Batch(record, contract=contract)
        for name in asked:
            counts = found.setdefault(name, [0, 0])
            for place, mask in enumerate(batch.misfits(name)):
                counts[place] += int(mask.sum())
    return {name: (mistyped, unknown) for name, (mistyped, unknown) in found.items() if mistyped or unknown}


def key_texts(batch: pa.RecordBatch, contract: Contract | None) -> pa.Array | None:
    """The primary keys of a batch as text, null where one lacks a part; None for a table without any.

    Each part is read as its contract's type, so that a row has the same key in every format; one that is not of it is
    its own text. The parts of a key of several columns are joined by `PART`, which no text that people write holds.
    """
    if contract is None or not (key := key_of(contract, batch.schema)):
        return None
    return joined(typed(batch.column(name), contract.column(name) or AS_IT_IS).cells for name in key)


def key_of(contract: Contract | None, schema: pa.Schema) -> tuple[str, ...]:
    """The columns of a table's primary key, () without a contract, or if the table lacks one of them."""
    return contract.key if contract is not None and not missing(contract.key, schema) else ()


def joined(columns: Iterable[pa.Array | pa.ChunkedArray]) -> pa.Array:
    """The cells of some columns as one text a row, null where any is missing: the same of batches and of an engine."""
    whole = (column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column for column in columns)
    texts = [as_texts(decoded(column)) for column in whole]
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, PART)


def missing(columns: Sequence[str], schema: pa.Schema) -> bool:
    """Whether a table lacks one of these columns."""
    return any(name not in schema.names for name in columns)
