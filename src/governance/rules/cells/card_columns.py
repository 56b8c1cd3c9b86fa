"""Card data that no single cell shows: whole columns of it, and columns that reveal it together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from governance.detection.columns.card_parts import CardParts, Rests
from governance.detection.columns.side_by_side import Tally, side_by_side
from governance.detection.columns.statistics import (
    Joined,
    MaskedRows,
    NumberSample,
    Pair,
    at_least,
    hold_halves,
    is_no_accident,
    names_code,
)
from governance.rules.batch import Batch
from governance.rules.cells.column_problems import CARDS, CODES, HASHED, MASKS, REST, SPLIT
from governance.rules.kernel import counted
from governance.rules.part import Names, Part, Summable
from governance.rules.references import Namer, References

_NUMBERS = "numbers of "
_LONE = 5  # digits that stand alone and are worth a look
_FEW, _MANY = 20, 2000  # numbers of a column
_LIKELY, _UNLIKELY = Fraction(1, 5), Fraction(1, 1000)  # of being valid by accident
_RARE, _ODD = Fraction(1, 100), Fraction(1, 20)  # of a right number in a whole table by accident: found, suspected
_PAIRS = 100  # of columns, in a table of the usual width
_Signature = frozenset[Pair]  # the pairs of columns that make a valid number in a row


@dataclass(frozen=True, slots=True)
class Halves:
    """Rows in which two columns make a card number: their count by pair, and the valid ones with all their pairs.

    `doubtful` pairs are listed as suspects where they are valid more often than by accident, but not nearly always.
    `tried` counts the rows that have both parts, `chances` are those of a right number in one of them by accident. A
    `tally` counts them and those noted instead, as tables of many columns have too many pairs to count one by one.
    """

    problem: str = SPLIT
    noted: Counter[Pair] = field(default_factory=Counter)
    right: Counter[Pair] = field(default_factory=Counter)
    rows: Counter[_Signature] = field(default_factory=Counter)
    named: Mapping[_Signature, References] = field(default_factory=dict, repr=False)
    doubtful: frozenset[Pair] = frozenset()
    tried: Counter[Pair] = field(default_factory=Counter)
    chances: Mapping[Pair, Fraction] = field(default_factory=dict)
    tally: Tally | None = field(default=None, repr=False)

    @classmethod
    def of(cls, sure: Collection[int], batch: Batch, names: Namer) -> Halves:
        """The columns of a batch that are parts of a number, but for rows that are sure already."""
        tally, found = side_by_side(batch.record)
        doubtful = frozenset(one.pair for one in found if one.chance == 1)
        made = cls._of(SPLIT, found, batch, names, sure)
        return replace(made, doubtful=doubtful, noted=Counter(), tried=Counter(), tally=tally)

    @classmethod
    def of_rests(cls, rests: Sequence[Rests], sure: Collection[int], batch: Batch, names: Namer) -> Halves:
        """The columns of a batch that are what masks hide, but for rows that are sure already."""
        found = (Joined(_pair(one), one.rows, one.right, one.tried, one.chance) for one in rests)
        doubtful = frozenset(_pair(one) for one in rests if one.telling and one.size >= _LONE)
        return replace(cls._of(REST, found, batch, names, sure), doubtful=doubtful)

    @classmethod
    def _of(
        cls,
        problem: str,
        found: Iterable[Joined],
        batch: Batch,
        names: Namer,
        sure: Collection[int],
    ) -> Halves:
        noted, right, tried, chances = Counter[Pair](), Counter[Pair](), Counter[Pair](), dict[Pair, Fraction]()
        pairs: dict[int, set[Pair]] = {}
        for one in found:
            noted[one.pair] += len(one.rows)
            right[one.pair] += int(one.right.sum())
            tried[one.pair] += one.tried
            chances[one.pair] = one.chance
            for row in one.rows[one.right].tolist():
                if row not in sure:
                    pairs.setdefault(row, set()).add(one.pair)
        by_signature: dict[_Signature, list[int]] = {}
        for row, mine in pairs.items():
            by_signature.setdefault(frozenset(mine), []).append(row)
        named = {
            signature: names.references((key, problem) for key in batch.keys_at(np.array(rows, np.int64)))
            for signature, rows in by_signature.items()
        }
        counts = Counter({signature: len(rows) for signature, rows in by_signature.items()})
        return cls(problem, noted, +right, counts, named, tried=tried, chances=chances)

    def merge(self, other: Halves) -> Halves:
        """Those of both."""
        named = dict(self.named)
        for signature, references in other.named.items():
            named[signature] = named[signature].merge(references) if signature in named else references
        return Halves(
            self.problem,
            self.noted + other.noted,
            self.right + other.right,
            self.rows + other.rows,
            named,
            self.doubtful | other.doubtful,
            self.tried + other.tried,
            {**self.chances, **other.chances},
            self.tally.merge(other.tally) if self.tally and other.tally else self.tally or other.tally,
        )

    def part(self) -> Part:
        """The rows of pairs that are nearly always valid or no accident; those of doubtful pairs are suspects."""
        sure = {pair for pair in self.right if self._is_sure(pair)}
        found = Part(exhausted=frozenset({SPLIT} if self.tally and self.tally.left else ()))
        for signature, count in self.rows.items():
            if not sure.isdisjoint(signature):
                found = found.merge(Part(problems=Counter({self.problem: count}), references=self.named[signature]))
            elif any(self._is_no_accident(pair, _ODD) or self._is_odd(pair) for pair in signature):
                found = found.merge(Part(review=count))
        return found

    def _counts(self, pair: Pair) -> tuple[int, int]:
        """In how many rows the parts begin like a number, and how many rows have both."""
        return self.tally.of(pair) if self.tally else (self.noted[pair], self.tried[pair])

    def _is_sure(self, pair: Pair) -> bool:
        return hold_halves(self.right[pair], self._counts(pair)[0]) or self._is_no_accident(pair, _RARE)

    def _is_no_accident(self, pair: Pair, unlikely: Fraction) -> bool:
        # Among more pairs, one is right by accident more often.
        pairs = len(self.tally.pairs) if self.tally else 0
        less = unlikely * Fraction(_PAIRS, max(_PAIRS, pairs))
        return is_no_accident(self.right[pair], *self._counts(pair), self.chances[pair], less)

    def _is_odd(self, pair: Pair) -> bool:
        right, numbers = self.right[pair], self._counts(pair)[0]
        if pair not in self.doubtful:
            return False
        if numbers > _MANY:
            return right > numbers / 5
        return at_least(right, numbers) < (_LIKELY if numbers <= _FEW else _UNLIKELY)


@dataclass(frozen=True, slots=True)
class CardColumns:
    """Judges columns as wholes; with `together`, also all columns of the table side by side."""

    columns: Sequence[str]
    together: bool
    secret: bytes = field(repr=False)

    def sums(self, batch: Batch, names: Namer) -> Mapping[str, Summable]:
        """The sums over the batches of a table."""
        held = [name for name in self.columns if names_code(name) and batch.column(name).null_count < batch.rows]
        found: dict[str, Summable] = {"held": Names.of(held)}
        for name in self.columns:
            found[_NUMBERS + name] = NumberSample.of(batch.column(name), self.secret)
        if self.together:
            found["masked"] = MaskedRows.of(batch.record, batch.keys, self.secret)
            found |= _parts(batch, names)
        return found

    def of_columns(self, part: Part) -> Iterator[tuple[str, str]]:
        """The columns with problems."""
        held = part.sums.get("held")
        for name in self.columns:
            numbers = part.sums.get(_NUMBERS + name)
            if isinstance(held, Names) and name in held.held:
                yield name, CODES
            elif isinstance(numbers, NumberSample) and numbers.holds_cards():
                yield name, CARDS

    def of_rows(self, part: Part, names: Namer) -> Part:
        """The rows that columns reveal together; unproven if there are too many rows to try."""
        masked, joined = part.sums.get("masked", MaskedRows()), part.sums.get("halves", Halves())
        assert isinstance(masked, MaskedRows)  # noqa: S101  `sums` made them
        assert isinstance(joined, Halves)  # noqa: S101
        opened = counted(0, [(key or None, HASHED) for key in masked.opened()], names)
        left = Part(exhausted=frozenset({HASHED} if masked.left else ()))
        shown, rests = part.sums.get("masks", Part()), part.sums.get("rests", Halves())
        assert isinstance(shown, Part)  # noqa: S101
        assert isinstance(rests, Halves)  # noqa: S101
        return opened.merge(left).merge(joined.part()).merge(shown).merge(rests.part())


def _parts(batch: Batch, names: Namer) -> Mapping[str, Summable]:
    """What masks of a row show together, what stands beside them, and parts of a number in columns or called so."""
    parts = CardParts(batch.record)
    rests = [*parts.rests(), *parts.overlaps()]
    sure = dict.fromkeys(parts.siblings(), SPLIT) | {row: REST for one in rests for row in one.told.tolist()}
    sure |= dict.fromkeys(parts.complementary(), MASKS)
    rows = sorted(sure)
    keys = batch.keys_at(np.array(rows, np.int64))
    shown = counted(0, [(key, sure[row]) for key, row in zip(keys, rows, strict=True)], names)
    joined = Halves.of(sure, batch, names)
    return {"halves": joined, "masks": shown, "rests": Halves.of_rests(rests, sure, batch, names)}


def _pair(one: Rests) -> Pair:
    return "*" * one.size + "0" * one.agreed, one.column
