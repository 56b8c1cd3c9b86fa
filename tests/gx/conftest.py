"""A project with suites of its own, small planted data, and a record of what Great Expectations is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from governance.encryption.keys import load_keys
from governance.planning.checks import Plan
from governance.policy import Policy
from governance.results import CheckResult
from governance.rules.scope import Scope
from governance.sources import open_source
from governance.synthetic import Dataset
from tests.conftest import PROJECT

AS_OF = "2026-11-22T00:00:00Z"


@pytest.fixture(scope="session")
def run(policy: Policy, plan: Plan) -> Callable[..., dict[str, CheckResult]]:
    """The checks of some tables, through the door, by id."""
    from datetime import UTC, datetime

    from governance.gx import validate

    def go(data: Any, *tables: str, keys: Path | None = None) -> dict[str, CheckResult]:
        source = open_source(data, policy.tables)
        checks = [check for check in plan.checks if not tables or (check.place and check.place.table in tables)]
        try:
            scope = Scope(policy, source, load_keys(keys) if keys else None, datetime(2026, 11, 22, tzinfo=UTC))
            return {result.id: result for result in validate(checks, scope)}
        finally:
            source.close()

    return go


@pytest.fixture(scope="session")
def planted(planted_world: Dataset) -> Dataset:
    return planted_world


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture
def context() -> Any:
    import great_expectations as gx

    found = gx.get_context(mode="ephemeral")
    found.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return found


def pandas_batch(context: Any, frame: Any, name: str = "p") -> Any:
    asset = context.data_sources.add_pandas(name).add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})


def ours(outcome: Any) -> list[Any]:
    """The results but for those of the guards."""
    return [result for result in outcome.results if "check" in result.expectation_config.kwargs]


def outcomes(outcome: Any) -> dict[str, tuple[bool, int | None, int | None]]:
    return {
        result.expectation_config.kwargs["check"]: (
            result.success,
            result.result.get("element_count"),
            result.result.get("unexpected_count"),
        )
        for result in ours(outcome)
    }
