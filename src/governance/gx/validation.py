"""Validates a plan against a source through Great Expectations and returns our own results, none of the library's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from great_expectations.data_context import EphemeralDataContext
from great_expectations.data_context.data_context.context_factory import project_manager
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from great_expectations.exceptions.exceptions import DataContextRequiredError

from governance.errors import UsageError
from governance.gx import datasource as _registers_duckdb  # noqa: F401
from governance.gx.session import Outcome, Session, close_sessions
from governance.gx.suites import bind, suite_name, table_of
from governance.planning.checks import Check
from governance.policy import REST
from governance.results import CheckResult, Evidence, Reason
from governance.rules.attribution import result
from governance.rules.scope import Scope
from governance.rules.tables.sealed import sealed
from governance.sources.database import OVERVIEW, DatabaseSource, quote


class TableProgress(Protocol):
    """Called for every table with its name, its rows, and how many of them have been read."""

    def __call__(self, table: str, seen: int, rows: int) -> None: ...


def validate(checks: Sequence[Check], scope: Scope, progress: TableProgress | None = None) -> tuple[CheckResult, ...]:
    """A result for every check, in their order.

    Raises SourceError when the data cannot be read; every other failure becomes the verdict `error` of its checks.
    """
    source = scope.source
    if not isinstance(source, DatabaseSource):
        raise UsageError(f"Expected tables on DuckDB, found a source of the kind {source.kind!r}.")
    results: dict[str, CheckResult] = {}
    with _context() as context:
        duckdb = context.data_sources.add_duckdb("governance", connection_string="duckdb:///:memory:")
        duckdb.bind(source)
        for table, group in _by_table(checks).items():
            if table == "":
                found = {check.id: Evidence(0, unproven=Reason.MATCHES_NOTHING) for check in group}
            elif table != REST and table not in source.schemas():
                absent = Evidence(0, lacks=(table,), unproven=Reason.MISSING_TABLE)
                found = {check.id: sealed(check, absent, scope) for check in group}
            else:
                found = _validate_table(duckdb, table, group, scope, progress)
            for check in group:
                results[check.id] = result(check, found[check.id], scope)
    source.unchanged()
    return tuple(results[check.id] for check in checks)


class _Unsaved(EphemeralDataContext):  # type: ignore[misc]  # the library has no types
    """A context that does not store its configuration again for every table."""

    def _save_project_config(self) -> None:
        """Nothing of it is read again."""


@contextmanager
def _context() -> Iterator[Any]:
    """A context that leaves nothing behind: no stores, no Data Docs folder, and the caller's own context restored."""
    try:
        before = project_manager.get_current_project()
    except DataContextRequiredError:
        before = None
    context = _Unsaved(DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults()))
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    project_manager.set_project(context)
    try:
        yield context
    finally:
        project_manager.set_project(before)


def _by_table(checks: Sequence[Check]) -> dict[str, tuple[Check, ...]]:
    tables: dict[str, list[Check]] = {}
    for check in checks:
        tables.setdefault(table_of(check), []).append(check)
    return {table: tuple(group) for table, group in tables.items()}


def _validate_table(
    duckdb: Any,  # noqa: ANN401  a datasource of the library
    table: str,
    checks: tuple[Check, ...],
    scope: Scope,
    progress: TableProgress | None,
) -> dict[str, Evidence]:
    seen = 0
    rows = 0 if table == REST else scope.source.rows(table)

    def advance(batch_rows: int) -> None:
        nonlocal seen
        seen += batch_rows
        if progress:
            progress(table, seen, rows)

    session = Session(table, checks, scope, advance)
    name, suite = bind(session)
    try:
        if progress:
            progress(table, 0, rows)
        asset = duckdb.add_table_asset(suite_name(table), table_name=OVERVIEW if table == REST else table)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        outcome = batch.validate(suite, result_format="BASIC")
        reported = [(str(result.expectation_config.kwargs["check"]), result) for result in outcome.results]
    except Exception:  # noqa: BLE001  its message may quote a value; the checks are left without an outcome
        reported = []
    finally:
        close_sessions(name)
    if session.failure is not None:
        raise session.failure
    if not reported and table != REST:
        # The library reads a table before it requests the metric: if that failed, the data may be the cause.
        scope.source.query(f"SELECT 1 FROM {quote(table)} LIMIT 1")
    outcomes = session.outcomes()
    return {check.id: _agreed(check, reported, session, outcomes.get(check.id)) for check in checks}


def _agreed(check: Check, reported: Sequence[tuple[str, Any]], session: Session, expected: Outcome | None) -> Evidence:
    """The evidence, if the library reports the same outcome exactly once; otherwise an error, whatever the evidence."""
    evidence = session.evidence.get(check.id)
    results = [result for name, result in reported if name == check.id]
    if not results or evidence is None or expected is None:
        return Evidence(0, unproven=Reason.NOT_RUN)
    if any(_raised(result.exception_info) for result in results):
        return Evidence(0, unproven=Reason.CHECK_RAISED)
    foreign = {name for name, _ in reported} - {planned.id for planned in session.checks}
    if (
        foreign
        or len(results) > 1
        or results[0].result != expected.result()
        or results[0].success is not expected.holds
    ):
        return Evidence(0, unproven=Reason.DISAGREES)
    return evidence


def _raised(info: Any) -> bool:  # noqa: ANN401
    """Whether an exception is reported, in either of the library's two formats."""
    if not isinstance(info, Mapping):
        return info is not None
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(_raised(inner) for inner in info.values())
