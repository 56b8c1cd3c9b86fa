from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from governance.planning.checks import Plan
from governance.synthetic import Dataset, Recipe, generate, load_recipe

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
def world_of(policy_plan: Plan, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Dataset]:
    """A small world by name, made once; the smallest there is if the name says so."""

    @cache
    def make(name: str) -> Dataset:
        out = tmp_path_factory.mktemp("worlds") / name
        size, _, kind = name.rpartition(" ")
        return generate(policy_plan, recipe, world=kind, out=out, rows=30 if size else 300)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def read() -> Callable[[Dataset, str], Rows]:
    """The rows of a table of a world."""

    def rows_of(world: Dataset, table: str) -> Rows:
        rows: Rows = pq.read_table(world.data / f"{table}.parquet").to_pylist()
        return rows

    return rows_of
