"""Telephone numbers of a place."""

from __future__ import annotations

from governance.synthetic.planting.forms import PERSIAN, Form, Values
from governance.synthetic.planting.planter import Planter


def _number(planter: Planter) -> str:
    return f"021{planter.rng.integers(22_000_000, 88_999_999)}"


VALUES = Values(
    category="user.contact.phone_number",
    usual=False,
    also=("phone_number",),
    forms=(Form("landline: labelled", "landline_number", lambda p: f"تلفن منزل: {_number(p)}".translate(PERSIAN)),),
)
