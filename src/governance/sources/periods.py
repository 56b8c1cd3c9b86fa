"""The period in which the rows of a table were created, measured from the data."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow.compute as pc

from governance.policy import Classification, Contract
from governance.results import Period, SourceText, TableText
from governance.sources.base import Source, shown_name

_SECRET = (Classification.CONFIDENTIAL, Classification.RESTRICTED)
_DAY = 86_400 * 10**6  # in the unit of typed times


def describe(source: Source, contracts: Mapping[str, Contract]) -> SourceText:
    """The description of a source in the results."""
    tables = tuple(
        TableText(
            shown_name(name),
            source.rows(name),
            len(schema.names),
            declared=name in contracts,
            period=period(source, contracts.get(name), name),
            unchecked=name in source.unchecked,
        )
        for name, schema in sorted(source.schemas().items())
    )
    return SourceText(source.kind, shown_name(source.name), source.engine, tables)


def period(source: Source, contract: Contract | None, table: str) -> Period | None:
    """The first and last day, in UTC, of a table's `eventTime` column; None where it has none, or no time in it.

    Days, as the moment of a single event would be a value of the data. Confidential columns have no period.
    """
    schema = source.schemas()[table]
    if contract is None or contract.event_time not in schema.names:
        return None
    if any(one.name == contract.event_time and one.classification in _SECRET for one in contract.columns):
        return None
    ends: list[int] = []
    for batch in source.batches(table, [contract.event_time]):
        found = pc.min_max(batch.column(0))
        ends += [end.value for end in (found["min"], found["max"]) if end.is_valid]
    if not ends:
        return None
    first, last = (str(np.datetime64(end // _DAY, "D")) for end in (min(ends), max(ends)))
    return Period(first, last)
