"""Imports point one way, and each heavy library stands behind its door."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "governance"
# Low to high: a part imports only from lines above its own; parts on one line know nothing of each other.
LAYERS = [
    {"errors"},
    {"strict_yaml", "spelling"},
    {"policy"},
    {"detection", "results"},
    {"encryption", "sealing"},
    {"planning"},
    {"coverage"},
    {"drift"},
    {"sources"},
    {"rules"},
    {"project"},
    {"gx", "synthetic", "reports"},
    {"evidence", "guide", "notebooks", "proving"},
    {"run"},
    {"sections", "console", "listing", "policy_listing", "lab", "differences", "subjects"},
    {"explorer", "cli_policy", "cli_subject"},
    {"cli"},
    {"__main__"},
]
DOORS = {
    "great_expectations": {"gx"},
    "duckdb_sqlalchemy": {"gx"},
    "sqlalchemy": {"gx"},
    "papermill": {"notebooks/runner.py"},
    "yaml": {"strict_yaml.py"},
    "jsonschema_rs": {"policy/odcs.py"},
    "duckdb": {"sources/database.py"},
    "altair": set(),
    "vl_convert": {"reports/charts.py"},
    "faker": {"synthetic/pools.py"},
    "typer": {"cli.py", "cli_policy.py", "cli_subject.py"},
    "cryptography": {"sealing/signing.py", "encryption/ciphers.py", "synthetic/weak_ciphers.py"},
}
MODULES = sorted(SOURCE.rglob("*.py"))


def part(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def level(name: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if name in names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_point_down(path: Path) -> None:
    mine = part(path)
    if mine == "__init__":
        return
    for name in imports(path):
        if name.startswith("governance."):
            other = name.split(".")[1]
            if other in {"load_policy", mine}:
                continue
            assert level(other) < level(mine), f"{mine} imports {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_heavy_libraries_stand_behind_their_doors(path: Path) -> None:
    place = path.relative_to(SOURCE).as_posix()
    for name in imports(path):
        doors = DOORS.get(name.split(".", maxsplit=1)[0])
        if doors is not None:
            assert place in doors or place.split("/")[0] in doors, f"{place} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_only_the_command_line_reads_the_clock(path: Path) -> None:
    if path.name in {"cli.py", "cli_policy.py"}:
        return
    text = path.read_text("utf-8")
    assert not any(call in text for call in ("datetime.now(", "date.today(", "time.time(", "utcnow(")), path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_files_stay_short_and_the_source_names_no_company(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert "ketabrah" not in text.casefold()
    assert "کتابراه" not in text


def test_the_median_file_is_short() -> None:
    lengths = sorted(len(path.read_text("utf-8").splitlines()) for path in MODULES)
    assert lengths[len(lengths) // 2] < 120


@pytest.mark.parametrize("command", ["import governance", "import governance.__main__"])
def test_help_and_import_load_no_engine(command: str) -> None:
    heavy = {"great_expectations", "pandas", "papermill", "pyspark", "altair", "pyarrow", "duckdb", "numpy"}
    code = f"""
import sys
sys.argv = ["governance", "--help"]
try:
    {command}
except SystemExit:
    pass
print(sorted({heavy!r} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_to_classify_one_text_loads_no_arrays() -> None:
    code = "import sys\nfrom governance.detection import classify\nclassify('6037990000123451')\n"
    code += "loaded = sorted({'numpy', 'pyarrow'} & set(sys.modules))\n"
    code += "from governance.detection import scan\nprint(loaded, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "True"]
