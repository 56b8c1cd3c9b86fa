"""One table metric for every expectation: all evidence of a table in one pass, returned as counts."""

from __future__ import annotations

from typing import Any

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import ExecutionEngine, PandasExecutionEngine, SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from governance.gx.session import Session, find_session
from governance.sources import BatchSource, Source
from governance.sources.database import ConnectionSource

METRIC = "table.governance_scan"


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
    ) -> dict[str, list[int]]:
        session = _session(metric_value_kwargs)
        frame, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        return _counts(session, lambda: BatchSource(session.table, frame))

    @metric_value(engine=SqlAlchemyExecutionEngine)  # type: ignore[untyped-decorator]
    def _sqlalchemy(
        cls,  # noqa: N805
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],  # noqa: ARG002
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],  # noqa: ARG002
        runtime_configuration: dict[str, Any],  # noqa: ARG002
    ) -> dict[str, list[int]]:
        session = _session(metric_value_kwargs)
        return _counts(session, lambda: _source(execution_engine))


def _session(values: dict[str, Any]) -> Session:
    session = find_session(str(values.get("session", "")))
    if session is None:
        raise CheckError("suite not bound: load it with governance.gx.load_suite")
    return session


def _source(engine: ExecutionEngine) -> Source:
    source: Source | None = getattr(engine, "governance_source", None)
    if source is not None:
        return source
    if engine.dialect_name != "duckdb":
        raise CheckError("engine not supported")
    with engine.get_connection() as connection:
        # The wrapper of the DB-API hides the connection that can stream Arrow.
        wrapper = connection.connection.driver_connection
        return ConnectionSource(wrapper._ConnectionWrapper__c)  # noqa: SLF001


def _counts(session: Session, open_source: Any) -> dict[str, list[int]]:  # noqa: ANN401  a callable
    try:
        evidence = session.evaluate(session.scope.source if session.scope else open_source())
    except Exception:  # noqa: BLE001  see CheckError
        raise CheckError("the check could not run") from None
    return {name: [found.examined, found.violations] for name, found in evidence.items()}
