"""`load_suite` and `parameters` in another project, on pandas, SQLite and DuckDB, and the ways to misuse them."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import great_expectations as gx
import pandas as pd
import pytest

from governance.errors import UsageError
from governance.gx import load_suite, parameters
from governance.gx.run_parameters import Guard
from governance.gx.session import _SESSIONS
from governance.results import CheckResult, Verdict
from governance.synthetic import Dataset
from tests.gx.conftest import AS_OF, ours, outcomes, pandas_batch

TABLES = ("users", "transactions", "reviews", "books", "interactions", "grants", "access_events")
FLAT = ("reviews", "grants", "access_events")  # without lists and structs, which SQLite has no type for
TITLE = "no-bank-data/books/title"
GOOD, BAD = pd.DataFrame({"title": ["x", "y"]}), pd.DataFrame({"title": ["x", "6037991234567893"]})
Run = Callable[..., dict[str, CheckResult]]


@pytest.fixture(scope="module")
def own_folder(planted: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    with duckdb.connect(str(folder / "own.duckdb")) as connection:
        for file in sorted(planted.data.glob("*.parquet")):
            connection.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM read_parquet('{file}')")
    lite = sqlite3.connect(folder / "own.sqlite")
    for table in FLAT:
        pd.read_parquet(planted.data / f"{table}.parquet").to_sql(table, lite, index=False)
    lite.close()
    return folder


@pytest.fixture
def own(context: Any, own_folder: Path) -> Iterator[dict[str, Any]]:
    sources = {
        "duckdb": context.data_sources.add_duckdb("own", connection_string=f"duckdb:///{own_folder / 'own.duckdb'}"),
        "sqlite": context.data_sources.add_sqlite("lite", connection_string=f"sqlite:///{own_folder / 'own.sqlite'}"),
    }
    yield sources
    for source in sources.values():
        source.get_engine().dispose()


@pytest.fixture(scope="module")
def through_the_program(run: Run, planted: Dataset) -> dict[str, CheckResult]:
    return run(planted.data, keys=planted.keys)


def expected(found: dict[str, CheckResult], table: str) -> dict[str, tuple[bool, int, int]]:
    return {
        check.id: (check.verdict is Verdict.PASSED, check.evidence.examined, check.evidence.violations)
        for check in found.values()
        if check.table == table
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "table"),
    [(engine, table) for engine in ("pandas", "duckdb") for table in TABLES] + [("sqlite", table) for table in FLAT],
)
def test_batches_of_every_engine_get_the_verdicts_and_counts_of_the_program(
    context: Any,
    own: dict[str, Any],
    *,
    planted: Dataset,
    through_the_program: dict[str, CheckResult],
    project: Path,
    engine: str,
    table: str,
) -> None:
    if engine == "pandas":
        frame = pd.read_parquet(planted.data / f"{table}.parquet")
        batch = pandas_batch(context, frame.sample(frac=1, random_state=3).reset_index(drop=True))
    else:
        asset = own[engine].add_table_asset(table, table_name=table)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
    suite = load_suite(table, project)
    with parameters(suite, data=planted.data, as_of=AS_OF, keys=planted.keys, project=project) as passed:
        outcome = batch.validate(suite, expectation_parameters=passed)
    assert outcomes(outcome) == expected(through_the_program, table)
    # The package looked: its guards hold, and what it found decides.
    assert all(result.success for result in outcome.results if result not in ours(outcome))
    assert outcome.success is all(holds for holds, _, _ in outcomes(outcome).values())


def test_the_suite_of_the_whole_source_sees_every_table(context: Any, planted: Dataset, project: Path) -> None:
    suite = load_suite("_source", project)
    with parameters([suite], data=planted.data, as_of=AS_OF, project=project) as passed:
        found = outcomes(pandas_batch(context, GOOD).validate(suite, expectation_parameters=passed))
    assert found["declared/*"][0] is False
    assert found["no-bank-data/*"][1] == len(list(planted.data.glob("*.parquet")))


def changed(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    other = frame.copy()
    other.loc[0, "title"] = "another"
    return {
        "a row less": frame.iloc[1:],
        "a row twice": pd.concat([frame, frame.iloc[:1]]),
        "a row in place of another": pd.concat([frame.iloc[1:], frame.iloc[1:2]]),
        "another cell": other,
        "two cells exchanged": frame.assign(title=frame["title"].to_numpy()[::-1]),
        "a column more": frame.assign(more="x"),
        "a column less": frame.drop(columns="title"),
        "nothing": frame.iloc[:0],
    }


def test_a_batch_that_is_not_the_table_passes_nothing(context: Any, clean_world: Dataset, project: Path) -> None:
    suite, frame = load_suite("books", project), pd.read_parquet(clean_world.data / "books.parquet")
    with parameters(suite, data=clean_world.data, as_of=AS_OF, keys=clean_world.keys, project=project) as passed:
        assert pandas_batch(context, frame).validate(suite, expectation_parameters=passed).success is True
        for name, other in changed(frame).items():
            outcome = pandas_batch(context, other, name).validate(suite, expectation_parameters=passed)
            assert not any(result.success for result in outcome.results), name


def test_a_table_that_the_data_does_not_have_passes_nothing(context: Any, project: Path) -> None:
    suite = load_suite("books", project)
    with parameters(suite, data={"users": GOOD}, as_of=AS_OF, project=project) as passed:
        outcome = pandas_batch(context, GOOD).validate(suite, expectation_parameters=passed)
    assert not any(result.success for result in outcome.results)


def test_the_same_parameters_serve_several_runs_until_they_are_closed(context: Any, project: Path) -> None:
    suite, batch = load_suite("books", project), pandas_batch(context, GOOD)
    passed = parameters(suite, data={"books": GOOD}, as_of=AS_OF, project=project)
    for _ in range(2):
        outcome = batch.validate(suite, expectation_parameters=passed)
        assert outcomes(outcome)[TITLE] == (True, 2, 0)
        assert sum(result.success for result in outcome.results if result not in ours(outcome)) == 2
    passed.close()
    assert not any(result.success for result in batch.validate(suite, expectation_parameters=passed).results)


def test_parameters_are_forgotten_with_their_keys_when_nobody_holds_them(planted: Dataset, project: Path) -> None:
    gc.collect()
    before = len(_SESSIONS)
    suite = load_suite("users", project)
    passed = parameters(suite, data=planted.data, as_of=AS_OF, keys=planted.keys, project=project)
    assert len(_SESSIONS) == before + 1
    del passed
    gc.collect()
    assert len(_SESSIONS) == before


def suite_of(expectations: list[Any]) -> gx.ExpectationSuite:
    return gx.ExpectationSuite("books", expectations=[each.configuration for each in expectations])


def test_a_suite_that_lost_expectations_is_refused_or_fails(context: Any, clean_world: Dataset, project: Path) -> None:
    frame = pd.read_parquet(clean_world.data / "books.parquet")
    given = partial(parameters, data=clean_world.data, as_of=AS_OF, keys=clean_world.keys, project=project)
    whole = load_suite("books", project)
    guards = [each for each in whole.expectations if not hasattr(each, "check")]
    less_one = [each for each in whole.expectations if getattr(each, "check", "") != TITLE]
    changed_one = copy.deepcopy(whole.expectations)
    next(each for each in changed_one if getattr(each, "check", "") == TITLE).kinds = ["iban"]
    for kept in (guards, less_one, changed_one, whole.expectations[:-1]):
        with pytest.raises(UsageError, match="missing or changed"):
            given(suite_of(kept))
    with pytest.raises(UsageError, match="with its guards"):
        given(suite_of(less_one[:-2]))
    with pytest.raises(UsageError, match="at least one suite"):
        given([])
    # And one that loses them after it was shown, or that another was shown for.
    with given(whole) as passed:
        for kept in (less_one, guards, less_one, guards):
            suite = suite_of(kept)
            batch = pandas_batch(context, frame, str(len(context.data_sources.all())))
            assert batch.validate(suite, expectation_parameters=passed).success is False
            assert batch.validate(whole, expectation_parameters=passed).success is True


def test_what_a_run_stores_of_its_parameters_opens_nothing(context: Any, project: Path) -> None:
    suite, batch = load_suite("books", project), pandas_batch(context, GOOD)
    with parameters(suite, data={"books": GOOD}, as_of=AS_OF, project=project) as passed:
        guard = passed["governance_guard"]
        outcome = batch.validate(suite, expectation_parameters=passed)
        text = json.dumps(outcome.to_json_dict())
        assert '"value": 0' in text
        assert (str(guard), json.dumps(guard)) == ("0", "0")
        assert type(pickle.loads(pickle.dumps(guard))) is int  # noqa: S301  our own
    stored = json.loads(json.dumps(passed))
    again = batch.validate(suite, expectation_parameters=stored)
    assert again.success is False
    assert not any(result.success for result in ours(again))


def test_expectations_of_a_suite_pass_nothing_alone(context: Any, project: Path) -> None:
    batch = pandas_batch(context, GOOD)
    for expectation in load_suite("books", project).expectations:
        one = copy.deepcopy(expectation)
        if hasattr(one, "governance_session"):
            one.governance_session = "unknown"
            assert batch.validate(one).success is False


def test_a_time_that_is_none_is_refused(project: Path) -> None:
    with pytest.raises(UsageError, match="as_of: expected an ISO time"):
        parameters(load_suite("books", project), data={"books": GOOD}, as_of="soon", project=project)


def test_the_guards_open_once_and_for_the_rows_of_the_table_that_was_evaluated() -> None:
    evaluated, other = (SimpleNamespace(table="users", looked=rows) for rows in (300, None))
    guard: Any = Guard((evaluated, other))  # type: ignore[arg-type]
    assert guard != 299
    assert guard == 300
    assert guard != 300.0
    assert guard < 300
    assert guard != 300, "what was evaluated for one suite opens no other"
    both: Any = Guard(tuple(SimpleNamespace(table="users", looked=300) for _ in range(2)))  # type: ignore[misc]
    assert both != 300
    assert json.dumps(guard) == "0"


def test_a_suite_with_its_guards_in_another_place_is_refused(project: Path) -> None:
    suite = load_suite("users", project)
    suite.expectations = list(reversed(suite.expectations))
    with pytest.raises(UsageError, match="expected the two guards to stand last"):
        parameters(suite, data={}, as_of=AS_OF, project=project)
    for wrong in (None, 5):
        with pytest.raises(UsageError, match="as_of: expected a time"):
            parameters(load_suite("users", project), data={}, as_of=wrong, project=project)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="expected expectation suites, found something else"):
        parameters([None], data={}, as_of=AS_OF, project=project)
