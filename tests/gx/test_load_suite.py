"""`load_suite` in somebody else's project: pandas batches, a DuckDB of one's own, and the ways to misuse it."""

from __future__ import annotations

import copy
import gc
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
import pandas as pd
import pytest

from governance.gx import load_suite
from governance.gx.session import _SESSIONS
from governance.planning.checks import Check, Plan
from governance.results import CheckResult, Verdict
from governance.synthetic import Dataset
from tests.gx.conftest import AS_OF

pytestmark = pytest.mark.xdist_group("gx")

TABLES = ("users", "transactions", "reviews", "books", "interactions", "grants", "access_events")
Run = Callable[..., dict[str, CheckResult]]


@pytest.fixture
def context() -> Any:
    return gx.get_context(mode="ephemeral")


def pandas_batch(context: Any, frame: pd.DataFrame, name: str = "p") -> Any:
    asset = context.data_sources.add_pandas(name).add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})


@pytest.fixture(scope="module")
def database(planted: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "own.duckdb"
    with duckdb.connect(str(path)) as connection:
        for file in sorted(planted.data.glob("*.parquet")):
            connection.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM read_parquet('{file}')")
        connection.execute("CREATE TABLE part_of_users AS SELECT * FROM users LIMIT 5")
    return path


@pytest.fixture
def own(context: Any, database: Path) -> Iterator[Any]:
    source = context.data_sources.add_duckdb("own", connection_string=f"duckdb:///{database}")
    yield source
    source.get_engine().dispose()


def ours(outcome: Any) -> list[Any]:
    """The results but for the guard's, which is open: it is last or first, as errors come before all others."""
    (guard,) = [result for result in outcome.results if "check" not in result.expectation_config.kwargs]
    assert guard.success is True
    return [result for result in outcome.results if result is not guard]


def outcomes(outcome: Any) -> dict[str, tuple[bool, int | None, int | None]]:
    return {
        result.expectation_config.kwargs["check"]: (
            result.success,
            result.result.get("element_count"),
            result.result.get("unexpected_count"),
        )
        for result in ours(outcome)
    }


def expected(found: Iterable[CheckResult]) -> dict[str, tuple[bool, int, int]]:
    return {
        check.id: (check.verdict is Verdict.PASSED, check.evidence.examined, check.evidence.violations)
        for check in found
    }


def judges_alone(check: Check) -> bool:
    """Whether a check needs no other table; the names of people stand in others."""
    kinds = getattr(check.rule.parameters, "kinds", ())
    return check.rule.kind in {"declared", "encrypted", "free_of", "granted"} and "person_name" not in kinds


@pytest.fixture(scope="module")
def through_the_program(run: Run, planted: Dataset) -> dict[str, CheckResult]:
    return run(planted.data, keys=planted.keys)


@pytest.mark.parametrize("table", TABLES)
def test_pandas_batches_get_the_verdicts_and_counts_of_the_program(
    context: Any,
    *,
    planted: Dataset,
    through_the_program: dict[str, CheckResult],
    project: Path,
    plan: Plan,
    table: str,
) -> None:
    frame = pd.read_parquet(planted.data / f"{table}.parquet")
    suite = load_suite(table, as_of=AS_OF, keys=planted.keys, project=project)
    found = outcomes(pandas_batch(context, frame).validate(suite))
    alone = {check.id for check in plan.checks if judges_alone(check)}
    whole = expected(check for check in through_the_program.values() if check.table == table)
    wanted = {name: outcome for name, outcome in whole.items() if name in alone}
    assert wanted
    assert {name: found[name] for name in wanted} == wanted
    # What needs other tables is no success on a lone batch, and counts nothing that the program doesn't.
    for name in found.keys() - wanted.keys():
        success, _, violations = found[name]
        assert success is False, name
        assert violations is not None, name
        assert violations <= whole[name][2], name


def test_a_duckdb_of_ones_own_gets_the_verdicts_and_counts_of_the_program(
    own: Any, planted: Dataset, through_the_program: dict[str, CheckResult], project: Path
) -> None:
    found: dict[str, Any] = {}
    for table in TABLES:
        batch = own.add_table_asset(table, table_name=table).add_batch_definition_whole_table("all").get_batch()
        suite = load_suite(table, as_of=AS_OF, keys=planted.keys, project=project)
        found |= outcomes(batch.validate(suite))
    assert found == expected(check for check in through_the_program.values() if check.table in TABLES)


def test_the_suite_of_the_whole_source_sees_every_table(own: Any, project: Path) -> None:
    batch = own.add_table_asset("t", table_name="books").add_batch_definition_whole_table("all").get_batch()
    found = outcomes(batch.validate(load_suite("_source", as_of=AS_OF, project=project)))
    assert found["declared/*"][0] is False
    assert found["no-bank-data/*"][1] == len(list_tables(own))


def list_tables(own: Any) -> list[Any]:
    with own.get_engine().connect() as connection:
        return list(connection.exec_driver_sql("SHOW TABLES"))


def test_a_batch_of_another_table_or_of_a_part_passes_nothing(own: Any, project: Path) -> None:
    assets = [
        own.add_table_asset("part", table_name="part_of_users"),
        own.add_query_asset("query", query="SELECT * FROM users LIMIT 5"),
    ]
    definitions = [asset.add_batch_definition_whole_table("all") for asset in assets]
    table = own.add_table_asset("users", table_name="users")
    definitions.append(table.add_batch_definition_yearly("yearly", column="registered_at"))
    batches = [definition.get_batch() for definition in definitions]
    for batch in batches:
        outcome = batch.validate(load_suite("users", as_of=AS_OF, project=project))
        assert outcome.success is False
        assert not any(result.success for result in ours(outcome))


def test_a_suite_used_again_tells_of_the_batch_at_hand(context: Any, project: Path) -> None:
    suite = load_suite("books", as_of=AS_OF, project=project)
    good = pd.DataFrame({"title": ["x"]})
    bad = pd.DataFrame({"title": ["6037991234567893"]})
    batches = [pandas_batch(context, frame, str(number)) for number, frame in enumerate((good, bad, good))]
    found = [outcomes(batch.validate(suite))["no-bank-data/books/title"][0] for batch in batches]
    assert found == [True, False, True]
    unreadable = pandas_batch(context, pd.DataFrame([[1, 2]], columns=["a", "a"]), "unreadable")
    assert not any(holds for holds, _, _ in outcomes(unreadable.validate(suite)).values())


def test_a_suite_is_forgotten_with_its_keys_when_nobody_holds_it(planted: Dataset, project: Path) -> None:
    gc.collect()
    before = len(_SESSIONS)
    suite = load_suite("users", as_of=AS_OF, keys=planted.keys, project=project)
    assert len(_SESSIONS) == before + 1
    del suite
    gc.collect()
    assert len(_SESSIONS) == before


def test_expectations_without_their_suite_pass_nothing(context: Any, project: Path) -> None:
    suite = load_suite("books", as_of=AS_OF, project=project)
    orphan = gx.ExpectationSuite(name="orphan", expectations=[copy.copy(each) for each in suite.expectations[1:]])
    del suite
    gc.collect()
    outcome = pandas_batch(context, pd.DataFrame({"title": ["x"]})).validate(orphan)
    assert outcome.results
    assert not any(result.success for result in outcome.results)


def test_what_is_stored_of_a_loaded_suite_is_guarded_again(context: Any, project: Path) -> None:
    suite = load_suite("books", as_of=AS_OF, project=project)
    stored = context.suites.add(suite)
    batch = pandas_batch(context, pd.DataFrame({"title": ["x"]}))
    assert batch.validate(suite).results[0].success is True
    assert batch.validate(stored).results[0].success is False
    assert (
        batch.validate(gx.ExpectationSuite(**json.loads(json.dumps(suite.to_json_dict())))).results[0].success is False
    )


def test_a_validation_definition_runs_the_suite_it_was_given(context: Any, project: Path) -> None:
    suite = load_suite("books", as_of=AS_OF, project=project)
    context.suites.add(suite)
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("frame")
    batches = asset.add_batch_definition_whole_dataframe("all")
    definition = gx.ValidationDefinition(name="books", data=batches, suite=suite)
    for title, holds in (("x", True), ("6037991234567893", False)):
        outcome = definition.run(batch_parameters={"dataframe": pd.DataFrame({"title": [title]})})
        assert outcomes(outcome)["no-bank-data/books/title"][0] is holds


def test_no_condition_can_hide_rows() -> None:
    from governance.gx import ExpectColumnValuesToBeFreeOf

    with pytest.raises(ValueError, match="extra fields"):
        ExpectColumnValuesToBeFreeOf(
            check="no-bank-data/books/title", table="books", column="title", kinds=["iban"], row_condition="False"
        )
