"""Nothing hangs on a name: with every table and column renamed, verdicts, counts and problems stay the same."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from governance.inputs import load_policy
from governance.planning.checks import Plan
from governance.planning.checks import plan as make_plan
from governance.policy.column_roles import DERIVED, ENTRIES, OWN_ROLES
from governance.results import CheckResult, Results
from governance.run import check
from governance.subjects import find_subject
from governance.synthetic.generate import WorldName
from tests.conftest import PROJECT, Shared, make_run
from tests.renaming import Renaming, renamed

ROWS = 200
SOURCE = PROJECT / "src" / "governance"
# Words that are names of columns by chance, and whose they are in the source.
OTHERS = {
    "description": "keys of ODCS and of page texts",
    "name": "keys of ODCS, JUnit and notebooks",
    "status": "keys of ODCS, OSCAL and notebooks",
    "title": "keys of policy files, Vega and OSCAL",
    "text": "marks of Vega",
    "note": "a level of SARIF",
    "subject": "a key of in-toto, and a command",
    "reviews": "a file of the policy",
    "email": "a word of labels",
    "mobile": "a word of labels",
    "user_id": "a problem of the kind `erased`",
}
# They tell what projects of format 1 called their tables and columns.
FORMER = {"policy/column_roles.py", "policy/migration.py"}


def texts_of(path: Path) -> Iterator[str]:
    """The texts in a module, without those that document it."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, documented) and node.body]
    notes = {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.value


def named_in(text: str, names: Collection[str]) -> set[str]:
    """The names that a text is, or that stand in it and are no plain word."""
    return {word for word in re.findall(r"\w+", text) if word in names and (word == text or "_" in word)}


def told(result: CheckResult, new: Renaming) -> dict[str, Any]:
    """What a check found, under the new names; references depend on the name of the table, so their number is told."""
    found, table = result.evidence, result.table
    return {
        "verdict": result.verdict,
        "reason": result.reason,
        "clauses": result.clauses,
        "counts": (found.examined, found.violations, found.review, found.unit, found.unproven),
        "problems": dict(found.problems),
        "facts": {new.fact(name): count for name, count in found.facts},
        "rows": (len(found.rows), Counter(row.problem for row in found.rows)),
        "names": sorted(new.table(name) for name in found.names),
        "columns": sorted((new.columns.get((table, name), name), count) for name, count in found.columns),
        "lacks": sorted(new.column(name) if "." in name else new.table(name) for name in found.lacks),
    }


def same(before: Results, after: Results, new: Renaming) -> None:
    """Every check says the same; the message names what differs."""
    expected = {new.check(result.id): told(result, new) for result in before.checks}
    nothing = Renaming({}, {}, {}, {}, "shared_")
    found = {result.id: told(result, nothing) for result in after.checks}
    assert found.keys() == expected.keys()
    differing = {
        name: {key: (value, found[name][key]) for key, value in expected[name].items() if value != found[name][key]}
        for name in expected
        if expected[name] != found[name]
    }
    former = {new.check(result.id): result.id for result in before.checks}
    assert {former[name]: what for name, what in differing.items()} == {}


@pytest.mark.slow
@pytest.mark.parametrize("world", ["clean", "demo", "planted"])
def test_a_renamed_company_gets_the_same_verdicts(
    world: WorldName, plan: Plan, shared: Shared, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    run = make_run(shared, plan, world, ROWS)
    dataset, before = run.dataset, run.results
    new = renamed(dataset.data, tmp_path, pytestconfig.option.seed)
    after = check(tmp_path / "data", keys=dataset.keys, project=tmp_path)
    same(before, after, new)
    asked = "100001"
    places = find_subject(asked, dataset.data, keys=dataset.keys, project=PROJECT).places
    found = find_subject(asked, tmp_path / "data", keys=dataset.keys, project=tmp_path).places
    moved = {(new.table(p.table), new.columns.get((p.table, p.column), p.column), p.rows, p.kinds) for p in places}
    assert moved == {(place.table, place.column, place.rows, place.kinds) for place in found}


def test_the_new_names_tell_nothing_and_the_plan_is_the_same(
    plan: Plan, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    (tmp_path / "none").mkdir()
    new = renamed(tmp_path / "none", tmp_path, pytestconfig.option.seed)
    policy = load_policy(tmp_path)
    assert {new.check(known.id) for known in plan.checks} == {known.id for known in make_plan(policy).checks}
    names = [*new.tables.values(), *new.columns.values()]
    names += [*new.physical_tables.values(), *new.physical_columns.values()]
    assert len(names) == 2 * sum(1 + len(contract.columns) for contract in policy.contracts)
    old = {name for contract in plan.policy.contracts for name in (contract.table, *(c.name for c in contract.columns))}
    assert not [name for name in names if any(word in name for one in old for word in one.split("_"))]


def test_no_module_knows_a_table_or_a_column_of_the_company(plan: Plan) -> None:
    names = {
        name for contract in plan.policy.contracts for name in (contract.table, *(c.name for c in contract.columns))
    }
    roles = {role.name for entry in ENTRIES.values() for role in entry} | {*ENTRIES, *OWN_ROLES, *DERIVED}
    company = names - roles - OTHERS.keys()
    assert {"users", "transfer_id", "mobile_token", "session_id"} <= company
    modules = {path.relative_to(SOURCE).as_posix(): path for path in SOURCE.rglob("*.py")}
    found = {
        module: [text for text in texts_of(path) if named_in(text, company) or text in {"_token", "shared_"}]
        for module, path in modules.items()
        if not module.startswith("synthetic/") and module not in FORMER
    }
    assert {module: texts for module, texts in found.items() if texts} == {}


def test_a_module_that_knows_a_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text('"""users."""\ntable = f"SELECT user_key FROM {x}"\nother = "users"\n', "utf-8")
    known = {"users", "user_key"}
    found = [named_in(text, known) for text in texts_of(tmp_path / "one.py")]
    assert sorted(filter(None, found), key=sorted) == [{"user_key"}, {"users"}]
