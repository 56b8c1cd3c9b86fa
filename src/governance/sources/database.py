"""DuckDB behind one door: locked down, in memory, spilling only into a private folder that is swept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.base import MISTYPED, TooLargeError, rename_tables, shown_file, shown_name
from governance.sources.budget import OutOfBudgetError, each, interrupted
from governance.sources.limits import Sizes, added
from governance.sources.parts import Relation, united
from governance.sources.spelled_cells import as_texts
from governance.sources.spill import Spill
from governance.sources.tables import TypedTable

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
_TEXT = pa.string()
# What a file is known by while it is read: its size, its times, its place on the disk.
FileState: TypeAlias = tuple[int, int, int, int]


class DatabaseSource:
    """Arrow relations registered in a DuckDB of their own.

    Batches come straight from Arrow, which verifies page checksums; DuckDB, which would read flipped bits silently,
    joins the same verified stream: of the tables as they stand where each cell is as its contract declares it, else of
    a typed copy, made when a query first names the table. `held` tables are copied into memory only.
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
        listed: Callable[[], Iterable[str]] | None = None,
        sealed: Collection[str] = (),
        held: Collection[str] = (),
        unchecked: Collection[str] = (),
        sizes: Mapping[str, Sizes],
    ) -> None:
        self.kind = kind
        self.name = name
        self._files, self._listed = dict(files or {}), listed
        tables = rename_tables(name, [*relations, *sealed], contracts)
        if reserved := [table for table in tables if table.casefold().startswith(OVERVIEW)]:
            raise SourceError(f"{name}: expected no table called {reserved[0]!r}, which is a name of this program.")
        self._tables = {
            table: TypedTable(
                table,
                _united(table, [relations[part] for part in parts]),
                contracts.get(table),
                added(sizes[part] for part in parts),
            )
            for table, parts in tables.items()
            if relations.keys() >= set(parts)
        }
        self._held = {table for table in self._tables if not set(tables[table]).isdisjoint(held)}
        self.unchecked: Collection[str] = {t for t in self._tables if not set(tables[t]).isdisjoint(unchecked)}
        self._unseen = set(self._tables)  # tables that no query has named yet
        self.sealed: Collection[str] = tables.keys() - self._tables.keys()
        self._spill = Spill()
        with reading(shown_name(name), expected="memory for an engine"):
            self.connection = duckdb.connect(":memory:", config={**_LIMITS, "temp_directory": str(self._spill.folder)})
        try:
            self._register()
        except BaseException:
            self.close()
            raise

    def _register(self) -> None:
        for table, typed in self._tables.items():
            with reading(shown_name(table)):
                columns = {name: typed.columns[name] for name in typed.read}
            schema = typed.relation.schema
            known = self._is_known(pa.schema([schema.field(physical) for physical in columns.values()]))
            if isinstance(typed.relation, ds.Dataset) and known:
                self._show(table, typed.relation, columns)
            else:
                self._show_copy(table)
        # Checks of the source as a whole need a table to be asked of.
        self.connection.execute(f"CREATE VIEW {quote(OVERVIEW)} AS SELECT {len(self._tables)} AS number_of_tables")
        # Otherwise the zone of the machine decides how times with a zone compare with times without.
        self.connection.execute("SET TimeZone = 'UTC'")
        # Joins hand filters to scans while they run; those of Arrow refuse some of them, now and then.
        self.connection.execute("SET disabled_optimizers = 'join_filter_pushdown'")
        self.connection.execute("SET lock_configuration = true")

    def _is_known(self, schema: pa.Schema) -> bool:
        """Whether DuckDB has the types of a table's columns: some it lacks, such as decimals of 76 digits."""
        try:
            self.connection.register(OVERVIEW, schema.empty_table())
            self.connection.unregister(OVERVIEW)
        except (duckdb.Error, pa.ArrowNotImplementedError):
            return False
        return True

    def _show(self, table: str, relation: object, columns: Mapping[str, str]) -> None:
        """Let queries see a relation as a table; its columns by logical and physical names."""
        inner = f"{OVERVIEW} {table}"
        listed = ", ".join(f"{quote(physical)} AS {quote(name)}" for name, physical in columns.items())
        if MISTYPED not in columns:
            listed += f", CAST(NULL AS VARCHAR) AS {quote(MISTYPED)}"
        with reading(shown_name(table), expected="columns of types that DuckDB can join"):
            self.connection.register(inner, relation)
            self.connection.execute(f"CREATE OR REPLACE VIEW {quote(table)} AS SELECT {listed} FROM {quote(inner)}")

    def schemas(self) -> Mapping[str, pa.Schema]:
        return self._schemas

    @cached_property
    def _schemas(self) -> Mapping[str, pa.Schema]:
        found = {}
        for table, typed in self._tables.items():
            with reading(shown_name(table)):
                found[table] = typed.schema
        return found

    def rows(self, table: str) -> int:
        with reading(shown_name(table)):
            return self._tables[table].rows

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with reading(shown_name(table)):
            yield from each(shown_name(table), self._tables[table].batches(columns))

    def cells(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with reading(shown_name(table)):
            yield from each(shown_name(table), self._tables[table].cells(columns))

    def beyond(self, table: str) -> frozenset[str]:
        return self._tables[table].beyond

    def doubtful(self, table: str) -> Sequence[str]:
        return self._tables[table].doubtful()

    def query(self, sql: str) -> pa.Table:
        for table in [table for table in self._unseen if table in sql]:
            with reading(shown_name(table)):
                stands = self._tables[table].stands()
            if stands:
                self._unseen.remove(table)
            else:
                self._show_copy(table)
        for table, typed in self._tables.items():
            if unread := {name for name in typed.beyond if table in sql and quote(name) in sql}:
                raise TooLargeError(table, unread)
        with reading(self.name), interrupted(shown_name(self.name), self.connection.interrupt):
            try:
                return self.connection.execute(sql).to_arrow_table()
            except _OUR_FAULT as error:
                raise QueryError(type(error).__name__) from None

    def _show_copy(self, table: str) -> None:
        """Let queries see the typed cells of a table."""
        self._unseen.remove(table)
        with reading(shown_name(table)):
            copy = self._copy(table)
        names = copy.schema.names
        self._show(table, copy, dict(zip(names, names, strict=True)))

    def _copy(self, table: str) -> Relation:
        typed = self._tables[table]
        made = [*(typed.schema.field(name) for name in typed.read), pa.field(MISTYPED, pa.string())]
        schema = pa.schema([field if self._is_known(pa.schema([field])) else field.with_type(_TEXT) for field in made])
        batches = (_with_texts(batch, schema) for batch in each(shown_name(table), typed.copied()))
        if table in self._held:
            whole: Relation = ds.dataset(pa.Table.from_batches(batches, schema))
            return whole
        path = self._spill.folder / f"typed-{len(self._unseen)}.arrow"
        with pa.ipc.new_file(path, schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as file:
            for batch in batches:
                file.write_batch(batch)
        spilled: Relation = ds.dataset(path, format="ipc")
        return spilled

    def unchanged(self) -> None:
        for path, before in self._files.values():
            with reading(shown_file(path)):
                if state_of(path) != before:
                    raise SourceError(
                        f"{shown_file(path)}: expected the same file from start to end, found it changed; run again."
                    )
        if self._listed is not None and not set(self._listed()) <= self._files.keys():
            raise SourceError(
                f"{shown_name(self.name)}: expected the same files from start to end, found another one; run again."
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


def _united(table: str, parts: Sequence[Relation]) -> Relation:
    """The tables that one contract stands for as one; SourceError unless they have the same columns."""
    if len(parts) == 1:
        return parts[0]
    if any({*part.schema.names} != {*parts[0].schema.names} for part in parts):
        raise SourceError(f"{shown_name(table)}: expected tables of the same columns, found one with others.")
    return united(parts)


def _with_texts(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A batch with the texts of cells whose type the engine lacks."""
    cells = zip(batch.columns, schema, strict=True)
    made = [as_texts(column) if column.type != field.type == _TEXT else column for column, field in cells]
    return pa.RecordBatch.from_arrays(made, names=schema.names)


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
        if error is not None and isinstance(error.__cause__, KeyboardInterrupt):
            # DuckDB makes an error of its own of Ctrl-C, which would become the verdict of one check.
            raise KeyboardInterrupt from None
        spent = isinstance(error, duckdb.InterruptException | duckdb.OutOfMemoryException | MemoryError)
        if spent or (isinstance(error, pa.ArrowException) and "bad_alloc" in str(error)):
            raise OutOfBudgetError(self._place) from None
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


def literal(value: str | datetime) -> str:
    """SQL of a constant."""
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'"
    return "'" + value.replace("'", "''") + "'"
