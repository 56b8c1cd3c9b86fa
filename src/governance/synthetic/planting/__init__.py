"""Violations, each with the checks that it violates: every form of every kind, or the few of the demo month."""

from governance.synthetic.planting.demo import plant_demo
from governance.synthetic.planting.everything import plant, plant_everything, violations
from governance.synthetic.planting.planter import Violation

__all__ = ["Violation", "plant", "plant_demo", "plant_everything", "violations"]
