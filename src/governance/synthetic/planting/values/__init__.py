"""The values to plant, one file per detection kind, with its name; importing this package finds them.

Those of a policy's own kinds are its cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from governance.policy import Policy
from governance.synthetic.planting.discovery import declarations
from governance.synthetic.planting.forms import Form, Values

VALUES: Final = declarations(__name__, __path__, "VALUES", Values)


def values_of(policy: Policy) -> Mapping[str, Values]:
    """The values of all kinds that rules of a policy may name."""
    own = {
        kind.name: Values(
            category=kind.category,
            usual=False,
            forms=tuple(
                Form(f"{kind.name}: case {place}", kind.name, lambda _, text=text: text, carried=False)  # type: ignore[misc]
                for place, text in enumerate(kind.passes, start=1)
            ),
        )
        for kind in policy.kinds
    }
    return {**VALUES, **own}
