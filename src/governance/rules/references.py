"""References to violating rows: the smallest in memory, all of them in sorted files, in one order for any split."""

from __future__ import annotations

import heapq
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from governance.encryption.keys import Keyring
from governance.results import SHOWN_REFERENCES, RowReference

Named: TypeAlias = tuple[str, str, str]  # a reference, a problem, and the table that the row stands in
_LOOSE = 20_000  # references that stay in memory where there is a folder for the others
_OPEN_FILES = 64


@dataclass(frozen=True, slots=True)
class Namer:
    """Makes the references of a table's rows; without keys there are none.

    `spill` is a folder for references beyond memory.
    """

    table: str
    keys: Keyring | None = field(default=None, repr=False)
    spill: Path | None = None

    def references(self, rows: Iterable[tuple[str | None, str]]) -> References:
        """The references of rows, given as primary key and problem; rows without a key have none."""
        keys = self.keys
        if keys is None:
            return References()
        return References.of(
            [(keys.reference(self.table, key), problem, self.table) for key, problem in rows if key is not None],
            self.spill,
        )


@dataclass(frozen=True, slots=True)
class References:
    """Sorted references; `runs` are sorted files with further ones, `forgotten` were dropped for want of a folder."""

    loose: tuple[Named, ...] = ()
    runs: tuple[Path, ...] = ()
    spill: Path | None = None
    forgotten: int = 0

    @classmethod
    def of(cls, named: Sequence[Named], spill: Path | None = None) -> References:
        """References in any order."""
        return cls(spill=spill).added(sorted(named))

    def merge(self, other: References) -> References:
        """The references of both."""
        both = References((), (*self.runs, *other.runs), self.spill or other.spill, self.forgotten + other.forgotten)
        if len(both.runs) > _OPEN_FILES:
            both = References((), (_merged(both.runs, (), both.spill),), both.spill, both.forgotten)
        return both.added(list(heapq.merge(self.loose, other.loose)))

    def added(self, loose: Sequence[Named]) -> References:
        """Add sorted references; these must have no loose ones."""
        if self.spill is None:
            kept = tuple(loose[:SHOWN_REFERENCES])
            return References(kept, self.runs, None, self.forgotten + len(loose) - len(kept))
        if len(loose) <= _LOOSE:
            return References(tuple(loose), self.runs, self.spill, self.forgotten)
        return References((), (*self.runs, _merged((), loose, self.spill)), self.spill, self.forgotten)

    def finish(self) -> tuple[tuple[RowReference, ...], Path | None]:
        """The smallest references, and a file with all of them where there are more and a folder for them."""
        if self.spill is not None and (self.runs or len(self.loose) > SHOWN_REFERENCES):
            every = _merged(self.runs, self.loose, self.spill)
            return tuple(row for row, _ in zip(read_listing(every), range(SHOWN_REFERENCES), strict=False)), every
        return tuple(RowReference(*named) for named in self.loose[:SHOWN_REFERENCES]), None


def read_listing(path: Path) -> Iterator[RowReference]:
    """The references of a listing, in order."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield RowReference(*_parsed(line))


def _merged(runs: Sequence[Path], loose: Iterable[Named], spill: Path | None) -> Path:
    """One sorted file out of sorted files and references."""
    descriptor, name = tempfile.mkstemp(prefix="references-", dir=spill)
    with _opened(runs) as streams, os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{','.join(named)}\n" for named in heapq.merge(loose, *streams))
    return Path(name)


@contextmanager
def _opened(runs: Iterable[Path]) -> Iterator[list[Iterator[Named]]]:
    with ExitStack() as stack:
        yield [map(_parsed, stack.enter_context(run.open(encoding="utf-8"))) for run in runs]


def _parsed(line: str) -> Named:
    reference, problem, table = line.rstrip("\n").split(",", 2)
    return reference, problem, table
