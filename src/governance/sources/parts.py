"""The parts of a table as one, also where they hold a column in different types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from governance.sources.spelled_cells import as_texts, decoded, is_bytes


class Relation(Protocol):
    """A table that can be streamed as Arrow, such as a pyarrow dataset or table."""

    schema: pa.Schema

    def count_rows(self) -> int: ...

    def to_batches(self, columns: list[str], batch_size: int, batch_readahead: int) -> Iterator[pa.RecordBatch]: ...


def united(parts: Sequence[Relation]) -> Relation:
    """Parts as one table: a dataset, which engines can read as it is, unless they differ in types."""
    try:
        whole: Relation = ds.dataset(list(parts))
    except (TypeError, pa.ArrowException):
        return UnlikeParts(parts)
    return whole


class UnlikeParts:
    """Parts with the columns of all; where types differ, cells are texts, of which the contract's type is read."""

    def __init__(self, parts: Sequence[Relation]) -> None:
        self._parts = parts
        kinds: dict[str, set[pa.DataType]] = {}
        for part in parts:
            for field in part.schema:
                kinds.setdefault(field.name, set()).add(field.type)
        self.schema = pa.schema([pa.field(name, _common(several)) for name, several in kinds.items()])

    def count_rows(self) -> int:
        return sum(part.count_rows() for part in self._parts)

    def to_batches(self, columns: list[str], batch_size: int, batch_readahead: int) -> Iterator[pa.RecordBatch]:
        for part in self._parts:
            held = [name for name in columns if name in part.schema.names]
            for batch in part.to_batches(columns=held, batch_size=batch_size, batch_readahead=batch_readahead):
                cells = [self._cells(batch, name) for name in columns]
                yield pa.RecordBatch.from_arrays(cells, names=columns) if columns else batch

    def _cells(self, batch: pa.RecordBatch, name: str) -> pa.Array:
        kind = self.schema.field(name).type
        if name not in batch.schema.names:
            return pa.nulls(batch.num_rows, kind)
        cells = batch.column(name)
        if cells.type == kind:
            return cells
        held = decoded(cells)
        return pc.cast(held if is_bytes(held.type) else as_texts(held), kind)


def _common(kinds: set[pa.DataType]) -> pa.DataType:
    if len(kinds) == 1:
        return next(iter(kinds))
    # Bytes may be no texts.
    return pa.large_binary() if any(map(is_bytes, kinds)) else pa.string()
