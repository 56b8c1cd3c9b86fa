"""The rows of a Great Expectations batch, on pandas or SQL, as Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import ExecutionEngine, PandasExecutionEngine

from governance.sources.frames import to_arrow
from governance.sources.limits import BATCH_ROWS


def loaded_at(engine: ExecutionEngine) -> datetime:
    """The load time of the batch, which the library stores with every result."""
    noted = str(engine.batch_manager.active_batch_markers["ge_load_time"])
    return datetime.strptime(noted, "%Y%m%dT%H%M%S.%f%z")


def read_batch(engine: ExecutionEngine, domain: Mapping[str, Any], rows: int | None = BATCH_ROWS) -> Iterator[pa.Table]:
    """A batch as Arrow, from SQL at most so many rows at a time; None for all rows at once."""
    selected, _, _ = engine.get_compute_domain(dict(domain), domain_type=MetricDomainTypes.TABLE)
    if isinstance(engine, PandasExecutionEngine):
        yield to_arrow("batch", selected)
        return
    with engine.get_connection() as connection:
        result = connection.execute(sa.select(sa.text("*")).select_from(selected))
        names = list(result.keys())
        while True:
            found = result.fetchall() if rows is None else result.fetchmany(rows)
            # Objects, because a frame that guesses types turns whole numbers beside a null into floats.
            yield to_arrow("batch", pd.DataFrame([tuple(row) for row in found], columns=names, dtype=object))
            if rows is None or len(found) < rows:
                return
