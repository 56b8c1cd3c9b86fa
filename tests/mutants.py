"""Mutation testing of what verdicts and evidence rest on: `make mutants`.

A mutant is a module with one change: a comparison, a condition, a number, what a function returns. A seeded sample of
each module's mutants meets the tests named beside it, in turn until the time is up; a mutant that no test fails on
has survived. Each runs in a fork of a process that has the libraries loaded, in a copy of the sources. Those of
tests/equivalent_mutants.json, which change nothing that could be seen, are left out, each for its reason.
"""

from __future__ import annotations

import argparse
import ast
import copy
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
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LEAST = 0.9
# Which modules, by a pattern within src/governance, and the tests that are to fail on a change of them.
TARGETS = {
    "results/verdicts.py": "results rules/test_settlement.py",
    "rules/settlement.py": "rules/test_settlement.py",
    "sealing/*.py": "sealing evidence/test_publication.py faults/test_operation_n.py",
    "evidence/staged.py": "evidence faults/test_forged_runs.py",
    "evidence/publication.py": "evidence/test_publication.py faults/test_operation_n.py",
    "evidence/leaks.py": "evidence/test_leaks.py",
    "policy/strict_yaml.py": "policy/test_strict_yaml.py policy/test_fields.py policy/test_bad_policies.py",
    "detection/authority.py": "detection",
    "detection/kinds/*.py": "detection/test_cases.py detection/test_classify.py detection/test_labels.py detection",
}
LOADED = ("pytest", "_pytest.assertion.rewrite", "numpy", "pandas", "pyarrow.parquet", "duckdb", "yaml")
_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}  # fmt: skip
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
    """Every mutant of a module, but for changes of annotations, patterns and the sentences of errors."""
    tree = ast.parse(source)
    lines = source.splitlines()
    for number, node in enumerate(list(_places(tree))):
        for changed in _changes(node):
            fresh = copy.deepcopy(tree)
            place = list(_places(fresh))[number]
            _Replace(place, changed).visit(fresh)
            before, after = ast.unparse(node), ast.unparse(changed)
            text = ast.unparse(ast.fix_missing_locations(fresh))
            yield Mutant(module, node.lineno, lines[node.lineno - 1].strip(), before, after, text)


def _places(node: ast.AST) -> Iterator[ast.expr | ast.Return]:
    """What may be changed, in the order of the text."""
    if isinstance(node, ast.expr | ast.Return):
        yield node
    for name, value in ast.iter_fields(node):
        annotates = name in {"annotation", "returns", "type_params", "exc", "decorator_list"}
        for child in value if isinstance(value, list) else [value]:
            names = isinstance(child, ast.AnnAssign) and "TypeAlias" in ast.unparse(child.annotation)
            guard = isinstance(child, ast.If) and ast.unparse(child.test) in {"TYPE_CHECKING", "__name__ == '__main__'"}
            if isinstance(child, ast.AST) and not (annotates or names or guard or isinstance(child, ast.JoinedStr)):
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


class _Replace(ast.NodeTransformer):
    def __init__(self, place: ast.AST, by: ast.AST) -> None:
        self._place, self._by = place, by

    def visit(self, node: ast.AST) -> ast.AST:
        return self._by if node is self._place else super().generic_visit(node)


class Bench:
    """A copy of the sources, in which one module at a time is changed and tested."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(PROJECT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        for path in PROJECT.iterdir():
            if path.name not in {"src", ".git", "build"}:
                (folder / path.name).symlink_to(path)
        self.sources = folder / "src"
        # A failing example of one mutant is none of the next one's.
        os.environ.update(PYTHONPATH=str(self.sources), HYPOTHESIS_STORAGE_DIRECTORY=str(folder / "examples"))
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(self.sources))
        for name in LOADED:
            import_module(name)

    def survives(self, mutant: Mutant, tests: str, seconds: float) -> bool:
        """Whether every test passes in that time, first of those that mirror the module, which are soon done."""
        path = self.sources / "governance" / mutant.module
        mirror = Path(mutant.module).with_name(f"test_{path.name}")
        before = path.read_text("utf-8")
        path.write_text(mutant.text, "utf-8")
        try:
            own = not (PROJECT / "tests" / mirror).exists() or self.passes(mirror.as_posix(), seconds)
            return own and self.passes(tests, seconds)
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
            code = 1
            with suppress(BaseException):
                code = int(
                    sys.modules["pytest"].main([*options, "-m", "not slow and not browser and not soak", *paths])
                )
            os._exit(code)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) == 0
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
    longest = max(map(len, columns), default=0)
    return [column[number] for number in range(longest) for column in columns if number < len(column)]


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
                if not bench.passes(tests, 600):
                    raise SystemExit(f"expected the tests to pass on the sources as they are, they fail: {tests}")
                limits[tests] = 20 + 5 * (time.monotonic() - started)
            if time.monotonic() > end:
                break
            alive = bench.survives(mutant, tests, limits[tests])
            (survived if alive else killed)[mutant.module] += 1
            if alive:
                print(f"survived  {mutant}", flush=True)
    for module in dict.fromkeys(one.module for one, _ in drawn):
        print(f"{module:40} {killed[module]:5} killed {survived[module]:5} survived")
    tried = killed.total() + survived.total()
    share = killed.total() / tried if tried else 0
    print(f"{killed.total()} of {tried} mutants killed, {share:.1%}; {len(drawn) - tried} not tried for time")
    return int(share < LEAST)


if __name__ == "__main__":
    sys.exit(main())
