"""Names of people in social networks."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter


def _name(planter: Planter) -> str:
    return f"reader_{planter.rng.integers(1000, 9999)}"


VALUES = Values(
    category="user.social",
    usual=False,
    forms=(
        Form("social handle: labelled", "social_handle", lambda p: f"Telegram: @{_name(p)}"),
        Form("social handle: address", "social_handle", lambda p: f"https://t.me/{_name(p)}"),
    ),
)
