"""Tables, columns and cells beyond what is read, and evaluations beyond their time and memory."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance import Budget, check
from governance.errors import SourceError
from governance.results import CheckResult, Reason, Results, Verdict
from governance.sources import limits, open_source
from governance.sources.budget import usual_memory
from governance.sources.files import open_folder
from tests.conftest import PROJECT
from tests.faults.company import CARD, Company
from tests.faults.test_wide_and_strange_tables import measured

AS_OF = "2026-11-22T00:00:00Z"
REST, BEYOND = "no-bank-data/*", "no-bank-data/users/*"
TOO_LARGE = (Verdict.ERROR, Reason.TOO_LARGE)
UNFINISHED = (Verdict.NOT_EVALUATED, Reason.INCOMPLETE)
HOLDS = (Verdict.PASSED, Reason.HOLDS)
MEGABYTE = "x" * 1_000_000


def _outcome(results: Results, name: str) -> tuple[Verdict, Reason]:
    found: CheckResult = next(one for one in results.checks if one.id == name)
    return found.verdict, found.reason


def _deep(levels: int) -> pa.DataType:
    kind = pa.string()
    for _ in range(levels):
        kind = pa.struct([("a", kind)])
    return kind


def _of(table: pa.Table, name: str = BEYOND) -> tuple[Verdict, Reason]:
    return _outcome(check({"users": table}, project=PROJECT, as_of=AS_OF, select=["no-bank-data"]), name)


@pytest.mark.parametrize("levels", [limits.DEPTH, limits.DEPTH + 1, 500])
def test_58_cells_within_cells(levels: int) -> None:
    nested = _of(pa.table({"deep": pa.nulls(9, _deep(levels)), "remark": ["note"] * 9}))
    assert nested == (HOLDS if levels == limits.DEPTH else TOO_LARGE)


def test_58_columns_after_the_last_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({f"c{n}": ["note"] * 9 for n in range(5)})
    assert _of(table) == HOLDS
    monkeypatch.setattr(limits, "COLUMNS", 4)
    assert _of(table) == TOO_LARGE


def test_58_a_column_beyond_the_limits_takes_only_its_own_checks(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {one.id: (one.verdict, one.reason) for one in company.check().results.checks}
    table = company.table("reviews")
    texts = pa.array([f"{n} {MEGABYTE[:2000]}" for n in range(table.num_rows)])
    company.put("reviews", table.set_column(table.schema.get_field_index("body"), "body", texts))
    monkeypatch.setattr(limits, "COLUMN_BYTES", texts.nbytes - 10_000)
    after = company.check()
    changed = {name for name, was in before.items() if after.verdict(name) != was}
    assert "no-bank-data/reviews/body" in changed
    assert {after.verdict(name) for name in changed} == {TOO_LARGE}
    assert all(after.verdict(name) == HOLDS for name in before if name.startswith("no-bank-data/users"))


@pytest.mark.parametrize("dictionary", [True, False])
def test_58_a_parquet_bomb_is_named_and_not_unpacked(tmp_path: Path, *, dictionary: bool) -> None:
    rows = 5_000
    schema = pa.schema([("note", pa.string()), ("remark", pa.string())])
    options: dict[str, Any] = {"use_dictionary": dictionary, "compression": "zstd", "write_page_checksum": True}
    with pq.ParquetWriter(tmp_path / "unknown.parquet", schema, **options) as file:
        for _ in range(10):
            file.write_table(pa.table([[MEGABYTE] * (rows // 10), ["x"] * (rows // 10)], schema))
    verdict, _, most = measured(tmp_path, REST)
    assert verdict == "error"
    assert most < 500


def test_58_no_column_beyond_the_limits_can_be_read_or_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COLUMNS", 1)
    source = open_source({"users": pa.table({"a": ["x"], "secret": [CARD]})}, {})
    assert source.beyond("users") == {"secret"}
    for read in (
        lambda: list(source.cells("users", ["secret"])),
        lambda: list(source.batches("users", ["a", "secret"])),
        lambda: source.query('SELECT "secret" FROM "users"'),
    ):
        with pytest.raises(SourceError, match=r"users: expected columns within the limits of what is read, found secr"):
            read()
    assert source.query('SELECT "a" FROM "users"').to_pylist() == [{"a": "x"}]
    assert source.query('SELECT * FROM "users"').num_columns == 2  # with what is said of each row's cells


def test_58_fewer_rows_at_a_time_where_cells_are_large(tmp_path: Path) -> None:
    rows = 1_000
    pq.write_table(pa.table({"big": [MEGABYTE[:300_000]] * rows, "id": range(rows)}), tmp_path / "t.parquet")
    source = open_folder(tmp_path, {})
    sizes = [batch.num_rows for batch in source.cells("t", ["big", "id"])]
    assert sum(sizes) == rows
    assert max(sizes) * 300_000 <= limits.BATCH_BYTES
    assert [batch.num_rows for batch in source.cells("t", ["id"])] == [rows]


def test_59_when_the_time_is_up_nothing_more_is_green(company: Company) -> None:
    started = time.monotonic()
    results = check(company.data, keys=company.keys, project=PROJECT, budget=Budget(minutes=0))
    assert time.monotonic() - started < 60
    assert results.exit_code == 2
    green = {one.id for one in results.checks if one.verdict is Verdict.PASSED}
    assert all(name.startswith("declared/") or name == REST for name in green)  # for which no row is read
    assert _outcome(results, "no-bank-data/reviews/body") == UNFINISHED


def test_59_a_query_without_end_is_ended() -> None:
    source = open_source({"t": pa.table({"a": range(3000)})}, {})
    endless = "SELECT count(*) FROM t a, t b, t c, t d WHERE (a.a + b.a + c.a + d.a) % 7 = 3"
    with Budget(minutes=0.02).applied(), pytest.raises(SourceError, match=r"within the time and memory allowed"):
        source.query(endless)
    assert source.query("SELECT 1 AS one").to_pylist() == [{"one": 1}]


def test_59_when_memory_is_used_up_nothing_is_green(tmp_path: Path) -> None:
    """In a process of its own, whose memory is no other test's."""
    pq.write_table(pa.table({"note": [f"{n}{MEGABYTE}" for n in range(60)]}), tmp_path / "unknown.parquet")
    code = """
import sys
from governance import Budget, check
from governance.errors import SourceError
try:
    found = check(sys.argv[1], project=sys.argv[2], as_of=sys.argv[3], budget=Budget(memory=int(sys.argv[4])))
    print(*{one.reason.value for one in found.checks if one.id == sys.argv[5]})
except SourceError as error:
    print(error)
"""
    for megabytes in (500, 1200):
        given = map(str, (tmp_path, PROJECT, AS_OF, megabytes * 1_000_000, REST))
        command = [sys.executable, "-c", code, *given]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.stdout.strip().endswith(("incomplete", "the time and memory allowed, found them used up.")), done


def test_a_share_of_the_memory_is_allowed_where_none_is_named() -> None:
    assert 100_000_000 < usual_memory() < 1 << 50
