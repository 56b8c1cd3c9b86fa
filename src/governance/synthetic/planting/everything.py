"""The planted world: every form of every violation."""

from __future__ import annotations

from governance.planning import Plan
from governance.synthetic.additions import Additions
from governance.synthetic.planting.access import plant_on_guarded_columns, plant_on_undeclared
from governance.synthetic.planting.bank_data import (
    plant_in_columns,
    plant_in_undeclared_columns,
    plant_in_undeclared_tables,
)
from governance.synthetic.planting.ciphers import plant_ciphers
from governance.synthetic.planting.planter import Planter
from governance.synthetic.world import World


def plant_everything(plan: Plan, world: World) -> Additions:
    """One addition a form and place; their number does not grow with the world."""
    planter = Planter(world, plan)
    plant_in_columns(planter)
    plant_in_undeclared_columns(planter)
    plant_in_undeclared_tables(planter)
    plant_ciphers(planter)
    plant_on_guarded_columns(planter)
    plant_on_undeclared(planter)
    return planter.additions
