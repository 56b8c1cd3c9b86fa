from __future__ import annotations

from pathlib import Path

import pytest

from governance.errors import PolicyError
from governance.synthetic import Recipe, load_recipe

TEXT = (Path(__file__).parents[2] / "synthetic_data" / "recipe.yaml").read_text("utf-8")


def test_sizes_follow_the_users(recipe: Recipe) -> None:
    assert recipe.sizes(1000)["interactions"] == 30_000
    assert recipe.sizes(30)["books"] == recipe.least_books


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rows: 2000", "rows: 3", "recipe.yaml:3: rows: expected a whole number from 30, found 3"),
        ("reviews: 0.5", "revews: 0.5", "did you mean 'reviews'"),
        ("without_email: 0.10", "without_email: 1.5", "expected a share from 0 to 1, found 1.5"),
        ("+00:00", "", "expected a moment with its offset"),
        ("2026-11-22", "2026-13-22", "expected a moment with its offset"),
        ("registration_days: 1100", "registration_days: 20", "expected more days than the period's 30, found 20"),
        ("holders: 14", "holders: 0", "staff.support_agent.holders: expected a whole number from 1, found 0"),
        ("fa_IR", "fr_FR", "expected one of fa_IR, found 'fr_FR'"),
    ],
)
def test_a_wrong_recipe_is_told_with_its_place(old: str, new: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(TEXT.replace(old, new), "utf-8")
    with pytest.raises(PolicyError) as caught:
        load_recipe(path)
    assert message in str(caught.value)
