"""Keys of services."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter


def _key(planter: Planter) -> str:
    return "AKIA" + "".join(planter.rng.choice(list("ABCDEFGHJKLMNPQRSTUVWXYZ234567"), 16))


VALUES = Values(
    category="user.authorization.credentials",
    usual=False,
    forms=(Form("API key: of a cloud", "api_key", lambda p: f"key={_key(p)}"),),
)
