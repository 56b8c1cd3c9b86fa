"""Expectations are made from the kinds; alone, each decides what its batch decides, and says so where it does not."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, make_dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import great_expectations as gx
import pandas as pd
import pytest

from governance import gx as door
from governance.gx import ExpectColumnValuesToBeEncrypted, ExpectColumnValuesToBeFreeOf, ExpectTransfersToBeProtected
from governance.gx.expectations import EXPECTATIONS, GovernanceExpectation, derive
from governance.policy import Policy
from governance.rules.kinds import KINDS
from governance.synthetic import Dataset
from tests.gx.conftest import pandas_batch

PAN = "6037991234567893"
CARDS = {"column": "note", "kinds": ["payment_card_number"]}
# Values for the parameters that have no default.
GIVEN: dict[str, Any] = {
    "kinds": ["payment_card_number"],
    "right": "any",
    "days": 30,
    "k": 2,
    "columns": ["note"],
    "column": "note",
}
ALONE = {"free_of", "encrypted", "protected_transport"}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_an_expectation_that_the_door_exports_and_pages_can_show(name: str) -> None:
    expectation = getattr(door, KINDS[name].expectation)
    assert expectation is EXPECTATIONS[name]
    assert KINDS[name].expectation in door.__all__
    made = expectation(**{key: GIVEN[key] for key, each in expectation.__fields__.items() if each.required})
    assert expectation.summary().endswith(".")
    (shown,) = expectation._prescriptive_renderer(configuration=made.configuration)
    assert expectation.summary() in str(shown)
    made.render()
    assert json.dumps(expectation.summary())[1:-1] in json.dumps(
        [each.to_json_dict() for each in made.rendered_content]
    )
    assert expectation.Config.title.startswith("Expect ")


def test_the_door_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="ExpectNothing"):
        _ = door.ExpectNothing


def of(**changes: Any) -> Any:
    return derive({"free_of": replace(KINDS["free_of"], **changes)})


def taking(kind: Any, *, name: str = "limit") -> Any:
    made = make_dataclass("Made", [(name, kind), ("kind", ClassVar[str], "free_of")], frozen=True)
    made.__module__ = "governance.rules.kinds.free_of"
    return made


@dataclass(frozen=True)
class Undescribed:
    kind: ClassVar[str] = "free_of"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "expected a new expectation, found ExpectColumnValuesToBeFreeOf, which the library has"),
        ({"expectation": "ExpectColumnToExist"}, "found ExpectColumnToExist, which the library has"),
        ({"expectation": "ExpectA", "parameters": taking(dict)}, "JSON can hold .*found 'limit' of the type dict"),
        ({"expectation": "ExpectB", "parameters": taking(str, name="table")}, "no expectation has, found 'table'"),
        ({"expectation": "ExpectC", "parameters": taking(str, name="column")}, "no expectation has, found 'column'"),
        ({"expectation": "ExpectD", "parameters": Undescribed}, 'a docstring that begins with "Kind `free_of`: "'),
    ],
)
def test_a_kind_that_makes_no_expectation_is_named(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TypeError, match=rf"rules/kinds/free_of.py: .*{sentence}") as caught:
        of(**changes)
    assert "\n" not in str(caught.value)


def test_two_kinds_of_one_expectation_are_named() -> None:
    kinds = {name: replace(KINDS[name], expectation="ExpectTwice") for name in ("declared", "granted")}
    with pytest.raises(TypeError, match=r"granted\.py: .*found ExpectTwice, that of 'declared'"):
        derive(kinds)


def batches(context: Any, folder: Path, frame: pd.DataFrame) -> dict[str, Any]:
    lite, duck = sqlite3.connect(folder / "t.sqlite"), duckdb.connect(str(folder / "t.duckdb"))
    frame.to_sql("t", lite, index=False)
    duck.execute("CREATE TABLE t AS SELECT * FROM frame")
    lite.close()
    duck.close()
    sources = (
        context.data_sources.add_sqlite("s", connection_string=f"sqlite:///{folder / 't.sqlite'}"),
        context.data_sources.add_duckdb("d", connection_string=f"duckdb:///{folder / 't.duckdb'}"),
    )
    assets = [source.add_table_asset("t", table_name="t") for source in sources]
    found = [asset.add_batch_definition_whole_table("all").get_batch() for asset in assets]
    return {"pandas": pandas_batch(context, frame), "sqlite": found[0], "duckdb": found[1]}


@pytest.mark.parametrize("bad", [0, 1])
def test_a_column_is_judged_alone_on_every_engine(context: Any, tmp_path: Path, bad: int) -> None:
    frame = pd.DataFrame({"note": ["x", None, PAN if bad else "y"], "number": [1, None, int(PAN) if bad else 3]})
    for name, batch in batches(context, tmp_path, frame).items():
        for column in ("note", "number"):
            found = batch.validate(ExpectColumnValuesToBeFreeOf(column=column, kinds=["payment_card_number"]))
            assert (found.success, found.result) == (
                not bad,
                {"element_count": 3, "unexpected_count": bad, "details": {"reason": "violated" if bad else "holds"}},
            ), name
            assert PAN not in json.dumps(found.to_json_dict())


def test_encryption_and_transport_are_judged_alone(context: Any, clean_world: Dataset) -> None:
    users = pd.read_parquet(clean_world.data / "users.parquet")
    batch = pandas_batch(context, users)
    assert batch.validate(ExpectColumnValuesToBeEncrypted(column="mobile")).success is True
    assert batch.validate(ExpectColumnValuesToBeEncrypted(column="name")).success is False
    # A lone batch has no contract, so that its columns are called as the rule reads them.
    transfers = pd.read_parquet(clean_world.data / "transfers.parquet").rename(columns={"sent_at": "event_time"})
    sent = ExpectTransfersToBeProtected()
    assert pandas_batch(context, transfers, "t").validate(sent).success is True
    ahead = pandas_batch(context, transfers.assign(event_time=pd.Timestamp("2099-01-01", tz="UTC")), "a").validate(sent)
    assert ahead.success is False
    assert "not decided: in_the_future" in json.dumps(ahead.exception_info)
    plain = pandas_batch(context, transfers.assign(protocol="ftp"), "f").validate(sent)
    assert plain.success is False
    assert plain.result["unexpected_count"] == len(transfers)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_who_needs_more_than_the_batch_says_so_and_never_passes(
    context: Any, clean_world: Dataset, policy: Policy, name: str
) -> None:
    expectation = EXPECTATIONS[name]
    given = {key: GIVEN[key] for key, each in expectation.__fields__.items() if each.required}
    tried = 0
    for table in ("users", "grants", "transfers", "subject_requests", "access_events", "shared_email", "announcements"):
        batch = pandas_batch(context, pd.read_parquet(clean_world.data / f"{table}.parquet"), table)
        columns = [each.name for each in policy.tables[table].columns][:2] if "column" in given else [""]
        for column in columns:
            changed = {"column": column} if column else {}
            kinds = {"kinds": ["person_name"]} if name == "free_of" else {}
            found = batch.validate(expectation(**{**given, **changed, **kinds}))
            if name in ALONE - {"free_of"} and found.success:
                continue
            assert found.success is False, table
            if name not in ALONE or kinds:
                assert "governance.gx.parameters" in json.dumps(found.exception_info), (table, found)
            tried += 1
    assert tried


@pytest.mark.parametrize("frame", [pd.DataFrame({"note": []}), pd.DataFrame({"other": ["x"]})])
def test_no_rows_and_no_column_are_not_decided(context: Any, frame: pd.DataFrame) -> None:
    found = pandas_batch(context, frame).validate(ExpectColumnValuesToBeFreeOf(**CARDS))
    assert found.success is False
    assert "not decided: " in json.dumps(found.exception_info)


def test_a_parameter_that_finds_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'payment_card_number'"):
        ExpectColumnValuesToBeFreeOf(column="note", kinds=["payment_card"])
    with pytest.raises(ValueError, match="kinds"):
        ExpectColumnValuesToBeFreeOf(column="note", kinds=[])


def test_no_condition_can_hide_rows() -> None:
    with pytest.raises(ValueError, match="extra fields"):
        ExpectColumnValuesToBeFreeOf(**CARDS, row_condition="False")


def test_an_expectation_of_ones_own_suite_round_trips_through_a_store(context: Any) -> None:
    context.suites.add(gx.ExpectationSuite("own", expectations=[ExpectColumnValuesToBeFreeOf(**CARDS)]))
    suite = context.suites.get("own")
    assert all(isinstance(each, GovernanceExpectation) for each in suite.expectations)
    for number, (note, holds) in enumerate((("x", True), (PAN, False))):
        batch = pandas_batch(context, pd.DataFrame({"note": [note]}), str(number))
        assert batch.validate(suite).success is holds
