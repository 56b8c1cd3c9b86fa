"""CVV2 codes, after their label in a text and under their key in a gateway's reply."""

from __future__ import annotations

import json

from governance.synthetic.company import bank
from governance.synthetic.planting.forms import Form, Values, labelled
from governance.synthetic.planting.planter import Planter

_KIND = "card_verification_code"


def _with_code(planter: Planter) -> str:
    number = bank.card(planter.rng)
    mask = f"{number[:6]}******{number[-4:]}"
    return json.dumps({"code": 100, "card_pan": mask, "cvv2": f"{planter.rng.integers(100, 1000)}"})


VALUES = Values(
    forms=(
        Form("CVV2: labelled", _KIND, labelled("cvv2", 3)),
        Form("CVV2: Persian label and digits", _KIND, labelled("کد CVV2 کارت", 3, persian=True)),
    ),
    replies=(Form("CVV2: JSON key", _KIND, _with_code),),
)
