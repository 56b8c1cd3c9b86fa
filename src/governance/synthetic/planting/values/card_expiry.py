"""The expiry of a card, after its label."""

from __future__ import annotations

from governance.synthetic.company import bank
from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter

_KIND = "card_expiry"


def _expiry(planter: Planter) -> str:
    text = bank.yymm(planter.rng)
    return f"تاریخ انقضای کارت: {text[:2]}/{text[2:]}"


VALUES = Values(forms=(Form("expiry: labelled", _KIND, _expiry),))
