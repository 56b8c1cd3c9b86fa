"""The explorer: plain where nobody can click, true to the policy files, and quick to check again."""

from __future__ import annotations

import pytest

from governance.errors import UsageError
from governance.guide import Table
from governance.guide.explorer import check_again, explore, rule_text
from governance.guide.section import Section
from governance.policy import Policy
from governance.results import Results, Verdict
from tests.conftest import PROJECT, WorldRun
from tests.reports.conftest import violated


@pytest.fixture
def section() -> Section:
    results: Results = violated()
    return Section("1", results.narrowed("1"), "en")


def test_without_a_browser_it_is_a_table(section: Section, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert isinstance(explore(section), Table)


def test_a_rule_is_shown_as_it_is_written(policy: Policy) -> None:
    for rule in policy.rules:
        text = rule_text(PROJECT, f"{rule.file}:{rule.line}")
        assert text.splitlines()[0].strip() == f"{rule.id}:"
        assert f"kind: {rule.kind}" in text
        assert sum(line.startswith("  ") and not line.startswith("   ") for line in text.splitlines()) == 1


@pytest.mark.parametrize("place", ["policy.yaml:999999", "policy.yaml:0", "nowhere.yaml:3", "policy.yaml", "../x:1"])
def test_a_rule_that_is_gone_is_no_text(place: str) -> None:
    assert rule_text(PROJECT, place) == ""


def test_to_check_again_takes_data() -> None:
    with pytest.raises(UsageError, match="Expected the folder of the data to check, found none"):
        check_again("restricted-encrypted/users/mobile", data="", keys="")


def test_one_check_is_done_again(planted_run: WorldRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    wanted = next(check for check in planted_run.results.checks if check.verdict is Verdict.FAILED)
    dataset = planted_run.dataset
    found, seconds = check_again(wanted.id, data=str(dataset.data), keys=str(dataset.keys))
    assert (found.id, found.verdict, found.evidence) == (wanted.id, wanted.verdict, wanted.evidence)
    assert seconds > 0
