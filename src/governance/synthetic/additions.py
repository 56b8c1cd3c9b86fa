"""The additions to the clean base of a world: rows, columns and tables, with their ledger entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from governance.synthetic.draws import BLOCK_ROWS, Ints, stream
from governance.synthetic.ledger import LedgerEntry

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExtraColumn:
    """A column without a contract; the base's rows hold the values of `usual` in turn, or nothing."""

    name: str
    type: pa.DataType
    usual: tuple[object, ...] = ()

    def values(self, first: int, size: int) -> pa.Array:
        """The values of the base's rows, from row `first` on."""
        if not self.usual:
            return pa.nulls(size, self.type)
        places = np.arange(first, first + size) % len(self.usual)
        return pa.array(self.usual, self.type).take(pa.array(places))


@dataclass(slots=True)
class Additions:
    """By table: rows to insert, columns to append; and whole tables beside the declared ones."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    columns: dict[str, list[ExtraColumn]] = field(default_factory=dict)
    tables: dict[str, pa.Table] = field(default_factory=dict)
    entries: list[LedgerEntry] = field(default_factory=list)

    def extend(self, table: str, blocks: Iterator[pa.Table], size: int, seed: int) -> Iterator[pa.Table]:
        """The blocks of a table with its additions; rows go to random places, so that none stands out by being last."""
        rows, columns = self.rows.get(table, []), self.columns.get(table, [])
        places = np.sort(stream(seed, table, "places").integers(0, size + 1, len(rows)))
        places = np.minimum(places, size - 1)
        first = 0
        for block in blocks:
            whole = block
            for column in columns:
                whole = whole.append_column(column.name, column.values(first, len(block)))
            here = np.flatnonzero((places >= first) & (places < first + len(block)))
            if len(here):
                whole = _inserted(whole, [rows[n] for n in here.tolist()], places[here] - first)
            yield whole
            first += BLOCK_ROWS

    def size(self, table: str, base: int) -> int:
        """The number of rows of a table with its additions; `base` is 0 for an added table."""
        whole = self.tables.get(table)
        return base + len(self.rows.get(table, [])) if whole is None else len(whole)


def _inserted(table: pa.Table, rows: list[Row], places: Ints) -> pa.Table:
    """A table with rows inserted before these places."""
    plain = pa.schema([(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in table.schema])
    order = np.insert(np.arange(len(table)), places, len(table) + np.arange(len(rows)))
    both = pa.concat_tables([table.cast(plain), pa.Table.from_pylist(rows, schema=plain)])
    return both.take(pa.array(order)).combine_chunks().cast(table.schema)
