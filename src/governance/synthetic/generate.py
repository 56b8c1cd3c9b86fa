"""A world from a plan and a recipe: base, additions, files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pyarrow as pa

from governance.arguments import PathInput, path_of
from governance.errors import UsageError, but_found
from governance.planning.checks import Plan
from governance.regular_files import create_regular
from governance.spelling import canonical_json
from governance.synthetic.additions import Additions
from governance.synthetic.blocks import blocks, enter_world, worker_pool
from governance.synthetic.company.tables import TABLES
from governance.synthetic.company.world import World
from governance.synthetic.folder import DATA, DATASET, KEYS, LEDGER, replaced
from governance.synthetic.ledger import Ledger
from governance.synthetic.parquet_writer import parquet_files
from governance.synthetic.planting import plant_demo, plant_everything
from governance.synthetic.recipe import Recipe

FORMAT = "governance-dataset/1"
LEAST_ROWS = 30
WorldName = Literal["clean", "demo", "planted"]
WriteProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A world on disk; `tables` are its row counts."""

    out: Path
    world: str
    seed: int
    tables: Mapping[str, int]
    ledger: Ledger

    @property
    def data(self) -> Path:
        return self.out / DATA

    @property
    def keys(self) -> Path:
        return self.out / KEYS


def generate(
    plan: Plan,
    recipe: Recipe,
    *,
    world: WorldName,
    out: PathInput,
    rows: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: WriteProgress | None = None,
) -> Dataset:
    """Make a world: data/*.parquet, data/dataset.json, ledger.json and keys.json (0600) under `out`.

    `rows` are users; the other tables follow by the recipe's ratios. The same plan, recipe, rows and seed give the same
    bytes, with any number of workers. UsageError when `out` exists and holds no world, when `rows` are too few, or when
    a contract names a table or column that cannot be generated.
    """
    out = path_of(out, "out")
    users = recipe.rows if rows is None else rows
    if users < LEAST_ROWS:
        raise UsageError(f"expected at least {LEAST_ROWS}, found {users}.", argument="rows")
    for contract in plan.policy.contracts:
        if contract.table not in TABLES:
            raise UsageError(
                f"{contract.table}.odcs.yaml: expected tables that can be made, {but_found(contract.table, TABLES)}"
            )
    base = World.of(plan.policy, recipe, seed=recipe.seed if seed is None else seed, users=users)
    with replaced(out) as folder:
        additions = _additions(plan, base, world)
        tables = _write_tables(base, additions, folder / DATA, workers, progress)
        ledger = Ledger(world, base.seed, tuple(additions.entries))
        about = {
            "format": FORMAT,
            "world": world,
            "seed": base.seed,
            "as_of": recipe.as_of.isoformat(),
            "tables": tables,
        }
        (folder / DATA / DATASET).write_text(canonical_json(about), encoding="utf-8")
        (folder / LEDGER).write_text(ledger.to_json(), encoding="utf-8")
        create_regular(folder / KEYS, base.keys.to_json())
    return Dataset(out, world, base.seed, tables, ledger)


def _additions(plan: Plan, base: World, world: WorldName) -> Additions:
    match world:
        case "clean":
            return Additions()
        case "demo":
            return plant_demo(plan, base)
        case "planted":
            return plant_everything(plan, base)
        case _:  # callers may ignore the types
            raise UsageError(
                f"expected clean, demo or planted, {but_found(world, get_args(WorldName))}", argument="world"
            )


def _write_tables(
    base: World, additions: Additions, folder: Path, count: int, progress: WriteProgress | None
) -> dict[str, int]:
    sizes: dict[str, int] = {}
    with worker_pool(count, enter_world, base) as pool, parquet_files() as files:
        tables: dict[str, Iterable[pa.Table]] = {
            contract.table: additions.extend(
                contract.table, blocks(base, contract, pool), base.sizes[contract.table], base.seed
            )
            for contract in base.contracts
        }
        for table, parts in {**tables, **{name: [rows] for name, rows in additions.tables.items()}}.items():
            total = additions.size(table, base.sizes.get(table, 0))
            sizes[table] = 0
            for written in files.write(folder / f"{table}.parquet", parts):
                sizes[table] += written
                if progress is not None:
                    progress(table, sizes[table], total)
    return sizes
