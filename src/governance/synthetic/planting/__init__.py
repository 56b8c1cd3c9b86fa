"""Plants violations and records the checks that each fires: every form of every kind, or the few of the demo month."""

from governance.synthetic.planting.demo import plant_demo
from governance.synthetic.planting.everything import plant, plant_everything, violations
from governance.synthetic.planting.kinds import PLANTERS
from governance.synthetic.planting.planter import KindPlanter, Violation
from governance.synthetic.planting.values import VALUES

__all__ = ["PLANTERS", "VALUES", "KindPlanter", "Violation", "plant", "plant_demo", "plant_everything", "violations"]
