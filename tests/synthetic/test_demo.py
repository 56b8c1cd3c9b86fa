from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from governance.planning.checks import Plan
from governance.synthetic import Dataset, Recipe, generate

Worlds = Callable[[str], Dataset]


def test_the_month_has_the_recipe_s_counts_at_its_default_rows(
    policy_plan: Plan, recipe: Recipe, tmp_path: Path
) -> None:
    ledger = generate(policy_plan, recipe, world="demo", out=tmp_path / "w").ledger
    places = Counter((entry.table, entry.column) for entry in ledger.entries)
    counts = recipe.demo.counts
    assert places == {
        ("transactions", "note"): counts["cards_in_notes"] + counts["codes_in_notes"],
        ("reviews", "body"): places["reviews", "body"],
        ("users", "email"): counts["emails_only_encoded"],
        ("access_events", ""): counts["reads_after_leaving"] + counts["reads_without_role"],
        ("users", recipe.demo.undeclared_column): 1,
        ("transfers", ""): counts["transfers_by_ftp"] + counts["transfers_after_agreement"],
        ("messages", ""): counts["offers_after_unsubscribing"],
        ("subject_requests", ""): counts["late_answers"],
    }
    assert places["reviews", "body"] == counts["shebas_in_reviews"] + counts["erased_in_reviews"]
    assert len(ledger.fired()) == 13


@pytest.mark.parametrize("rows", [50, 300])
def test_a_smaller_month_has_fewer_of_each(rows: int, policy_plan: Plan, recipe: Recipe, tmp_path: Path) -> None:
    ledger = generate(policy_plan, recipe, world="demo", out=tmp_path / "w", rows=rows).ledger
    assert len(ledger.fired()) == 13
    assert 6 < len(ledger.entries) < 40


def test_the_clean_world_has_an_empty_ledger(world_of: Worlds) -> None:
    assert world_of("clean").ledger.entries == ()
