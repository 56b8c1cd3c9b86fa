"""DuckDB behind one door: locked down, in memory, spilling only into a private folder that is swept."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa

from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.base import BATCH_ROWS, rename

_LIMITS = {
    "memory_limit": "1GB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "enable_external_access": "false",
}


OVERVIEW = "governance_overview"


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
        files: Mapping[str, Path] | None = None,
    ) -> None:
        self.kind = kind
        self._files = {name: (path, _state(path)) for name, path in (files or {}).items()}
        self.name = name
        logical = {contract.physical_name: contract.table for contract in contracts.values()}
        self._relations: dict[str, Relation] = {}
        self._columns: dict[str, dict[str, str]] = {}
        for physical, relation in relations.items():
            table = logical.get(physical, physical)
            if table in self._relations:
                raise SourceError(f"{name}: expected each table once, found two that would both be called {table!r}.")
            self._relations[table] = relation
            self._columns[table] = rename(table, relation.schema.names, contracts.get(table))
        self._spill = tempfile.mkdtemp(prefix="governance-")
        self.connection = duckdb.connect(":memory:", config={**_LIMITS, "temp_directory": self._spill})
        for number, (table, relation) in enumerate(self._relations.items()):
            self.connection.register(f"arrow {number}", relation)
            columns = ", ".join(f"{quote(p)} AS {quote(n)}" for n, p in self._columns[table].items())
            self.connection.execute(f"CREATE VIEW {quote(table)} AS SELECT {columns} FROM {quote(f'arrow {number}')}")
        # Checks of the source as a whole need a table to be asked of.
        self.connection.execute(f"CREATE VIEW {quote(OVERVIEW)} AS SELECT {len(self._relations)} AS number_of_tables")
        self.connection.execute("SET lock_configuration = true")

    def schemas(self) -> Mapping[str, pa.Schema]:
        found = {}
        for table, relation in self._relations.items():
            fields = [relation.schema.field(p).with_name(n) for n, p in self._columns[table].items()]
            found[table] = pa.schema(fields)
        return found

    def rows(self, table: str) -> int:
        with reading(table):
            return self._relations[table].count_rows()

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        physical = [self._columns[table][name] for name in columns]
        with reading(table):
            for batch in self._relations[table].to_batches(columns=physical, batch_size=BATCH_ROWS):
                yield batch.rename_columns(list(columns)) if columns else batch

    def query(self, sql: str) -> pa.Table:
        with reading(self.name):
            return self.connection.execute(sql).to_arrow_table()

    def digests(self) -> Mapping[str, str]:
        found = {}
        for name, (path, before) in self._files.items():
            with reading(str(path)), path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
                if _state(path) != before:
                    raise SourceError(f"{path}: expected the same file from start to end, found it changed; run again.")
        return found

    def close(self) -> None:
        self.connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)


class ConnectionSource:
    """The tables of a DuckDB connection that somebody else opened, under the names they have there."""

    kind = "connection"
    name = "duckdb"
    engine = "duckdb"
    relational = True

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def schemas(self) -> Mapping[str, pa.Schema]:
        with reading(self.name):
            tables = [str(row[0]) for row in self.connection.execute("SHOW TABLES").fetchall()]
            return {table: self._reader(f"SELECT * FROM {quote(table)} LIMIT 0").schema for table in tables}

    def rows(self, table: str) -> int:
        with reading(table):
            row = self.connection.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()
            return int(row[0]) if row else 0

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        chosen = ", ".join(quote(name) for name in columns) or "NULL"
        with reading(table):
            yield from self._reader(f"SELECT {chosen} FROM {quote(table)}")

    def query(self, sql: str) -> pa.Table:
        with reading(self.name):
            return self.connection.execute(sql).to_arrow_table()

    def digests(self) -> Mapping[str, str]:
        return {}

    def close(self) -> None:
        """The connection belongs to whoever opened it."""

    def _reader(self, sql: str) -> pa.RecordBatchReader:
        return self.connection.execute(sql).to_arrow_reader(BATCH_ROWS)


class reading:  # noqa: N801  reads as a phrase at its uses
    """Turns any failure to read into one sentence without the library's message, which may quote the data."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, OSError | pa.ArrowException | duckdb.Error):
            damaged = "page integrity" in str(error)
            found = "a page whose checksum does not match" if damaged else f"a {type(error).__name__}"
            raise SourceError(
                f"{self._place}: expected data that can be read to its end, found {found}; restore it and run again."
            ) from None


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def quote(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"
