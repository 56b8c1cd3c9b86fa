"""How fast a world is made, against Faker making user rows one by one, in the same process.

Run with `python -m benchmarks.synthetic [USERS]` from the project's folder.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from faker import Faker

from governance.plan import Plan, plan
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


def faker_rows(count: int) -> float:
    """Rows a second: name, phone, e-mail and date of a user."""
    fake = Faker("fa_IR")
    fake.seed_instance(1)
    start = perf_counter()
    for _ in range(count):
        fake.name(), fake.phone_number(), fake.ascii_email(), fake.date_time_this_decade()
    return count / (perf_counter() - start)


def world_rows(checks: Plan, users: int) -> tuple[int, float]:
    """Rows of all tables, and rows a second, files and keys included."""
    recipe = load_recipe(ROOT / "synthetic_data" / "recipe.yaml")
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        made = generate(checks, recipe, world="clean", out=Path(folder) / "world", rows=users)
        rows = sum(made.tables.values())
        return rows, rows / (perf_counter() - start)


def main() -> None:
    """Print the table."""
    users = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    kinds = {kind: _reader(kind) for kind in ("declared", "free_of", "encrypted", "authorised")}
    checks = plan(load(ROOT / "expectations", kinds))
    pairs = [(faker_rows(FAKER_ROWS), world_rows(checks, users)) for _ in range(TIMES)]
    theirs, ours = median(pair[0] for pair in pairs), median(pair[1][1] for pair in pairs)
    lines = [
        f"{'what':<44}{'rows':>12}{'rows/s':>12}{'ratio':>8}",
        f"{'Faker fa_IR: name, phone, e-mail, date':<44}{FAKER_ROWS:>12,}{theirs:>12,.0f}{1:>8}",
        f"{f'a clean world of {users:,} users, written':<44}{pairs[0][1][0]:>12,}{ours:>12,.0f}{ours / theirs:>8.0f}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
