"""DuckDB as a Great Expectations datasource, which the library lacks: `context.data_sources.add_duckdb(...)`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.compatibility import pydantic
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

from governance.sources.database import DatabaseSource


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]  # the library has no types
    """Keeps one connection open.

    The base class closes it before the caller has fetched its rows; DuckDB's rollback then empties the cursor.
    """

    _connection: Any = None

    @contextmanager
    def get_connection(self) -> Iterator[Any]:
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]
    """Tables of a DuckDB: by connection string or, once bound, of a source of this package."""

    type: Literal["duckdb"] = "duckdb"
    _bound: Any = pydantic.PrivateAttr(None)

    @property
    def execution_engine_type(self) -> Any:  # noqa: ANN401  `type` is a field here, and shadows the builtin
        return DuckDBExecutionEngine

    def bind(self, source: DatabaseSource) -> None:
        """Read this source's own connection, which is locked down, instead of opening one."""
        engine = sa.create_engine(
            "duckdb:///:memory:", creator=lambda: ConnectionWrapper(source.connection), poolclass=sa.StaticPool
        )
        self._bound = DuckDBExecutionEngine(engine=engine, create_temp_table=False)

    def get_engine(self) -> sa.Engine:
        engine: sa.Engine = self._bound.engine if self._bound is not None else super().get_engine()
        return engine

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        return self._bound if self._bound is not None else super().get_execution_engine()
