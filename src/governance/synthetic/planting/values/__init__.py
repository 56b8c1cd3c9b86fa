"""The values to plant, one file per detection kind, with its name; importing this package finds them."""

from __future__ import annotations

from typing import Final

from governance.synthetic.planting.discovery import declarations
from governance.synthetic.planting.forms import Values

VALUES: Final = declarations(__name__, __path__, "VALUES", Values)
