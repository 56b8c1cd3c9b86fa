"""The search for candidate cells: a superset of the cells in which `classify` finds something."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.detectors import finders
from governance.detection.kinds.cards import DETECTOR as CARDS
from governance.detection.kinds.detector import Sieve
from governance.detection.sieve import compiled, flags, hints
from governance.detection.sieve.bytemap import DigitMap, DigitRuns, Flags, Places, Rank, digits, letters, long_ascii
from governance.detection.sieve.encoded import spelling
from governance.detection.sieve.masked import masks, thin
from governance.detection.sieve.text_buffers import TextBuffer, steps
from governance.detection.sieve.windows import DigitGroups, bare_cards
from governance.detection.text.folding import fold_label
from governance.detection.text.layers import spells

_CARD = 13  # digits of a card number
_PART = 12 << 20  # bytes of text whose numbers are looked at together: they stay in the cache
_FEW, _FEWER = 64, 16  # so few cells are judged faster than sifted by all patterns, and by one
_NEIGHBOURS = 4  # cells that are looked at together
_HEX_SPELLS = 24  # digits that are read as hexadecimal text too


@dataclass(frozen=True, slots=True)
class _WordSearch:
    """A pattern of words for cells with at least so many digits; an empty pattern matches nothing."""

    fewest: int
    latin: str  # in cells of more than ASCII, where they have Latin letters
    ascii: str
    first: str  # in cells of nothing but ASCII letters and digits
    any: str  # in all cells of more than ASCII
    sign: int  # the flag of the compiled pass without which it can't match


def _search(
    fewest: int,
    sign: int,
    *,
    latin: str = "",
    any_: str = "",
    ascii_: str = "",
    first: str = "",
) -> _WordSearch:
    return _WordSearch(fewest, latin, ascii_ or hints.narrow(latin or any_), first, any_, sign)


_SEARCHES = {
    Sieve.CODES: _search(
        3,
        flags.CODE,
        latin=hints.CODES,
        any_=hints.PERSIAN_CODES,
        ascii_=hints.ASCII_CODES,
        first=hints.FIRST_CODES,
    ),
    Sieve.FLOATS: _search(7, flags.FLOAT, latin=hints.FLOATS),
    Sieve.IBANS: _search(10, flags.IBAN, latin=hints.IBANS, ascii_=hints.ASCII_IBANS, first=hints.FIRST_IBANS),
    Sieve.PHONES: _search(8, flags.PLUS, any_=hints.FOREIGN_PHONES),
    Sieve.NATIONAL_IDS: _search(
        8,
        flags.NATIONAL,
        latin=hints.NATIONAL_IDS,
        any_=hints.PERSIAN_NATIONAL_IDS,
        first=hints.NATIONAL_IDS,
    ),
}
_TEN_DIGITS = frozenset({Sieve.PHONES, Sieve.NATIONAL_IDS})


@dataclass(frozen=True, slots=True)
class Candidates:
    """The searches for some kinds in a column of some name, as the detectors of these kinds declare them."""

    sieves: frozenset[Sieve]
    announced: bool  # the column's name is a label itself, so any few digits count
    of_cards: bool  # the column's name means cards, so an unknown prefix counts
    fewest_digits: int  # a number with fewer digits can't be a finding

    @classmethod
    def of(cls, kinds: frozenset[str], label: str) -> "Candidates":
        """The searches for kinds that all have a sieve."""
        detectors, heading = finders(kinds), fold_label(label)
        sieves = frozenset(sieve for detector in detectors for sieve in detector.sieve or ())
        announced = any(detector.is_named_by(heading) for detector in detectors)
        fewest = 3 if announced else 8 if sieves & _TEN_DIGITS else _CARD
        return cls(sieves, announced, CARDS.labels is not None and bool(CARDS.labels.search(heading)), fewest)

    def rows(self, array: pa.Array) -> npt.NDArray[np.intp]:
        """Positions of the cells to classify, ascending."""
        cells = TextBuffer.of(array)
        plain = not pa.types.is_large_string(array.type) or all(
            bool(((part - np.uint8(0x30)) < 10).all()) for part in (cells.data[:4096], cells.data)
        )  # a column of ids is fastest by arithmetic
        triage = None if plain else compiled.triage(len(cells.data))
        return np.flatnonzero(self._by_arithmetic(cells) if triage is None else self._by_triage(cells, triage))

    def _by_arithmetic(self, cells: TextBuffer) -> Flags:
        found = np.zeros(len(cells.array), dtype=np.bool_)
        counts = np.zeros(len(found), dtype=np.int64)
        long = found.copy()
        plain = True
        for start, array in steps(cells.array, _PART):
            some, part = slice(start, start + len(array)), TextBuffer.of(array)
            map_ = DigitMap.of(part.data, part.offsets)
            counts[some] = map_.counts
            if not self._only_digits(part, map_.counts, found[some]):
                plain = False
                self._numbers(part, map_, found[some])
                long[some] = long_ascii(part.data, part.offsets)
        if not plain:
            odd = self._odd(cells, counts)
            self._masks(cells, counts, odd, found)
            examined = self._words(cells, counts, odd, found)
            self._addresses(cells, found)
            self._tokens(cells, counts, examined, found, long)
        return found

    def _odd(self, cells: TextBuffer, counts: Places) -> Flags:
        """Cells that are more than words in Arabic letters, digits and ordinary signs, or that have such a neighbour.

        Other cells hold no label, no escape and no mask. Cells are matched in groups, as each match has a fixed cost;
        cells with too few digits are not matched and count as odd.
        """
        odd = np.ones(len(counts), dtype=np.bool_)
        rows = np.flatnonzero(counts >= self._fewest())
        if len(rows) and pa.types.is_large_string(cells.array.type):
            rows = _nearly_all(rows, len(counts))
            found = _matches(cells.some(rows).by(_NEIGHBOURS), "|".join((hints.ODD, *self._anywhere())))
            odd[rows] = np.repeat(found, _NEIGHBOURS)[: len(rows)]
        return odd

    def _by_triage(self, cells: TextBuffer, triage: compiled.Triage) -> Flags:
        """The same by the compiled pass, which leaves rare cases to NumPy."""
        signs = flags.ESCAPED
        for search in self._searches():
            signs |= search.sign
        addresses = (flags.AT if Sieve.EMAILS in self.sieves else 0) | (flags.HOST if Sieve.HOSTS in self.sieves else 0)
        seen, counts = triage(cells.data, cells.offsets, signs | addresses, any_prefix=self.of_cards)
        found: Flags = (counts >= 3) if self.announced else np.zeros(len(counts), dtype=np.bool_)
        strange = seen & flags.STRANGE != 0
        left = ~strange & ~found
        numbered = np.zeros(len(counts), dtype=np.bool_)
        if Sieve.CARDS in self.sieves:
            found |= left & (seen & flags.CARD != 0)
            numbered |= left & (seen & flags.MASKED != 0) & (counts >= _CARD)
        if self.sieves & _TEN_DIGITS:
            numbered |= left & (counts >= 10)
        if addresses:
            addresses |= flags.ESCAPED
        fewest = self._fewest()
        searches: tuple[tuple[Flags, Callable[[TextBuffer, Places, Flags], object]], ...] = (
            (strange, lambda few, _, part: np.copyto(part, self._by_arithmetic(few))),
            (numbered, self._all_numbers),
            (left & (seen & signs != 0), lambda few, digits, part: self._words(few, digits, ~part, part)),
            (left & (seen & addresses != 0), lambda few, _, part: self._addresses(few, part)),
            (
                left & (seen & flags.LONG != 0),
                lambda few, digits, part: self._tokens(few, digits, digits >= fewest, part, ~part),
            ),
        )
        for able, sift in searches:
            rows = np.flatnonzero(able & ~found)
            part = np.full(len(rows), len(rows) <= _FEW)
            if len(rows) > _FEW:
                sift(cells.some(rows), counts[rows], part)
            found[rows[part]] = True
        return found

    def _fewest(self) -> int:
        """The fewest digits that a finding of any of these searches needs."""
        return min([_CARD, *(search.fewest for search in self._searches())])

    def _anywhere(self) -> list[str]:
        return [search.any for search in self._searches() if search.any]

    def _searches(self) -> list[_WordSearch]:
        return [search for sieve, search in _SEARCHES.items() if sieve in self.sieves]

    def _only_digits(self, cells: TextBuffer, counts: Places, found: Flags) -> bool:
        """The short cut for columns of ids: cells of ASCII digits only. True if there are no other cells."""
        sizes = np.diff(cells.offsets)
        pure = (counts == sizes) & (sizes <= 24)
        if self.announced:
            found |= counts >= 3
            return bool(pure.all())
        if self.sieves & _TEN_DIGITS:
            return False
        if Sieve.CARDS in self.sieves:
            for size in np.flatnonzero(np.bincount(sizes[pure], minlength=25)).tolist():
                if size >= _CARD:
                    rows = np.flatnonzero(pure & (sizes == size))
                    numbers = cells.data[cells.offsets[rows] + np.arange(size)[:, None]] & np.uint8(15)
                    found[rows[bare_cards(numbers, any_prefix=self.of_cards)]] = True
        return bool((pure & (sizes < _HEX_SPELLS)).all())

    def _all_numbers(self, cells: TextBuffer, counts: Places, found: Flags) -> None:
        """Numbers with and without masks."""
        self._numbers(cells, DigitMap.of(cells.data, cells.offsets), found)
        self._masks(cells, counts, ~found, found)

    def _numbers(self, cells: TextBuffer, map_: DigitMap, found: Flags) -> None:
        """Cards, Sheba, phones and national codes: many digits, then arithmetic on them."""
        cards, others = Sieve.CARDS in self.sieves, bool(self.sieves & _TEN_DIGITS)
        if not (cards or others):
            return
        fewest = 10 if others else _CARD
        rows = np.flatnonzero(map_.counts >= fewest)
        if not len(rows):
            return
        if map_.rare is not None:
            found |= (np.diff(Rank.of(map_.rare).before(cells.offsets)) > 0) & (map_.counts >= fewest)
        groups = DigitGroups.of(DigitRuns.of(cells.data, map_.places(rows), map_.counts[rows]), cells.data)
        if cards:
            found[rows[groups.cards()]] = True
        if Sieve.PHONES in self.sieves:
            found[rows[groups.phones()]] = True
        if Sieve.NATIONAL_IDS in self.sieves:
            found[rows[groups.national_ids()]] = True

    def _masks(self, cells: TextBuffer, counts: Places, odd: Flags, found: Flags) -> None:
        """Numbers of which masks hide too little."""
        rows = np.flatnonzero(odd & (counts >= _CARD) & ~found)
        if len(rows) and Sieve.CARDS in self.sieves:
            few = cells.some(rows)
            rows = rows[masks(few.data, few.offsets)]
        if len(rows) and Sieve.CARDS in self.sieves:
            few = cells.some(rows)
            runs = DigitRuns.of(few.data, np.flatnonzero(digits(few.data)[0]), counts[rows])
            found[rows[thin(few.data, letters(few.data), runs)]] = True

    def _words(self, cells: TextBuffer, counts: Places, odd: Flags, found: Flags) -> Flags:
        """Values that a word or a sign beside them announces: cells with a few digits, then with the words.

        Escapes can hide anything. Returns the cells that were examined: those not found now hold no escapes.
        """
        searches = self._searches()
        fewest = self._fewest()
        examined: Flags = ((counts >= fewest) | ~odd) & ~found
        rows = np.flatnonzero(examined & odd)
        if not len(rows):
            return examined
        rows = _nearly_all(rows, len(examined))
        few, counts = cells.some(rows), counts[rows]
        marks = few.marks()
        seen = _matching(few, marks & flags.ESCAPED != 0, hints.ESCAPES)
        signed, wide = marks & flags.SIGNED != 0, marks & flags.WIDE != 0
        if first := "|".join(search.first for search in searches if search.first):
            seen |= _matching(few, ~signed, first)
        if searches:
            seen |= _matching(few, signed & ~wide & ~seen, "|".join(search.ascii for search in searches))
        latin = marks & flags.LATIN != 0
        for search in searches:
            if search.latin:
                seen |= _matching(few, wide & latin & ~seen & (counts >= search.fewest), search.latin)
        if anywhere := "|".join(self._anywhere()):
            seen |= _matching(few, wide & ~seen, anywhere)
        found[rows[seen & examined[rows]]] = True
        return examined

    def _addresses(self, cells: TextBuffer, found: Flags) -> None:
        if Sieve.EMAILS in self.sieves:
            found |= _matches(cells.array, hints.EMAILS)
        if Sieve.HOSTS in self.sieves:
            found |= _matches(cells.array, hints.HOSTS)

    def _tokens(self, cells: TextBuffer, counts: Places, examined: Flags, found: Flags, long: Flags) -> None:
        """Encoded text: base64 and hexadecimal tokens that spell something, or could once escapes are undone."""
        sizes = np.diff(cells.offsets)
        rows = np.flatnonzero(long & ~found & ((counts < sizes) | (sizes >= _HEX_SPELLS)))
        if not len(rows):
            return
        few = cells.some(rows)
        able = ~examined[rows]
        if able.any():
            able = _matching(few, able & (few.marks() & flags.ESCAPED != 0), hints.ESCAPES)
        able[spelling(few.data, few.offsets)] = True
        rows = rows[able]
        for row, value in zip(rows.tolist(), cells.array.take(pa.array(rows)).to_pylist(), strict=True):
            text = value if isinstance(value, str) else (value or b"").decode("latin-1")
            found[row] = spells(text)


def _matching(cells: TextBuffer, wanted: Flags, hint: str) -> Flags:
    """The wanted cells that match; all of them if they are too few to be worth matching."""
    rows = np.flatnonzero(wanted)
    if len(rows) <= _FEWER:
        return wanted
    rows = _nearly_all(rows, len(wanted))
    found = np.zeros(len(wanted), dtype=np.bool_)
    found[rows] = _matches(cells.some(rows).array, hint)
    return found & wanted


def _nearly_all(rows: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.intp]:
    """The rows, or all rows where copying a part costs more than matching the rest."""
    return np.arange(count) if 4 * len(rows) > 3 * count else rows


def _matches(array: pa.Array, hint: str) -> Flags:
    """The cells that match; cells that aren't UTF-8 all do."""
    if not pa.types.is_large_string(array.type):
        try:
            array = array.cast(pa.large_string())
        except pa.ArrowInvalid:
            return np.ones(len(array), dtype=np.bool_)
    matched = pc.fill_null(pc.match_substring_regex(array, hint), False)  # noqa: FBT003
    flags: Flags = matched.to_numpy(zero_copy_only=False)
    return flags
