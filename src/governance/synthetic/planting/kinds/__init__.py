"""The planters, one file per rule kind, with its name; importing this package finds them."""

from __future__ import annotations

from typing import Final

from governance.synthetic.planting.discovery import declarations
from governance.synthetic.planting.planter import KindPlanter

PLANTERS: Final = declarations(__name__, __path__, "PLANTER", KindPlanter)
