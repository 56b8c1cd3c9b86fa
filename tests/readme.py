"""The README's tables of rule kinds and of the register, made from what each says of itself: `make readme`."""

from __future__ import annotations

import re
import sys
from dataclasses import fields
from importlib import import_module
from pathlib import Path

from governance.policy import Register
from governance.policy.column_roles import ENTRIES
from governance.rules.kinds import KINDS

README = Path(__file__).resolve().parent.parent / "README.md"


def with_tables(readme: str) -> str:
    """A README with its tables as they should be."""
    for name, rows in (("kinds", _kinds()), ("register", _register())):
        found = re.search(rf"<!-- {name}: [^\n]*-->\n(.*?)<!-- {name}: end -->", readme, re.DOTALL)
        assert found is not None
        readme = readme[: found.start(1)] + "\n".join(rows) + "\n" + readme[found.end(1) :]
    return readme


def _register() -> list[str]:
    rows = ["| entry | the table | column roles; those in italics have a vocabulary |", "|---|---|---|"]
    for entry in fields(Register):
        roles = ", ".join(f"*`{r.name}`*" if r.enumerated else f"`{r.name}`" for r in ENTRIES[entry.name])
        rows.append(f"| `{entry.name}` | {entry.metadata['what']} | {roles} |")
    return rows


def _kinds() -> list[str]:
    """A row is the first paragraph of a kind's own module docstring."""
    rows = ["| kind | holds when | shown by |", "|---|---|---|"]
    for name, kind in KINDS.items():
        told = (import_module(f"governance.rules.kinds.{name}").__doc__ or "").split("\n\n")[0]
        holds = " ".join(told.split()).removeprefix(f"Kind `{name}`: ").removesuffix(".")
        rows.append(f"| `{name}` | {holds} | `{kind.expectation}` |")
    return rows


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text("utf-8")), "utf-8")
    sys.stdout.write("README.md: its tables are up to date\n")
