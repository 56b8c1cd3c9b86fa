"""Great Expectations is imported without what no check uses; whoever does use it still gets it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
HELD_BACK = {"altair.vegalite", "scipy.stats._stats_py", "rfc3987_syntax.syntax_helpers"}


def said_by(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_library_comes_without_its_statistics_and_charts() -> None:
    told = f"import sys, gc, governance.gx; print({HELD_BACK} & set(sys.modules), gc.isenabled())"
    assert said_by(told) == "set() True"


@pytest.mark.parametrize(
    "use",
    [
        "from scipy import stats; print(round(stats.entropy([1, 1]), 3))",
        "import scipy.stats as s; print(round(s.entropy([1, 1]), 3))",
        "import altair; print(altair.Chart().mark_bar().mark)",
        "import altair.vegalite.v6.api; import altair as a; print(a.Chart().mark_bar().mark)",
    ],
)
def test_what_was_held_back_is_there_when_it_is_used(use: str) -> None:
    assert said_by(f"import governance.gx; {use}") == said_by(use)


def test_who_asks_every_module_for_its_file_imports_none() -> None:
    code = "import inspect, sys, governance.gx; inspect.getmodule(inspect.stack()[0].frame)"
    assert said_by(f"{code}; print({HELD_BACK} & set(sys.modules))") == "set()"
