"""The README's table of rule kinds, made from what each kind says of itself: `make readme`."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

from governance.rules.kinds import KINDS

README = Path(__file__).resolve().parent.parent / "README.md"
_TABLE = re.compile(r"(<!-- kinds: [^\n]*-->\n).*?(<!-- kinds: end -->)", re.DOTALL)


def with_kinds(readme: str) -> str:
    """A README with the table as it should be: a row is the first paragraph of a kind's own module docstring."""
    rows = ["| kind | holds when | shown by |", "|---|---|---|"]
    for name, kind in KINDS.items():
        told = (import_module(f"governance.rules.kinds.{name}").__doc__ or "").split("\n\n")[0]
        holds = " ".join(told.split()).removeprefix(f"Kind `{name}`: ").removesuffix(".")
        rows.append(f"| `{name}` | {holds} | `{kind.expectation}` |")
    return _TABLE.sub(lambda found: found[1] + "\n".join(rows) + "\n" + found[2], readme)


if __name__ == "__main__":
    README.write_text(with_kinds(README.read_text("utf-8")), "utf-8")
    sys.stdout.write("README.md: the table of rule kinds is up to date\n")
