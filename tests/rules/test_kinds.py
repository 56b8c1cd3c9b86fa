"""A rule kind is declared once, completely, and its declaration is all that the rest of the package knows of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import governance
from governance.policy import Policy
from governance.rules.kinds import KINDS, About
from tests.conftest import PROJECT, WorldRun

PACKAGE = Path(governance.__file__).parent
KIND = """
from __future__ import annotations
from dataclasses import dataclass
from typing import ClassVar
from governance.rules.kinds.kind import Kind, Places

@dataclass(frozen=True)
class Retained:
    days: int
    kind: ClassVar[str] = "retained"

def _kernel(rule, on):
    raise NotImplementedError

KIND = Kind(
    parameters=Retained,
    kernel=_kernel,
    places=Places.NAMED_TABLES,
    expectation="ExpectRowsToBeRetained",
    problems=("kept_too_long",),
)
"""
WORDS = """
fa: {name: "دیرتر از موعد نمانده", unseen: "پشتیبان‌ها.", problem: {kept_too_long: "نگهداری بیش از موعد"}}
en: {name: "kept no longer", unseen: "Backups.", problem: {kept_too_long: "kept too long"}}
"""


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder)})


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with one kind more."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, folder / "governance", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def imported(folder: Path, kind: str, words: str | None = WORDS) -> str:
    """The last line that is said when the kinds are imported with one more, "ok" where nothing is."""
    kinds = folder / "governance" / "rules" / "kinds"
    (kinds / "retained.py").write_text(kind, "utf-8")
    if words is None:
        (kinds / "retained.words.yaml").unlink(missing_ok=True)
    else:
        (kinds / "retained.words.yaml").write_text(words, "utf-8")
    done = run(folder, "from governance.rules.kinds import KINDS; assert 'retained' in KINDS; print('ok')")
    return (done.stdout or done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", "ok"),
        ("KIND = Kind(", "OTHER = Kind(", "expected KIND, the Kind that it declares, found none."),
        ("    kernel=_kernel,\n", "", "missing 1 required positional argument: 'kernel'."),
        ("    kernel=_kernel,\n", "    kernel=None,\n", "`kernel`, a function that starts a check, found none."),
        ("    parameters=Retained,\n", "", "missing 1 required positional argument: 'parameters'."),
        ('    kind: ClassVar[str] = "retained"', "", "the class attribute `kind` = 'retained', found None."),
        ('= "retained"', '= "kept"', "the class attribute `kind` = 'retained', found 'kept'."),
        ("@dataclass(frozen=True)", "@dataclass", "expected a frozen dataclass of parameters, found Retained."),
        ('"ExpectRowsToBeRetained"', '"RowsAreRetained"', "begins with Expect, found 'RowsAreRetained'."),
        ('"ExpectRowsToBeRetained"', '"ExpectGrantsToBeInOrder"', "found two kinds with one name."),
        ('("kept_too_long",)', '("kept_too_long", "kept_too_long")', "expected each problem once"),
        (
            '("kept_too_long",)',
            '("kept_too_long", "undated")',
            "retained.words.yaml: expected the word 'problem.undated' of the kind 'retained' in 'fa', found none.",
        ),
        (
            "    problems=",
            '    facts=("oldest",),\n    problems=',
            "`facts` that say what each speaks of, such as Over.CHECK, found others.",
        ),
        (
            "    problems=",
            '    empty="events",\n    problems=',
            "`empty` to name an entry of the register, found 'events'.",
        ),
    ],
)
def test_a_kind_that_is_incomplete_fails_at_import_by_name(copied: Path, old: str, new: str, told: str) -> None:
    assert old in KIND
    line = imported(copied, KIND.replace(old, new, 1) if old else KIND)
    assert told in line
    assert line == "ok" or "rules/kinds" in line


def test_a_kind_without_words_fails_at_import_by_name(copied: Path) -> None:
    assert "expected the words of the kind 'retained', found no such file" in imported(copied, KIND, None)


def test_the_command_line_says_what_is_missing_in_one_sentence(copied: Path) -> None:
    imported(copied, KIND, None)
    command = [sys.executable, "-m", "governance", "plan", "--project", str(PROJECT)]
    environment = {"PYTHONPATH": str(copied)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith("governance: rules/kinds/retained.words.yaml: expected the words of the kind 'retained'")


def test_the_kinds_load_neither_arrays_nor_engines() -> None:
    heavy = {"numpy", "pyarrow", "duckdb", "pandas", "great_expectations", "cryptography"}
    code = f"import sys, governance.rules.kinds; print(sorted({heavy!r} & set(sys.modules)))"
    assert run(PACKAGE.parent, code).stdout.strip() == "[]"


def test_what_is_found_is_declared_by_its_kind(planted_run: WorldRun, policy: Policy) -> None:
    kinds = {rule.id: KINDS[rule.kind] for rule in policy.rules}
    seen = 0
    for check in planted_run.results.checks:
        kind = kinds[check.rule]
        assert not {problem for problem, _ in check.evidence.problems} - set(kind.problems), check.id
        assert not {fact for fact, _ in check.evidence.facts if ":" not in fact} - set(kind.facts), check.id
        seen += check.evidence.violations
    assert seen


def test_a_problem_speaks_to_the_rules_clauses_unless_its_kind_says_otherwise() -> None:
    assert KINDS["encrypted"].about("plaintext") is About.RULE
    assert KINDS["declared"].about("undeclared_table") is About.SILENT
    assert KINDS["classified"].about("undeclared_user.name") is About.CATEGORY


def test_every_parameter_of_a_kind_can_be_written_into_a_suite() -> None:
    for kind in KINDS.values():
        assert {field.type for field in fields(kind.parameters)} <= {"int", "str", "tuple[str, ...]"}, kind.name
