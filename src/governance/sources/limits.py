"""How much of a table is read. What is beyond is named and makes its checks errors; nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import pyarrow as pa

COLUMNS: Final = 10_000
ROWS: Final = 2_000_000_000
DEPTH: Final = 32  # cells within cells
COLUMN_BYTES: Final = 256 << 30  # of all cells of a column, not compressed
# A column that unpacks to so many bytes, and to so many times what is stored, was made to exhaust its reader.
BOMB_BYTES: Final = 4 << 30
BOMB_RATIO: Final = 1000
BATCH_ROWS: Final = 65_536
BATCH_BYTES: Final = 64 << 20
_FEWEST_ROWS: Final = 64


class Size(NamedTuple):
    """The bytes of a column, as stored and as read."""

    stored: int
    read: int

    def plus(self, other: Size) -> Size:
        return Size(self.stored + other.stored, self.read + other.read)


Sizes: TypeAlias = Mapping[str, Size]


def in_memory(table: pa.Table) -> Sizes:
    """The sizes of the columns of a table in memory."""
    cells = zip(table.column_names, table.columns, strict=True)
    return {name: Size(column.nbytes, column.nbytes) for name, column in cells}


def added(several: Iterable[Sizes]) -> Sizes:
    """The sizes of the columns of a table in parts."""
    found: dict[str, Size] = {}
    for sizes in several:
        for name, size in sizes.items():
            found[name] = found[name].plus(size) if name in found else size
    return found


def beyond(schema: pa.Schema, rows: int, sizes: Sizes) -> frozenset[str]:
    """The columns of a table that are not read: too many, too deep or too large, or all of a table of too many rows."""
    names = schema.names
    if rows > ROWS:
        return frozenset(names)
    found = {*names[COLUMNS:]}
    found |= {field.name for field in schema if _too_deep(field.type)}
    return frozenset(found | {name for name, size in sizes.items() if _too_large(size)})


def rows_at_once(columns: Sequence[str], rows: int, sizes: Sizes) -> int:
    """How many rows of these columns are read at a time: fewer of a wide table, or one of large cells."""
    whole = sum(sizes[name].read for name in columns if name in sizes)
    return max(_FEWEST_ROWS, min(BATCH_ROWS, BATCH_BYTES * rows // whole)) if whole > 0 else BATCH_ROWS


def _too_large(size: Size) -> bool:
    return size.read > COLUMN_BYTES or (size.read > BOMB_BYTES and size.read > BOMB_RATIO * size.stored)


def _too_deep(kind: pa.DataType) -> bool:
    """Whether cells hold cells to more than `DEPTH` levels; level by level, as a deep type exhausts a recursion."""
    level = [kind]
    for _ in range(DEPTH + 1):
        level = [one.field(place).type for one in level for place in range(one.num_fields)]
    return bool(level)
