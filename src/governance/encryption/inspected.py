"""Findings on a part of an encrypted column; parts merge into the whole, in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from governance.encryption.byte_arrays import Bytes, Flags, Numbers
from governance.encryption.sampling import Sample
from governance.encryption.spread import Spread


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The values of a batch: the problem of each, a digest of it, and the primary key of its row.

    `alone` values are not compared for repeats.
    """

    codes: Bytes
    values: Numbers
    nonces: Numbers
    alone: Flags
    names: pa.Array = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class InspectedPart:
    """Findings on some values of a column; parts merge in any order.

    About 30 bytes per value are kept to find repeats.
    """

    judged: tuple[Judged, ...] = field(default=(), repr=False)
    spread: Mapping[str, Spread] = field(default_factory=dict, repr=False)
    drawn: Sample | None = field(default=None, repr=False)
    destroyed: Sample | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return sum(len(batch.codes) for batch in self.judged)

    def merge(self, other: InspectedPart) -> InspectedPart:
        """Both together."""
        spread = dict(self.spread)
        for algorithm, theirs in other.spread.items():
            spread[algorithm] = spread[algorithm].merge(theirs) if algorithm in spread else theirs
        drawn, destroyed = (
            mine if theirs is None else (mine or Sample(theirs.size)).merge(theirs, len(self))
            for mine, theirs in ((self.drawn, other.drawn), (self.destroyed, other.destroyed))
        )
        return InspectedPart((*self.judged, *other.judged), spread, drawn, destroyed)
