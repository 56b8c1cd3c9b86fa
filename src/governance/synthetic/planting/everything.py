"""The planted world: every form of every violation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from governance.planning.checks import Plan
from governance.synthetic.additions import Additions
from governance.synthetic.company.world import World
from governance.synthetic.planting import (
    access,
    announced,
    attested,
    bank_data,
    card_columns,
    ciphers,
    classified,
    erased,
    fulfilled,
    grants,
    opted_out,
    payloads,
    purposes,
    rectified,
    transfers,
    twins,
    undeclared,
    unlinkable,
)
from governance.synthetic.planting.planter import Planter, Violation

# The modules that plant; a new kind of rule brings one.
_PARTS: tuple[Callable[[Plan, World], Iterator[Violation]], ...] = (
    undeclared.violations,
    bank_data.violations,
    card_columns.violations,
    classified.violations,
    ciphers.violations,
    twins.violations,
    access.violations,
    announced.violations,
    attested.violations,
    purposes.violations,
    grants.violations,
    transfers.violations,
    payloads.violations,
    unlinkable.violations,
    fulfilled.violations,
    opted_out.violations,
    erased.violations,
    rectified.violations,
)


def violations(plan: Plan, world: World) -> tuple[Violation, ...]:
    """Every violation that can be planted, unique by kind and form."""
    found: dict[str, Violation] = {}
    for part in _PARTS:
        for violation in part(plan, world):
            assert violation.name not in found, f"{violation.name!r} twice"  # noqa: S101  a slip of this package
            found[violation.name] = violation
    return tuple(found.values())


def plant(plan: Plan, world: World, chosen: Iterable[Violation]) -> Additions:
    """These violations, side by side in one world; what each draws does not depend on the others."""
    planter = Planter(world, plan)
    for violation in chosen:
        planter.begin(violation)
        violation.plant(planter)
    return planter.additions


def plant_everything(plan: Plan, world: World) -> Additions:
    """Each violation that rows can show, once; their number does not grow with the world."""
    return plant(plan, world, [violation for violation in violations(plan, world) if violation.amend is None])
