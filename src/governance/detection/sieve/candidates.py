"""The search for candidate cells: a superset of the cells in which `classify` finds something.

RE2 rules most cells out: those with too few digits, then those without a sign of any rule and without enough digits
side by side. What is left because of its digits alone is decided by arithmetic, and what is left because of a long
token by its first bytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.detectors import DEFAULT, Detectors
from governance.detection.kinds.cards import DETECTOR as CARDS
from governance.detection.kinds.detector import Numbers, Sign
from governance.detection.sieve import superset
from governance.detection.sieve.encoded import spelling
from governance.detection.sieve.numbers import SEARCHES, Runs, bare_cards
from governance.detection.sieve.text_buffers import Flags, TextBuffer, steps
from governance.detection.text.folding import decoded, fold_label
from governance.detection.text.layers import ESCAPES, SHORTEST_HEX, spells
from governance.detection.text.misread import MISREAD

_PART = 1 << 19  # bytes of text whose numbers are looked at together: they stay in the cache
_FEW = 128  # so few cells are judged faster than sifted
_SAMPLE, _MOST = 512, 0.8  # cells that show how many match, and how many are too many
_LOOK = 1 << 16  # bytes that show in which letters a column is written
_PAYS = 1 << 14  # so many cells pay for one more pattern
_NOTHING = r"[^\x00-\x{10FFFF}]"
_ANNOUNCED = 3  # digits that a column's name can turn into a value
_LONG = r"[0-9A-Za-z+/_\\-]{16}"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The searches for some kinds in a column of some name, as the detectors of these kinds declare them."""

    able: str  # every candidate matches it,
    many: str  # and `many` because of its numbers, or `hints`; but not in a column with an announcing name
    hints: str
    signs: tuple[str, ...]  # of rules, or of another reading of the text: such cells are candidates
    in_digits: str  # the signs that digits alone may have
    numbers: frozenset[Numbers]
    announced: bool  # the column's name is a label itself, so any few digits count
    of_cards: bool  # the column's name means cards, so any prefix counts
    fewest_digits: int  # a number with fewer digits can't be a finding

    @classmethod
    def of(cls, kinds: frozenset[str], label: str, among: Detectors = DEFAULT) -> "Candidates":
        """The searches for kinds that all have a sieve."""
        detectors, heading = among.finders(kinds), fold_label(label)
        announced = any(detector.is_named_by(heading) for detector in detectors)
        of_cards = CARDS in detectors and CARDS.labels is not None and bool(CARDS.labels.search(heading))
        return cls._of(kinds, among, announced, of_cards)

    @classmethod
    @lru_cache(maxsize=256)
    def _of(cls, kinds: frozenset[str], among: Detectors, announced: bool, of_cards: bool) -> "Candidates":  # noqa: FBT001
        """By all that a column's name decides: a table may have thousands of names."""
        detectors = among.finders(kinds)
        numbers = frozenset(number for detector in detectors for number in detector.numbers)
        named = [superset.side_by_side(CARDS.fewest)] * of_cards
        hints = [*_patterns(one.hints or one.signs for one in detectors), *named]
        # Labels make large automata, so they are matched apart from other signs.
        words = _patterns(one.signs for one in detectors if one.label_decides and one.labels)
        others = [*_patterns(one.signs for one in detectors if not (one.label_decides and one.labels)), *named]
        escapes = f"{superset.superset(ESCAPES, 0)}|{MISREAD}"
        able = superset.digits(min(detector.fewest for detector in detectors))
        plain = [one for one in detectors if one.in_digits is None]
        least = [*(SEARCHES[number][0] for number in numbers), *(one.fewest for one in plain if one.signs)]
        many = [SEARCHES[number][1] for number in numbers]
        return cls(
            f"{able}|{_LONG}|{MISREAD}",
            "|".join(many) or _NOTHING,
            "|".join([*hints, escapes, superset.strange()]),
            tuple("|".join(some) for some in (words, [*others, escapes]) if some),
            "|".join(_patterns(one.signs for one in plain)),
            numbers,
            announced,
            of_cards,
            _ANNOUNCED if announced else max(1, min(least, default=1)),
        )

    def rows(self, array: pa.Array) -> npt.NDArray[np.intp]:
        """Positions of the cells to classify in an array of large strings or large binaries, ascending."""
        texts = _as_texts(array)
        cells = TextBuffer.of(texts)
        if all(bool(((part - np.uint8(0x30)) < 10).all()) for part in (cells.data[:4096], cells.data)):
            return self._of_digits(texts, cells)
        rows = np.arange(len(texts))
        rows = rows if _match_mostly(texts, rows, self.able) else rows[_matches(texts, self.able)]
        if self.announced or len(rows) <= _FEW:
            return rows
        # One pattern for all pays where few words are Latin: with theirs, its automaton would be too large.
        if pays := len(rows) > _PAYS and not _is_latin(cells) and not _match_mostly(texts, rows, self.many):
            rows = rows[_matches(_some(texts, rows), f"{self.many}|{self.hints}|{_LONG}")]
        return rows[self._sifted(_some(texts, rows), at_once=pays)]

    def _of_digits(self, texts: pa.Array, cells: TextBuffer) -> npt.NDArray[np.intp]:
        """The candidates in a column of nothing but ASCII digits: no word can announce them."""
        sizes = np.diff(cells.offsets)
        if self.announced:
            return np.flatnonzero(sizes >= _ANNOUNCED)
        found = sizes >= SHORTEST_HEX
        found[found] = self._sifted(texts.filter(pa.array(found)))
        short = texts.filter(pa.array(sizes < SHORTEST_HEX))
        found[sizes < SHORTEST_HEX] = _by_arithmetic(short, self.numbers - {Numbers.CARDS})
        for size in np.unique(sizes[sizes < SHORTEST_HEX]).tolist() if Numbers.CARDS in self.numbers else ():
            if size >= CARDS.fewest:
                rows = np.flatnonzero(sizes == size)
                digits = cells.data[cells.offsets[rows] + np.arange(size)[:, None]] & np.uint8(15)
                found[rows[bare_cards(digits, any_prefix=self.of_cards)]] = True
        if self.in_digits:
            found |= _matches(texts, self.in_digits)
        return np.flatnonzero(found)

    def _sifted(self, texts: pa.Array, *, at_once: bool = False) -> Flags:
        """Which of these cells are candidates, after all."""
        found = _matches(texts, self.many)
        rows = np.flatnonzero(found)
        found[rows] = _by_arithmetic(_some(texts, rows), self.numbers)
        rows = np.flatnonzero(~found)
        if at_once and not _match_mostly(texts, rows, _LONG):
            rows = rows[_matches(_some(texts, rows), f"{self.hints}|{_LONG}")]
        tokens = rows[_matches(_some(texts, rows), _LONG)]
        found[tokens] = _spells(_some(texts, tokens))
        rows = rows[~found[rows]]
        rows = rows[_matches(_some(texts, rows), self.hints)]
        found[rows] = len(rows) <= _FEW or self._has_sign(_some(texts, rows))
        return found

    def _has_sign(self, texts: pa.Array) -> Flags:
        """Which of these cells are candidates by a sign, or once they are folded."""
        found = np.zeros(len(texts), dtype=np.bool_)
        for pattern in self.signs:
            found |= _matches(texts, pattern)
        strange = np.flatnonzero(~found & _matches(texts, superset.strange()))
        if len(strange):
            plain = [superset.plain(text) for text in _some(texts, strange).to_pylist()]
            found[strange[self.rows(pa.array(plain, pa.large_string()))]] = True
        return found


def _spells(texts: pa.Array) -> Flags:
    """Which cells hold a token that spells text."""
    found = np.zeros(len(texts), dtype=np.bool_)
    rows = spelling(TextBuffer.of(texts))
    found[rows] = [spells(text) for text in texts.take(pa.array(rows)).to_pylist()]
    return found


def _by_arithmetic(texts: pa.Array, numbers: frozenset[Numbers]) -> Flags:
    """Which cells have numbers that could be a finding."""
    found = np.zeros(len(texts), dtype=np.bool_)
    for start, part in steps(texts, _PART) if numbers and len(texts) else ():
        runs = Runs.of(TextBuffer.of(part))
        for number in numbers:
            found[start + SEARCHES[number][2](runs)] = True
    return found


def _patterns(signs: Iterable[tuple[Sign, ...]]) -> list[str]:
    return list(dict.fromkeys(superset.superset(sign.pattern, sign.flags) for some in signs for sign in some))


def _is_latin(cells: TextBuffer) -> bool:
    """Whether the first texts are mostly written in Latin letters."""
    first = cells.data[:_LOOK]
    return bool(np.count_nonzero((first | np.uint8(0x20)) - np.uint8(ord("a")) < 26) * 3 > len(first))


def _some(texts: pa.Array, rows: npt.NDArray[np.intp]) -> pa.Array:
    return texts if len(rows) == len(texts) else texts.take(pa.array(rows))


def _match_mostly(texts: pa.Array, rows: npt.NDArray[np.intp], pattern: str) -> bool:
    """Whether so many of these cells match that looking at all of them costs more than it saves."""
    sample = rows[:: max(1, len(rows) // _SAMPLE)]
    return bool(_matches(texts.take(pa.array(sample)), pattern).sum() > _MOST * len(sample))


def _as_texts(array: pa.Array) -> pa.Array:
    """Bytes as `classify` reads them."""
    if pa.types.is_large_string(array.type):
        return array
    try:
        return array.cast(pa.large_string())
    except pa.ArrowInvalid:
        texts = (None if value is None else decoded(value) for value in array.to_pylist())
        return pa.array(texts, pa.large_string())


def _matches(texts: pa.Array, pattern: str) -> Flags:
    matched = pc.fill_null(pc.match_substring_regex(texts, pattern), False)  # noqa: FBT003
    flags: Flags = matched.to_numpy(zero_copy_only=False)
    return flags
