"""The planters, one file a rule kind, called like the kind; importing this package finds them."""

from __future__ import annotations

from typing import Final

from governance.synthetic.planting.discovery import declarations
from governance.synthetic.planting.planter import KindPlanter

PLANTERS: Final = declarations(__name__, __path__, "PLANTER", KindPlanter)
