from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.errors import SourceError, UsageError
from governance.planning.checks import Plan
from governance.synthetic import Recipe, generate, load_ledger


def test_a_former_world_is_replaced(policy_plan: Plan, recipe: Recipe, tmp_path: Path) -> None:
    out = tmp_path / "w"
    generate(policy_plan, recipe, world="planted", out=out, rows=30)
    generate(policy_plan, recipe, world="clean", out=out, rows=30)
    assert not (out / "data" / "payments_export.parquet").exists()
    assert load_ledger(out / "ledger.json").world == "clean"
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


@pytest.mark.parametrize("kind", ["empty folder", "file", "link", "world with notes", "world with a table of others"])
def test_anything_else_is_refused_and_left_alone(kind: str, policy_plan: Plan, recipe: Recipe, tmp_path: Path) -> None:
    out = tmp_path / "w"
    match kind:
        case "empty folder":
            out.mkdir()
        case "file":
            out.write_text("mine")
        case "link":
            out.symlink_to(tmp_path / "nowhere")
        case _:
            generate(policy_plan, recipe, world="clean", out=out, rows=30)
            (out / ("notes.txt" if "notes" in kind else "data/mine.csv")).write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="former world"):
        generate(policy_plan, recipe, world="clean", out=out, rows=30)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_failure_leaves_the_former_world_and_nothing_else(policy_plan: Plan, recipe: Recipe, tmp_path: Path) -> None:
    out = tmp_path / "w"
    generate(policy_plan, recipe, world="clean", out=out, rows=30)

    def stop(table: str, done: int, total: int) -> None:
        del done, total
        if table == "transactions":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(policy_plan, recipe, world="demo", out=out, rows=40, progress=stop)
    assert load_ledger(out / "ledger.json").world == "clean"
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"rows": 29}, "rows: expected at least 30"), ({"world": "plantd"}, "did you mean 'planted'")],
)
def test_wrong_arguments_are_told(
    arguments: dict[str, Any], message: str, policy_plan: Plan, recipe: Recipe, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        generate(policy_plan, recipe, out=tmp_path / "w", **{"world": "clean", **arguments})
    assert not list(tmp_path.iterdir())


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger.json").write_text('{"format": "other"}')
    with pytest.raises(SourceError, match="expected a world's ledger"):
        load_ledger(tmp_path / "ledger.json")


@pytest.mark.parametrize(
    ("change", "message"), [("table", "found 'revews'; did you mean 'reviews'"), ("column", "found 'stars'")]
)
def test_contracts_of_what_cannot_be_made_are_refused(
    change: str, message: str, policy_plan: Plan, recipe: Recipe, tmp_path: Path
) -> None:
    contracts = list(policy_plan.policy.contracts)
    place = next(n for n, contract in enumerate(contracts) if contract.table == "reviews")
    reviews = contracts[place]
    if change == "table":
        contracts[place] = replace(reviews, table="revews")
    else:
        contracts[place] = replace(reviews, columns=(*reviews.columns, replace(reviews.columns[3], name="stars")))
    other = replace(policy_plan, policy=replace(policy_plan.policy, contracts=tuple(contracts)))
    with pytest.raises(UsageError, match=message):
        generate(other, recipe, world="clean", out=tmp_path / "w", rows=30)
    assert not list(tmp_path.iterdir())
