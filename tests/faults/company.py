"""A company of its own for each test: a clean world in which one thing is broken, and what `check` then says."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from governance.reports.terminal.run_lines import result_lines
from governance.results import CheckResult, Reason, Results, Verdict
from governance.synthetic import Dataset
from tests.commands import CLOCK, Done, govern
from tests.conftest import PROJECT

CARD = "6037991234567893"
MOBILE = "09121234567"
FAILED = (Verdict.FAILED, Reason.VIOLATED)


def unlooked(reason: Reason) -> tuple[Verdict, Reason]:
    """Not evaluated, for this reason."""
    return Verdict.NOT_EVALUATED, reason


@dataclass(frozen=True)
class Said:
    """What `check` said: its exit code, and its results read back from what it printed."""

    code: int
    results: Results

    def of(self, name: str) -> CheckResult:
        """The result of a check, which must be among those that were asked for."""
        return next(check for check in self.results.checks if check.id == name)

    def verdict(self, name: str) -> tuple[Verdict, Reason]:
        check = self.of(name)
        return check.verdict, check.reason

    def problems(self, name: str) -> dict[str, int]:
        """How many rows have each problem."""
        return dict(self.of(name).evidence.problems)


@dataclass(frozen=True)
class Company:
    """A folder of data and its keys."""

    data: Path
    keys: Path
    project: Path = PROJECT

    @classmethod
    def of(cls, world: Dataset, folder: Path) -> Company:
        shutil.copytree(world.data, folder / "data")
        return cls(folder / "data", world.keys)

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.data / f"{name}.parquet")

    def put(self, name: str, table: pa.Table) -> None:
        pq.write_table(table, self.data / f"{name}.parquet", write_page_checksum=True)

    def put_column(self, table: str, column: str, values: Sequence[Any] | pa.Array) -> None:
        """Put other values for a column's first ones; the rest is null."""
        made = values if isinstance(values, pa.Array) else pa.array(values)
        whole = self.table(table)
        rest = pa.nulls(whole.num_rows - len(made), made.type)
        place, cells = whole.schema.names.index(column), pa.chunked_array([made, rest])
        self.put(table, whole.set_column(place, column, cells))

    def put_cells(self, table: str, column: str, values: Sequence[Any]) -> None:
        """Put other values for a column's first ones, and keep the rest."""
        whole = self.table(table)
        kept = whole[column].to_pylist()
        cells = pa.array([*values, *kept[len(values) :]], whole.schema.field(column).type)
        self.put(table, whole.set_column(whole.schema.names.index(column), column, cells))

    def put_csv(self, name: str, content: bytes) -> None:
        """Let a table be a CSV file of these bytes."""
        (self.data / f"{name}.parquet").unlink()
        (self.data / f"{name}.csv").write_bytes(content)

    def govern(self, *select: str, keyed: bool = True, secrets: Sequence[str] = (CARD, MOBILE)) -> Done:
        """How `check` ended, which must print none of the secrets."""
        keys = ("--keys", self.keys) if keyed else ()
        done = govern("check", *select, "--data", self.data, *keys, "--project", self.project, "--json")
        for secret in secrets:
            assert secret not in done.out + done.err
        return done

    def check(self, *select: str, keyed: bool = True, secrets: Sequence[str] = (CARD, MOBILE)) -> Said:
        """What it said where data could be read, with the lines for a person, which show no secret either."""
        done = self.govern(*select, keyed=keyed, secrets=secrets)
        assert done.code in {0, 1, 2}, done.complaint
        results = Results.from_json(done.out)
        lines = "\n".join(result_lines(results, CLOCK))
        for secret in secrets:
            assert secret not in lines
        assert done.code == results.exit_code
        return Said(done.code, results)

    def refusal(self, *select: str, secrets: Sequence[str] = (CARD, MOBILE)) -> str:
        """The one sentence with which it refused the source or the policy."""
        done = self.govern(*select, secrets=secrets)
        assert (done.code, done.out) == (3, ""), done
        assert "program itself" not in done.complaint
        return done.complaint


def interrupted_report(company: Company, out: Path, *stops: signal.Signals) -> tuple[int, str]:
    """How a report ends that gets these signals, one after the other, while it evaluates, and what it told."""
    command = [sys.executable, "-m", "governance", "report", "--data", str(company.data), "--out", str(out)]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "load the engine" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(0.5)
        for stop in stops:
            process.send_signal(stop)
            time.sleep(0.05)
        told = process.stderr.read()
    return process.returncode, told
