"""Quality entries of contracts: the few forms that are run, and all others named as not run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from governance.policy import Quality
from tests.policy.test_odcs import column, only, sentences, table

NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"
IN_SET = "expect_column_values_to_be_in_set"
BETWEEN = "expect_column_values_to_be_between"
ROWS_BETWEEN = "expect_table_row_count_to_be_between"
ROWS_EQUAL = "expect_table_row_count_to_equal"


def gx(name: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": "custom", "engine": "greatExpectations", "implementation": {"type": name, "kwargs": kwargs}}


def written(name: str, kwargs: str) -> dict[str, Any]:
    return {**gx(name), "implementation": f"type: {name}\nkwargs: {kwargs}\n"}


def metric(name: str, **more: Any) -> dict[str, Any]:
    return {"metric": name, **more}


def of_column(
    tmp_path: Path, entry: dict[str, Any], kind: str = "string"
) -> tuple[tuple[Quality, ...], tuple[str, ...]]:
    first = column("a", physicalName="A1", quality=[entry], logicalType=kind)
    contract = only(tmp_path, table("t", first, column("b")))
    return contract.quality, contract.not_run


def of_table(tmp_path: Path, entry: dict[str, Any]) -> tuple[tuple[Quality, ...], tuple[str, ...]]:
    contract = only(tmp_path, table("t", column("a", physicalName="A1"), column("b"), quality=[entry]))
    return contract.quality, contract.not_run


@pytest.mark.parametrize(
    ("entry", "expectation", "arguments"),
    [
        (gx(NOT_NULL), NOT_NULL, {}),
        (gx(NOT_NULL, column="a"), NOT_NULL, {}),
        (gx(NOT_NULL, column="A1"), NOT_NULL, {}),
        (gx(UNIQUE), UNIQUE, {}),
        (gx(IN_SET, value_set=["x", "y"]), IN_SET, {"value_set": ("x", "y")}),
        (metric("nullValues", mustBe=0), NOT_NULL, {}),
        (metric("nullValues", mustBe=0, unit="percent", type="library", severity="error"), NOT_NULL, {}),
        (metric("duplicateValues", mustBe=0), UNIQUE, {}),
        (metric("invalidValues", mustBe=0, arguments={"validValues": ["x"]}), IN_SET, {"value_set": ("x",)}),
    ],
)
def test_an_entry_of_a_column_that_is_run(
    tmp_path: Path, entry: dict[str, Any], expectation: str, arguments: dict[str, Any]
) -> None:
    (found,), not_run = of_column(tmp_path, entry)
    assert (found.expectation, found.column, found.arguments, not_run) == (expectation, "a", arguments, ())
    lines = Path(found.file).read_text("utf-8").splitlines()
    assert lines[found.line - 1].lstrip().startswith("- ")


@pytest.mark.parametrize(
    ("kind", "entry", "arguments"),
    [
        ("number", gx(BETWEEN, min_value=1, max_value=2.5), {"min_value": 1, "max_value": 2.5}),
        ("date", gx(BETWEEN, min_value="2026-01-01"), {"min_value": "2026-01-01"}),
        ("timestamp", gx(BETWEEN, max_value="2026-01-01T00:00:00Z"), {"max_value": "2026-01-01T00:00:00Z"}),
        ("integer", written(BETWEEN, "{minValue: 10, maxValue: 20}"), {"min_value": 10, "max_value": 20}),
        ("integer", gx(IN_SET, value_set=[1, 2]), {"value_set": (1, 2)}),
        ("boolean", gx(IN_SET, value_set=[True]), {"value_set": (True,)}),
        ("object", gx(NOT_NULL), {}),
        # Arguments that are no values of the column's type.
        ("integer", gx(BETWEEN, min_value=1.5), None),
        ("integer", gx(IN_SET, value_set=["1"]), None),
        ("date", gx(BETWEEN, min_value="soon"), None),
        ("number", gx(BETWEEN, min_value="1"), None),
        ("string", gx(BETWEEN, min_value="a"), None),
        ("string", gx(IN_SET, value_set=["a", None]), None),
        ("object", gx(IN_SET, value_set=["a"]), None),
    ],
)
def test_arguments_are_values_of_the_columns_type(
    tmp_path: Path, kind: str, entry: dict[str, Any], arguments: dict[str, Any] | None
) -> None:
    quality, not_run = of_column(tmp_path, entry, kind)
    assert [found.arguments for found in quality] == ([] if arguments is None else [arguments])
    assert bool(not_run) == (arguments is None)


@pytest.mark.parametrize(
    ("entry", "expectation", "about", "arguments"),
    [
        (gx(NOT_NULL, column="b"), NOT_NULL, "b", {}),
        (gx(NOT_NULL, column="A1"), NOT_NULL, "a", {}),
        (gx(ROWS_EQUAL, value=3), ROWS_EQUAL, "", {"value": 3}),
        (gx(ROWS_BETWEEN, min_value=3), ROWS_BETWEEN, "", {"min_value": 3}),
        (metric("rowCount", mustBe=3), ROWS_EQUAL, "", {"value": 3}),
        (metric("rowCount", mustBeGreaterThan=3, unit="rows"), ROWS_BETWEEN, "", {"min_value": 4}),
        (metric("rowCount", mustBeGreaterOrEqualTo=3), ROWS_BETWEEN, "", {"min_value": 3}),
        (metric("rowCount", mustBeLessThan=3), ROWS_BETWEEN, "", {"max_value": 2}),
        (metric("rowCount", mustBeLessOrEqualTo=3.5), ROWS_BETWEEN, "", {"max_value": 3}),
        (metric("rowCount", mustBeBetween=[10, 20]), ROWS_BETWEEN, "", {"min_value": 11, "max_value": 19}),
    ],
)
def test_an_entry_of_a_table_that_is_run(
    tmp_path: Path, entry: dict[str, Any], expectation: str, about: str, arguments: dict[str, Any]
) -> None:
    (found,), not_run = of_table(tmp_path, entry)
    assert (found.expectation, found.column, found.arguments, not_run) == (expectation, about, arguments, ())


@pytest.mark.parametrize(
    "entry",
    [
        gx("expect_column_values_to_match_regex", regex=".*"),
        gx("expect_query_results_to_match_comparison", base_query="select 1"),
        gx(NOT_NULL, row_condition='a == "x"', condition_parser="pandas"),
        gx(NOT_NULL, mostly=0.9),
        gx(NOT_NULL, column="b"),
        gx(NOT_NULL, column="gone"),
        gx(NOT_NULL, column=["a"]),
        gx(IN_SET),
        gx(IN_SET, value_set="x"),
        gx(IN_SET, value_set=[]),
        gx(BETWEEN),
        gx(BETWEEN, min_value=True),
        gx(BETWEEN, min_value=1, strict_min=True),
        gx(ROWS_EQUAL, value=1),
        {**gx(NOT_NULL), "engine": "soda"},
        {**gx(NOT_NULL), "implementation": "a: ["},
        {**gx(NOT_NULL), "implementation": "just words"},
        {**gx(NOT_NULL), "implementation": {"type": NOT_NULL, "kwargs": ["a"]}},
        {"type": "sql", "query": "select 1", "mustBe": 0},
        {"type": "text", "description": "Looks right."},
        metric("nullValues", mustBeLessThan=5),
        metric("nullValues", mustBe=1),
        metric("missingValues", mustBe=0, arguments={"missingValues": [None, ""]}),
        metric("invalidValues", mustBe=0, arguments={"pattern": "x"}),
        metric("invalidValues", mustBe=0, arguments={"pattern": "x", "validValues": ["x"]}),
        metric("invalidValues", mustBe=0),
        metric("duplicateValues", mustBe=0, arguments={"properties": ["a", "b"]}),
        metric("rowCount", mustBe=1),
    ],
)
def test_an_entry_of_a_column_that_is_not_run_is_named(tmp_path: Path, entry: dict[str, Any]) -> None:
    assert of_column(tmp_path, entry) == ((), ("schema[0].properties[0].quality[0]",))


@pytest.mark.parametrize(
    "entry",
    [
        gx(NOT_NULL),
        gx(ROWS_EQUAL, value=3.5),
        gx(ROWS_EQUAL, value=3, column="a"),
        metric("nullValues", mustBe=0),
        metric("rowCount", mustNotBe=0),
        metric("rowCount", mustBe="three"),
        metric("rowCount", mustBe=1.5),
        metric("rowCount", mustNotBeBetween=[1, 2]),
        metric("rowCount", mustBe=50, unit="percent"),
    ],
)
def test_an_entry_of_a_table_that_is_not_run_is_named(tmp_path: Path, entry: dict[str, Any]) -> None:
    assert of_table(tmp_path, entry) == ((), ("schema[0].quality[0]",))


def test_an_entry_that_the_standard_refuses_is_refused(tmp_path: Path) -> None:
    both = metric("rowCount", mustBe=1, mustNotBe=2)
    (problem,) = sentences(tmp_path, table("t", column("a"), quality=[both]))
    assert problem == "schema[0].quality[0]: expected what ODCS allows here (oneOf), found a mapping"
