"""The planted world: every form of every violation of a policy's rule kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from governance.errors import DeclarationError
from governance.planning.checks import Plan
from governance.synthetic.additions import Additions
from governance.synthetic.company.world import World
from governance.synthetic.planting.broken_contracts import record_broken, sizes
from governance.synthetic.planting.kinds import PLANTERS
from governance.synthetic.planting.planter import KindPlanter, Planter, Violation


def planters(plan: Plan) -> Mapping[str, KindPlanter]:
    """The planters of the policy's rule kinds, in the order of its rules."""
    kinds = dict.fromkeys(rule.kind for rule in plan.policy.rules)
    for kind in kinds.keys() - PLANTERS.keys():
        place = f"synthetic/planting/kinds/{kind}.py"
        raise DeclarationError(f"{place}: expected the planter of the rule kind {kind!r}, found no such file.")
    return {kind: PLANTERS[kind] for kind in kinds}


def violations(plan: Plan, world: World) -> tuple[Violation, ...]:
    """Every violation that can be planted, unique by kind and form."""
    found: dict[str, Violation] = {}
    for kind, planter in planters(plan).items():
        for violation in planter.violations(plan, world):
            assert violation.kind == kind, f"{violation.name!r} of {kind}"  # noqa: S101  a mistake of this package
            assert violation.name not in found, f"{violation.name!r} twice"  # noqa: S101  another
            found[violation.name] = violation
    return tuple(found.values())


def plant(plan: Plan, world: World, chosen: Iterable[Violation]) -> Additions:
    """Plant these violations together in one world; the random draws of each are independent."""
    planter = Planter(world, plan, planters(plan))
    for violation in chosen:
        planter.begin(violation)
        before = sizes(planter)
        violation.plant(planter)
        record_broken(planter, violation.form, before)
    return planter.additions


def plant_everything(plan: Plan, world: World) -> Additions:
    """Plant each violation that rows can show, once, whatever the size of the world."""
    return plant(plan, world, [violation for violation in violations(plan, world) if violation.amend is None])
