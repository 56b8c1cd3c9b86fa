"""How fast a world is made, against Faker making user rows one by one, in the same process.

Run with `python -m benchmarks.synthetic [USERS]` from the project's folder.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from faker import Faker

from governance.plan import plan
from governance.policy import KindReader, Parameters, Where, load
from governance.strict_yaml import Node, Problems
from governance.synthetic import generate, load_recipe

ROOT = Path(__file__).parents[1]
FAKER_ROWS = 3_000
TIMES = 3


@dataclass(frozen=True)
class _Kind:
    kind: str


def _reader(kind: str) -> KindReader:
    def read(node: Node | None, where: Where, problems: Problems) -> Parameters:
        del node, where, problems
        return _Kind(kind)

    return read


def faker_rows() -> None:
    """Name, phone, e-mail and date of users."""
    fake = Faker("fa_IR")
    fake.seed_instance(1)
    for _ in range(FAKER_ROWS):
        fake.name(), fake.phone_number(), fake.email(), fake.date_time_this_decade()


def speed(make: Callable[[], object], rows: int) -> tuple[float, float]:
    """Rows a second, and rows a second of processor time; the better of a few runs."""
    runs = []
    for _ in range(TIMES):
        wall, used = perf_counter(), process_time()
        make()
        runs.append((perf_counter() - wall, process_time() - used))
    return rows / min(run[0] for run in runs), rows / min(run[1] for run in runs)


def main() -> None:
    """Print the table: making and writing a clean world, keys and checksums included."""
    users = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    kinds = {kind: _reader(kind) for kind in ("declared", "free_of", "encrypted", "authorised")}
    checks = plan(load(ROOT / "expectations", kinds))
    recipe = load_recipe(ROOT / "synthetic_data" / "recipe.yaml")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "world"
        rows = sum(generate(checks, recipe, world="clean", out=out, rows=users).tables.values())
        theirs = speed(faker_rows, FAKER_ROWS)
        ours = speed(lambda: generate(checks, recipe, world="clean", out=out, rows=users), rows)
    line = "{:<42}{:>12}{:>12}{:>8}{:>14}{:>8}\n"
    sys.stdout.write(line.format("what", "rows", "rows/s", "ratio", "rows/CPU s", "ratio"))
    for name, count, (wall, used) in (
        ("Faker fa_IR: name, phone, e-mail, date", FAKER_ROWS, theirs),
        (f"a clean world of {users:,} users, written", rows, ours),
    ):
        ratios = (f"{wall / theirs[0]:.0f}", f"{used / theirs[1]:.0f}")
        sys.stdout.write(line.format(name, f"{count:,}", f"{wall:,.0f}", ratios[0], f"{used:,.0f}", ratios[1]))


if __name__ == "__main__":
    main()
