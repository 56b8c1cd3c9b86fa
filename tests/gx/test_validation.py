"""Nothing passes that was not looked at: what is missing, raises, is dropped, doubled or contradicted is no pass."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from great_expectations.data_context.data_context.context_factory import project_manager
from great_expectations.datasource.fluent.interfaces import Batch

from governance.errors import SourceError
from governance.gx import suites, validation
from governance.gx.session import _SESSIONS
from governance.planning.checks import Plan
from governance.results import CheckResult, Reason, Verdict
from governance.rules.kinds import KINDS
from governance.rules.search import Search
from governance.sources.database import DatabaseSource
from governance.synthetic import Dataset

Run = Callable[..., dict[str, CheckResult]]
BOOKS = {"books": pa.table({"title": ["x", "y"]})}
TITLE = "no-bank-data/books/title"
OTHER = "no-bank-data/books/author"


def said(found: dict[str, CheckResult]) -> set[tuple[Verdict, Reason]]:
    return {(check.verdict, check.reason) for check in found.values()}


def test_missing_tables_and_columns_and_rows_are_not_evaluated(run: Run) -> None:
    found = run(BOOKS)
    assert (found[TITLE].verdict, found[TITLE].reason) == (Verdict.PASSED, Reason.HOLDS)
    assert found[OTHER].reason is Reason.MISSING_COLUMN
    assert found["no-bank-data/users/name"].reason is Reason.MISSING_TABLE
    assert run({"books": BOOKS["books"].slice(0, 0)}, "books")[TITLE].reason is Reason.NO_ROWS


@pytest.fixture
def doctored(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[list[Any]], list[Any]]], None]:
    """Great Expectations, but with its results changed before anyone sees them."""

    def change(edit: Callable[[list[Any]], list[Any]]) -> None:
        validate = Batch.validate

        def edited(*args: Any, **kwargs: Any) -> Any:
            outcome = validate(*args, **kwargs)
            outcome.results = edit(outcome.results)
            return outcome

        monkeypatch.setattr(Batch, "validate", edited)

    return change


def of(results: list[Any], name: str) -> Any:
    return next(result for result in results if result.expectation_config.kwargs["check"] == name)


def altered(name: str, **values: Any) -> Callable[[list[Any]], list[Any]]:
    def edit(results: list[Any]) -> list[Any]:
        for key, value in values.items():
            setattr(of(results, name), key, value)
        return results

    return edit


FLAT = {"raised_exception": True, "exception_message": "m", "exception_traceback": "t"}


def counts(examined: int, violations: int, reason: str) -> dict[str, Any]:
    return {"element_count": examined, "unexpected_count": violations, "details": {"reason": reason}}


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda _: [], Reason.NOT_RUN),
        (lambda results: [each for each in results if each is not of(results, TITLE)], Reason.NOT_RUN),
        (lambda results: [*results, of(results, TITLE)], Reason.DISAGREES),
        (altered(TITLE, success=False), Reason.DISAGREES),
        (altered(TITLE, success=None), Reason.DISAGREES),
        (altered(TITLE, success=1), Reason.DISAGREES),
        (altered(TITLE, result={}), Reason.DISAGREES),
        (altered(TITLE, result=None), Reason.DISAGREES),
        (altered(TITLE, result=counts(1, 0, "holds")), Reason.DISAGREES),
        (altered(TITLE, result=counts(2, 1, "holds")), Reason.DISAGREES),
        (altered(TITLE, result=counts(2, 0, "declared_empty")), Reason.DISAGREES),
        (altered(TITLE, exception_info=FLAT), Reason.CHECK_RAISED),
        (altered(TITLE, exception_info={"('metric', 'id')": FLAT}), Reason.CHECK_RAISED),
        (altered(TITLE, exception_info={"a": {"raised_exception": False}, "b": FLAT}), Reason.CHECK_RAISED),
        (altered(TITLE, exception_info="of another shape"), Reason.CHECK_RAISED),
    ],
)
def test_a_result_that_is_dropped_doubled_or_contradicted_is_an_error(
    run: Run, doctored: Any, edit: Callable[[list[Any]], list[Any]], reason: Reason
) -> None:
    doctored(edit)
    check = run(BOOKS, "books")[TITLE]
    assert (check.verdict, check.reason, check.evidence.examined) == (Verdict.ERROR, reason, 0)


def test_a_result_that_nobody_planned_makes_all_of_its_table_errors(run: Run, doctored: Any) -> None:
    def stranger(results: list[Any]) -> list[Any]:
        extra = copy.deepcopy(results[0])
        extra.expectation_config.kwargs["check"] = "no-bank-data/books/other"
        return [*results, extra]

    doctored(stranger)
    assert said(run(BOOKS, "books")) == {(Verdict.ERROR, Reason.DISAGREES)}


def test_a_kernel_that_raises_is_an_error_and_stops_no_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*_: Any) -> Any:
        raise ValueError("6037991234567893")

    broken = {**KINDS, "declared": replace(KINDS["declared"], kernel=raising)}
    monkeypatch.setattr("governance.rules.evaluation.KINDS", broken)
    found = run(BOOKS, "books")
    assert (found["declared/books"].verdict, found["declared/books"].reason) == (Verdict.ERROR, Reason.CHECK_RAISED)
    assert found[TITLE].verdict is Verdict.PASSED


def test_a_library_that_raises_leaves_every_check_not_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*_: Any, **__: Any) -> Any:
        raise RuntimeError("6037991234567893")

    monkeypatch.setattr(Batch, "validate", raising)
    assert said(run(BOOKS, "books")) == {(Verdict.ERROR, Reason.NOT_RUN)}


def test_a_suite_that_lost_its_expectations_passes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    bind = suites.bind

    def emptied(session: Any) -> Any:
        name, suite = bind(session)
        suite.expectations = []
        return name, suite

    monkeypatch.setattr(validation, "bind", emptied)
    assert said(run(BOOKS, "books")) == {(Verdict.ERROR, Reason.NOT_RUN)}


def test_damaged_data_stop_the_run_and_close_the_session(run: Run, tmp_path: Path) -> None:
    table = pa.table({"title": [f"title {n}" for n in range(5000)]})
    path = tmp_path / "books.parquet"
    pq.write_table(table, path, write_page_checksum=True, use_dictionary=False, compression="none")
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"title 4321")] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(SourceError, match="checksum"):
        run(tmp_path, "books")
    assert not _SESSIONS


def test_a_file_that_changes_meanwhile_stops_the_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "books.csv"
    path.write_text("title\nx\n")
    fold = Search.fold

    def touching(*args: Any) -> Any:
        path.write_text("title\n6037991234567893\n")
        return fold(*args)

    monkeypatch.setattr(Search, "fold", touching)
    with pytest.raises(SourceError, match="changed") as caught:
        run(tmp_path, "books")
    assert "6037" not in str(caught.value)


def test_a_table_is_read_once_for_all_its_checks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[str, tuple[str, ...]]] = []
    cells = DatabaseSource.cells

    def counted(self: DatabaseSource, table: str, columns: Any) -> Any:
        read.append((table, tuple(columns)))
        return cells(self, table, columns)

    monkeypatch.setattr(DatabaseSource, "cells", counted)
    run({**BOOKS, "users": pa.table({"user_id": [1], "name": ["x"], "mobile": ["y"]})}, "books", "users")
    # Nonces are compared over all encrypted columns before.
    assert sorted(read) == [("books", ("title",)), ("users", ("mobile",)), ("users", ("user_id", "name", "mobile"))]


def test_the_callers_own_context_and_folders_stay_as_they_were(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = gx.get_context(mode="ephemeral")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    run(BOOKS, "books")
    assert project_manager.get_current_project() is own
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_frames_and_files_of_the_same_rows_get_the_same_results(run: Run, planted: Any) -> None:
    files = run(planted.data, keys=planted.keys)
    paths = sorted(planted.data.glob("*.parquet"))
    frames = {path.stem: pd.read_parquet(path) for path in paths}
    shuffled = {name: frame.sample(frac=1, random_state=3).reset_index(drop=True) for name, frame in frames.items()}
    assert run(shuffled, keys=planted.keys) == files


@pytest.mark.slow
def test_csv_of_the_same_rows_gets_the_same_verdicts_and_counts(
    run: Run, plan: Plan, planted: Dataset, tmp_path: Path
) -> None:
    flat = ("users", "grants", "access_events")
    folders = (tmp_path / "parquet", tmp_path / "csv")
    for folder in folders:
        folder.mkdir()
    for name in flat:
        table = pq.read_table(planted.data / f"{name}.parquet")
        # The columns that no contract names hold lists and structs too, which CSV can't: neither has them.
        declared = table.select([column.name for column in plan.policy.tables[name].columns])
        pq.write_table(declared, folders[0] / f"{name}.parquet")
        pa_csv.write_csv(declared, folders[1] / f"{name}.csv")
    files, csv = (run(folder, *flat, keys=planted.keys) for folder in folders)
    assert len(csv) > 20
    for name in csv:
        assert (csv[name].verdict, csv[name].reason) == (files[name].verdict, files[name].reason), name
        assert csv[name].evidence.rows == files[name].evidence.rows, name
