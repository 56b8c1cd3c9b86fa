"""One table metric for every expectation: all evidence of a table in one pass, returned as counts."""

from __future__ import annotations

from typing import Any, TypeAlias

from great_expectations.execution_engine import PandasExecutionEngine, SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from governance.gx.alone import judge_alone
from governance.gx.batches import loaded_at, read_batch
from governance.gx.session import CheckError, Outcome, find_session

METRIC = "table.governance_scan"
Outcomes: TypeAlias = dict[str, Outcome]


class TableGovernanceScan(TableMetricProvider):  # type: ignore[misc]  # the library has no types
    """Counts by check id: of a session, or of the single expectation that `alone` describes."""

    metric_name = METRIC
    value_keys = ("session", "table", "alone")

    @metric_value(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls,  # noqa: N805  the library calls it with the class
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],  # noqa: ARG002  the library's signature
        runtime_configuration: dict[str, Any],  # noqa: ARG002
    ) -> Outcomes:
        return _scan(execution_engine, metric_domain_kwargs, metric_value_kwargs)

    @metric_value(engine=SqlAlchemyExecutionEngine)  # type: ignore[untyped-decorator]
    def _sqlalchemy(
        cls,  # noqa: N805
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],  # noqa: ARG002
        runtime_configuration: dict[str, Any],  # noqa: ARG002
    ) -> Outcomes:
        return _scan(execution_engine, metric_domain_kwargs, metric_value_kwargs)


def _scan(engine: Any, domain: dict[str, Any], values: dict[str, Any]) -> Outcomes:  # noqa: ANN401  the library's
    try:
        if alone := values.get("alone"):
            (table,) = read_batch(engine, domain, rows=None)
            return {"": judge_alone(alone, table, loaded_at(engine))}
        session = find_session(str(values.get("session")), str(values.get("table")))
        if session is None:
            raise CheckError("no session: run the suite with governance.gx.parameters, and keep it open meanwhile")
        if session.verify is not None:
            session.verify(read_batch(engine, domain))
        session.evaluate()
        if session.verify is not None:
            session.scope.source.unchanged()
        return session.outcomes()
    except CheckError:
        raise
    except Exception:  # noqa: BLE001  see CheckError
        raise CheckError("the check could not run") from None
