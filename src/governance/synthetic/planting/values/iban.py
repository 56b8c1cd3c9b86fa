"""Sheba numbers, the IBANs of Iran, as people write them."""

from __future__ import annotations

from governance.synthetic.company import bank
from governance.synthetic.planting.forms import Form, Values, grouped

_KIND = "iban"

VALUES = Values(
    forms=(
        Form("sheba: plain", _KIND, lambda p: bank.sheba(p.rng)),
        Form("sheba: spaced", _KIND, lambda p: grouped(bank.sheba(p.rng), " ")),
        Form("sheba: labelled, without IR", _KIND, lambda p: f"شبا: {bank.sheba(p.rng)[2:]}"),
    )
)
