"""Mutation testing of what verdicts and evidence rest on: `make mutants`.

A mutant is a module with one change: a comparison, a condition, a number, what a function returns. A seeded sample of
each module's mutants meets the tests named beside it, in turn until the time is up; a mutant that no test fails on
has survived. Each runs in a fork of a process that has the libraries loaded, in a copy of the sources. Those of
tests/equivalent_mutants.json, which change nothing that could be seen, are left out, each for its reason.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import cache_from_source
from itertools import accumulate, zip_longest
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LEAST = 0.9
_TEXTS = " ".join(
    f"detection/test_{name}.py"
    for name in ("kinds", "grades", "cases", "classify", "expiries", "regions", "ids", "layouts", "subjects")
)
_COLUMNS = " ".join(
    ["detection/columns"]
    + [f"detection/test_{name}.py" for name in ("scan", "expiries", "layouts", "labels")]
    + [f"detection/test_{name}.py" for name in ("tokens", "numbers", "sifting")]
    + [f"rules/test_{name}.py" for name in ("card_parts", "suspects", "too_large", "free_of")]
)
# Which modules, by a pattern within src/governance, and the tests that are to fail on a change of them.
TARGETS = {
    "results/verdicts.py": "results rules/test_settlement.py",
    "rules/settlement.py": "rules/test_settlement.py",
    "sealing/*.py": "sealing evidence/test_publication.py faults/test_operation_n.py",
    "evidence/staged.py": "evidence/test_publication.py",
    "evidence/[emp]*.py": "evidence/test_publication.py sealing/test_verify.py faults/test_operation_n.py",
    "evidence/rows.py": "evidence/test_rows.py",
    "evidence/[cdl]*.py": "evidence/test_leaks.py faults/test_leak_gate.py evidence/test_spelled_out.py",
    "evidence/spelled_out.py": "evidence/test_spelled_out.py",
    "policy/strict_yaml.py": "policy/test_strict_yaml.py policy/test_fields.py policy/test_bad_policies.py",
    "sources/parquet_pages.py": "sources/test_parquet.py faults/test_lost_assurance.py",
    "regular_files.py": "test_regular_files.py",
    "detection/authority.py": "detection/test_contacts.py detection/test_cases.py detection/test_detectors.py",
    "detection/kinds/*.py": f"{_TEXTS} detection/test_labels.py",
    "detection/text/*.py": f"{_TEXTS} detection/test_known.py detection/test_properties.py",
    "detection/columns/*.py": _COLUMNS,
    "detection/contacts.py": "detection/test_contacts.py",
    "detection/digests.py": "detection/test_subjects.py detection/test_known.py",
    "detection/known.py": "detection/test_known.py detection/test_contacts.py",
    "detection/subjects.py": "detection/test_known.py detection/test_contacts.py",
}
LOADED = (
    *("pytest", "_pytest.assertion.rewrite", "numpy", "pandas", "pyarrow.parquet", "duckdb", "yaml", "phonenumbers"),
    *("hypothesis.strategies", "faker.contrib.pytest.plugin", "anyio.pytest_plugin"),
)
_PAIRS = "Eq NotEq, Lt LtE, Gt GtE, In NotIn, Is IsNot, And Or, Add Sub, Mult FloorDiv, BitOr BitAnd"
_OTHER: dict[type[ast.AST], type[ast.AST]] = {}
for _pair in _PAIRS.split(", "):
    _one, _two = (getattr(ast, _name) for _name in _pair.split())
    _OTHER |= {_one: _two, _two: _one}
_NO_TESTS = 5  # all of a file are marked: none failed
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module's whole text with one change, and what that change is."""

    module: str
    line: int
    where: str
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.before}  →  {self.after}"


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module, but for changes of annotations, orders, guards, patterns and sentences of errors."""
    raw = source.encode()
    lines = raw.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    for node in _places(ast.parse(source)):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        for changed in _changes(node):
            after = ast.unparse(changed) if isinstance(changed, ast.Return) else f"({ast.unparse(changed)})"
            text = (raw[:begin] + after.encode() + raw[end:]).decode()
            where = lines[node.lineno - 1].decode().strip()
            yield Mutant(module, node.lineno, where, ast.unparse(node), ast.unparse(changed), text)


def _places(node: ast.AST) -> Iterator[ast.expr | ast.Return]:
    """What may be changed, in the order of the text."""
    if isinstance(node, ast.expr | ast.Return):
        yield node
    for name, value in ast.iter_fields(node):
        annotates = name in {"annotation", "returns", "type_params", "exc", "decorator_list"}
        for child in value if isinstance(value, list) else [value]:
            names = isinstance(child, ast.AnnAssign) and "TypeAlias" in ast.unparse(child.annotation)
            guard = isinstance(child, ast.If) and ast.unparse(child.test) in {"TYPE_CHECKING", "__name__ == '__main__'"}
            order = isinstance(child, ast.keyword) and child.arg == "gravity"  # one more leaves the order as it is
            strict = isinstance(child, ast.keyword) and child.arg == "strict"  # lengths that are the same
            left = annotates or names or guard or order or strict or isinstance(child, ast.JoinedStr)
            if isinstance(child, ast.AST) and not left:
                yield from _places(child)


def _changes(node: ast.AST) -> Iterator[ast.expr | ast.Return]:
    match node:
        case ast.Compare(left, [operator], right) if type(operator) in _OTHER:
            yield ast.Compare(left, [_OTHER[type(operator)]()], right)  # type: ignore[list-item]
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(_OTHER[type(operator)](), values)  # type: ignore[arg-type]
            yield from values[:1]
        case ast.BinOp(left, operator, right) if type(operator) in _OTHER:
            yield ast.BinOp(left, _OTHER[type(operator)](), right)  # type: ignore[arg-type]
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield ast.Constant(value + 1)
        case ast.Call(ast.Name(name), arguments, keywords) if name in _CALLS:
            yield ast.Call(ast.Name(_CALLS[name]), arguments, keywords)
        case ast.Return(ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))


class Bench:
    """A copy of the sources, in which one module at a time is changed and tested."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(PROJECT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        for path in PROJECT.iterdir():
            if path.name not in {"src", ".git", "build"}:
                (folder / path.name).symlink_to(path)
        self.sources = folder / "src"
        # Compiled once, or each fork would compile everything again; none writes there.
        compileall.compile_dir(self.sources, quiet=1)
        # A failing example of one mutant is none of the next one's.
        os.environ.update(PYTHONPATH=str(self.sources), HYPOTHESIS_STORAGE_DIRECTORY=str(folder / "examples"))
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(self.sources))
        for name in LOADED:
            import_module(name)

    def survives(self, mutant: Mutant, tests: str, seconds: float) -> bool:
        """Whether every test passes in that time, file by file, first those that mirror the module."""
        path = self.sources / "governance" / mutant.module
        mirror = Path(mutant.module).with_name(f"test_{path.name}")
        names = [mirror.as_posix()] if (PROJECT / "tests" / mirror).exists() else []
        before = path.read_text("utf-8")
        # A mutant may have the size and the second of what was compiled.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)
        path.write_text(mutant.text, "utf-8")
        try:
            return all(self.passes(name, seconds) for name in dict.fromkeys([*names, *tests.split()]))
        finally:
            path.write_text(before, "utf-8")

    def passes(self, tests: str, seconds: float) -> bool:
        child = os.fork()
        if not child:
            os.setsid()
            for output in (1, 2):
                os.dup2(os.open(os.devnull, os.O_RDWR), output)
            paths = dict.fromkeys(f"{PROJECT}/tests/{name}" for name in tests.split())
            # Tests of whole commands are told apart by their mark, and seconds slower than what they add.
            options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--seed=1", "--hypothesis-seed=1"]
            marked = ["-m", "not slow and not browser and not soak"]
            marked += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # its plugins are loaded already
            code = 1
            with suppress(BaseException):
                code = int(sys.modules["pytest"].main([*options, *marked, *paths]))
            os._exit(code)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) in {0, _NO_TESTS}
            time.sleep(0.02)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return False


def samples(seed: int, each: int, only: Sequence[str]) -> list[tuple[Mutant, str]]:
    """The mutants to try, one of each module in turn."""
    kept = json.loads((PROJECT / "tests" / "equivalent_mutants.json").read_text("utf-8"))
    equivalent = {(one["module"], one["where"], one["before"], one["after"]) for one in kept}
    columns = []
    for pattern, tests in TARGETS.items():
        for path in sorted((PROJECT / "src" / "governance").glob(pattern)):
            module = path.relative_to(PROJECT / "src" / "governance").as_posix()
            if not any(part in module for part in only):
                continue
            found = list(mutants(module, path.read_text("utf-8")))
            found = [one for one in found if (module, one.where, one.before, one.after) not in equivalent]
            random.Random(f"{seed} {module}").shuffle(found)  # noqa: S311  draws a sample
            columns.append([(one, tests) for one in found[:each]])
    return [one for row in zip_longest(*columns) for one in row if one]


def main() -> int:
    """Print what survived and a table of the modules; 1 when too many did."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=40, help="mutants of a module, at most")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--only", nargs="*", default=[""], help="modules whose path has one of these in it")
    given = parser.parse_args()
    end = time.monotonic() + given.minutes * 60
    killed, survived, limits = Counter[str](), Counter[str](), dict[str, float]()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        bench = Bench(Path(folder))
        for mutant, tests in (drawn := samples(given.seed, given.each, given.only)):
            if tests not in limits:
                started = time.monotonic()
                passed = bench.passes(tests, 600)
                limits[tests] = 20 + 5 * (time.monotonic() - started) if passed else 0
                if not passed:
                    print(f"not tried, as these tests fail on the sources as they are: {tests}", flush=True)
            if time.monotonic() > end or not limits[tests]:
                continue
            alive = bench.survives(mutant, tests, limits[tests])
            (survived if alive else killed)[mutant.module] += 1
            if alive:
                print(f"survived  {mutant}", flush=True)
    for module in dict.fromkeys(one.module for one, _ in drawn):
        print(f"{module:40} {killed[module]:5} killed {survived[module]:5} survived")
    tried = killed.total() + survived.total()
    share = killed.total() / tried if tried else 0
    print(f"{killed.total()} of {tried} mutants killed, {share:.1%}; {len(drawn) - tried} not tried")
    return int(share < LEAST or not all(limits.values()))


if __name__ == "__main__":
    sys.exit(main())
