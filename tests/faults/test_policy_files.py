"""Policy files that say nothing, say it twice, or would run something: refused in a sentence, and nothing is run."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from governance.synthetic import Dataset
from tests.commands import Done, govern
from tests.faults.company import CARD, Company
from tests.policy.folder import Folder, copied

POLICY = "policy.yaml"
RULE = "no-bank-data"
SECONDS = 5  # on a busy machine; loading the policy alone takes a second


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return copied(tmp_path)


def refused(folder: Folder, world: Dataset, *told: str) -> None:
    """The policy is refused at once, by `check` and by `plan`, in these words."""
    for command in (("check", RULE, "--data", world.data, "--keys", world.keys), ("plan",)):
        start = time.perf_counter()
        done: Done = govern(*command, "--project", folder.path.parent)
        assert time.perf_counter() - start < SECONDS
        assert (done.code, done.out) == (3, ""), done
        assert "program itself" not in done.complaint
        for words in told:
            assert words in done.complaint


def test_the_copied_policy_is_read(folder: Folder) -> None:
    assert govern("plan", "--project", folder.path.parent).code == 0


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n"], ids=["empty", "comments", "no keys"])
def test_01_an_empty_policy_is_refused(folder: Folder, clean_world: Dataset, text: str) -> None:
    folder.write(POLICY, text)
    refused(folder, clean_world, POLICY)


def test_01_a_policy_without_rules_is_refused(folder: Folder, clean_world: Dataset) -> None:
    text = folder.text(POLICY)
    folder.write(POLICY, text[: text.index("\nrules:\n")] + "\nrules: {}\n")
    refused(folder, clean_world, "rules")


def test_31_a_key_twice_is_refused_by_its_line(folder: Folder, clean_world: Dataset) -> None:
    line = folder.change(POLICY, "    severity: critical\n", "    severity: critical\n    severity: warning\n")
    refused(folder, clean_world, f"{POLICY}:{line + 1}: ", "the key 'severity' twice")


BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
ALIASES = {"a bomb": "a0: &a0 [x]\n" + BOMB, "one of itself": "a0: &a0 [*a0]\n"}


@pytest.mark.parametrize("name", ALIASES)
def test_32_aliases_are_refused_at_once(folder: Folder, clean_world: Dataset, name: str) -> None:
    folder.write(POLICY, ALIASES[name] + folder.text(POLICY))
    refused(folder, clean_world, f"{POLICY}:1: ", "expected the value written out, found an anchor")


def test_33_a_tag_runs_nothing(folder: Folder, clean_world: Dataset, tmp_path: Path) -> None:
    tag = f'!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ["{tmp_path}/ran"]]'
    line = folder.change(POLICY, "    severity: critical\n", f"    severity: {tag}\n")
    refused(folder, clean_world, f"{POLICY}:{line}: ", "expected a value without a tag")
    assert not (tmp_path / "ran").exists()


def test_34_a_merge_key_is_refused(folder: Folder, clean_world: Dataset) -> None:
    line = folder.change(POLICY, "    parameters:\n", "    parameters:\n      <<: {kinds: [iban]}\n")
    refused(folder, clean_world, f"{POLICY}:{line + 1}: ", "found a merge key")


@pytest.mark.parametrize("value", ["NO", "012", "12:30", "1_000", "0x1f", ".5e3", "2026-01-01"])
def test_35_an_unquoted_value_that_may_mean_another_is_refused(
    folder: Folder, clean_world: Dataset, value: str
) -> None:
    line = folder.change(POLICY, 'version: "2"', f"version: {value}")
    refused(folder, clean_world, f"{POLICY}:{line}: policy.version: expected ", value)


def test_36_a_misspelt_key_is_refused_with_the_near_one(folder: Folder, clean_world: Dataset) -> None:
    line = folder.change(POLICY, "    severity: critical\n", "    severty: critical\n")
    refused(folder, clean_world, f"{POLICY}:{line}: ", "found the key 'severty'; did you mean 'severity'?")


CODE = "__import__('pathlib').Path({!r}).touch() or True"


@pytest.mark.parametrize("place", ["where", "parameters"])
@pytest.mark.parametrize("key", ["row_condition", "condition_parser", "sql"])
def test_67_a_condition_that_is_code_is_refused_and_not_run(
    folder: Folder, clean_world: Dataset, tmp_path: Path, place: str, key: str
) -> None:
    folder.change(POLICY, f"    {place}:\n", f'    {place}:\n      {key}: "{CODE.format(str(tmp_path / "ran"))}"\n')
    refused(folder, clean_world, f"found the key '{key}'")
    assert not (tmp_path / "ran").exists()


def own_kind(pattern: str) -> str:
    return f"""kinds:
  member_number:
    category: user.account.username
    title: {{fa: "شمارهٔ عضویت", en: "member number"}}
    pattern: "{pattern}"
    cases:
      passes: ["aaaa1", "aaaa۱"]
      fails: ["b"]
"""


EVIL = {"nested": "(a+)+1", "alternatives": "(?:a|aa|aaa)+1", "any": "(?:.*a){20}1|a+1"}


@pytest.mark.parametrize("name", EVIL)
def test_68_a_regex_of_exponential_backtracking_ends_in_time(
    folder: Folder, clean_world: Dataset, tmp_path: Path, name: str
) -> None:
    """Patterns are RE2's, whose time is linear: it answers; what needs backtracking does not compile."""
    folder.change(POLICY, "\nrules:\n", "\n" + own_kind(EVIL[name]) + "rules:\n")
    folder.change(POLICY, "        - payment_card_number\n", "        - payment_card_number\n        - member_number\n")
    company = Company.of(clean_world, tmp_path)
    long = "a" * 1_000_000
    company.put_cells("transactions", "note", [long, f"{long} {CARD}", f"{long}1"])
    start = time.perf_counter()
    said = replace(company, project=folder.path.parent).check(f"{RULE}/transactions/note", secrets=(CARD, "a" * 20))
    assert time.perf_counter() - start < 2 * SECONDS
    assert said.code == 1
    assert said.problems(f"{RULE}/transactions/note") == {"member_number": 1, "payment_card_number": 1}


def test_68_a_regex_that_needs_backtracking_is_refused(folder: Folder, clean_world: Dataset) -> None:
    folder.change(POLICY, "\nrules:\n", "\n" + own_kind(r"(a+)\\1+1") + "rules:\n")
    refused(folder, clean_world, "expected a pattern of RE2")
