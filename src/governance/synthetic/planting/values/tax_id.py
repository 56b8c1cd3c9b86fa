"""Tax numbers of Iran: economic codes."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter


def _code(planter: Planter) -> str:
    return f"4111{planter.rng.integers(10**7, 10**8)}"


VALUES = Values(
    category="user.government_id",
    usual=False,
    forms=(Form("tax number: labelled", "tax_id", lambda p: f"کد اقتصادی: {_code(p)}"),),
)
