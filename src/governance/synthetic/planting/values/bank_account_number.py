"""Numbers of bank accounts."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter


def _number(planter: Planter) -> str:
    return f"0204{planter.rng.integers(10**5, 10**6)}"


VALUES = Values(
    category="user.financial.bank_account",
    usual=False,
    forms=(Form("bank account: labelled", "bank_account_number", lambda p: f"شماره حساب: {_number(p)} بانک ملی"),),
)
