"""Any Arrow array taken apart into texts: numbers as digits, dictionaries once a value, nested ones leaf by leaf."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns import numeric
from governance.detection.columns.marks import TOO_LARGE, Marks, unmarked
from governance.detection.columns.texts import (
    as_json,
    as_text,
    as_written,
    bounded,
    entries,
    holds_no_digits,
    plain,
    value,
    without_runs,
)
from governance.detection.columns.verdicts import Verdicts
from governance.detection.detectors import Detectors
from governance.detection.sieve.candidates import Candidates
from governance.detection.sieve.numbers import tables
from governance.detection.sieve.text_buffers import steps
from governance.detection.text.folding import fold_label

_STEP = 48 << 20  # bytes of text looked at together: each step compiles its patterns anew
_POWERS = np.uint64(10) ** np.arange(20, dtype=np.uint64)
_NONE: frozenset[str] = frozenset()


class ColumnScan:
    """One scan: the kinds that it looks for and the verdicts that it has already reached."""

    def __init__(self, kinds: Sequence[str], among: Detectors) -> None:
        self._among = among
        self._sieved, self._unsieved = among.sieved.intersection(kinds), among.unsieved.intersection(kinds)
        self._verdicts = Verdicts(among, {kind: place for place, kind in enumerate(kinds)})
        self.fell_back = _NONE  # kinds whose sieve raised, so that `classify` judged every cell

    def marks(self, array: pa.Array | pa.ChunkedArray, label: str) -> Marks:
        """What was found in each cell."""
        if isinstance(array, pa.ChunkedArray):
            parts = [self.marks(chunk, label) for chunk in array.chunks]
            return np.concatenate(parts) if parts else unmarked(0)
        kind = array.type
        if isinstance(kind, pa.BaseExtensionType):
            return self.marks(array.storage, label)
        if array.null_count == len(array):
            return unmarked(len(array))
        if pa.types.is_dictionary(kind):
            return self._of_dictionary(array, label)
        if pa.types.is_run_end_encoded(kind):
            return self.marks(without_runs(array), label)
        if pa.types.is_nested(kind):
            return self._of_nested(array, label)
        return self._of_leaf(array, label)

    def _of_leaf(self, array: pa.Array, label: str) -> Marks:
        """The marks of texts, numbers and other single values: by the sieve, or cell by cell for kinds without one."""
        found, failed = self._sifted(array, label, self._sieved)
        self.fell_back |= failed
        every = self._unsieved | failed
        return found | self._of_every_cell(array, label, every) if every else found

    def _sifted(self, array: pa.Array, label: str, kinds: frozenset[str]) -> tuple[Marks, frozenset[str]]:
        """The findings with the sieve, and the kinds whose sieve raises; each kind is tried alone to identify them."""
        found = unmarked(len(array))
        if not kinds:
            return found, _NONE
        if holds_no_digits(array.type):
            dated = self._dated(kinds, label) if pa.types.is_temporal(array.type) else _NONE
            return self._of_every_cell(array, label, dated) if dated else found, _NONE
        try:
            if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
                return self._of_numbers(array, label, kinds), _NONE
            return self._of_text(as_text(array), label, kinds), _NONE
        except Exception:  # noqa: BLE001  whatever a sieve raises, `classify` can still be asked
            if len(kinds) == 1:
                return found, kinds
        failed = _NONE
        for kind in sorted(kinds):
            marks, raised = self._sifted(array, label, frozenset({kind}))
            found, failed = found | marks, failed | raised
        return found, failed

    def _dated(self, kinds: frozenset[str], label: str) -> frozenset[str]:
        """The kinds whose values may be dates, in a column whose name announces them."""
        named = [one for one in self._among.finders(kinds) if one.dated and one.is_named_by(fold_label(label))]
        return kinds.intersection(kind for one in named for kind in one.finds)

    def _of_text(self, array: pa.Array, label: str, kinds: frozenset[str]) -> Marks:
        array, long = bounded(array)
        found = unmarked(len(array)) | TOO_LARGE * long
        candidates = Candidates.of(kinds, label, self._among)
        for start, part in steps(array, _STEP):
            rows = candidates.rows(part)
            for row, cell in zip(rows.tolist(), map(value, part.take(pa.array(rows))), strict=True):
                if cell is not None:
                    found[start + row] = self._verdicts.of(cell, label, kinds)
        return found

    def _of_numbers(self, array: pa.Array, label: str, kinds: frozenset[str]) -> Marks:
        found = unmarked(len(array))
        candidates = Candidates.of(kinds, label, self._among)
        if candidates.announced and pa.types.is_floating(array.type):
            rows = numeric.fractional(array)
            found[rows] = self._of_text(pc.cast(array.take(pa.array(rows)), pa.large_string()), label, kinds)
        exact, rounded = numeric.readable(array, candidates.fewest_digits)
        if len(exact.rows):
            found[exact.rows] = self._of_text(pc.cast(pa.array(exact.values), pa.large_string()), label, kinds)
        return found | self._of_rounded(rounded, kinds, len(array))

    def _of_every_cell(self, array: pa.Array, label: str, kinds: frozenset[str]) -> Marks:
        """The verdict of `classify` on each cell: slow and complete."""
        texts, long = bounded(as_written(array))
        found = unmarked(len(array)) | TOO_LARGE * long
        for start, part in steps(texts, _STEP):
            for row, cell in enumerate(map(value, part), start):
                if cell is not None:
                    found[row] = self._verdicts.of(cell, label, kinds)
        if pa.types.is_floating(array.type):
            found |= self._of_rounded(numeric.readable(array, 1)[1], kinds, len(array))
        return found

    def _of_dictionary(self, array: pa.DictionaryArray, label: str) -> Marks:
        if len(array.dictionary) > 2 * len(array):
            return self.marks(array.dictionary.take(array.indices), label)
        values = np.append(self.marks(array.dictionary, label), unmarked(1))
        indices = pc.fill_null(array.indices.cast(pa.int64()), len(array.dictionary))
        found: Marks = values[indices.to_numpy()]
        return found

    def _of_nested(self, array: pa.Array, label: str) -> Marks:
        kind = array.type
        found = unmarked(len(array))
        if pa.types.is_struct(kind):
            for field, leaf in zip(kind, array.flatten(), strict=True):
                found |= self.marks(leaf, f"{label} {field.name}".strip())
        elif pa.types.is_map(kind):
            pairs, parents = entries(array)
            np.bitwise_or.at(found, parents, self.marks(pairs, label))
        elif pa.types.is_union(kind):
            return self.marks(pa.array([plain(value) for value in array], pa.large_string()), label)
        else:
            parents = pc.list_parent_indices(array).to_numpy()
            np.bitwise_or.at(found, parents, self.marks(array.flatten(), label))
        # Written out as well: a number may be split over leaves, and a field's name is data too.
        return found | self._of_leaf(as_json(array), label)

    def _of_rounded(self, rounded: numeric.Rounded, kinds: frozenset[str], count: int) -> Marks:
        """The marks of floats that have lost digits, in so many cells."""
        found = unmarked(count)
        values = np.abs(rounded.values).astype(np.uint64)
        lengths = np.searchsorted(_POWERS, values, side="right")
        known = tables()[0][values // _POWERS[np.maximum(lengths, 4) - 4]] >> np.clip(lengths - 13, 0, 7) & 1
        likely = np.flatnonzero((lengths >= 13) & ((known > 0) | (lengths == 16)))
        for place in likely.tolist():
            found[rounded.rows[place]] = self._verdicts.of_rounded(
                int(values[place]), int(rounded.spacings[place]), kinds
            )
        return found
