"""Mobile numbers that nobody in the world has."""

from __future__ import annotations

import json
from urllib.parse import quote

import numpy as np

from governance.synthetic.company.tables import people
from governance.synthetic.planting.forms import BODY, NOTE, PERSIAN, REPLY, Form, Values, in_base64, national
from governance.synthetic.planting.planter import Planter

_KIND = "phone_number"
_NOBODY = 250_000_000  # from here on, numbers of people who don't exist


def mobile(planter: Planter) -> str:
    """A mobile number with its zero."""
    number = np.array([_NOBODY + planter.rng.integers(1_000_000)])
    return national(people.mobiles(planter.world, number)[0])


def _grouped(planter: Planter) -> str:
    number = mobile(planter)
    return f"به من پیام بدهید +98 {number[1:4]}-{number[4:7]}-{number[7:]}"


def _short(planter: Planter) -> str:
    return f"0912{planter.rng.integers(2_000_000, 9_999_999)}"


VALUES = Values(
    category="user.contact.phone_number",
    forms=(
        Form(
            "phone: Persian digits in a sentence",
            _KIND,
            lambda p: f"شماره‌اش {mobile(p).translate(PERSIAN)} است.",
            NOTE,
        ),
        Form("phone: grouped, with the country", _KIND, _grouped, BODY),
        Form(
            "phone: base64 in JSON",
            _KIND,
            lambda p: json.dumps({"code": 100, "state": in_base64(mobile(p) + " ok")}),
            REPLY,
        ),
    ),
    addresses=(Form("phone: percent-encoded", _KIND, lambda p: "/call/" + quote(mobile(p).translate(PERSIAN))),),
    messages=(
        Form("mobile number in a text", _KIND, lambda p: f"تماس: {_short(p)}"),
        Form("mobile number in Persian digits", _KIND, lambda p: f"شماره {_short(p).translate(PERSIAN)} است"),
        Form("mobile number in base64", _KIND, lambda p: in_base64(f"mobile: {_short(p)}")),
    ),
)
