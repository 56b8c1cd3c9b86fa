"""A plan against a source, through Great Expectations; what comes out are our own results, nothing of the library's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import great_expectations as gx

from governance.errors import UsageError
from governance.gx import datasource as _registers_duckdb  # noqa: F401
from governance.gx.session import Session, close_sessions
from governance.gx.suites import bind, suite_name
from governance.plan import Check
from governance.policy import REST
from governance.results import CheckResult, Evidence, Reason, Verdict
from governance.rules import Scope
from governance.sources.database import OVERVIEW, DatabaseSource


class Progress(Protocol):
    """Told of every table: its name, its rows, and how many of them have been read."""

    def __call__(self, table: str, seen: int, rows: int) -> None: ...


def validate(checks: Sequence[Check], scope: Scope, progress: Progress | None = None) -> tuple[CheckResult, ...]:
    """A result for every check, in their order.

    Raises SourceError when the data cannot be read; every other failure becomes the verdict `error` of its checks.
    """
    source = scope.source
    if not isinstance(source, DatabaseSource):
        raise UsageError(f"Expected tables on DuckDB, found a source of the kind {source.kind!r}.")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    duckdb = context.data_sources.add_duckdb("governance", connection_string="duckdb:///:memory:")
    duckdb.bind(source)
    results: dict[str, CheckResult] = {}
    for table, group in _by_table(checks).items():
        if table == "":
            found = {check.id: Evidence(0, unproven=Reason.MATCHES_NOTHING) for check in group}
        elif table != REST and table not in source.schemas():
            found = {check.id: Evidence(0, unproven=Reason.MISSING_TABLE) for check in group}
        else:
            found = _validate_table(duckdb, table, group, scope, progress)
        for check in group:
            results[check.id] = _result(check, found[check.id])
    return tuple(results[check.id] for check in checks)


def _by_table(checks: Sequence[Check]) -> dict[str, tuple[Check, ...]]:
    tables: dict[str, list[Check]] = {}
    for check in checks:
        tables.setdefault(check.place.table if check.place else "", []).append(check)
    return {table: tuple(group) for table, group in tables.items()}


def _validate_table(
    duckdb: Any,  # noqa: ANN401  a datasource of the library
    table: str,
    checks: tuple[Check, ...],
    scope: Scope,
    progress: Progress | None,
) -> dict[str, Evidence]:
    seen = 0
    rows = 0 if table == REST else scope.source.rows(table)

    def advance(batch_rows: int) -> None:
        nonlocal seen
        seen += batch_rows
        if progress:
            progress(table, seen, rows)

    session = Session(table, checks, scope.policy, scope.keys, scope.as_of, scope, advance)
    name, suite = bind(session)
    try:
        if progress:
            progress(table, 0, rows)
        asset = duckdb.add_table_asset(suite_name(table), table_name=OVERVIEW if table == REST else table)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        outcome = batch.validate(suite, result_format="BASIC")
        reported = {result.expectation_config.kwargs["check"]: result for result in outcome.results}
    except Exception:  # noqa: BLE001  its message may quote a value; the checks are left without an outcome
        reported = {}
    finally:
        close_sessions([name])
    if session.failure is not None:
        raise session.failure
    return {check.id: _agreed(check, reported.get(check.id), session.evidence.get(check.id)) for check in checks}


def _agreed(check: Check, reported: Any, evidence: Evidence | None) -> Evidence:  # noqa: ANN401
    """The evidence, if the library says the same of it; otherwise an error that no evidence can soften."""
    if reported is None or evidence is None:
        return Evidence(0, unproven=Reason.NOT_RUN)
    if _raised(reported.exception_info):
        return Evidence(0, unproven=Reason.CHECK_RAISED)
    counts = reported.result
    same = isinstance(counts, Mapping) and (
        counts.get("element_count") == evidence.examined and counts.get("unexpected_count") == evidence.violations
    )
    passed = evidence.judge(check.contract)[0] is Verdict.PASSED
    if not same or not isinstance(reported.success, bool) or reported.success is not passed:
        return Evidence(0, unproven=Reason.DISAGREES)
    return evidence


def _raised(info: Any) -> bool:  # noqa: ANN401
    """Whether an exception is reported, in either of the two shapes that the library has for it."""
    if not isinstance(info, Mapping):
        return info is not None
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(_raised(inner) for inner in info.values())


def _result(check: Check, evidence: Evidence) -> CheckResult:
    verdict, reason = evidence.judge(check.contract)
    place = check.place
    return CheckResult(
        id=check.id,
        rule=check.rule.id,
        clauses=check.rule.clauses,
        table=place.table if place else "",
        column=place.column if place else "",
        verdict=verdict,
        reason=reason,
        evidence=evidence,
    )
