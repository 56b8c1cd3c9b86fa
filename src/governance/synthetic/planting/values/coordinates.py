"""Places on earth."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter


def _place(planter: Planter) -> str:
    rng = planter.rng
    return f"35.7{rng.integers(1000, 9999)}, 51.3{rng.integers(1000, 9999)}"


VALUES = Values(
    category="user.location.precise",
    usual=False,
    forms=(Form("coordinates: labelled", "coordinates", lambda p: f"location: {_place(p)}"),),
)
