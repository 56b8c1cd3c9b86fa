from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "governance" / "synthetic"
MAY = {
    "encryption",
    "arguments",
    "errors",
    "planning",
    "policy",
    "regular_files",
    "results",
    "spelling",
    "strict_yaml",
    "synthetic",
}


def test_planter_and_finder_share_no_definition() -> None:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                package, *rest = name.split(".")
                assert package != "governance" or rest[0] in MAY, f"{path.name} imports {name}"
