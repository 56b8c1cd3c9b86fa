"""What several folders of tests share: the policy, its plan, samples by seed, and worlds made once a run."""

from __future__ import annotations

import fcntl
import os
import pickle
import random
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from governance.encryption.keys import Keyring, load_keys
from governance.inputs import load_policy
from governance.planning.checks import Plan
from governance.planning.checks import plan as make_plan
from governance.policy import Policy
from governance.results import Results
from governance.synthetic import Dataset, generate, load_recipe
from governance.synthetic.generate import WorldName

# Machines are shared and slow at times; how long an example takes is for the benchmarks to say.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")
PROJECT = Path(__file__).resolve().parent.parent
ROWS = 300
# What takes a worker longest, to begin with; a wrong order costs time and nothing else.
LONGEST = ("test_report.py", "proving/test_prove.py", "test_contributing.py")
T = TypeVar("T")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="Draw the samples of the tests that sample as an earlier run drew them.")
    parser.addoption("--soak", action="store_true", help="Let the tests that sample go through everything instead.")


def pytest_configure(config: pytest.Config) -> None:
    # Workers are given the options of who starts them, so that all draw alike.
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(1_000_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first, so that at the end no worker waits for the other: a worker takes a file at a time."""
    if any(item.get_closest_marker("xdist_group") for item in items):
        raise pytest.UsageError("xdist_group: expected none, for under pytest 9.2 it is ignored; a file is a group.")
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    ranks = {PROJECT / "tests" / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (ranks.get(item.path, len(ranks)), item.path not in slow))


def pytest_report_header(config: pytest.Config) -> str:
    return _drawn_by(config)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    # The header is not printed under -q.
    terminalreporter.write_line(_drawn_by(config))
    if config.option.soak:
        for report in terminalreporter.getreports("passed"):
            cases = sum(count for name, count in report.user_properties if name == "cases")
            if report.when == "call" and cases:
                terminalreporter.write_line(f"{cases:7,} cases in {report.duration:4.0f} s: {report.nodeid}")


def _drawn_by(config: pytest.Config) -> str:
    if config.option.soak:
        return "nothing was sampled: --soak"
    return f"samples: drawn by --seed {config.option.seed}"


@dataclass(frozen=True)
class Sampling:
    """Draws from sets of cases that are too large for every run; `make soak` goes through each set whole."""

    chance: random.Random
    whole: bool
    record: Callable[[str, object], None]

    def of(self, cases: Sequence[T], count: int) -> list[T]:
        """So many of the cases, in their order; all of them in a soak."""
        places: Sequence[int] = range(len(cases))
        if not self.whole and count < len(cases):
            places = sorted(self.chance.sample(places, count))
        self.record("cases", len(places))
        return [cases[place] for place in places]


@pytest.fixture
def sampling(pytestconfig: pytest.Config, record_property: Callable[[str, object], None]) -> Sampling:
    chance = random.Random(pytestconfig.option.seed)  # noqa: S311  picks tests
    return Sampling(chance, pytestconfig.option.soak, record_property)


@dataclass(frozen=True)
class Shared:
    """A folder of this run of the tests: what is made there is made once, by the worker that needs it first."""

    folder: Path

    def once(self, name: str, make: Callable[[Path], T]) -> T:
        """What `make` returned for the folder of that name, which no test may change."""
        folder, kept = self.folder / name, self.folder / f"{name}.pickle"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                kept.write_bytes(pickle.dumps(make(folder)))
        made: T = pickle.loads(kept.read_bytes())  # noqa: S301  written above
        return made


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return Shared(folder)


@dataclass(frozen=True)
class WorldRun:
    """A world and what the whole policy says of it."""

    dataset: Dataset
    results: Results

    @property
    def keys(self) -> Keyring:
        return load_keys(self.dataset.keys)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(PROJECT)


@pytest.fixture(scope="session")
def plan(policy: Policy) -> Plan:
    return make_plan(policy)


def make_world(shared: Shared, plan: Plan, name: WorldName, rows: int = ROWS) -> Dataset:
    recipe = load_recipe(PROJECT / "synthetic_data" / "recipe.yaml")
    return shared.once(
        f"{name}-{rows}", lambda folder: generate(plan, recipe, world=name, out=folder / "world", rows=rows)
    )


@pytest.fixture(scope="session")
def clean_world(shared: Shared, plan: Plan) -> Dataset:
    return make_world(shared, plan, "clean")


@pytest.fixture(scope="session")
def planted_world(shared: Shared, plan: Plan) -> Dataset:
    return make_world(shared, plan, "planted")


def make_run(shared: Shared, plan: Plan, name: WorldName, rows: int = ROWS) -> WorldRun:
    dataset = make_world(shared, plan, name, rows)

    def evaluated(_: Path) -> Results:
        from governance.run import check

        return check(dataset.data, keys=dataset.keys, project=PROJECT)

    return WorldRun(dataset, shared.once(f"{name}-{rows}-results", evaluated))


@pytest.fixture(scope="session")
def clean_run(shared: Shared, plan: Plan) -> WorldRun:
    return make_run(shared, plan, "clean")


@pytest.fixture(scope="session")
def planted_run(shared: Shared, plan: Plan) -> WorldRun:
    return make_run(shared, plan, "planted")


@pytest.fixture(autouse=True)
def _no_keys_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOVERNANCE_KEYS", raising=False)
    assert "GOVERNANCE_DEBUG" not in os.environ
