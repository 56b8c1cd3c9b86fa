"""What every rule kind is made of: it watches the batches of a table go by, and gives evidence at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.encryption import Decrypt, Keyring
from governance.errors import SourceError
from governance.policy import Contract, Policy
from governance.results import Evidence, RowReference
from governance.sources import Source, shown_name

T = TypeVar("T")
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a check may look at besides its table: the policy, the other tables, the keys and the time that decides.

    `decrypt` opens values in place of the data keys, where those never leave a key service.
    """

    policy: Policy
    source: Source
    keys: Keyring | None
    as_of: datetime
    decrypt: Decrypt | None = field(default=None, repr=False)
    _memory: dict[Hashable, object] = field(default_factory=dict, repr=False)

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """A value that several checks share, made at its first use."""
        if name not in self._memory:
            self._memory[name] = make()
        return self._memory[name]  # type: ignore[return-value]  # the name stands for one type


class Watch(Protocol):
    """One check at work on one table.

    `columns` are what it needs of each batch; `see` gets the batch and the primary keys of its rows, as text.
    """

    @property
    def columns(self) -> Sequence[str]: ...

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None: ...

    def evidence(self, rows: int) -> Evidence:
        """What was seen; `rows` is how many rows went by."""
        ...


@dataclass(slots=True)
class Tally:
    """Counts violations by problem and remembers which rows they are, as long as rows have keys."""

    problems: Counter[str] = field(default_factory=Counter)
    named: list[tuple[str, str]] = field(default_factory=list, repr=False)

    def add(self, problems: Sequence[str], positions: Positions, keys: pa.Array | None) -> None:
        """`problems[i]` is what is wrong with the row at `positions[i]` of the batch that `keys` belong to."""
        self.problems.update(problems)
        if keys is not None and len(positions):
            for key, problem in zip(keys.take(pa.array(positions)).to_pylist(), problems, strict=True):
                self.name(key, problem)

    def name(self, key: str | None, problem: str) -> None:
        """Remember a row; one without a key is counted only."""
        if key is not None:
            self.named.append((key, problem))

    @property
    def violations(self) -> int:
        return self.problems.total()

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Problems with their counts, most frequent first."""
        return tuple(sorted(self.problems.items(), key=lambda item: (-item[1], item[0])))

    def references(self, contract: Contract | None, keys: Keyring | None) -> tuple[RowReference, ...]:
        """The rows by their opaque names; none without a key or a primary key."""
        if contract is None or keys is None:
            return ()
        return tuple(sorted(RowReference(keys.reference(contract.table, key), problem) for key, problem in self.named))


def key_texts(batch: pa.RecordBatch | pa.Table, contract: Contract | None) -> pa.Array | None:
    """The primary keys of a batch as text, null where a row lacks it; None when the table has none, or none in text."""
    if contract is None or not contract.primary_key or contract.primary_key not in batch.schema.names:
        return None
    try:
        return pc.cast(batch.column(contract.primary_key), pa.string())
    except pa.ArrowException:
        return None


def missing(columns: Sequence[str], schema: pa.Schema) -> bool:
    """Whether a table lacks one of these columns."""
    return any(name not in schema.names for name in columns)


def changed(table: str) -> SourceError:
    """What is raised when a table does not have the rows that it said it has."""
    return SourceError(f"{shown_name(table)}: expected as many rows as at first, found others; it changed meanwhile.")


def undeclared_tables(scope: Scope) -> Mapping[str, pa.Schema]:
    """The tables of a source that no contract names."""
    return {name: schema for name, schema in scope.source.schemas().items() if name not in scope.policy.tables}
