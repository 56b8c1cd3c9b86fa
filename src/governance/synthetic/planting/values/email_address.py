"""E-mail addresses that nobody in the world has."""

from __future__ import annotations

from urllib.parse import quote

from governance.synthetic.planting.forms import BODY, NOTE, Form, Values
from governance.synthetic.planting.planter import Planter

_KIND = "email_address"


def address(planter: Planter) -> str:
    """An address."""
    return f"reader.x{planter.rng.integers(10_000, 99_999)}@post.example"


VALUES = Values(
    category="user.contact.email",
    forms=(
        Form("e-mail: in a sentence", _KIND, lambda p: f"پاسخ را به {address(p)} بفرستید.", NOTE),
        Form(
            "e-mail: [at] and [dot]",
            _KIND,
            lambda p: address(p).replace("@", " [at] ").replace(".ex", " [dot] ex"),
            BODY,
        ),
    ),
    addresses=(Form("e-mail: in a page address", _KIND, lambda p: f"/account?mail={quote(address(p))}"),),
    messages=(Form("e-mail address in a text", _KIND, lambda p: f"reader{p.rng.integers(1000)}@example.com"),),
)
