"""Card data that no single cell shows: whole columns of it, and columns that reveal it together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from governance.detection.columns.statistics import (
    MaskedRows,
    NumberSample,
    Pair,
    halves,
    hold_halves,
    names_code,
)
from governance.rules.batch import Batch
from governance.rules.cells.column_problems import CARDS, CODES, HASHED, SPLIT
from governance.rules.kernel import counted
from governance.rules.part import Names, Part, Summable
from governance.rules.references import Namer, References

_NUMBERS = "numbers of "
_Signature = frozenset[Pair]  # the pairs of columns that make a valid number in a row


@dataclass(frozen=True, slots=True)
class Halves:
    """Rows in which two columns make a card number: their count by pair, and the valid ones with all their pairs."""

    noted: Counter[Pair] = field(default_factory=Counter)
    right: Counter[Pair] = field(default_factory=Counter)
    rows: Counter[_Signature] = field(default_factory=Counter)
    named: Mapping[_Signature, References] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, batch: Batch, names: Namer) -> Halves:
        """Those of a batch."""
        noted, right, pairs = Counter[Pair](), Counter[Pair](), dict[int, set[Pair]]()
        for pair, rows, is_right in halves(batch.record):
            noted[pair], right[pair] = len(rows), int(is_right.sum())
            for row in rows[is_right].tolist():
                pairs.setdefault(row, set()).add(pair)
        by_signature: dict[_Signature, list[int]] = {}
        for row, mine in pairs.items():
            by_signature.setdefault(frozenset(mine), []).append(row)
        named = {
            signature: names.references((key, SPLIT) for key in (_key(batch, row) for row in rows))
            for signature, rows in by_signature.items()
        }
        return cls(noted, +right, Counter({signature: len(rows) for signature, rows in by_signature.items()}), named)

    def merge(self, other: Halves) -> Halves:
        """Those of both."""
        named = dict(self.named)
        for signature, references in other.named.items():
            named[signature] = named[signature].merge(references) if signature in named else references
        return Halves(self.noted + other.noted, self.right + other.right, self.rows + other.rows, named)

    def part(self) -> Part:
        """The rows of pairs that are valid more often than by accident."""
        sure = {pair for pair, numbers in self.noted.items() if hold_halves(self.right[pair], numbers)}
        found = Part()
        for signature, count in self.rows.items():
            if not sure.isdisjoint(signature):
                found = found.merge(Part(problems=Counter({SPLIT: count}), references=self.named[signature]))
        return found


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
            found["halves"] = Halves.of(batch, names)
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
        return opened.merge(left).merge(joined.part())


def _key(batch: Batch, row: int) -> str | None:
    key: str | None = batch.keys[row].as_py() if batch.keys is not None else None
    return key
