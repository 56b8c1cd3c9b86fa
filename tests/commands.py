"""The program, run in this process; tests/test_report.py starts it as a program of its own."""

from __future__ import annotations

import io
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from governance.cli import main as cli
from governance.cli.stopping import STOPPING

CLOCK = datetime(2026, 12, 1, tzinfo=UTC)  # nine days after the time of synthetic worlds


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """What it complained of: the last lines of standard error, without the progress before them."""
        return self.err[self.err.index("governance: ") :].strip()


def govern(*arguments: object) -> Done:
    """Run a command; it must end with an exit code, as a process would."""
    out, err = io.StringIO(), io.StringIO()
    handlers = {one: signal.getsignal(one) for one in STOPPING}
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(cli, "_now", lambda: CLOCK)
        patch.setattr(sys, "argv", ["governance", *map(str, arguments)])
        try:
            with pytest.raises(SystemExit) as ended:
                cli.main()
        finally:
            for one, handler in handlers.items():
                signal.signal(one, handler)
    code = ended.value.code
    assert isinstance(code, int), "a text or None is no exit code"
    return Done(code, out.getvalue(), err.getvalue())
