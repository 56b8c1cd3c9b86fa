"""One table metric for every expectation: all evidence of a table in one pass, returned as counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import PandasExecutionEngine, SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from governance.gx.session import Session, find_session
from governance.policy import REST
from governance.sources import BatchSource, Source
from governance.sources.database import ConnectionSource

METRIC = "table.governance_scan"
# What the library says of a batch that is a whole table; partitions and samples say more.
_WHOLE_TABLE = frozenset({"type", "data_asset_name", "table_name", "schema_name", "batch_identifiers"})
Counts: TypeAlias = dict[str, tuple[int, int, bool]]


class CheckError(Exception):
    """A check could not run. It says no more, because Great Expectations stores the text of exceptions."""


class TableGovernanceScan(TableMetricProvider):  # type: ignore[misc]  # the library has no types
    """Counts by check id; `session` names the checks (see `governance.gx.session`)."""

    metric_name = METRIC
    value_keys = ("session",)

    @metric_value(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls,  # noqa: N805  the library calls it with the class
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],  # noqa: ARG002  the library's signature
        runtime_configuration: dict[str, Any],  # noqa: ARG002
    ) -> Counts:
        session = _session(metric_value_kwargs)
        frame, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        contract = session.policy.tables.get(session.table)
        return _counts(session, lambda: BatchSource(session.table, frame, contract))

    @metric_value(engine=SqlAlchemyExecutionEngine)  # type: ignore[untyped-decorator]
    def _sqlalchemy(
        cls,  # noqa: N805
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],  # noqa: ARG002
        runtime_configuration: dict[str, Any],  # noqa: ARG002
    ) -> Counts:
        session = _session(metric_value_kwargs)
        if session.scope is not None:
            source = session.scope.source
            return _counts(session, lambda: source)
        return _counts(session, lambda: _tables(execution_engine, metric_domain_kwargs, session))


def _session(values: dict[str, Any]) -> Session:
    session = find_session(str(values.get("session", "")))
    if session is None:
        raise CheckError("suite not bound: load it with governance.gx.load_suite, and keep it while it is used")
    return session


def _tables(engine: SqlAlchemyExecutionEngine, domain: dict[str, Any], session: Session) -> Source:
    """All tables of the batch's database; CheckError unless the batch is the suite's own table, whole."""
    if engine.dialect_name != "duckdb":
        raise CheckError("engine not supported")
    spec = dict(engine.batch_manager.batch_cache[domain["batch_id"]].batch_spec)
    contract = session.policy.tables.get(session.table)
    expected = contract.physical_name if contract else session.table
    whole = spec.keys() <= _WHOLE_TABLE and not spec.get("batch_identifiers") and spec.get("type") == "table"
    if session.table != REST and (not whole or spec["table_name"] != expected or spec.get("schema_name")):
        raise CheckError("the batch is not the table of the suite, or only a part of it")
    with engine.get_connection() as connection:
        # A duplicate has its own settings and results, so that nothing of the batch's own connection changes.
        return ConnectionSource(connection.connection.driver_connection.duplicate(), session.policy.tables)


def _counts(session: Session, open_source: Callable[[], Source]) -> Counts:
    try:
        source = open_source()
        try:
            session.evaluate(source)
        finally:
            if session.scope is None:
                source.close()
        return session.counts()
    except CheckError:
        raise
    except Exception:  # noqa: BLE001  see CheckError
        raise CheckError("the check could not run") from None
