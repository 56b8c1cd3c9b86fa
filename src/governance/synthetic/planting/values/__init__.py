"""The values that are planted, one file a detection kind, called like the kind; importing this package finds them."""

from __future__ import annotations

from typing import Final

from governance.synthetic.planting.discovery import declarations
from governance.synthetic.planting.forms import Values

VALUES: Final = declarations(__name__, __path__, "VALUES", Values)
