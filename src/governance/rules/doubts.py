"""Columns in which most cells are suspects: whether they hold what they must not, only a person can tell.

A lone suspect is listed and proves nothing. A column of them is not evaluated until somebody reviewed it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

import numpy as np

from governance.detection import Hits
from governance.detection.columns.doubtful import Doubtful
from governance.detection.columns.statistics import NumberSample, at_least
from governance.detection.kinds.cards import KIND as CARD
from governance.detection.kinds.phones import PHONE
from governance.rules.part import Part
from governance.rules.scope import Scope

_FEWEST = 3  # suspects of a column that are more than a lone one
_OPERATED = Fraction(42, 100)  # of all numbers of ten digits that begin with 9, so many begin like a mobile
_ISSUED = Fraction(1, 4)  # of all numbers of card size, no more begin like a card
_SURE = 0.9
_UNLIKELY = Fraction(1, 1000)
_MANY = 200  # cells of which more than half are no accident
_RISE: Final = 5  # points that the share may rise by after a review


@dataclass(frozen=True, slots=True)
class Doubts:
    """The cells of a column: filled, suspects, lost card numbers besides, mobiles besides.

    `rounded` are all lost card numbers, of so many `sized` like a card number.
    """

    held: int = 0
    sized: int = 0
    rounded: int = 0
    suspects: int = 0
    lost: int = 0
    mobiles: int = 0
    sample: NumberSample = field(default_factory=NumberSample, repr=False)

    @classmethod
    def of(cls, seen: Doubtful, kinds: Collection[str], hits: Hits, secret: bytes) -> Doubts:
        """Those of a batch, besides what was found in its cells already."""
        known = np.zeros(len(seen.held), np.bool_)
        known[hits.review] = known[hits.rows] = True
        rounded = seen.lost if CARD in kinds else np.zeros(len(known), np.bool_)
        sizes = int(seen.held.sum()), int(seen.sized.sum()), int(rounded.sum())
        mobile = np.flatnonzero((seen.mobiles > 0) & ~known & ~seen.lost) if PHONE in kinds else np.zeros(0, np.int64)
        numbers = NumberSample.of_numbers(np.unique(seen.mobiles[mobile]), secret)
        return cls(*sizes, len(hits.review), int((rounded & ~known).sum()), len(mobile), numbers)

    def merge(self, other: Doubts) -> Doubts:
        """Those of both."""
        return Doubts(
            self.held + other.held,
            self.sized + other.sized,
            self.rounded + other.rounded,
            self.suspects + other.suspects,
            self.lost + other.lost,
            self.mobiles + other.mobiles,
            self.sample.merge(other.sample),
        )

    @property
    def besides(self) -> int:
        """The cells that only the whole column makes suspects."""
        cells = self.mobiles if self._are_mobiles() else 0
        lost = self._are_lost() or _most(self.suspects + self.lost + cells, self.held)
        return cells + (self.lost if lost else 0)

    @property
    def needs_review(self) -> bool:
        """Whether most cells are suspects, or nearly all numbers of card size lost digits."""
        return _most(self.suspects + self.besides, self.held) or self._are_lost()

    def _are_lost(self) -> bool:
        if self.rounded < _SURE * self.sized:
            return False
        return self.sized > _MANY or at_least(self.rounded, self.sized, _ISSUED) < _UNLIKELY

    def _are_mobiles(self) -> bool:
        if not _most(self.mobiles, self.held) or self.sample.counts_up():
            return False
        return self.held > _MANY or at_least(self.mobiles, self.held, _OPERATED) < _UNLIKELY


def _most(cells: int, held: int) -> bool:
    return cells >= _FEWEST and 2 * cells > held


@dataclass(frozen=True, slots=True)
class Doubted:
    """A column with suspects: how many of its cells that say something are some, and whether only a review helps."""

    column: str
    suspects: int
    held: int
    besides: int
    unreviewed: bool

    @property
    def share(self) -> int:
        """Percent, rounded up."""
        return -(-100 * self.suspects // max(self.held, 1))


@dataclass(frozen=True, slots=True)
class Reviews:
    """By column of a table, the share of suspects that somebody judged, in percent, if that is in force."""

    shares: Mapping[str, int] = field(default_factory=dict)
    secret: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, scope: Scope, table: str) -> Reviews:
        """Those in force at the time of the evaluation."""
        known = [review for review in scope.policy.column_reviews if review.column.startswith(f"{table}/")]
        contract = scope.policy.tables.get(table) if known else None
        standing = (review for review in known if not review.ended(contract, scope.as_of))
        return cls({review.column.partition("/")[2]: review.share for review in standing}, scope.secret)

    def doubted(self, part: Part, columns: Sequence[str]) -> Iterator[Doubted]:
        """The columns with suspects."""
        for column in columns:
            doubts = part.sums.get(named(column))
            if isinstance(doubts, Doubts) and (cells := doubts.suspects + doubts.besides):
                whole = Doubted(column, cells, doubts.held, doubts.besides, unreviewed=False)
                reviewed = self.shares.get(column, -_RISE - 1)
                yield replace(whole, unreviewed=doubts.needs_review and whole.share > reviewed + _RISE)


def named(column: str) -> str:
    """How the doubts about a column are called among the sums of a part."""
    return f"suspects in {column}"
