"""What span of days the results say that the data covers: measured, in UTC, and days only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from governance.policy import Classification, Contract
from governance.results import Period
from governance.sources import describe

from .conftest import contract, opened

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def spans(tables: Mapping[str, pa.Table], *contracts: Contract) -> tuple[Mapping[str, Period | None], Period | None]:
    with opened(tables, *contracts) as source:
        text = describe(source, {known.table: known for known in contracts})
    return {table.name: table.period for table in text.tables}, text.period


def timed(table: str) -> Contract:
    return replace(contract(table, {"id": "integer", "at": "timestamp"}), event_time="at")


def rows(values: list[object], kind: pa.DataType) -> pa.Table:
    return pa.table({"id": pa.array(range(len(values)), pa.int64()), "at": pa.array(values, kind)})


def test_a_period_runs_from_the_earliest_to_the_latest_day_of_all_tables() -> None:
    first = rows([NOON, NOON - timedelta(days=30), None], pa.timestamp("us", "UTC"))
    second = rows([NOON + timedelta(days=2)], pa.timestamp("s"))
    tables, whole = spans({"a": first, "b": second, "c": second}, timed("a"), timed("b"))
    assert tables == {"a": Period("2026-10-22", "2026-11-21"), "b": Period("2026-11-23", "2026-11-23"), "c": None}
    assert whole == Period("2026-10-22", "2026-11-23")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tehran"])
def test_a_day_is_that_of_utc_whatever_the_unit_and_the_zone(unit: str, zone: str | None) -> None:
    late = datetime(2026, 11, 21, 23, 59, 59, tzinfo=timezone(timedelta(hours=3, minutes=30)) if zone else None)
    expected = "2026-11-21"
    assert spans({"a": rows([late], pa.timestamp(unit, zone))}, timed("a"))[1] == Period(expected, expected)
    before = datetime(1969, 12, 31, 23, 59, tzinfo=UTC if zone else None)
    assert spans({"a": rows([before], pa.timestamp(unit, zone))}, timed("a"))[1] == Period("1969-12-31", "1969-12-31")


def test_texts_are_times_too_and_days_are_none() -> None:
    assert spans({"a": rows(["1405-08-30T12:00Z"], pa.string())}, timed("a"))[1] == Period("1405-08-30", "1405-08-30")
    assert spans({"a": rows([date(1405, 8, 30)], pa.date32())}, timed("a"))[1] is None
    assert spans({"a": rows(["2026-11-21"], pa.string())}, timed("a"))[1] is None


@pytest.mark.parametrize("values", [[], [None, None]])
def test_without_a_time_there_is_no_period(values: list[object]) -> None:
    assert spans({"a": rows(values, pa.timestamp("us"))}, timed("a"))[1] is None


def test_without_its_column_or_its_contract_a_table_has_none() -> None:
    table = rows([NOON], pa.timestamp("us", "UTC"))
    assert spans({"a": table.drop_columns(["at"])}, timed("a"))[1] is None
    assert spans({"a": table}, contract("a", {"id": "integer", "at": "timestamp"}))[1] is None


@pytest.mark.parametrize("kind", list(Classification))
def test_of_a_time_that_is_a_secret_no_day_is_told(kind: Classification) -> None:
    known = timed("a")
    known = replace(known, columns=tuple(replace(column, classification=kind) for column in known.columns))
    told = spans({"a": rows([NOON], pa.timestamp("us"))}, known)[1]
    assert (told is None) is (kind in {Classification.CONFIDENTIAL, Classification.RESTRICTED})


def test_a_year_that_no_calendar_has_is_in_no_period() -> None:
    far = pa.table({"id": [1, 2], "at": pa.array([-(10**11), 10**12], pa.timestamp("s"))})
    near = rows([NOON], pa.timestamp("us"))
    tables, whole = spans({"a": far, "b": near}, timed("a"), timed("b"))
    assert tables["a"] is None
    assert whole == tables["b"]
