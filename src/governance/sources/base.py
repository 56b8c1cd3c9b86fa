"""The interface of every engine: Arrow batches of logical tables, and SQL over all of them if supported.

Engines deliver data and decide nothing: no policy depends on an engine's dialect of regular expressions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from governance.detection import DEFAULT, Detectors, classify
from governance.errors import SourceError
from governance.policy import Contract

_NAME_CHARACTERS = 60
_NAMED = 3  # columns in a sentence
# Names that Arrow adds to the columns of a data set.
_RESERVED = frozenset({"__filename", "__fragment_index", "__batch_index", "__last_in_fragment"})
# No engine takes a name that holds these.
_NO_NAME = re.compile("[\x00\ud800-\udfff]")
_JUDGES: ContextVar[Detectors] = ContextVar("judges of names", default=DEFAULT)
# A column that queries see beside a table's own: the names of the row's mistyped cells between commas, null for none.
MISTYPED = "governance_mistyped"


class TooLargeError(SourceError):
    """Columns of a table are more than `limits` allows, and nobody read them."""

    def __init__(self, table: str, columns: Collection[str]) -> None:
        named = ", ".join(sorted(map(shown_name, columns))[:_NAMED])
        super().__init__(f"{shown_name(table)}: expected columns within the limits of what is read, found {named}.")


class Source(Protocol):
    """Tables under the names of their contracts; tables without a contract keep their own names."""

    kind: str
    name: str
    engine: str
    relational: bool  # whether `query` can join tables
    sealed: Collection[str]  # tables that are encrypted as a whole and opened by no key: not among `schemas`
    unchecked: Collection[str]  # tables with pages that have no checksum: a flipped bit may go unnoticed

    def schemas(self) -> Mapping[str, pa.Schema]:
        """Every table of the source with its columns, under logical names and with the types of their contracts."""
        ...

    def rows(self, table: str) -> int: ...

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows of a table, at most 65,536 at a time; SourceError when they cannot be read undamaged.

        Cells are of their contract's types and vocabularies; those that are not are null.
        """
        ...

    def cells(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The same rows to be searched: typed where that loses nothing of any cell, else the texts as written."""
        ...

    def beyond(self, table: str) -> frozenset[str]:
        """The columns of a table that are more than `limits` allows: reading them is a TooLargeError."""
        ...

    def doubtful(self, table: str) -> Sequence[str]:
        """The columns of a table that may hold cells beside the type or the vocabulary of their contract."""
        ...

    def query(self, sql: str) -> pa.Table:
        """SQL of our own making over the logical tables, with the same cells as `batches`."""
        ...

    def unchanged(self) -> None:
        """SourceError when the data changed since it was opened."""
        ...

    def digests(self) -> Mapping[str, str]:
        """SHA-256 of the data that was read, by file name; SourceError when it changed meanwhile."""
        ...

    def close(self) -> None: ...


def judge_names_by(among: Detectors) -> None:
    """From now on, names that hold what these detectors find are withheld; each source that is opened says which."""
    _JUDGES.set(among)


def shown_name(name: str) -> str:
    """A name from the data as a report may show it: short, without control or direction marks, never a finding."""
    if classify(name, among=_JUDGES.get()):
        return "(name withheld)"
    visible = "".join(
        c if c == " " or unicodedata.category(c)[0] not in "CZ" else "\N{REPLACEMENT CHARACTER}" for c in name
    )
    return visible if len(visible) <= _NAME_CHARACTERS else visible[: _NAME_CHARACTERS - 1] + "…"


def shown_file(path: Path) -> str:
    """A file of the data as an error may show it, as each part of its path may be data."""
    return str(Path(*(part if part == path.anchor else shown_name(part) for part in path.parts)))


def rename(table: str, found: Sequence[str], contract: Contract | None) -> dict[str, str]:
    """Logical name to physical name for the columns that a table has.

    SourceError for a table without columns, for a column without a name or with one that no engine takes, and for two
    that would share one: SQL ignores case, so names that differ only in case collide.
    """
    if not found:
        raise SourceError(f"{shown_name(table)}: expected at least one column, found none.")
    logical = {column.physical_name: column.name for column in contract.columns} if contract else {}
    return _named_once(f"{shown_name(table)}: expected each column once", found, logical)


def rename_tables(place: str, found: Sequence[str], contracts: Mapping[str, Contract]) -> dict[str, tuple[str, ...]]:
    """Logical name to the physical names that are read as one table, several where a contract's name is a pattern.

    SourceError when two tables would share a name, or one would be of two contracts.
    """
    owners = {physical: [known for known in contracts.values() if known.matches(physical)] for physical in found}
    for physical, known in owners.items():
        if len(known) > 1:
            two = " and ".join(contract.table for contract in known[:2])
            raise SourceError(
                f"{place}: expected one contract for each table, found {two} for {shown_name(physical)!r}."
            )
    logical = {physical: known[0].table for physical, known in owners.items() if known}
    parts: dict[tuple[str, bool], list[str]] = {}
    for physical in found:
        united = any(contract.is_pattern for contract in owners[physical])
        parts.setdefault((logical[physical] if united else physical, united), []).append(physical)
    first = {several[0]: tuple(several) for several in parts.values()}
    named = _named_once(f"{place}: expected each table once", [*first], logical)
    return {name: first[physical] for name, physical in named.items()}


def _named_once(expected: str, found: Sequence[str], logical: Mapping[str, str]) -> dict[str, str]:
    names: dict[str, str] = {}
    seen: set[str] = set()
    for physical in found:
        name = logical.get(physical, physical)
        if not name:
            raise SourceError(f"{expected}, found one without a name.")
        if _NO_NAME.search(name):
            raise SourceError(f"{expected}, found a name with a NUL or half a character: {shown_name(name)!r}.")
        if physical in _RESERVED:
            raise SourceError(f"{expected}, found {physical!r}, a name that Arrow keeps for itself; call it otherwise.")
        if name.casefold() in seen:
            raise SourceError(f"{expected}, found two that would both be called {shown_name(name)!r}.")
        names[name] = physical
        seen.add(name.casefold())
    return names
