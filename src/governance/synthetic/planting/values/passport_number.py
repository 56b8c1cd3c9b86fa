"""Passport numbers."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter


def _number(planter: Planter) -> str:
    return f"K{planter.rng.integers(10**7, 10**8)}"


VALUES = Values(
    category="user.government_id.passport_number",
    usual=False,
    forms=(Form("passport: labelled", "passport_number", lambda p: f"شماره گذرنامه: {_number(p)}"),),
)
