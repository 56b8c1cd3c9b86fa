"""What several folders of tests share: the policy, its plan, and small worlds made once a session."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from governance.encryption.keys import Keyring, load_keys
from governance.inputs import load_policy
from governance.planning.checks import Plan
from governance.planning.checks import plan as make_plan
from governance.policy import Policy
from governance.results import Results
from governance.synthetic import Dataset, generate, load_recipe

# Machines are shared and slow at times; how long an example takes is for the benchmarks to say.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")
PROJECT = Path(__file__).resolve().parent.parent
ROWS = 300


@dataclass(frozen=True)
class WorldRun:
    """A world and what the whole policy says of it."""

    dataset: Dataset
    keys: Keyring
    results: Results


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(PROJECT)


@pytest.fixture(scope="session")
def plan(policy: Policy) -> Plan:
    return make_plan(policy)


def make_world(plan: Plan, name: str, folder: Path) -> Dataset:
    recipe = load_recipe(PROJECT / "synthetic_data" / "recipe.yaml")
    return generate(plan, recipe, world=name, out=folder / name, rows=ROWS)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def clean_world(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return make_world(plan, "clean", tmp_path_factory.mktemp("worlds"))


@pytest.fixture(scope="session")
def planted_world(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return make_world(plan, "planted", tmp_path_factory.mktemp("worlds"))


def _run(dataset: Dataset) -> WorldRun:
    from governance.run import check

    return WorldRun(dataset, load_keys(dataset.keys), check(dataset.data, keys=dataset.keys, project=PROJECT))


@pytest.fixture(scope="session")
def clean_run(clean_world: Dataset) -> WorldRun:
    return _run(clean_world)


@pytest.fixture(scope="session")
def planted_run(planted_world: Dataset) -> WorldRun:
    return _run(planted_world)


@pytest.fixture(autouse=True)
def _no_keys_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOVERNANCE_KEYS", raising=False)
    assert "GOVERNANCE_DEBUG" not in os.environ
