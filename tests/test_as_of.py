"""The time that decides: whose it is, how long ago it was, and how old a data set's own may be."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from governance.policy import Policy
from governance.reports import render
from governance.reports.terminal.run_lines import verdict_line
from governance.results import Reason, Results, Verdict
from governance.run import check
from governance.synthetic import Dataset
from tests.commands import CLOCK, govern

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)


def judged(world: Dataset, now: datetime | None, as_of: datetime | None = None, *rules: str) -> Results:
    return check(world.data, keys=world.keys, as_of=as_of, now=now, select=rules or ["security-attested"])


@pytest.fixture
def longest(policy: Policy) -> int:
    assert policy.recognised.as_of_days
    return policy.recognised.as_of_days


def test_a_data_sets_own_time_may_be_so_old_and_no_older(clean_world: Dataset, longest: int) -> None:
    (young,) = judged(clean_world, AS_OF + timedelta(days=longest)).checks
    assert young.verdict is Verdict.ATTESTED
    old = judged(clean_world, AS_OF + timedelta(days=longest + 1))
    assert (old.checks[0].verdict, old.checks[0].reason) == (Verdict.NOT_EVALUATED, Reason.OLD_TIME)
    assert (old.verdict, old.exit_code) == (Verdict.NOT_EVALUATED, 2)


def test_a_time_that_was_given_is_as_old_as_whoever_gave_it_likes(clean_world: Dataset) -> None:
    found = judged(clean_world, AS_OF + timedelta(days=4000), AS_OF)
    assert (found.verdict, found.as_of_from) == (Verdict.ATTESTED, "given")
    assert verdict_line(found, AS_OF + timedelta(days=4000)).endswith("+00:00, given, 4,000 days ago.")


def test_without_a_clock_nothing_is_called_old(clean_world: Dataset) -> None:
    found = judged(clean_world, None)
    assert (found.verdict, found.as_of_from) == (Verdict.ATTESTED, "data_set")
    assert verdict_line(found).endswith("+00:00, from the data set.")


def test_what_is_violated_stays_so_however_old_its_time(planted_world: Dataset) -> None:
    found = judged(planted_world, AS_OF + timedelta(days=4000), None, "restricted-encrypted")
    assert Verdict.FAILED in {one.verdict for one in found.checks}
    assert {one.verdict for one in found.checks} <= {Verdict.FAILED, Verdict.NOT_EVALUATED}


def test_a_time_ahead_of_the_clock_is_called_that(clean_world: Dataset) -> None:
    found = judged(clean_world, None)
    assert verdict_line(found, AS_OF - timedelta(days=3)).endswith("from the data set, 3 days ahead of the clock.")


def test_the_terminal_tells_the_distance_and_the_pages_whose_time_it_is(clean_world: Dataset, tmp_path: Path) -> None:
    assert (CLOCK - AS_OF).days == 9
    done = govern("check", "security-attested", "--data", clean_world.data)
    assert done.out.splitlines()[-1].endswith("As of 2026-11-22T00:00:00+00:00, from the data set, 9 days ago.")
    given = ("--as-of", "2026-11-21T00:00:00Z")
    done = govern("check", "security-attested", "--data", clean_world.data, *given)
    assert done.out.splitlines()[-1].endswith("As of 2026-11-21T00:00:00+00:00, given, 10 days ago.")
    data = Path(shutil.copytree(clean_world.data, tmp_path / "data"))
    about = json.loads((data / "dataset.json").read_text("utf-8"))
    (data / "dataset.json").write_text(json.dumps(about | {"as_of": "2025-11-20T00:00:00+00:00"}), "utf-8")
    done = govern("check", "security-attested", "--data", data)
    assert done.code == 2
    for found, told in (
        (judged(clean_world, CLOCK), "from the data set"),
        (judged(clean_world, CLOCK, AS_OF), "given"),
    ):
        index = next(page.text for page in render(found) if page.path == "en/index.html")
        assert f"<small>{told}</small>" in index
        assert "days ago" not in index
        assert ("--as-of" in index) is (told == "given")
