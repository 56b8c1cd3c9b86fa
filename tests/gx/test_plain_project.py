"""A plain Great Expectations project is green only where this package looked at its tables and found nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from governance.synthetic import Dataset
from tests.gx.conftest import AS_OF
from tests.gx.plain_project import checkpoint

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent / "plain_project"
TABLES = ["reviews", "access_events"]
RED = dict.fromkeys(TABLES, False)


@pytest.fixture(scope="module")
def roots(
    clean_world: Dataset, planted_world: Dataset, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, Dataset]]:
    """The project with its stores filled, for each world; its databases are its own."""
    found = {}
    for world in (clean_world, planted_world):
        root = tmp_path_factory.mktemp("plain") / "project"
        shutil.copytree(HERE, root)
        lite, duck = sqlite3.connect(root / "own.sqlite"), duckdb.connect(str(root / "own.duckdb"))
        for table in TABLES:
            path = world.data / f"{table}.parquet"
            pd.read_parquet(path).to_sql(table, lite, index=False)
            duck.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{path}')")
        lite.close()
        duck.close()
        for engines, place in ((("pandas", "sqlite"), root), (("duckdb",), root.parent / "duckdb")):
            if place != root:
                shutil.copytree(HERE, place)
            context = checkpoint.open_context(place)
            for engine in engines:
                checkpoint.store(context, engine, root, TABLES, project)
        found["planted" if world is planted_world else "clean"] = (root, world)
    return found


def place_of(root: Path, engine: str) -> Path:
    return root.parent / "duckdb" if engine == "duckdb" else root


def in_another_process(
    root: Path, engines: str, world: Dataset, project: Path, modes: str, *, tables: list[str] = TABLES
) -> Any:
    given = [place_of(root, engines), engines, ",".join(tables), world.data, AS_OF, world.keys, project, modes]
    return subprocess.run(
        [sys.executable, str(root / "checkpoint.py"), *map(str, given)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("engine", ["pandas", "sqlite", "duckdb"])
@pytest.mark.parametrize("world", ["clean", "planted"])
def test_a_checkpoint_is_green_on_clean_data_with_parameters_and_never_else(
    roots: dict[str, tuple[Path, Dataset]], project: Path, *, world: str, engine: str
) -> None:
    root, dataset = roots[world]
    context = checkpoint.open_context(place_of(root, engine))
    given = {"data": dataset.data, "as_of": AS_OF, "keys": dataset.keys, "project": project}
    try:
        found = {
            mode: checkpoint.outcomes(context, engine, TABLES, mode, given) for mode in ("none", "plain", "parameters")
        }
    finally:
        if engine != "pandas":
            context.data_sources.get(engine).get_engine().dispose()
    assert found == {"none": RED, "plain": RED, "parameters": dict.fromkeys(TABLES, world == "clean")}


@pytest.mark.parametrize("world", ["clean", "planted"])
@pytest.mark.parametrize("engines", ["pandas,sqlite", "duckdb"])
def test_a_checkpoint_that_another_process_loads_is_no_other(
    roots: dict[str, tuple[Path, Dataset]], project: Path, *, world: str, engines: str
) -> None:
    root, dataset = roots[world]
    done = in_another_process(root, engines, dataset, project, "parameters,none")
    assert done.returncode == 0, done.stderr
    for name, green in json.loads(done.stdout).items():
        assert green == (dict.fromkeys(TABLES, world == "clean") if "parameters" in name else RED), name


@pytest.mark.parametrize("world", ["clean", "planted"])
def test_without_the_package_nothing_is_green_for_any_value(
    roots: dict[str, tuple[Path, Dataset]], project: Path, world: str
) -> None:
    root, dataset = roots[world]
    done = in_another_process(root, "pandas,sqlite", dataset, project, "none,plain,without", tables=TABLES[:1])
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) == 6
    assert all(green == {TABLES[0]: False} for green in found.values()), found


def test_without_the_package_a_project_on_duckdb_is_not_even_opened(
    roots: dict[str, tuple[Path, Dataset]], project: Path
) -> None:
    root, dataset = roots["planted"]
    done = in_another_process(root, "duckdb", dataset, project, "none,without")
    assert done.returncode != 0
    assert "duckdb was not found" in done.stderr
