"""Card data that no single cell shows: whole columns of it, and columns that give it away together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from governance.detection.columns.statistics import LuhnRate, Together, names_code

CARDS: Final = "column_of_card_numbers"
CODES: Final = "column_named_for_card_code"
HASHED: Final = "mask_beside_plain_hash"
SPLIT: Final = "card_number_in_two_columns"
WHOLES: Final = (CARDS, CODES, HASHED, SPLIT)


@dataclass(slots=True)
class CardColumns:
    """Judges columns as wholes; with `together`, also all columns of the table side by side."""

    columns: Sequence[str]
    together: Together | None
    _rates: dict[str, LuhnRate] = field(default_factory=dict, repr=False)
    _held: set[str] = field(default_factory=set)
    _opened: list[str | None] = field(default_factory=list, repr=False)
    _noted: dict[int, str | None] = field(default_factory=dict, repr=False)

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """One more batch of the table."""
        for name in self.columns:
            column = batch.column(name)
            self._rates.setdefault(name, LuhnRate()).see(column)
            if column.null_count < len(column) and names_code(name):
                self._held.add(name)
        if self.together is not None:
            self._opened += [_key(keys, row) for row in self.together.hashed(batch)]
            first = self.together.seen
            for row in self.together.split(batch):
                self._noted[row] = _key(keys, row - first)

    def of_columns(self) -> Iterator[tuple[str, str]]:
        """Columns with what is wrong with each."""
        for name in self.columns:
            if name in self._held:
                yield name, CODES
            elif name in self._rates and self._rates[name].says_cards():
                yield name, CARDS

    def of_rows(self) -> Iterator[tuple[str, str | None]]:
        """What is wrong with a row, and its key if it has one."""
        yield from ((HASHED, key) for key in self._opened)
        if self.together is not None:
            yield from ((SPLIT, self._noted[row]) for row in self.together.joined().tolist())


def _key(keys: pa.Array | None, row: int) -> str | None:
    key: str | None = keys[row].as_py() if keys is not None else None
    return key
