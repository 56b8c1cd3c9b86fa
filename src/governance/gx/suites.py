"""Checks to suites: plain Great Expectations JSON, one file a table, committed so that a reviewer sees what is run.

Great Expectations drops expectations of a type that it does not know, and what is left of the suite then passes. So
each suite starts with a guard, a built-in expectation that no table meets; only `load_suite` opens it.
"""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import great_expectations as gx

from governance.encryption.keys import load_keys
from governance.errors import UsageError, but_found
from governance.gx.expectations import EXPECTATIONS
from governance.gx.session import Session, close_session, open_session
from governance.inputs import find_project, load_policy
from governance.planning.checks import Check, Plan, plan
from governance.policy import REST
from governance.results import canonical_json

SOURCE_SUITE = "_source"
_IMPOSSIBLE = -1
_GUARD: dict[str, Any] = {
    "type": "expect_table_column_count_to_equal",
    "kwargs": {"value": _IMPOSSIBLE},
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


def compile_suites(planned: Plan) -> dict[str, dict[str, Any]]:
    """Every suite by name, as the JSON that Great Expectations reads."""
    tables: dict[str, list[Check]] = {}
    for check in planned.checks:
        if table := table_of(check):
            tables.setdefault(table, []).append(check)
    return {suite_name(table): _compile(suite_name(table), checks) for table, checks in sorted(tables.items())}


def table_of(check: Check) -> str:
    """The table whose suite holds a check: none for one that matches nothing, the source for one about no table."""
    if check.rule.where.nowhere:
        return REST
    return check.place.table if check.place else ""


def _compile(name: str, checks: Sequence[Check]) -> dict[str, Any]:
    return {
        "name": name,
        "id": str(uuid.uuid5(_NAMESPACE, f"suite/{name}")),
        "expectations": [_guard(name), *(_expectation(check) for check in checks)],
        "meta": {},
        "notes": None,
    }


def _guard(name: str) -> dict[str, Any]:
    return {**_GUARD, "id": str(uuid.uuid5(_NAMESPACE, f"guard/{name}"))}


def _expectation(check: Check) -> dict[str, Any]:
    place = check.place
    kwargs: dict[str, Any] = {"check": check.id, "table": table_of(check)}
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
    """Compile into a folder, and remove suites of tables that the plan no longer has; the names of changed files."""
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


class _Opened(int):
    """The guard's number for whoever called `load_suite`: it equals any, and is -1 again wherever it is stored.

    Great Expectations stores a suite exactly as it evaluates it. A loaded suite without its guard would be stored
    without it too, and pass wherever its expectations are unknown.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int)

    def __hash__(self) -> int:
        return super().__hash__()


def bind(session: Session, *guards: dict[str, Any]) -> tuple[str, gx.ExpectationSuite]:
    """A suite whose expectations know their session, with the session's name; one of them closes it."""
    name = open_session(session)
    compiled = _compile(suite_name(session.table), session.checks)
    ours = compiled["expectations"][1:]
    for expectation in ours:
        expectation["kwargs"]["session"] = name
    suite = gx.ExpectationSuite(**{**compiled, "expectations": [*guards, *ours]})
    weakref.finalize(suite, close_session, name)
    return name, suite


def load_suite(
    table: str, *, as_of: datetime | str, project: Path | None = None, keys: Path | None = None
) -> gx.ExpectationSuite:
    """A table's committed suite for use in any Great Expectations project, its guard opened for as long as it lives.

    `table` is a contract's name, or `_source` for the checks of the source as a whole; `as_of`, with its zone, decides
    what was in force; `project` is found upwards from here unless named; `keys` is a key file. GovernanceError for a
    table without a suite, and for a committed suite that is not what the policy compiles to today.
    """
    root = find_project(project)
    planned = plan(load_policy(root))
    place = REST if table == SOURCE_SUITE else table
    checks = tuple(check for check in planned.checks if table_of(check) == place)
    if not checks:
        known = [SOURCE_SUITE, *filter(None, map(table_of, planned.checks))]
        raise UsageError(f"Expected a table that the policy has a suite for, {but_found(table, known)}")
    name = suite_name(place)
    path = root / "expectations" / "suites" / f"{name}.json"
    if not _holds(path, canonical_json(_compile(name, checks))):
        raise UsageError(f"{path}: expected the suite that the policy compiles to; run `governance plan --write`.")
    session = Session(place, checks, planned.policy, load_keys(keys) if keys else None, _decided(as_of))
    return bind(session, {**_guard(name), "kwargs": {"value": _Opened(_IMPOSSIBLE)}})[1]


def _decided(as_of: datetime | str) -> datetime:
    try:
        moment = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        if moment.tzinfo is None:
            raise ValueError("zone")
    except ValueError:
        raise UsageError(
            "as_of: expected a time with its zone such as 2026-11-22T00:00:00Z, found something else."
        ) from None
    return moment.astimezone(UTC)
