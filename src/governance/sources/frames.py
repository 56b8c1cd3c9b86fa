"""Tables that are in memory already: pandas frames or Arrow tables by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.base import BATCH_ROWS
from governance.sources.database import DatabaseSource, reading


def to_arrow(name: str, frame: Any) -> pa.Table:  # noqa: ANN401  a pandas frame, without importing pandas
    """A pandas frame or an Arrow table as Arrow; SourceError when a column mixes types that Arrow has no name for."""
    if isinstance(frame, pa.Table):
        return frame
    with reading(name):
        try:
            return pa.Table.from_pandas(frame, preserve_index=False)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            return pa.Table.from_pandas(_as_text(frame), preserve_index=False)


def _as_text(frame: Any) -> Any:  # noqa: ANN401  a pandas frame
    """Columns of mixed objects, written out: what pandas can hold, a detector must be able to read."""
    columns = {
        name: series.map(str, na_action="ignore") if series.dtype == object else series
        for name, series in frame.items()
    }
    return type(frame)(columns)


def open_frames(frames: Mapping[str, Any], contracts: Mapping[str, Contract]) -> DatabaseSource:
    """Frames by table name as a source that can join them."""
    if not frames:
        raise SourceError("Expected at least one table, found none.")
    relations = {name: ds.dataset(to_arrow(name, frame)) for name, frame in frames.items()}
    return DatabaseSource("memory", "frames", relations, contracts)


class BatchSource:
    """One table without its neighbours, such as a lone pandas batch: it can be streamed, not joined."""

    kind = "batch"
    engine = "pandas"
    relational = False

    def __init__(self, name: str, frame: Any) -> None:  # noqa: ANN401  a pandas frame or an Arrow table
        self.name = name
        self._table = to_arrow(name, frame)

    def schemas(self) -> Mapping[str, pa.Schema]:
        return {self.name: self._table.schema}

    def rows(self, table: str) -> int:
        return int(self._table.num_rows) if table == self.name else 0

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        if table == self.name:
            yield from self._table.select(list(columns)).to_batches(max_chunksize=BATCH_ROWS)

    def query(self, sql: str) -> pa.Table:  # noqa: ARG002  the protocol's name
        raise SourceError(f"{self.name}: expected tables that can be joined, found a single batch.")

    def digests(self) -> Mapping[str, str]:
        return {}

    def close(self) -> None:
        """Nothing was opened."""
