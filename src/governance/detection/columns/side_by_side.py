"""Two columns that make a card number side by side: the work grows with the cells, not with the pairs of columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns.statistics import CHANCE, Joined, Pair
from governance.detection.columns.texts import is_text
from governance.detection.sieve.numbers import luhn, tables
from governance.detection.sieve.text_buffers import Flags, Places, places_of

_FEWEST, _MOST = 4, 12  # digits of a piece
_WHOLE = 16  # digits of a card
_BANK = 6  # digits that tell an Iranian bank
_OF_A_ROW: Final = 8192  # pairs of pieces in one row that are laid together, at most
_STEP = 1 << 22  # cells that are compared at once
_EXACT = 1 << 16  # rows whose count a narrow float keeps
_Counts: TypeAlias = npt.NDArray[np.int64]


class _Grid(NamedTuple):
    """How many rows have a piece of one size in one column, and the rest of a card's digits in another."""

    fronts: Places
    backs: Places
    rows: npt.NDArray[np.uint32]

    def merge(self, other: "_Grid") -> "_Grid":
        fronts, backs = np.union1d(self.fronts, other.fronts), np.union1d(self.backs, other.backs)
        rows = np.zeros((len(fronts), len(backs)), dtype=np.uint32)
        for grid in (self, other):
            rows[np.ix_(np.searchsorted(fronts, grid.fronts), np.searchsorted(backs, grid.backs))] += grid.rows
        return _Grid(fronts, backs, rows)

    def at(self, front: int, back: int) -> int:
        place = np.searchsorted(self.fronts, front), np.searchsorted(self.backs, back)
        held = place[0] < len(self.fronts) and place[1] < len(self.backs)
        fits = held and self.fronts[place[0]] == front and self.backs[place[1]] == back
        return int(self.rows[place]) if fits else 0


@dataclass(frozen=True, eq=False)
class Tally:
    """By pair of columns, how many rows have both pieces, and in how many they begin like an Iranian card number.

    `left` counts the rows with too many pieces, which were not laid together; `tried` goes by the size of the shorter
    piece, `noted` runs parallel to `pairs`.
    """

    columns: tuple[str, ...] = field(default=(), repr=False)
    left: int = 0
    tried: Mapping[int, _Grid] = field(default_factory=dict, repr=False)
    pairs: _Counts = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)
    noted: _Counts = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)

    def merge(self, other: "Tally") -> "Tally":
        """That of both, which are of the same columns."""
        if not self.columns or not other.columns:
            return self if self.columns else other
        tried = {**self.tried}
        for size, grid in other.tried.items():
            tried[size] = tried[size].merge(grid) if size in tried else grid
        pairs, places = np.unique(np.concatenate([self.pairs, other.pairs]), return_inverse=True)
        noted = np.zeros(len(pairs), dtype=np.int64)
        np.add.at(noted, places, np.concatenate([self.noted, other.noted]))
        return Tally(self.columns, self.left + other.left, tried, pairs, noted)

    def of(self, pair: Pair) -> tuple[int, int]:
        """In how many rows the pieces of a pair begin like a card number, and how many rows have both."""
        size, _, name = pair[0].partition(" of ")
        front, back = self._places[name], self._places[pair[1]]
        key = _key(int(size), front, back, len(self.columns))
        place = int(np.searchsorted(self.pairs, key))
        noted = int(self.noted[place]) if place < len(self.pairs) and self.pairs[place] == key else 0
        shorter = min(int(size), _WHOLE - int(size))
        grid = self.tried.get(shorter)
        ends = (front, back) if shorter == int(size) else (back, front)
        return noted, grid.at(*ends) if grid is not None else 0

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self.columns)}


def side_by_side(batch: pa.RecordBatch) -> tuple[Tally, tuple[Joined, ...]]:
    """The pairs of columns that together begin like an Iranian card number, and those with a right number.

    A pair is named by the digits in its first column.
    """
    names = tuple(batch.schema.names)
    columns, values, sizes = _pieces(batch)
    if len(columns) < 2:
        return Tally(names), ()
    tried = {size: grid for size in range(_FEWEST, _WHOLE // 2 + 1) if (grid := _grid(columns, sizes, size))}
    fronts = {size: _fronts(values, sizes, size) for size in range(_FEWEST, _MOST + 1)}
    work = np.zeros(batch.num_rows, dtype=np.int64)
    for size, (_, rows) in fronts.items():
        work += np.bincount(rows, minlength=len(work)) * (sizes == _WHOLE - size).sum(axis=0)
    keys, at, right = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.bool_)]
    for size, (places, rows) in fronts.items():
        few = work[rows] <= _OF_A_ROW
        for front, back, row, is_right in _laid_together(values, sizes, size, places[few], rows[few]):
            keys.append(_key(size, columns[front], columns[back], len(names)))
            at.append(row)
            right.append(is_right)
    found, where, valid = np.concatenate(keys), np.concatenate(at), np.concatenate(right)
    order = np.lexsort((where, found))
    found, where, valid = found[order], where[order], valid[order]
    pairs, starts, noted = np.unique(found, return_index=True, return_counts=True)
    tally = Tally(names, int((work > _OF_A_ROW).sum()), tried, pairs, noted)
    return tally, tuple(_joined(tally, starts, where, valid))


def _joined(tally: Tally, starts: Places, rows: Places, right: Flags) -> Iterator[Joined]:
    """The pairs with a right number; the rows of each of the tally's pairs begin at one of `starts`."""
    names, pairs, noted = tally.columns, tally.pairs, tally.noted
    _, iranian = tables()
    chance = Fraction(int(iranian.sum()), 900_000) * CHANCE
    some = np.logical_or.reduceat(right, starts) if len(starts) else np.zeros(0, np.bool_)
    for pair, start, count in zip(pairs[some].tolist(), starts[some].tolist(), noted[some].tolist(), strict=True):
        rest, back = divmod(pair, len(names))
        size, front = divmod(rest, len(names))
        # A bank alone, which may be kept, begins like a card always.
        own = Fraction(1) if size == _BANK else chance
        part = slice(start, start + count)
        yield Joined((f"{size} of {names[front]}", names[back]), rows[part], right[part], chance=own)


def _key(size: int, front: Places | int, back: Places | int, columns: int) -> Places:
    """One number for a size and two columns of so many."""
    return np.asarray((size * columns + front) * columns + back)


def _grid(columns: Places, sizes: npt.NDArray[np.uint8], size: int) -> _Grid | None:
    fronts = np.flatnonzero((sizes == size).any(axis=1))
    backs = np.flatnonzero((sizes == _WHOLE - size).any(axis=1))
    if not len(fronts) or not len(backs):
        return None
    rows = np.zeros((len(fronts), len(backs)), dtype=np.uint32)
    for start in range(0, sizes.shape[1], _EXACT):
        part = sizes[:, start : start + _EXACT]
        one, other = ((part[some] == n).astype(np.float32) for some, n in ((fronts, size), (backs, _WHOLE - size)))
        rows += (one @ other.T).astype(np.uint32)
    return _Grid(columns[fronts], columns[backs], rows)


def _fronts(values: Places, sizes: npt.NDArray[np.uint8], size: int) -> tuple[Places, Places]:
    """The pieces of a size that an Iranian card number may begin with: their columns and rows."""
    _, iranian = tables()
    places, rows = np.nonzero(sizes == size)
    heads = values[places, rows]
    begun = (
        iranian[heads // 10 ** (size - _BANK)]
        if size >= _BANK
        else np.asarray(iranian.reshape(10**size, -1).any(axis=1))[heads]
    )
    return places[begun], rows[begun]


def _laid_together(
    values: Places, sizes: npt.NDArray[np.uint8], size: int, places: Places, rows: Places
) -> Iterator[tuple[Places, Places, Places, Flags]]:
    """Each such piece beside each other piece of its row: fronts, backs, rows, and whether the number is right."""
    _, iranian = tables()
    step = max(1, _STEP // len(sizes))
    for start in range(0, len(rows), step):
        front, row = places[start : start + step], rows[start : start + step]
        backs, one = np.nonzero(sizes[:, row] == _WHOLE - size)
        backs, one = backs[backs != front[one]], one[backs != front[one]]
        numbers = values[front[one], row[one]] * 10 ** (_WHOLE - size) + values[backs, row[one]]
        fits = iranian[numbers // 10 ** (_WHOLE - _BANK)]
        numbers, backs, one = numbers[fits], backs[fits], one[fits]
        digits = np.empty((_WHOLE, len(numbers)), dtype=np.uint8)
        for place in range(_WHOLE - 1, -1, -1):
            numbers, digits[place] = np.divmod(numbers, 10)
        yield front[one], backs, row[one], luhn(digits)


def _pieces(batch: pa.RecordBatch) -> tuple[Places, Places, npt.NDArray[np.uint8]]:
    """The columns with cells of four to twelve digits: their values, and how many digits (0 for any other cell)."""
    values = np.zeros((batch.num_columns, batch.num_rows), dtype=np.int64)
    sizes = np.zeros(values.shape, dtype=np.uint8)
    held: list[int] = []
    for place, column in enumerate(batch.columns):
        if _read(column, values[len(held)], sizes[len(held)]):
            held.append(place)
    return np.array(held, np.int64), values[: len(held)], sizes[: len(held)]


def _read(column: pa.Array, values: Places, sizes: npt.NDArray[np.uint8]) -> bool:
    """Write a column's pieces into the rows of a table; whether it has any."""
    if pa.types.is_integer(column.type):
        column = pc.cast(column, pa.string())
    elif not is_text(column.type):
        return False
    lengths = pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero((lengths >= _FEWEST) & (lengths <= _MOST))
    if not len(rows):
        return False
    few = column.take(pa.array(rows))
    able = places_of(pc.match_substring_regex(few, "^[0-9]+$"))
    values[rows[able]] = pc.cast(few.take(pa.array(able)), pa.int64()).to_numpy()
    sizes[rows[able]] = lengths[rows[able]]
    return bool(len(able))
