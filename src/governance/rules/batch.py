"""A batch of rows for all kernels of a table, so that each column is scanned once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.policy import Contract

T = TypeVar("T")
Positions = npt.NDArray[np.int64]
PART = "\x1f"
_SHIM = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", "UTC"),
    "date": pa.date32(),
}
NOWHERE: Positions = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows with their primary keys as text, if the table has any; `looks_for` are the kinds that any check searches."""

    record: pa.RecordBatch = field(repr=False)
    keys: pa.Array | None = field(default=None, repr=False)
    looks_for: frozenset[str] = frozenset()
    contract: Contract | None = field(default=None, repr=False)
    _memory: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def rows(self) -> int:
        return int(self.record.num_rows)

    def column(self, name: str) -> pa.Array:
        return self.record.column(name)

    def typed(self, name: str) -> pa.Array:
        """SHIM of the branch typed15: a column cast to its contract's type, null where a cell cannot be cast."""
        raw = self.column(name)
        raw = raw.dictionary_decode() if pa.types.is_dictionary(raw.type) else raw
        declared = self.contract.column(name) if self.contract else None
        kind = _SHIM.get(declared.logical_type) if declared else None
        if kind is None or raw.type == kind or pa.types.is_null(raw.type):
            return raw
        if not pa.types.is_string(raw.type) and not pa.types.is_large_string(raw.type):
            return raw

        def one(text: str | None) -> object:
            try:
                return None if text is None else pa.scalar(text).cast(kind).as_py()
            except (pa.ArrowException, ValueError):
                return None

        return pa.array([one(text) for text in raw.to_pylist()], kind)

    def misfits(self, name: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """SHIM of the branch typed15: which cells cannot be cast, and which are no member of the vocabulary."""
        from governance.spelling import folded

        raw, typed = self.column(name), self.typed(name)
        lost = np.asarray(raw.is_valid()) & ~np.asarray(typed.is_valid())
        declared = self.contract.column(name) if self.contract else None
        known = {folded(term.value) for term in declared.vocabulary} if declared else set()
        unknown = (
            [bool(known) and cell is not None and folded(str(cell)) not in known for cell in raw.to_pylist()]
            if known
            else [False] * self.rows
        )
        return lost, np.array(unknown, bool)

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


def key_texts(batch: pa.RecordBatch | pa.Table, contract: Contract | None) -> pa.Array | None:
    """The primary keys of a batch as text, null where one lacks a part; None for a table without any.

    The parts of a key of several columns are joined by `PART`, which no text that people write holds.
    """
    if contract is None or not contract.key or missing(contract.key, batch.schema):
        return None
    try:
        parts = [pc.cast(batch.column(name), pa.string()) for name in contract.key]
    except pa.ArrowException:
        return None
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, PART)


def missing(columns: Sequence[str], schema: pa.Schema) -> bool:
    """Whether a table lacks one of these columns."""
    return any(name not in schema.names for name in columns)
