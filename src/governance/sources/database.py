"""DuckDB behind one door: locked down, in memory, spilling only into a private folder that is swept."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import duckdb
import pyarrow as pa

from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.base import BATCH_ROWS, rename, rename_tables, shown_file, shown_name
from governance.sources.spill import Spill

_LIMITS = {
    "memory_limit": "1GB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "enable_external_access": "false",
    # Otherwise a name that is no table is looked up among the variables of the program.
    "python_enable_replacements": "false",
}
# Names of our own beside the tables; no table may begin like this.
OVERVIEW = "governance_overview"
# What a file is known by while it is read: its size, its times, its place on the disk.
FileState: TypeAlias = tuple[int, int, int, int]


class Relation(Protocol):
    """A table that can be streamed as Arrow, such as a pyarrow dataset or table."""

    schema: pa.Schema

    def count_rows(self) -> int: ...

    def to_batches(self, columns: list[str], batch_size: int) -> Iterator[pa.RecordBatch]: ...


class DatabaseSource:
    """Arrow relations registered in a DuckDB of their own.

    Batches come straight from Arrow, which verifies page checksums; DuckDB, which would read flipped bits silently,
    joins the same verified stream.
    """

    relational = True
    engine = "duckdb"

    def __init__(
        self,
        kind: str,
        name: str,
        relations: Mapping[str, Relation],
        contracts: Mapping[str, Contract],
        *,
        files: Mapping[str, tuple[Path, FileState]] | None = None,
        sealed: Collection[str] = (),
    ) -> None:
        self.kind = kind
        self.name = name
        self._files = dict(files or {})
        tables = rename_tables(name, [*relations, *sealed], contracts)
        if reserved := [table for table in tables if table.casefold().startswith(OVERVIEW)]:
            raise SourceError(f"{name}: expected no table called {reserved[0]!r}, which is a name of this program.")
        self._relations = {table: relations[physical] for table, physical in tables.items() if physical in relations}
        self.sealed: Collection[str] = tables.keys() - self._relations.keys()
        self._columns = {
            table: rename(table, relation.schema.names, contracts.get(table))
            for table, relation in self._relations.items()
        }
        self._schemas = {
            table: pa.schema([relation.schema.field(p).with_name(n) for n, p in self._columns[table].items()])
            for table, relation in self._relations.items()
        }
        self._spill = Spill()
        self.connection = duckdb.connect(":memory:", config={**_LIMITS, "temp_directory": str(self._spill.folder)})
        try:
            self._register()
        except BaseException:
            self.close()
            raise

    def _register(self) -> None:
        for number, (table, relation) in enumerate(self._relations.items()):
            columns = ", ".join(f"{quote(p)} AS {quote(n)}" for n, p in self._columns[table].items())
            with reading(shown_name(table), expected="columns of types that DuckDB can join"):
                self.connection.register(f"{OVERVIEW} {number}", relation)
                self.connection.execute(
                    f"CREATE VIEW {quote(table)} AS SELECT {columns} FROM {quote(f'{OVERVIEW} {number}')}"
                )
        # Checks of the source as a whole need a table to be asked of.
        self.connection.execute(f"CREATE VIEW {quote(OVERVIEW)} AS SELECT {len(self._relations)} AS number_of_tables")
        # Otherwise the zone of the machine decides how times with a zone compare with times without.
        self.connection.execute("SET TimeZone = 'UTC'")
        self.connection.execute("SET lock_configuration = true")

    def schemas(self) -> Mapping[str, pa.Schema]:
        return self._schemas

    def rows(self, table: str) -> int:
        with reading(shown_name(table)):
            return self._relations[table].count_rows()

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        physical = [self._columns[table][name] for name in columns]
        with reading(shown_name(table)):
            for batch in self._relations[table].to_batches(columns=physical, batch_size=BATCH_ROWS):
                yield _as_promised(batch.rename_columns(list(columns)) if columns else batch)

    def query(self, sql: str) -> pa.Table:
        with reading(self.name):
            try:
                return self.connection.execute(sql).to_arrow_table()
            except _OUR_FAULT as error:
                raise QueryError(type(error).__name__) from None

    def unchanged(self) -> None:
        for path, before in self._files.values():
            with reading(shown_file(path)):
                if state_of(path) != before:
                    raise SourceError(
                        f"{shown_file(path)}: expected the same file from start to end, found it changed; run again."
                    )

    def digests(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name, (path, _) in self._files.items():
            with reading(shown_file(path)), path.open("rb") as file:
                # A file's name is data too: of a part it says nothing that a number doesn't.
                table, *inner = Path(name).parts
                shown = shown_name(table) + (f"/part {len(found) + 1}" if inner else "")
                found[shown if shown not in found else f"{shown} ({len(found) + 1})"] = hashlib.file_digest(
                    file, "sha256"
                ).hexdigest()
        self.unchanged()
        return found

    def close(self) -> None:
        self.connection.close()
        self._spill.close()


def _as_promised(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch, with bytes for texts that aren't UTF-8: Parquet doesn't verify what the type promises."""
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        for place, field in enumerate(batch.schema):
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
                batch = batch.set_column(place, field.name, batch.column(place).cast(pa.large_binary()))
    return batch


class QueryError(Exception):
    """SQL of ours that the engine refuses, or that does not suit what the columns hold: the check's own error."""


_OUR_FAULT = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.OutOfRangeException,
)


class reading:  # noqa: N801  reads as a phrase at its uses
    """Turns any failure to read into one sentence without the library's message, which may quote the data."""

    def __init__(self, place: str, expected: str = "data that can be read to its end") -> None:
        self._place, self._expected = place, expected

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, OSError | UnicodeError | pa.ArrowException | duckdb.Error):
            damaged = "page integrity" in str(error)
            found = "a page whose checksum does not match" if damaged else f"a {type(error).__name__}"
            raise SourceError(
                f"{self._place}: expected {self._expected}, found {found}; restore it and run again."
            ) from None


def state_of(path: Path) -> FileState:
    """What tells whether a file was touched."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def quote(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
