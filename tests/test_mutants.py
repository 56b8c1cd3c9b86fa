"""The runner of mutants: what it changes, what it leaves alone, and the list of those that change nothing."""

from __future__ import annotations

import json

import pytest

from tests.conftest import PROJECT
from tests.mutants import TARGETS, mutants, samples

SOURCE = '''"""A module."""

from typing import Final

LEAST: Final = 3


def looks(rows: list[int], most: int = 1) -> bool:
    """Whether they do."""
    if not rows or len(rows) < most:
        raise ValueError("expected 3 rows")
    return any(row in {1, 2} for row in rows)


KIND = Kind(gravity=3)
'''


def test_every_change_is_one_and_none_is_of_annotations_orders_or_sentences() -> None:
    found = list(mutants("looks.py", SOURCE))
    assert {(one.before, one.after) for one in found if one.line == 10} == {
        ("not rows or len(rows) < most", "not rows and len(rows) < most"),
        ("not rows or len(rows) < most", "not rows"),
        ("not rows", "rows"),
        ("len(rows) < most", "len(rows) <= most"),
    }
    assert {one.line for one in found} == {5, 8, 10, 12}
    assert len({one.text for one in found}) == len(found)
    for one in found:
        compile(one.text, one.module, "exec")
        changed = [line for line, was in zip(one.text.splitlines(), SOURCE.splitlines(), strict=True) if line != was]
        assert len(changed) == 1


def test_the_same_seed_draws_the_same_and_a_sample_takes_each_module_in_turn() -> None:
    drawn = samples(1, 2, ["results/verdicts.py", "rules/settlement.py"])
    assert [one.text for one, _ in drawn] == [
        one.text for one, _ in samples(1, 2, ["results/verdicts.py", "rules/settlement.py"])
    ]
    assert [one.module for one, _ in drawn[:2]] == ["results/verdicts.py", "rules/settlement.py"]


@pytest.mark.parametrize("pattern", TARGETS)
def test_every_target_is_there_with_its_tests(pattern: str) -> None:
    assert list((PROJECT / "src" / "governance").glob(pattern))
    for name in TARGETS[pattern].split():
        assert (PROJECT / "tests" / name).exists(), name


def test_every_equivalent_mutant_is_one_still_and_has_a_reason() -> None:
    for one in json.loads((PROJECT / "tests" / "equivalent_mutants.json").read_text("utf-8")):
        source = (PROJECT / "src" / "governance" / one["module"]).read_text("utf-8")
        found = {(each.where, each.before, each.after) for each in mutants(one["module"], source)}
        assert (one["where"], one["before"], one["after"]) in found
        assert len(one["why"]) > 40
