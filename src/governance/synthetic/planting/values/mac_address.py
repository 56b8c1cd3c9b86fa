"""Addresses of network cards."""

from __future__ import annotations

from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter


def _address(planter: Planter) -> str:
    return ":".join(["3C", "22", "FB", *(f"{part:02X}" for part in planter.rng.integers(10, 256, 3))])


VALUES = Values(
    category="user.device.device_id",
    usual=False,
    forms=(Form("MAC address: alone", "mac_address", lambda p: f"device {_address(p)} joined"),),
)
