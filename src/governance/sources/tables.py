"""A table of any engine as its contract declares it: batches of typed cells, and of cells to be searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.base import MISTYPED, TooLargeError, rename, shown_name
from governance.sources.limits import Sizes, beyond, rows_at_once
from governance.sources.parts import Relation
from governance.sources.spelled_cells import EXACT, decoded, is_bytes
from governance.sources.typing import ARROW, AS_IT_IS, Inferred, Reading, Typed, matches, type_of, typed

_TEXT: Final = Inferred("string")
# What the texts of a column without a contract may all be; the first that all are.
_TYPES: Final = ("integer", "number", "boolean", "timestamp")
# Types whose physical cells need not be values of theirs.
_OPEN: Final = ("string", "object", "number", "date", "timestamp")
_READAHEAD: Final = 2  # batches, as each has `limits.BATCH_BYTES`
_FIRST_CELLS: Final = 256  # most texts are of no type, and a few show it


class TypedTable:
    """A relation under the names and types of its contract.

    A column without a contract is read by its texts, so that no format matters: all whole numbers, numbers, truths or
    times make it one of that type. Nested cells and bytes stay as they are there. Cells of `beyond` are not read.
    """

    def __init__(self, name: str, relation: Relation, contract: Contract | None, sizes: Sizes) -> None:
        self.relation = relation
        self._name, self._sizes = name, sizes
        self.columns = rename(name, relation.schema.names, contract)  # logical name to physical name
        if MISTYPED in map(str.casefold, self.columns):
            raise SourceError(f"{shown_name(name)}: expected no column called {MISTYPED!r}, a name of this program.")
        self._contract = contract

    @cached_property
    def rows(self) -> int:
        return self.relation.count_rows()

    @cached_property
    def beyond(self) -> frozenset[str]:
        """The columns that are more than `limits` allows."""
        found = beyond(self.relation.schema, self.rows, self._sizes)
        return frozenset(name for name, physical in self.columns.items() if physical in found)

    @cached_property
    def readings(self) -> Mapping[str, Reading]:
        """How each column is read; those without a contract are looked at first."""
        declared = {column.name: column for column in self._contract.columns} if self._contract else {}
        kinds = {name: self.relation.schema.field(physical).type for name, physical in self.columns.items()}
        found: dict[str, Reading] = {
            name: declared[name] if name in declared else _by_type(kind) or _TEXT for name, kind in kinds.items()
        }
        found |= dict.fromkeys(self.beyond, AS_IT_IS)
        asked = [n for n, kind in kinds.items() if not (n in declared or n in self.beyond) and _by_type(kind) is None]
        # Most texts are of no type, and the first rows show it.
        for rows in (1, None):
            guesses = _infer(islice(self._named(asked), rows)) if asked else {}
            found |= guesses
            asked = [name for name in asked if guesses.get(name) != _TEXT]
        return found

    @cached_property
    def schema(self) -> pa.Schema:
        """The types of the typed cells."""
        fields = self.relation.schema
        return pa.schema(
            [
                pa.field(name, ARROW.get(type_of(self.readings[name]), _plain(fields.field(physical).type)))
                for name, physical in self.columns.items()
            ]
        )

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Typed cells, some rows at a time, as `limits.rows_at_once` says."""
        return self._made(columns, lambda column: column.array)

    def cells(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Cells to be searched, as many rows at a time."""
        return self._made(columns, lambda column: column.cells)

    @property
    def read(self) -> list[str]:
        """The columns that are not beyond the limits."""
        return [name for name in self.columns if name not in self.beyond]

    def copied(self) -> Iterator[pa.RecordBatch]:
        """Typed cells of all columns that are read, and which of a row's are mistyped, as `base.MISTYPED` says."""
        names = self.read
        for batch in self._read(names):
            made = [typed(cells, self.readings[name]) for name, cells in zip(names, batch.columns, strict=True)]
            marks = np.full(batch.num_rows, None, dtype=object)
            for name, one in zip(names, made, strict=True):
                for row in np.flatnonzero(one.mistyped).tolist():
                    marks[row] = f"{marks[row] or ','}{name},"
            arrays = [*(one.array for one in made), pa.array(marks, pa.string())]
            yield pa.RecordBatch.from_arrays(arrays, names=[*names, MISTYPED])

    def doubtful(self) -> Sequence[str]:
        """The declared columns that may hold cells beside their type or vocabulary."""
        return tuple(
            name
            for name in self.read
            if not isinstance(reading := self.readings[name], Inferred) and (reading.vocabulary or name in self._beside)
        )

    def stands(self) -> bool:
        """Whether the relation is as its contract declares it, so that an engine may read it without a copy."""
        return not self._retyped and not self._beside

    @cached_property
    def _retyped(self) -> frozenset[str]:
        """The columns that are not of the physical type that they are read as."""
        return frozenset(n for n in self.read if not matches(self._kind(n), self.readings[n]))

    @cached_property
    def _beside(self) -> frozenset[str]:
        """The columns that are not as they are read: in their physical type, or by a cell, for which all are read once.

        A text may be no UTF-8 or a word of other spelling, a number have no end, a time no year.
        """
        found = set(self._retyped)
        asked = [n for n in self.read if n not in found and type_of(self.readings[n]) in _OPEN]
        for batch in self._read(asked) if asked else ():
            for name, cells in zip(asked, map(decoded, batch.columns), strict=True):
                if name not in found and not typed(cells, self.readings[name]).array.equals(cells):
                    found.add(name)
        return frozenset(found)

    def _kind(self, name: str) -> pa.DataType:
        return self.relation.schema.field(self.columns[name]).type

    def _made(self, columns: Sequence[str], form: Callable[[Typed], pa.Array]) -> Iterator[pa.RecordBatch]:
        readings = [self.readings[name] for name in columns]
        for batch in self._read(columns):
            made = [form(typed(cells, reading)) for cells, reading in zip(batch.columns, readings, strict=True)]
            yield pa.RecordBatch.from_arrays(made, names=list(columns)) if columns else batch

    def _named(self, columns: Sequence[str]) -> Iterator[Mapping[str, pa.Array]]:
        for batch in self._read(columns):
            yield dict(zip(columns, batch.columns, strict=True))

    def _read(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """TooLargeError for a column beyond the limits."""
        if unread := self.beyond.intersection(columns):
            raise TooLargeError(self._name, unread)
        physical = [self.columns[name] for name in columns]
        rows = rows_at_once(physical, self.rows, self._sizes)
        read = self.relation.to_batches(columns=physical, batch_size=rows, batch_readahead=_READAHEAD)
        for batch in gathered(read, rows):
            yield _as_promised(batch)


def gathered(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Batches of at most so many rows each, but for larger ones: small ones, as streaming writers leave, are joined."""
    kept: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        if kept and count + batch.num_rows > rows:
            yield from _joined(kept)
            kept, count = [], 0
        kept.append(batch)
        count += batch.num_rows
    yield from _joined(kept)


def _joined(batches: Sequence[pa.RecordBatch]) -> Sequence[pa.RecordBatch]:
    """One batch; several of what Arrow cannot join: texts of more than 2 GiB, and dictionaries of lists."""
    if len(batches) < 2:
        return batches
    try:
        # A table without a row has no batch, which would be a table that nobody read.
        return pa.Table.from_batches(batches).combine_chunks().to_batches() or batches[:1]
    except pa.ArrowNotImplementedError:
        return batches


def _as_promised(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch, with bytes for texts that aren't UTF-8: Parquet doesn't verify what the type promises."""
    for place, (field, cells) in enumerate(zip(batch.schema, batch.columns, strict=True)):
        if _plain(field.type) in {pa.string(), pa.large_string(), pa.string_view()}:
            try:
                cells.validate(full=True)
            except pa.ArrowInvalid:
                batch = batch.set_column(place, field.name, decoded(cells).cast(pa.large_binary()))
    return batch


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of the cells, however they are encoded."""
    encoded = pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind)
    return _plain(kind.value_type) if encoded else kind


def _by_type(kind: pa.DataType) -> Inferred | None:
    """How a column without a contract is read where its type proves what its texts are; None where they are read."""
    kind = _plain(kind)
    if pa.types.is_nested(kind) or is_bytes(kind):
        return AS_IT_IS
    if pa.types.is_boolean(kind):
        return Inferred("boolean")
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return Inferred("integer")
    if pa.types.is_timestamp(kind) and kind.unit != "ns":
        return Inferred("timestamp")
    return None


def _infer(batches: Iterable[Mapping[str, pa.Array]]) -> dict[str, Inferred]:
    """The first type that all cells of a column have, by their texts; a column without any cell is text."""
    possible: dict[str, list[str]] = {}
    whole: dict[str, bool] = {}
    for batch in batches:
        for name, cells in batch.items():
            for part in (cells.slice(0, _FIRST_CELLS), cells.slice(_FIRST_CELLS)):
                if possible.get(name, _TYPES) and part.null_count < len(part):
                    possible[name] = [kind for kind in possible.get(name, _TYPES) if _all_are(part, kind)]
                    whole[name] = whole.get(name, True) and "number" in possible[name] and _are_whole(part)
        if len(possible) == len(batch) and not any(possible.values()):
            break
    return {
        name: Inferred("integer" if whole[name] else kinds[0]) if kinds else _TEXT for name, kinds in possible.items()
    }


def _all_are(cells: pa.Array, logical_type: str) -> bool:
    texts, found = typed(cells, _TEXT).array, typed(cells, Inferred(logical_type))
    if logical_type == "boolean" and (pc.min(pc.binary_length(texts)).as_py() or 0) < len("true"):
        return False  # a letter or a digit says nothing of a type
    return bool(found.array.null_count == texts.null_count)


def _are_whole(cells: pa.Array) -> bool:
    numbers = typed(cells, Inferred("number")).array
    exact = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), EXACT))
    return bool(pc.all(exact).as_py())
