from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from governance.planning.checks import Plan
from governance.synthetic import Recipe, generate


def digests(out: Path) -> dict[str, str]:
    files = (path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("world", ["clean", "demo", "planted"])
def test_the_same_seed_gives_the_same_bytes(world: Any, policy_plan: Plan, recipe: Recipe, tmp_path: Path) -> None:
    for out in ("one", "two", "three"):
        generate(policy_plan, recipe, world=world, out=tmp_path / out, rows=60)
    assert digests(tmp_path / "one") == digests(tmp_path / "two") == digests(tmp_path / "three")


def test_what_is_drawn_from_a_pool_is_stored_as_a_dictionary(policy_plan: Plan, recipe: Recipe, tmp_path: Path) -> None:
    out = generate(policy_plan, recipe, world="clean", out=tmp_path / "w", rows=60)
    for table in ("interactions", "access_events"):
        group = pq.ParquetFile(out.data / f"{table}.parquet").metadata.row_group(0)
        columns = [group.column(place) for place in range(group.num_columns)]
        # A pool with a value twice is written as plain text, after a dictionary whose bytes vary.
        assert all(not c.has_dictionary_page or "RLE_DICTIONARY" in c.encodings for c in columns)
        assert sum(c.has_dictionary_page for c in columns) >= 4


def test_another_seed_gives_other_bytes(policy_plan: Plan, recipe: Recipe, tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(policy_plan, recipe, world="planted", out=tmp_path / str(seed), rows=60, seed=seed)
    one, two = digests(tmp_path / "1"), digests(tmp_path / "2")
    alike = {"data/tmp_segments.parquet"}  # a table of three words
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] == two[name]} <= alike


@pytest.mark.slow
def test_any_number_of_workers_gives_the_same_bytes(policy_plan: Plan, recipe: Recipe, tmp_path: Path) -> None:
    rows = 2500  # two blocks of interactions
    for workers in (1, 3):
        generate(policy_plan, recipe, world="planted", out=tmp_path / str(workers), rows=rows, workers=workers)
    assert digests(tmp_path / "1") == digests(tmp_path / "3")
    assert pq.ParquetFile(tmp_path / "1" / "data" / "interactions.parquet").num_row_groups == 2


def test_progress_counts_to_the_last_row(policy_plan: Plan, recipe: Recipe, tmp_path: Path) -> None:
    told: dict[str, tuple[int, int]] = {}

    def progress(table: str, done: int, total: int) -> None:
        told[table] = (done, total)

    made = generate(policy_plan, recipe, world="demo", out=tmp_path / "w", rows=30, progress=progress)
    assert told == {table: (rows, rows) for table, rows in made.tables.items()}
