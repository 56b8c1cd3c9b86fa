"""Passwords, as people send them."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter


def _password(planter: Planter) -> str:
    return f"Kh0rshid{planter.rng.integers(100, 1000)}!"


VALUES = Values(
    category="user.authorization.password",
    usual=False,
    forms=(Form("password: labelled", "password", lambda p: f"رمز عبور: {_password(p)}"),),
)
