"""Planters and values are found by the names of their files, and each writes what it says."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.planning.checks import Plan, plan
from governance.policy import Rule
from governance.synthetic import Recipe
from governance.synthetic.company.world import World
from governance.synthetic.planting import PLANTERS, VALUES, plant, values, violations
from governance.synthetic.planting.discovery import declarations
from governance.synthetic.planting.everything import planters
from governance.synthetic.planting.forms import Form, Values, labelled
from governance.synthetic.planting.kinds import free_of, minimal
from governance.synthetic.planting.planter import KindPlanter, Planter


def test_a_file_that_declares_nothing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "retained.py").write_text("PLANTER = 'no planter'\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TypeError, match=r"retained\.py: expected PLANTER, the KindPlanter that it declares"):
        declarations("seeds", [str(folder)], "PLANTER", KindPlanter)
    sys.modules.pop("seeds.retained")
    (folder / "retained.py").write_text(
        "from governance.synthetic.planting.planter import KindPlanter\nPLANTER = KindPlanter(lambda plan, world: ())\n"
    )
    assert list(declarations("seeds", [str(folder)], "PLANTER", KindPlanter)) == ["retained"]


def test_kinds_plant_in_the_order_of_the_policy_s_rules(policy_plan: Plan, recipe: Recipe) -> None:
    world = World.of(policy_plan.policy, recipe, seed=1, users=30)
    ordered = list(dict.fromkeys(rule.kind for rule in policy_plan.policy.rules))
    assert list(dict.fromkeys(some.kind for some in violations(policy_plan, world))) == ordered
    assert set(ordered) == PLANTERS.keys()


@pytest.mark.parametrize("name", sorted(VALUES))
def test_every_form_of_a_detection_kind_is_of_that_kind(name: str, policy_plan: Plan, recipe: Recipe) -> None:
    known = VALUES[name]
    planter = Planter(World.of(policy_plan.policy, recipe, seed=1, users=30), policy_plan, planters(policy_plan))
    forms = (*known.forms, *known.replies, *known.addresses, *known.messages)
    assert {form.detects for form in forms} == {name}
    assert len({form.name for form in forms}) == len(forms)
    for form in forms:
        assert len({form.write(planter) for _ in range(20)}) > 1, form.name


def test_what_an_overwritten_cell_violates_is_said_by_its_kind(policy_plan: Plan, recipe: Recipe) -> None:
    """A form in the role of a grant, in a read's purpose or in a transfer's recipient fires those kinds too."""
    world = World.of(policy_plan.policy, recipe, seed=1, users=30)
    kinds = {check.id: check.rule.kind for check in policy_plan.checks}
    also: dict[tuple[str, str], set[str]] = {}
    for violation in violations(policy_plan, world):
        if violation.kind == "free_of":
            for entry in plant(policy_plan, world, [violation]).entries:
                also.setdefault((entry.table, entry.column), set()).update(kinds[check] for check in entry.fires)
    assert {"granted"} <= also["grants", "role"]
    assert {"authorised", "purposed"} <= also["access_events", "column_name"]
    assert {"never_sold", "minimal"} <= also["transfers", "recipient"]
    assert {"encrypted"} <= also["users", "mobile"]
    assert also["reviews", "body"] == {"free_of"}


@pytest.mark.parametrize("category", ["", "user.government_id.drivers_license_number"])
def test_values_of_a_new_kind_are_planted_wherever_the_rules_name_it(
    category: str, policy_plan: Plan, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = "licence_number"
    form: Form[Planter] = Form("licence: labelled", new, labelled("گواهی‌نامه", 8))
    for module in (values, free_of, minimal):
        monkeypatch.setattr(module, "VALUES", {**VALUES, new: Values((form,), category)})
    policy = policy_plan.policy
    given: list[tuple[Rule, Any]] = [(rule, rule.parameters) for rule in policy.rules]
    rules = [
        replace(rule, parameters=replace(own, kinds=(*own.kinds, new))) if hasattr(own, "kinds") else rule
        for rule, own in given
    ]
    named = plan(replace(policy, rules=tuple(rules)))
    world = World.of(named.policy, recipe, seed=1, users=30)
    own = [some for some in violations(named, world) if some.form == form.name]
    assert [some.kind for some in own] == (["free_of", "classified", "minimal"] if category else ["free_of"])
    kinds = {check.id: check.rule.kind for check in named.checks}
    for violation in own:
        fired = [check for entry in plant(named, world, [violation]).entries for check in entry.fires]
        assert violation.kind in {kinds[check] for check in fired}
