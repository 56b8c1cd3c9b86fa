"""IP addresses."""

from __future__ import annotations

import json

from governance.synthetic.planting.forms import REPLY, Form, Values
from governance.synthetic.planting.planter import Planter


def _address(planter: Planter) -> str:
    rng = planter.rng
    return f"185.{rng.integers(10, 250)}.{rng.integers(10, 250)}.{rng.integers(2, 250)}"


VALUES = Values(
    category="user.device.ip_address",
    forms=(
        Form("IP address: in JSON", "ip_address", lambda p: json.dumps({"code": 100, "client": _address(p)}), REPLY),
    ),
)
