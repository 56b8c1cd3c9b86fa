"""Checks to suites: plain Great Expectations JSON, one file a table, committed so that a reviewer sees what is run.

Great Expectations drops expectations of a type that it does not know, and what is left of the suite then passes. So
each suite starts with a guard, a built-in expectation that no table meets; only `load_suite` takes it out.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import great_expectations as gx

from governance.encryption import Keyring
from governance.errors import UsageError, but_found
from governance.gx.expectations import EXPECTATIONS
from governance.gx.session import Session, open_session
from governance.plan import Check, Plan
from governance.policy import REST
from governance.results import canonical_json, strict_json

SOURCE_SUITE = "_source"
_GUARD: dict[str, Any] = {
    "type": "expect_table_column_count_to_equal",
    "kwargs": {"value": 0},
    "meta": {
        "guard": "Fails on purpose: load this suite with governance.gx.load_suite, which registers its expectations."
    },
    "severity": "critical",
}
# Ids are derived from names, so that compiling twice gives the same bytes.
_NAMESPACE = uuid.UUID("6f0f1f2e-6d8a-4d0e-9f53-0c8f1f0f6a51")


def suite_name(table: str) -> str:
    """The name of a table's suite; checks of the source as a whole have one of their own."""
    return SOURCE_SUITE if table == REST else table


def compile_suites(plan: Plan) -> dict[str, dict[str, Any]]:
    """Every suite by name, as the JSON that Great Expectations reads."""
    tables: dict[str, list[Check]] = {}
    for check in plan.checks:
        if check.place is not None:
            tables.setdefault(check.place.table, []).append(check)
    return {suite_name(table): _compile(suite_name(table), checks) for table, checks in sorted(tables.items())}


def _compile(name: str, checks: Sequence[Check]) -> dict[str, Any]:
    guard = {**_GUARD, "id": str(uuid.uuid5(_NAMESPACE, f"guard/{name}"))}
    return {
        "name": name,
        "id": str(uuid.uuid5(_NAMESPACE, f"suite/{name}")),
        "expectations": [guard, *(_expectation(check) for check in checks)],
        "meta": {},
        "notes": None,
    }


def _expectation(check: Check) -> dict[str, Any]:
    place = check.place
    assert place is not None  # noqa: S101  checks without a place are in no suite
    kwargs: dict[str, Any] = {"check": check.id, "table": place.table}
    if check.rule.where.columns:
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


def write_suites(plan: Plan, folder: Path) -> tuple[str, ...]:
    """Compile into a folder, and remove suites of tables that the plan no longer has; the names of changed files."""
    folder.mkdir(exist_ok=True)
    compiled = {f"{name}.json": canonical_json(suite) for name, suite in compile_suites(plan).items()}
    changed = [name for name, text in compiled.items() if not _holds(folder / name, text)]
    stale = [path.name for path in sorted(folder.glob("*.json")) if path.name not in compiled]
    for name in changed:
        (folder / name).write_text(compiled[name], "utf-8")
    for name in stale:
        (folder / name).unlink()
    return (*changed, *stale)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def read_suites(folder: Path) -> dict[str, Any]:
    """The committed suites by name."""
    return {path.stem: strict_json(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}


def bind(session: Session) -> tuple[str, gx.ExpectationSuite]:
    """A suite that can be validated: its expectations are of known types and know their session."""
    name = open_session(session)
    compiled = _compile(suite_name(session.table), session.checks)
    compiled["expectations"] = compiled["expectations"][1:]
    for expectation in compiled["expectations"]:
        expectation["kwargs"]["session"] = name
    return name, gx.ExpectationSuite(**compiled)


def load_suite(
    table: str,
    *,
    plan: Plan,
    keys: Keyring | None = None,
    as_of: datetime,
    committed: dict[str, Any] | None = None,
) -> gx.ExpectationSuite:
    """A table's suite for use in any Great Expectations project, without its guard.

    UsageError for a table without a suite, and for a `committed` suite that is not what the policy compiles to today.
    """
    checks = tuple(check for check in plan.checks if check.place is not None and check.place.table == table)
    known = [check.place.table for check in plan.checks if check.place]
    if not checks:
        raise UsageError(f"Expected a table that the policy has a suite for, {but_found(table, known)}.")
    if committed is not None and committed != _compile(suite_name(table), checks):
        raise UsageError(
            f"{table}: expected the suite that the policy compiles to, found another; run `governance plan --write`."
        )
    return bind(Session(table, checks, plan.policy, keys, as_of))[1]
