"""Which cells are worth the authority's time: a superset of those in which it would find something."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection import codes, hints, identities
from governance.detection.bytemap import Bytes, Flags, Places, Rank, digits, long_ascii
from governance.detection.cards import says_card
from governance.detection.folding import fold_label
from governance.detection.layers import spells
from governance.detection.windows import Runs, bare_cards

_CARDS = frozenset({"payment_card_number", "iban", "track_data"})


@dataclass(frozen=True, slots=True)
class Cells:
    """Texts as Arrow lays them out: bytes, and where each cell starts; one more for the end."""

    array: pa.Array
    data: Bytes
    offsets: Places

    @classmethod
    def of(cls, array: pa.Array) -> "Cells":
        """The bytes of a large string or large binary array, slices included."""
        offsets = np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, array.offset * 8)
        first, last = int(offsets[0]), int(offsets[-1])
        data = np.frombuffer(array.buffers()[2] or b"", np.uint8, last - first, first)
        return cls(array, data, offsets - first)

    def some(self, rows: npt.NDArray[np.intp]) -> "Cells":
        """Only these cells, close together."""
        return self if len(rows) == len(self.array) else Cells.of(self.array.take(pa.array(rows)))


@dataclass(frozen=True, slots=True)
class Lanes:
    """The searches that the asked kinds need in a column of this name."""

    kinds: frozenset[str]
    announced: bool  # the column's name is a label itself, so any few digits count
    of_cards: bool  # the column's name says cards, so an unknown prefix counts
    fewest_digits: int  # a number with fewer digits can't be a finding

    @classmethod
    def of(cls, kinds: frozenset[str], label: str) -> "Lanes":
        """The lanes for some kinds in a column of this name."""
        announced = bool(
            (codes.announces(fold_label(label)) and kinds & codes.KINDS)
            or (identities.announces(fold_label(label)) and identities.NATIONAL in kinds)
        )
        fewest = 3 if announced else 8 if "phone_number" in kinds or "national_id" in kinds else 13
        return cls(kinds, announced, says_card(fold_label(label)), fewest)

    def candidates(self, array: pa.Array) -> npt.NDArray[np.intp]:
        """Positions of the cells to classify, ascending."""
        cells = Cells.of(array)
        flags, rare = digits(cells.data)
        counts = np.diff(Rank.of(flags).before(cells.offsets))
        found = np.zeros(len(array), dtype=np.bool_)
        if not self._only_digits(cells, counts, found):
            self._numbers(cells, counts, rare, found)
            self._codes(cells, counts, found)
            self._addresses(cells, found)
            self._tokens(cells, counts, found)
        return np.flatnonzero(found)

    def _only_digits(self, cells: Cells, counts: Places, found: Flags) -> bool:
        """The short cut for columns of ids: cells that are nothing but ASCII digits. True if there are no others."""
        sizes = np.diff(cells.offsets)
        pure = (counts == sizes) & (sizes <= 24)
        if self.announced:
            found |= counts >= 3
            return bool(pure.all())
        if self.kinds & {"phone_number", "national_id"}:
            return False
        if self.kinds & _CARDS:
            for size in np.flatnonzero(np.bincount(sizes[pure], minlength=25)).tolist():
                if size >= 13:
                    rows = np.flatnonzero(pure & (sizes == size))
                    numbers = cells.data[cells.offsets[rows] + np.arange(size)[:, None]] & np.uint8(15)
                    found[rows[bare_cards(numbers, any_prefix=self.of_cards)]] = True
        return bool(pure.all())

    def _numbers(self, cells: Cells, counts: Places, rare: Flags | None, found: Flags) -> None:
        """Cards, Sheba, phones and national codes: many digits, then arithmetic on them."""
        cards, others = bool(self.kinds & _CARDS), bool(self.kinds & {"phone_number", "national_id"})
        if not (cards or others):
            return
        fewest = 10 if others else 13
        rows = np.flatnonzero(counts >= fewest)
        if not len(rows):
            return
        few = cells.some(rows)
        flags, strange = digits(few.data)
        if rare is not None and strange is not None:
            has_strange = np.diff(Rank.of(strange).before(few.offsets)) > 0
            found[rows[has_strange]] = True
        runs = Runs.of(few.data, flags, counts[rows], fewest)
        hint = hints.MASKS if cards else hints.ESCAPES
        found[rows[_matches(few.array, hint)]] = True
        if cards:
            found[rows[runs.cards()]] = True
        if "phone_number" in self.kinds:
            found[rows[runs.phones()]] = True
        if "national_id" in self.kinds:
            found[rows[runs.national_ids()]] = True

    def _codes(self, cells: Cells, counts: Places, found: Flags) -> None:
        """What a word beside it gives away: any few digits, then the words."""
        wanted = [
            (bool(self.kinds & codes.KINDS), 3, hints.CODES),
            ("payment_card_number" in self.kinds, 7, hints.FLOATS),
            ("phone_number" in self.kinds, 8, hints.FOREIGN_PHONES),
            ("national_id" in self.kinds, 8, hints.NATIONAL_IDS),
            ("iban" in self.kinds, 10, hints.IBANS),
        ]
        wanted = [(asked, fewest, hint) for asked, fewest, hint in wanted if asked]
        for fewest in sorted({fewest for _, fewest, _ in wanted}):
            rows = np.flatnonzero((counts >= fewest) & ~found)
            if len(rows):
                few = cells.some(rows)
                for _, least, hint in wanted:
                    if least == fewest:
                        found[rows[_matches(few.array, hint)]] = True

    def _addresses(self, cells: Cells, found: Flags) -> None:
        if "email_address" in self.kinds:
            found |= _matches(cells.array, hints.EMAILS)
        if "ip_address" in self.kinds:
            found |= _matches(cells.array, hints.HOSTS)

    def _tokens(self, cells: Cells, counts: Places, found: Flags) -> None:
        """Encoded text: base64 tokens that spell something."""
        words = long_ascii(cells.data)
        rows = np.unique(np.searchsorted(cells.offsets, words, side="right") - 1)
        rows = rows[~found[rows] & (counts[rows] < np.diff(cells.offsets)[rows])]
        if len(rows):
            few = cells.some(rows).array
            able = np.where(_matches(few, hints.HEX_ROW), _matches(few, hints.HEX_TEXT), _matches(few, hints.TOKENS))
            rows = rows[able]
        for row, value in zip(rows.tolist(), cells.array.take(pa.array(rows)).to_pylist(), strict=True):
            text = value if isinstance(value, str) else (value or b"").decode("latin-1")
            found[row] = spells(text)


def _matches(array: pa.Array, hint: str) -> Flags:
    """Which cells match; bytes that aren't UTF-8 all do."""
    if not pa.types.is_large_string(array.type):
        try:
            array = array.cast(pa.large_string())
        except pa.ArrowInvalid:
            return np.ones(len(array), dtype=np.bool_)
    matched = pc.fill_null(pc.match_substring_regex(array, hint), False)  # noqa: FBT003
    flags: Flags = matched.to_numpy(zero_copy_only=False)
    return flags
