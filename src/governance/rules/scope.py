"""The inputs of a check besides the rows of its own table."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from governance.encryption.keys import Keyring
from governance.encryption.opening import Decrypt
from governance.errors import SourceError
from governance.planning.checks import Check
from governance.policy import Policy
from governance.sources import Source, shown_name

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """The policy, the other tables, the keys and the evaluation time.

    `decrypt` opens values in place of the data keys, where those never leave a key service. `spill` is a private folder
    for references that do not fit into memory; without one, only the smallest of each check are kept. `listings` names
    the file with all references of a check that has more.
    """

    policy: Policy
    source: Source
    keys: Keyring | None
    as_of: datetime
    decrypt: Decrypt | None = field(default=None, repr=False)
    spill: Path | None = None
    listings: dict[str, Path] = field(default_factory=dict, repr=False)
    _memory: dict[Hashable, object] = field(default_factory=dict, repr=False)

    @property
    def secret(self) -> bytes:
        """The key of random lots, so that nobody without the keys can predict a sample."""
        return self.keys.reference_key if self.keys else b""

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """A value that several checks share, computed at its first use."""
        if name not in self._memory:
            self._memory[name] = make()
        return self._memory[name]  # type: ignore[return-value]  # the name stands for one type


@dataclass(frozen=True, slots=True)
class Target:
    """The inputs of a kernel: a check, the columns of its table, and its scope."""

    check: Check
    schema: pa.Schema = field(repr=False)
    scope: Scope


def changed(table: str) -> SourceError:
    """The error for a table whose number of rows changed."""
    return SourceError(f"{shown_name(table)}: expected as many rows as at first, found others; it changed meanwhile.")


def undeclared_tables(scope: Scope) -> Mapping[str, pa.Schema]:
    """The tables of a source that no contract names."""
    return {name: schema for name, schema in scope.source.schemas().items() if name not in scope.policy.tables}
