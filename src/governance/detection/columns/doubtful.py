"""What only a whole column makes doubtful: numbers of card size that lost digits, mobile numbers without their zero.

A float, a spreadsheet or an import keeps the first digits of a card number and drops the others.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns import numeric
from governance.detection.columns.texts import as_text, bounded, holds_no_digits, without_runs
from governance.detection.sieve.numbers import OPERATORS, tables
from governance.detection.sieve.superset import DIGIT, of
from governance.detection.sieve.text_buffers import Flags, Places
from governance.detection.text.folding import fold

_Whole = npt.NDArray[np.uint64]
_POWERS: Final = np.uint64(10) ** np.arange(20, dtype=np.uint64)
_SHORTEST, _LONGEST = 13, 19  # digits of card numbers
_IRANIAN = (16, 19)  # digits of Iranian ones, the second with a CVV2 behind
_MOBILE = 10  # digits of an Iranian mobile number without its zero
_IRAN = 98
_KEPT = 15  # digits that a spreadsheet keeps
_ROUND = 4  # zeros at the end that show it in shorter numbers
_WIDEST = 96  # bytes of a number as text, in any script
_NUMBER: Final = rf"^\s*[{DIGIT}]{{10,19}}(?:[.٫][{of('0')}]*)?\s*$"
_POWER: Final = rf"^\s*[{DIGIT}](?:[.,٫][{DIGIT}]{{0,18}})?[eE][+]?[{of('1')}][{of('2345678')}]\s*$"
_NOTHING: Final = pa.array(
    ("", "-", "--", "—", ".", "0", "0.0", "na", "n/a", "NA", "N/A", "nan", "NaN", "null", "none")
)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Of each cell: whether it is filled, has the size of a card number, and may be one that lost its last digits.

    `mobiles` are the mobile numbers that cells may be, 0 for none.
    """

    held: Flags
    sized: Flags
    lost: Flags
    mobiles: npt.NDArray[np.int64]

    @classmethod
    def of(cls, array: pa.Array) -> Self:
        """That of a column; nested cells are only counted."""
        kind = array.type
        if isinstance(kind, pa.BaseExtensionType):
            return cls.of(array.storage)
        if pa.types.is_run_end_encoded(kind):
            return cls.of(without_runs(array))
        if pa.types.is_dictionary(kind):
            return cls._of_dictionary(array)
        held = np.asarray(array.is_valid())
        nothing = np.zeros(len(array), np.bool_)
        found = cls(held, nothing, nothing.copy(), np.zeros(len(array), np.int64))
        if not held.any() or pa.types.is_nested(kind) or holds_no_digits(kind):
            return found
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            if pa.types.is_float16(kind):
                array = array.cast(pa.float32())
            held &= pc.fill_null(array, 0).to_numpy() != 0
            exact, rounded = numeric.readable(array, _MOBILE)
            found._read(exact.rows, np.abs(exact.values).astype(np.uint64))
            values, half = np.abs(rounded.values), rounded.spacings / 2
            lengths = _lengths(values.astype(np.uint64))
            found.sized[rounded.rows] = lengths >= _SHORTEST
            found.lost[rounded.rows] = _may_begin(values - half, values + half, lengths)
            return found
        texts, _ = bounded(as_text(array))
        if pa.types.is_large_string(texts.type):
            held &= ~np.asarray(pc.is_in(texts, _NOTHING.cast(pa.large_string())))
            found._read_texts(texts)
        return found._compact()

    def _compact(self) -> Self:
        """The same, in less memory where no cell is like a number: of thousands of columns, most are so."""
        if self.sized.any() or self.lost.any() or self.mobiles.any():
            return self
        nothing = np.broadcast_to(np.False_, self.held.shape)
        return type(self)(self.held, nothing, nothing, np.broadcast_to(np.int64(0), self.held.shape))

    @classmethod
    def _of_dictionary(cls, array: pa.DictionaryArray) -> Self:
        values = cls.of(array.dictionary)
        valid = np.asarray(array.is_valid())
        places = pc.fill_null(array.indices.cast(pa.int64()), 0).to_numpy()
        if not len(array.dictionary):
            return cls(valid, valid.copy(), valid.copy(), places * 0)
        held, sized, lost = (flag[places] & valid for flag in (values.held, values.sized, values.lost))
        return cls(held, sized, lost, values.mobiles[places] * valid)

    def _read_texts(self, texts: pa.Array) -> None:
        sizes = pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False)
        short = np.flatnonzero((sizes >= 5) & (sizes <= _WIDEST))
        some = texts.take(pa.array(short))
        for pattern, read in ((_NUMBER, self._read_digits), (_POWER, self._read_powers)):
            rows = short[np.asarray(pc.match_substring_regex(some, pattern))]
            if len(rows):
                cells = texts.take(pa.array(rows))
                plain = pc.all(pc.string_is_ascii(cells)).as_py()
                read(rows, cells if plain else pa.array([fold(cell) for cell in cells.to_pylist()], pa.large_string()))

    def _read_digits(self, rows: Places, cells: pa.Array) -> None:
        digits = pc.replace_substring_regex(cells, r"[.٫].*|\s", "")
        self._read(rows, pc.cast(digits, pa.uint64()).to_numpy())

    def _read_powers(self, rows: Places, cells: pa.Array) -> None:
        """Numbers such as `6.03799E+15`, which show fewer digits than they have."""
        parts = [re.split("[eE]", cell.strip()) for cell in cells.to_pylist()]
        written = [re.sub("[^0-9]", "", digits) for digits, _ in parts]
        sizes = np.array([len(digits) for digits in written], np.int64)
        lengths = np.array([int(power) for _, power in parts], np.int64) + 1
        values = np.array(written, np.float64) * 10.0 ** (lengths - sizes)
        half = 10.0 ** (lengths - sizes) / 2
        self.sized[rows] = True
        self.lost[rows] = (sizes < lengths) & _may_begin(values - half, values + half, lengths)

    def _read(self, rows: Places, values: _Whole) -> None:
        """Whole numbers: zeros at the end, or a value that a short float holds exactly, show what was lost."""
        lengths = _lengths(values)
        self.sized[rows] = lengths >= _SHORTEST
        zeros = np.where(lengths > _KEPT, lengths - _KEPT, _ROUND)
        rounded = (values % _POWERS[zeros] == 0) | (values.astype(np.float32).astype(np.float64) == values)
        large = np.flatnonzero((lengths >= _SHORTEST) & rounded)
        wide = values[large].astype(np.float64)
        ends = sum((values[large] % power == 0).astype(np.int64) for power in _POWERS[1:])
        half = np.where(ends < _ROUND, 0.0, 10.0**ends / 2)
        self.lost[rows[large]] = _may_begin(wide - half, wide + half, lengths[large])
        national = np.where(values // _POWERS[_MOBILE] == _IRAN, values % _POWERS[_MOBILE], values)
        begins = (national // _POWERS[7]).astype(np.int64)  # 9 and the operator
        mobile = (begins // 100 == 9) & OPERATORS[begins % 100]
        self.mobiles[rows[mobile]] = national[mobile].astype(np.int64)


def _lengths(values: _Whole) -> npt.NDArray[np.int64]:
    return np.searchsorted(_POWERS, values, side="right").astype(np.int64)


@cache
def _prefixes() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """How many prefixes of issuers lie below each of four digits, by length, and below each of six of Iranian banks."""
    lengths, iranian = tables()
    issued = (lengths[None, :] >> np.arange(7)[:, None]) & 1
    return np.pad(issued.cumsum(axis=1), ((0, 0), (1, 0))), np.pad(iranian.cumsum(), (1, 0))


def _may_begin(low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], lengths: npt.NDArray[np.int64]) -> Flags:
    """Whether a card number of these lengths lies in between."""
    fours, sixes = _prefixes()
    size = np.clip(lengths, _SHORTEST, _LONGEST) - _SHORTEST

    def between(counts: npt.NDArray[np.int64], digits: int) -> Flags:
        unit, most = 10.0 ** (lengths - digits), 10**digits - 1
        ends = [np.clip(end // unit, 0, most).astype(np.int64) for end in (low, high)]
        rows = (size,) if counts.ndim > 1 else ()
        return np.asarray(counts[(*rows, ends[1] + 1)] > counts[(*rows, ends[0])])

    fits = between(fours, 4) | (np.isin(lengths, _IRANIAN) & between(sixes, 6))
    return np.asarray((lengths >= _SHORTEST) & (lengths <= _LONGEST) & fits)
