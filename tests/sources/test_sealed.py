"""A table that is encrypted as a whole is read with its key; without it, its checks are not evaluated, others are."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from governance.errors import SourceError
from governance.policy import Policy
from governance.results import CheckResult, Reason, Verdict
from governance.run import check
from governance.sources import open_source
from governance.synthetic import Dataset
from tests.conftest import PROJECT, WorldRun
from tests.encryption.test_parquet import KEYS, OTHERS, TABLE, whole, wrapped
from tests.sources.conftest import read

WRITTEN = [wrapped, whole]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.mark.parametrize("plain_footer", [False, True])
@pytest.mark.parametrize("written", WRITTEN)
def test_a_table_is_read_with_its_key_and_sealed_without(
    written: Callable[..., Path],
    plain_footer: bool,  # noqa: FBT001
    data: Path,
) -> None:
    written(data / "users.parquet", plain_footer=plain_footer)
    pq.write_table(TABLE, data / "books.parquet")
    source = open_source(data, {}, KEYS)
    assert read(source, "users").equals(TABLE)
    assert source.query("SELECT count(*) FROM users JOIN books USING (id)").column(0).to_pylist() == [3]
    assert not source.sealed
    source.close()
    for keys in (None, OTHERS):
        source = open_source(data, {}, keys)
        assert set(source.sealed) == {"users"}
        assert set(source.schemas()) == {"books"}
        assert read(source, "books").equals(TABLE)
        source.close()


def test_parts_may_be_plain_and_encrypted_and_one_that_no_key_opens_seals_the_table(data: Path) -> None:
    (data / "users").mkdir()
    pq.write_table(TABLE, data / "users" / "part-0.parquet")
    whole(data / "users" / "part-1.parquet")
    wrapped(data / "users" / "part-2.parquet", plain_footer=True)
    source = open_source(data, {}, KEYS)
    assert source.rows("users") == len(read(source, "users")) == 9
    source.close()
    some = replace(KEYS, data_keys={"k1": KEYS.data_keys["k1"]})
    source = open_source(data, {}, some)
    assert set(source.sealed) == {"users"}
    source.close()


def test_an_encrypted_table_and_a_plain_one_of_one_name_are_refused(data: Path) -> None:
    whole(data / "users.parquet")
    (data / "users.csv").write_text("id\n1\n")
    with pytest.raises(SourceError, match="found two files"):
        open_source(data, {})


def sealed_copy(dataset: Dataset, table: str, into: Path, name: str = "") -> Path:
    """The world with a table under a key that is in no key file."""
    shutil.copytree(dataset.data, into)
    whole(into / f"{name or table}.parquet", pq.read_table(dataset.data / f"{table}.parquet"))
    return into


def judged(data: Path, dataset: Dataset) -> dict[str, CheckResult]:
    return {one.id: one for one in check(data, keys=dataset.keys, project=PROJECT).checks}


@pytest.mark.slow
def test_without_its_key_no_check_that_needs_the_table_of_people_passes(
    planted_run: WorldRun, policy: Policy, tmp_path: Path
) -> None:
    found = judged(sealed_copy(planted_run.dataset, "users", tmp_path / "data"), planted_run.dataset)
    own = [one for one in found.values() if one.table == "users"]
    assert {(one.verdict, one.reason) for one in own} == {(Verdict.NOT_EVALUATED, Reason.NO_KEY)}
    before = {one.id: one for one in planted_run.results.checks}
    for one in found.values():
        # What failed before may lack what it was seen by, but does not pass.
        assert one.verdict is not Verdict.PASSED or before[one.id].verdict is Verdict.PASSED, one.id
    kinds = {rule.id: rule.kind for rule in policy.rules}
    needing = [one for one in found.values() if kinds[one.rule] in {"untwinned", "erased", "rectified", "unlinkable"}]
    assert needing
    assert all(one.verdict is not Verdict.PASSED for one in needing)
    # Other tables are evaluated as before.
    banks = [one for one in found.values() if kinds[one.rule] == "declared" and one.table not in {"users", "*"}]
    assert banks
    assert all(one == before[one.id] for one in banks)


@pytest.mark.slow
def test_visits_are_not_called_unlinkable_while_a_table_stays_sealed(clean_run: WorldRun, tmp_path: Path) -> None:
    found = judged(sealed_copy(clean_run.dataset, "transactions", tmp_path / "data"), clean_run.dataset)
    visits = found["visits-unlinkable/interactions"]
    assert (visits.verdict, visits.reason) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)


@pytest.mark.slow
def test_checks_of_the_rest_do_not_pass_over_a_sealed_table_that_no_contract_names(
    clean_run: WorldRun, tmp_path: Path
) -> None:
    found = judged(sealed_copy(clean_run.dataset, "users", tmp_path / "data", "leads"), clean_run.dataset)
    rest = [one for one in found.values() if one.table == "*"]
    assert rest
    assert all((one.verdict, one.reason) == (Verdict.NOT_EVALUATED, Reason.NO_KEY) for one in rest)
    before = {one.id: one for one in clean_run.results.checks}
    # A visit may stand in any table.
    visits = {"visits-unlinkable/interactions", "visits-unlinkable/shared_analytics"}
    assert {one.id for one in found.values() if one.table != "*" and one != before[one.id]} == visits
