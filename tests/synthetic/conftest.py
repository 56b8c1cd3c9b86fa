from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from governance.planning.checks import Plan
from governance.synthetic import Dataset, Recipe, load_recipe
from tests.conftest import ROWS, Shared, make_world

ROOT = Path(__file__).parents[2]
Rows = list[dict[str, Any]]


@pytest.fixture(scope="session")
def policy_plan(plan: Plan) -> Plan:
    """The plan that worlds are made for, under the name that says whose it is."""
    return plan


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return load_recipe(ROOT / "synthetic_data" / "recipe.yaml")


@pytest.fixture(scope="session")
def world_of(policy_plan: Plan, shared: Shared) -> Callable[[str], Dataset]:
    """A small world by name, made once; the smallest there is if the name says so."""

    def make(name: str) -> Dataset:
        size, _, kind = name.rpartition(" ")
        return make_world(shared, policy_plan, kind, rows=30 if size else ROWS)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def read() -> Callable[[Dataset, str], Rows]:
    """The rows of a table of a world."""

    def rows_of(world: Dataset, table: str) -> Rows:
        rows: Rows = pq.read_table(world.data / f"{table}.parquet").to_pylist()
        return rows

    return rows_of
