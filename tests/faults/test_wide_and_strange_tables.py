"""Tables of thousands of columns within bounded time and memory, and columns of types that the engine lacks."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance import check
from governance.results import Reason, Verdict
from tests.conftest import PROJECT
from tests.faults.company import CARD, FAILED, Company

REST = "no-bank-data/*"
BEYOND = "no-bank-data/users/*"
AS_OF = "2026-11-22T00:00:00Z"
_MEASURED = """
import re, sys, time
from governance import check
found = {one.id: one for one in check(sys.argv[1], project=sys.argv[2], as_of=sys.argv[3]).checks}[sys.argv[4]]
most = re.search(r"VmHWM:\\s+([0-9]+)", open("/proc/self/status").read())[1]
print(found.verdict.value, int(time.process_time()), int(most) // 1024)
"""


def measured(data: Path, name: str) -> tuple[str, int, int]:
    """A check's verdict, the seconds of processor time it took in a process of its own, and the megabytes."""
    command = [sys.executable, "-c", _MEASURED, *map(str, (data, PROJECT, AS_OF, name))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    verdict, seconds, megabytes = done.stdout.split()
    return verdict, int(seconds), int(megabytes)


@pytest.mark.slow
def test_58_2000_columns_of_texts_take_less_than_60_seconds_and_500_mb(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    words = np.array(["salam", "ketab", "road", "blue", "x9", "12", "note", "order"])
    cells = {
        f"c{n}": np.char.add(chance.choice(words, 2000), chance.integers(0, 1000, 2000).astype(str))
        for n in range(2000)
    }
    pq.write_table(pa.table(cells), tmp_path / "wide.parquet", write_page_checksum=True)
    verdict, seconds, megabytes = measured(tmp_path, REST)
    assert verdict == "passed"
    assert seconds < 60
    assert megabytes < 500


LONG = Decimal(123456789012345678901234567890123456789012345)
WIDE = pa.decimal256(60, 2)
STRANGE = {
    "decimal256": pa.array([LONG] * 9, WIDE),
    "list of decimal256": pa.array([[LONG]] * 9, pa.list_(WIDE)),
    "map of decimal256": pa.array([[("a", LONG)]] * 9, pa.map_(pa.string(), WIDE)),
    "union": pa.UnionArray.from_sparse(pa.array([0] * 9, pa.int8()), [pa.array([1] * 9), pa.array(["x"] * 9)]),
    "interval": pa.array([pa.MonthDayNano([1, 2, 3])] * 9),
    "list view": pa.array([[1]] * 9, pa.list_view(pa.int64())),
}


@pytest.mark.parametrize("table", ["unknown", "users"])
@pytest.mark.parametrize("kind", STRANGE)
def test_58_a_column_of_a_type_that_the_engine_lacks_hides_no_other(kind: str, table: str) -> None:
    name = BEYOND if table == "users" else REST
    for note, expected in ((CARD, FAILED), ("note", (Verdict.PASSED, Reason.HOLDS))):
        data = {table: pa.table({"strange": STRANGE[kind], "remark": [note] * 9})}
        results = check(data, project=PROJECT, as_of=AS_OF, select=["no-bank-data"])
        found = next(one for one in results.checks if one.id == name)
        assert (found.verdict, found.reason) == expected


@pytest.mark.parametrize("nested", [False, True])
def test_20_a_card_in_a_decimal_of_76_digits_is_found(*, nested: bool) -> None:
    card = Decimal(CARD)
    cells = pa.array([[card]] * 9, pa.list_(WIDE)) if nested else pa.array([card] * 9, WIDE)
    results = check({"unknown": pa.table({"amount": cells})}, project=PROJECT, as_of=AS_OF, select=["no-bank-data"])
    found = next(one for one in results.checks if one.id == REST)
    assert (found.verdict, found.reason) == FAILED


def test_58_relational_checks_read_the_other_columns_of_such_a_table(company: Company) -> None:
    names = ("no-bank-data/transactions/note", "contracts-kept/transactions")
    before = company.check(*names)
    table = company.table("transactions")
    cells = pa.array([[LONG]] * table.num_rows, pa.list_(WIDE))
    company.put("transactions", table.append_column("strange", cells))
    after = company.check(*names)
    assert [after.verdict(name) for name in names] == [before.verdict(name) for name in names]
