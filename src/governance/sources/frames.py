"""Tables in memory: pandas frames or Arrow tables by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.base import shown_name
from governance.sources.database import DatabaseSource, reading
from governance.sources.limits import in_memory
from governance.sources.tables import TypedTable

_LARGEST_POSITION = 10**9


def to_arrow(name: str, frame: Any) -> pa.Table:  # noqa: ANN401  a pandas frame, without importing pandas
    """A pandas frame or an Arrow table as Arrow; SourceError when it is neither, or cannot be read.

    Columns without an Arrow type become text, so that detectors can read everything that pandas can hold.
    """
    if isinstance(frame, pa.Table):
        return frame
    place = shown_name(name)
    if not hasattr(frame, "columns") or not hasattr(frame, "index"):
        raise SourceError(f"{place}: expected a pandas frame or an Arrow table, found a {type(frame).__name__}.")
    if not frame.columns.is_unique:
        raise SourceError(f"{place}: expected each column once, found one twice.")
    try:
        columns = dict(_index(frame)) | {str(key): _column(series) for key, series in frame.items()}
    except Exception as error:  # noqa: BLE001  objects in a frame can raise anything, and say anything in it
        raise SourceError(f"{place}: expected a frame that can be read, found a {type(error).__name__}.") from None
    try:
        return pa.table(columns)
    except UnicodeEncodeError:
        raise SourceError(f"{place}: expected names of columns in Unicode, found half a character in one.") from None


def _index(frame: Any) -> Iterator[tuple[str, pa.Array]]:  # noqa: ANN401
    """The index, if it is data: named, or other than row positions."""
    for number in range(frame.index.nlevels):
        values = frame.index.get_level_values(number)
        positions = values.dtype.kind in "iu" and (not len(values) or abs(values).max() < _LARGEST_POSITION)
        if values.name is not None or not positions:
            name = f"(index {number})" if values.name is None else str(values.name)
            if name in map(str, frame.columns):
                raise ValueError("an index and a column of the same name")
            yield name, _column(values.to_series(index=range(len(values))))


def _column(series: Any) -> pa.Array:  # noqa: ANN401
    try:
        found = pa.Array.from_pandas(series)
        # Numbers of so many digits have a type in Arrow, and none in the engine.
        if "decimal256" not in str(found.type):
            return found
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        pass
    cells = zip(series.tolist(), series.isna().tolist(), strict=True)
    return pa.array([None if absent else _whole(_text(value)) for value, absent in cells], pa.large_string())


def _whole(text: str) -> str:
    """A text that can be written: half a character becomes the sign for an unknown one, two become one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _text(value: object) -> str:
    """A value as text; bytes decoded, even nested ones, since their repr hides the text."""
    match value:
        case str():
            return value
        case bytes() | bytearray() | memoryview():
            raw = bytes(value)
            try:
                return raw.decode()
            except UnicodeDecodeError:
                return raw.decode("latin-1")
        case Mapping():
            return "{" + ", ".join(f"{_text(key)}: {_text(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple() | set() | frozenset():
            return "[" + ", ".join(_text(inner) for inner in value) + "]"
        case _ if hasattr(value, "tolist"):
            return _text(value.tolist())  # an array, whose own text leaves out its middle
        case _:
            return str(value)


def open_frames(frames: Mapping[str, Any], contracts: Mapping[str, Contract]) -> DatabaseSource:
    """Frames by table name as a source that can join them."""
    if not frames:
        raise SourceError("Expected at least one table, found none.")
    tables = {name: to_arrow(name, frame) for name, frame in frames.items()}
    sizes = {name: in_memory(table) for name, table in tables.items()}
    relations = {name: ds.dataset(table) for name, table in tables.items()}
    return DatabaseSource("memory", "frames", relations, contracts, held=relations, sizes=sizes)


class BatchSource:
    """One table without its neighbours, such as a lone pandas batch: it can be streamed, not joined."""

    kind = "batch"
    engine = "pandas"
    relational = False
    sealed: Collection[str] = ()
    unchecked: Collection[str] = ()

    def __init__(self, name: str, frame: Any, contract: Contract | None = None) -> None:  # noqa: ANN401
        self.name = name
        table = to_arrow(name, frame)
        self._table = TypedTable(name, ds.dataset(table), contract, in_memory(table))

    def schemas(self) -> Mapping[str, pa.Schema]:
        return {self.name: self._table.schema}

    def rows(self, table: str) -> int:
        return self._table.rows if table == self.name else 0

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        if table == self.name:
            with reading(shown_name(table)):
                yield from self._table.batches(columns)

    def cells(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        if table == self.name:
            with reading(shown_name(table)):
                yield from self._table.cells(columns)

    def beyond(self, table: str) -> frozenset[str]:
        return self._table.beyond if table == self.name else frozenset()

    def doubtful(self, table: str) -> Sequence[str]:
        return self._table.doubtful() if table == self.name else ()

    def query(self, sql: str) -> pa.Table:  # noqa: ARG002  the protocol's name
        raise SourceError(f"{self.name}: expected tables that can be joined, found a single batch.")

    def unchanged(self) -> None:
        """Data in memory needs no check."""

    def digests(self) -> Mapping[str, str]:
        return {}

    def close(self) -> None:
        """Nothing was opened."""
