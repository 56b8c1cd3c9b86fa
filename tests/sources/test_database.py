"""DuckDB: locked down, in UTC, and what it spills is private and does not stay."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from governance.errors import SourceError
from governance.sources.database import DatabaseSource, QueryError
from tests.sources.conftest import opened

FRAMES = {"users": pa.table({"id": [1, 2]})}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "COPY users TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SELECT * FROM 'https://example.org/x.parquet'",
        "SELECT * FROM FRAMES",
        "EXPORT DATABASE '{folder}/db'",
    ],
)
def test_sql_reaches_nothing_but_the_tables(tmp_path: Path, sql: str) -> None:
    with opened(FRAMES) as source, pytest.raises((SourceError, QueryError)):
        source.query(sql.format(folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_errors_of_sql_quote_no_value() -> None:
    with opened({"users": pa.table({"id": ["6037991234567893"]})}) as source, pytest.raises(QueryError) as caught:
        source.query("SELECT CAST(id AS DATE) FROM users")
    assert str(caught.value) == "ConversionException"
    assert caught.value.__cause__ is None


def test_times_compare_as_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tehran")
    moment = pa.array([1_767_225_600_000_000])
    frames = {"t": pa.table({"a": moment.cast(pa.timestamp("us")), "b": moment.cast(pa.timestamp("us", "UTC"))})}
    with opened(frames) as source:
        assert source.query("SELECT a = b AS same FROM t").to_pydict() == {"same": [True]}


def test_a_column_of_a_type_that_sql_lacks_is_read_as_its_contract_or_its_texts_say() -> None:
    half, deep = pa.array(np.array([1, 2.5], np.float16)), pa.array([[1], []], pa.list_(pa.decimal256(60, 2)))
    with opened({"t": pa.table({"x": half, "y": deep})}) as source:
        assert source.query("SELECT * FROM t").select(["x", "y"]).to_pydict() == {
            "x": [1, 2.5],
            "y": ['["1.00"]', "[]"],
        }


def spills() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("governance-spill-*"))


@pytest.fixture
def _own_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.mark.usefixtures("_own_temp")
def test_the_spill_folder_is_private_and_goes_with_the_source() -> None:
    with opened(FRAMES):
        (folder,) = spills()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert spills() == set()


@pytest.mark.usefixtures("_own_temp")
def test_no_spill_folder_stays_when_a_source_cannot_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_: object) -> None:
        assert len(spills()) == 1
        raise SourceError("no table of these")

    monkeypatch.setattr(DatabaseSource, "_show", refusing)
    with pytest.raises(SourceError, match="no table of these"), opened(FRAMES):
        pass
    assert spills() == set()


@pytest.mark.usefixtures("_own_temp")
def test_what_a_killed_run_spilled_is_swept_and_what_a_running_one_spills_is_not() -> None:
    script = "import os, signal; from governance.sources.spill import Spill; s = Spill(); os.kill(os.getpid(), 9)"
    environment = {**os.environ, "TMPDIR": str(tempfile.gettempdir())}
    subprocess.run([sys.executable, "-c", script], check=False, env=environment)
    (left,) = spills()
    running = Path(tempfile.gettempdir()) / "governance-spill-running"
    running.mkdir()
    with (running / "in-use").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with opened(FRAMES):
            assert left not in spills()
            assert running in spills()


INTERRUPTED = """
import os, signal, sys, threading
from pathlib import Path
from governance.sources import open_source
source = open_source(Path(sys.argv[1]), {})
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    source.query("SELECT COUNT(*) FROM range(100000000000) t(a) WHERE HASH(a) % 7 = 3")
except KeyboardInterrupt:
    print("interrupted", flush=True)
os._exit(0)
"""


def test_an_interruption_within_a_query_is_no_error_of_it(tmp_path: Path) -> None:
    (tmp_path / "books.csv").write_text("id\n1\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "interrupted\n", done.stderr
