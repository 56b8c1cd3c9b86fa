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
NOWHERE: Positions = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows with their primary keys as text, if the table has any; `looks_for` are the kinds that any check searches."""

    record: pa.RecordBatch = field(repr=False)
    keys: pa.Array | None = field(default=None, repr=False)
    contract: Contract | None = field(default=None, repr=False)
    looks_for: frozenset[str] = frozenset()
    _memory: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def rows(self) -> int:
        return int(self.record.num_rows)

    def column(self, name: str) -> pa.Array:
        return self.record.column(name)

    def label(self, name: str) -> str:
        """What a column is called where its name gives a cell its meaning."""
        return self.contract.label(name) if self.contract else name

    def typed(self, name: str) -> pa.Array:
        return self.record.column(name)

    def misfits(self, name: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:  # noqa: ARG002
        return np.zeros(self.rows, bool), np.zeros(self.rows, bool)

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


def misfits(source: object, contract: Contract) -> dict[str, tuple[int, int]]:  # noqa: ARG001
    return {}
