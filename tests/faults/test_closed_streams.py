"""Commands whose caller closed a stream, or stopped them: the exit code is never that of a verdict."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "1>&- 2>&-", "0<&- 1>&- 2>&-"])
@pytest.mark.parametrize(
    ("command", "code"), [("check --data nowhere", 3), ("verify nowhere", 4), ("kinds", 0), ("plan --json", 0)]
)
def test_69_a_closed_stream_changes_no_exit_code(tmp_path: Path, closed: str, command: str, code: int) -> None:
    shell = f"'{sys.executable}' -m governance {command} --project '{PROJECT}' {closed}"
    shell = shell.replace(f"--project '{PROJECT}' ", "") if command.startswith("verify") else shell
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
