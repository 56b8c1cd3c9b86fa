"""Postal addresses with their code."""

from __future__ import annotations

from governance.synthetic.planting.forms import PERSIAN, Form, Values
from governance.synthetic.planting.planter import Planter


def _address(planter: Planter) -> str:
    rng = planter.rng
    return f"خیابان گلها، پلاک {rng.integers(1, 99)}، کد پستی {rng.integers(13111, 19999)}{rng.integers(11111, 99999)}"


VALUES = Values(
    category="user.contact.address",
    usual=False,
    forms=(Form("postal address: labelled", "postal_address", lambda p: _address(p).translate(PERSIAN)),),
)
