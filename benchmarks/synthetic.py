"""How fast a world is made, against Faker making user rows one by one, in the same process.

Run with `python -m benchmarks.synthetic [USERS]` from the project's folder.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from faker import Faker

from governance.inputs import load_policy
from governance.planning.checks import plan
from governance.synthetic import generate, load_recipe

ROOT = Path(__file__).parents[1]
FAKER_ROWS = 15_000
TIMES = 7


def faker_rows() -> None:
    """Name, phone, e-mail and date of users."""
    fake = Faker("fa_IR")
    fake.seed_instance(1)
    for _ in range(FAKER_ROWS):
        fake.name(), fake.phone_number(), fake.email(), fake.date_time_this_decade()


def seconds(make: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and seconds of processor time."""
    wall, used = perf_counter(), process_time()
    make()
    return perf_counter() - wall, process_time() - used


def main() -> None:
    """Print the table: making and writing a clean world, keys and checksums included; medians of runs by turns."""
    users = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    checks = plan(load_policy(ROOT))
    recipe = load_recipe(ROOT / "synthetic_data" / "recipe.yaml")
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        world = partial(generate, checks, recipe, world="clean", out=Path(folder) / "world", rows=users)
        rows = sum(world().tables.values())
        for _ in range(TIMES):
            theirs.append([FAKER_ROWS / t for t in seconds(faker_rows)])
            ours.append([rows / t for t in seconds(world)])
    line = "{:<42}{:>10}{:>12}{:>8}{:>14}{:>8}\n"
    sys.stdout.write(line.format("what", "rows", "rows/s", "ratio", "rows/CPU s", "ratio"))
    for name, count, runs in (
        ("Faker fa_IR: name, phone, e-mail, date", FAKER_ROWS, theirs),
        (f"a clean world of {users:,} users, written", rows, ours),
    ):
        cells = []
        for clock in range(2):
            ratios = [run[clock] / other[clock] for run, other in zip(runs, theirs, strict=True)]
            cells += [f"{median(run[clock] for run in runs):,.0f}", f"{median(ratios):.0f}"]
        sys.stdout.write(line.format(name, f"{count:,}", *cells))


if __name__ == "__main__":
    main()
