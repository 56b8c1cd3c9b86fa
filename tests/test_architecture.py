"""The tree of the source: imports point one way at every depth, and each heavy library stands behind its door."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "governance"
# Low to high, as the README tells it: a part imports only from parts above it in this text.
ORDER = """
errors spelling regular_files
arguments
detection
policy results encryption sealing
planning
sources
rules
synthetic
reports
inputs
evidence notebooks gx subjects
run
proving
guide
cli
"""
DOORS = {
    "great_expectations": {"gx"},
    "duckdb_sqlalchemy": {"gx"},
    "sqlalchemy": {"gx"},
    "papermill": {"notebooks/runner.py"},
    "yaml": {"policy/strict_yaml.py", "policy/rewriting.py"},
    "re2": {"detection/own.py"},
    "stdnum": {"detection/own.py", "detection/kinds/national_numbers.py"},
    "phonenumbers": {"detection/kinds/abroad.py"},
    "jsonschema_rs": {"policy/odcs.py"},
    "duckdb": {"sources/database.py"},
    "altair": set(),
    "vl_convert": {"reports/charts/svg.py"},
    "faker": {"synthetic/company/pools.py"},
    "typer": {"cli"},
    "cryptography": {"sealing/signing.py", "encryption/ciphers.py", "synthetic/ciphers/weak_ciphers.py"},
}
Name = tuple[str, ...]


def name_of(path: Path) -> Name:
    return path.relative_to(SOURCE).with_suffix("").parts


MODULES = {name_of(path): path for path in sorted(SOURCE.rglob("*.py"))}
FOLDERS = sorted({name[:-1] for name in MODULES})
EACH_FILE = pytest.mark.parametrize("path", MODULES.values(), ids=lambda path: path.relative_to(SOURCE).as_posix())


def imported(path: Path) -> set[str]:
    """Dotted names of what a file imports anywhere in it, `from a import b` as a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def module_of(dotted: str) -> Name:
    """The file of ours that a dotted name stands in."""
    parts = tuple(dotted.split("."))[1:]
    while parts and parts not in MODULES and parts not in FOLDERS:
        parts = parts[:-1]
    return parts if parts in MODULES else (*parts, "__init__")


IMPORTS = {
    name: {module_of(dotted) for dotted in imported(path) if dotted.startswith("governance.")} - {name}
    for name, path in MODULES.items()
}


def test_the_order_names_every_part_once() -> None:
    parts = {name[0] for name in MODULES} - {"__init__", "__main__"}
    assert sorted(ORDER.split()) == sorted(parts)
    assert len(parts) <= 23


@EACH_FILE
def test_imports_point_down(path: Path) -> None:
    mine, order = name_of(path)[0], ORDER.split()
    if mine in order:
        above = {name[0] for name in IMPORTS[name_of(path)]} - {mine, "__init__", *order[: order.index(mine)]}
        assert not above, f"{mine} imports {sorted(above)}"


@pytest.mark.parametrize("folder", FOLDERS, ids="/".join)
def test_no_circle_between_the_files_and_folders_of_a_folder(folder: Name) -> None:
    depth = len(folder)
    uses: dict[str, set[str]] = defaultdict(set)
    for name, targets in IMPORTS.items():
        for target in targets:
            if name[:depth] == target[:depth] == folder and name[depth] != target[depth]:
                uses[name[depth]].add(target[depth])
    if not folder:
        # The package's own door opens every part late, by name.
        uses = {part: others - {"__init__"} for part, others in uses.items() if part != "__init__"}
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@EACH_FILE
def test_heavy_libraries_stand_behind_their_doors(path: Path) -> None:
    place = path.relative_to(SOURCE).as_posix()
    for name in imported(path):
        doors = DOORS.get(name.split(".", maxsplit=1)[0])
        if doors is not None:
            assert place in doors or place.split("/")[0] in doors, f"{place} imports {name}"


@EACH_FILE
def test_only_the_command_line_reads_the_clock(path: Path) -> None:
    if path.parent == SOURCE / "cli":
        return
    text = path.read_text("utf-8")
    assert not any(call in text for call in ("datetime.now(", "date.today(", "time.time(", "utcnow(")), path


@EACH_FILE
def test_files_stay_short_and_the_source_names_no_company(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert "ketabrah" not in text.casefold()
    assert "کتابراه" not in text


def test_the_median_file_is_short() -> None:
    lengths = sorted(len(path.read_text("utf-8").splitlines()) for path in MODULES.values())
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
    code += "loaded = sorted({'numpy', 'pyarrow', 'yaml'} & set(sys.modules))\n"
    code += "from governance.detection import scan\nprint(loaded, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "True"]
