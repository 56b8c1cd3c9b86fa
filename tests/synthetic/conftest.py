from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from governance.planning import Plan, plan
from governance.policy import KindReader, Parameters, Where, load
from governance.strict_yaml import Node, Problems
from governance.synthetic import Dataset, Recipe, generate, load_recipe

ROOT = Path(__file__).parents[2]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Stub:
    """A rule's parameters, of which the planter needs the kind only."""

    kind: str


def _reader(kind: str) -> KindReader:
    def read(node: Node | None, where: Where, problems: Problems) -> Parameters:
        del node, where, problems
        return Stub(kind)

    return read


@pytest.fixture(scope="session")
def policy_plan() -> Plan:
    kinds = {kind: _reader(kind) for kind in ("declared", "free_of", "encrypted", "authorised")}
    return plan(load(ROOT / "expectations", kinds))


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return load_recipe(ROOT / "synthetic_data" / "recipe.yaml")


@pytest.fixture(scope="session")
def world_of(policy_plan: Plan, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Dataset]:
    """A small world by name, made once."""

    @cache
    def make(name: str) -> Dataset:
        out = tmp_path_factory.mktemp("worlds") / name
        return generate(policy_plan, recipe, world=name, out=out, rows=300)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def read() -> Callable[[Dataset, str], Rows]:
    """The rows of a table of a world."""

    def rows_of(world: Dataset, table: str) -> Rows:
        rows: Rows = pq.read_table(world.data / f"{table}.parquet").to_pylist()
        return rows

    return rows_of
