"""Checks to suites: plain Great Expectations JSON, one file per table, committed so that reviewers see what runs.

Great Expectations drops expectations of unknown types, and the rest of the suite then passes. So each suite ends with
two guards, built-in expectations of one parameter that no plain value satisfies together; only the value of
`governance.gx.parameters` does, once this package has evaluated the table.
"""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import great_expectations as gx

from governance.errors import UsageError, but_found
from governance.gx.expectations import EXPECTATIONS, SESSION
from governance.gx.session import Session, close_sessions, open_sessions
from governance.inputs import find_project, load_policy
from governance.planning.checks import Check, Plan, plan
from governance.policy import REST
from governance.spelling import canonical_json, strict_json

SOURCE_SUITE = "_source"
GUARD: Final = "governance_guard"
_GUARDS: Final[tuple[dict[str, Any], ...]] = (
    {"type": "expect_table_row_count_to_equal", "kwargs": {"value": {"$PARAMETER": GUARD}}},
    {
        "type": "expect_table_row_count_to_be_between",
        "kwargs": {"min_value": {"$PARAMETER": GUARD}, "strict_min": True},
    },
)
_DESCRIPTION = "One of two guards: both hold only after governance has looked, with governance.gx.parameters."
# Ids are derived from names, so that compiling twice gives the same bytes.
_NAMESPACE = uuid.UUID("6f0f1f2e-6d8a-4d0e-9f53-0c8f1f0f6a51")


def suite_name(table: str) -> str:
    """The name of a table's suite; the checks of the source as a whole have their own suite."""
    return SOURCE_SUITE if table == REST else table


def compile_suites(planned: Plan) -> dict[str, dict[str, Any]]:
    """Every suite by name, as the JSON that Great Expectations reads."""
    return {suite_name(table): _compile(table, checks) for table, checks in sorted(checks_by_table(planned).items())}


def checks_by_table(planned: Plan) -> dict[str, tuple[Check, ...]]:
    """The checks of each suite, by table."""
    tables: dict[str, list[Check]] = {}
    for check in planned.checks:
        if table := table_of(check):
            tables.setdefault(table, []).append(check)
    return {table: tuple(checks) for table, checks in tables.items()}


def table_of(check: Check) -> str:
    """The table whose suite holds a check; None if the check matches nothing, the source if it is about no table."""
    if check.rule.where.nowhere:
        return REST
    return check.place.table if check.place else ""


def _compile(table: str, checks: Sequence[Check]) -> dict[str, Any]:
    name = suite_name(table)
    return {
        "name": name,
        "id": str(uuid.uuid5(_NAMESPACE, f"suite/{name}")),
        "expectations": [*map(_expectation, checks), *_guards(table)],
        "meta": {},
        "notes": None,
    }


def _guards(table: str) -> Iterator[dict[str, Any]]:
    for guard in _GUARDS:
        name = f"guard/{suite_name(table)}/{guard['type']}"
        yield {
            **guard,
            "id": str(uuid.uuid5(_NAMESPACE, name)),
            "description": _DESCRIPTION,
            "meta": {GUARD: suite_name(table)},
            "severity": "critical",
        }


def _expectation(check: Check) -> dict[str, Any]:
    place = check.place
    kwargs: dict[str, Any] = {"check": check.id, "table": table_of(check), SESSION: {"$PARAMETER": SESSION}}
    if check.rule.where.columns and place is not None:
        kwargs["column"] = place.column or REST
    for parameter in fields(check.rule.parameters):  # type: ignore[arg-type]  # every kind is a dataclass
        if parameter.name != "kind":
            value = getattr(check.rule.parameters, parameter.name)
            kwargs[parameter.name] = list(value) if isinstance(value, tuple) else value
    return {
        "type": EXPECTATIONS[check.rule.kind].expectation_type,
        "id": str(uuid.uuid5(_NAMESPACE, check.id)),
        "kwargs": kwargs,
        "meta": {"rule": check.rule.id, "clauses": list(check.rule.clauses)},
        "severity": check.rule.severity.value,
    }


def write_suites(planned: Plan, folder: Path) -> tuple[str, ...]:
    """Compile into a folder and remove suites without a table in the plan; returns the names of changed files."""
    folder.mkdir(exist_ok=True)
    compiled = {f"{name}.json": canonical_json(suite) for name, suite in compile_suites(planned).items()}
    changed = [name for name, text in compiled.items() if not _holds(folder / name, text)]
    stale = [path.name for path in sorted(folder.glob("*.json")) if path.name not in compiled]
    for name in changed:
        (folder / name).write_text(compiled[name], "utf-8")
    for name in stale:
        (folder / name).unlink()
    return (*changed, *stale)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def bind(session: Session) -> tuple[str, gx.ExpectationSuite]:
    """The suite of a session's checks, which carry its name; without guards, as the caller compares each result."""
    name = open_sessions(session)
    compiled = _compile(session.table, session.checks)
    ours = [each for each in compiled["expectations"] if SESSION in each["kwargs"]]
    for expectation in ours:
        expectation["kwargs"][SESSION] = name
    suite = gx.ExpectationSuite(**{**compiled, "expectations": ours})
    weakref.finalize(suite, close_sessions, name)
    return name, suite


def read_suite(planned: Plan, table: str, project: Path) -> dict[str, Any]:
    """A table's committed suite; UsageError if it differs from what the policy compiles to."""
    tables = checks_by_table(planned)
    place = REST if table == SOURCE_SUITE else table
    if place not in tables:
        known = map(suite_name, tables)
        raise UsageError(f"Expected a table that the policy has a suite for, {but_found(table, known)}")
    path = project / "expectations" / "suites" / f"{suite_name(place)}.json"
    text = canonical_json(_compile(place, tables[place]))
    if not _holds(path, text):
        raise UsageError(f"{path}: expected the suite that the policy compiles to; run `governance plan --write`.")
    found: dict[str, Any] = strict_json(text)
    return found


def load_suite(table: str, project: Path | None = None) -> gx.ExpectationSuite:
    """A table's committed suite, to be stored and run in any Great Expectations project with `parameters`.

    `table` is a contract's name, or `_source` for the checks of the source as a whole; `project` is found upwards from
    here unless named. GovernanceError for a table without a suite, and for a suite that differs from what the policy
    compiles to.
    """
    root = find_project(project)
    return gx.ExpectationSuite(**read_suite(plan(load_policy(root)), table, root))
