"""Card numbers as people, gateways and log files write them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from governance.synthetic.company import bank
from governance.synthetic.planting.forms import PERSIAN, Form, Values, grouped
from governance.synthetic.planting.planter import Planter

_KIND = "payment_card_number"
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def _card(spell: Callable[[str], str]) -> Callable[[Planter], str]:
    return lambda planter: spell(bank.card(planter.rng))


def _by(separator: str) -> Callable[[Planter], str]:
    return _card(lambda number: grouped(number, separator))


def _masked_too_little(planter: Planter) -> str:
    """Thirteen of sixteen digits visible: Luhn leaves a hundred candidates."""
    number = bank.card(planter.rng)
    return number[:6] + "XXX" + number[9:]


def _test_card(planter: Planter) -> str:
    return grouped(bank.TEST_CARDS[int(planter.rng.integers(len(bank.TEST_CARDS)))], " ")


def _amex(planter: Planter) -> str:
    number = bank.TEST_AMEX[int(planter.rng.integers(len(bank.TEST_AMEX)))]
    return f"{number[:4]} {number[4:10]} {number[10:]}"


def _base64_json(number: str) -> str:
    return base64.b64encode(json.dumps({"pan": number, "ok": True}).encode()).decode()


_FORMS: tuple[Form[Planter], ...] = (
    Form("card: bare", _KIND, _card(str)),
    Form("card: 4-4-4-4 with spaces", _KIND, _by(" ")),
    Form("card: Persian digits", _KIND, _card(lambda n: n.translate(PERSIAN))),
    Form("card: Arabic-Indic digits", _KIND, _card(lambda n: n.translate(_ARABIC))),
    Form("card: full-width digits", _KIND, _card(lambda n: n.translate(_FULL_WIDTH))),
    Form("card: zero-width non-joiners", _KIND, _by("\u200c")),
    Form("card: no-break spaces", _KIND, _by("\u00a0")),
    Form("card: en dashes", _KIND, _by("\u2013")),
    Form("card: dots", _KIND, _by(".")),
    Form("card: in a right-to-left isolate", _KIND, _card(lambda n: f"\u2067{grouped(n, '-')}\u2069")),
    Form("card: a direction mark after every digit", _KIND, _card(lambda n: "".join(d + "\u200e" for d in n))),
    Form("card: glued to a Persian word", _KIND, _card(lambda n: f"کارت{n}")),
    Form("card: JSON value", _KIND, _card(lambda n: json.dumps({"card": n, "amount": 450000})), carried=False),
    Form(
        "card: percent-encoded digits",
        _KIND,
        _card(lambda n: "https://pay.example/back?pan=" + "".join(f"%{ord(d):02x}" for d in n) + "&ok=1"),
        carried=False,
    ),
    Form("card: base64 of JSON", _KIND, _card(_base64_json), carried=False),
    Form("card: hex", _KIND, _card(lambda n: n.encode().hex()), carried=False),
    Form("card: HTML entities", _KIND, _card(lambda n: "".join(f"&#{ord(d)};" for d in n)), carried=False),
    Form("card: CVV2 glued on", _KIND, lambda p: bank.card(p.rng) + bank.digits(p.rng, 3)),
    Form("card: YYMM glued on", _KIND, lambda p: bank.card(p.rng) + bank.yymm(p.rng)),
    Form("card: masked too little", _KIND, _masked_too_little),
    Form("card: published test number", _KIND, _test_card),
    Form("card: published Amex test number, 4-6-5", _KIND, _amex),
)


def _escaped(planter: Planter) -> str:
    """Persian digits as `json_encode` of PHP, or Python's `json.dumps`, escapes them."""
    return json.dumps({"code": 100, "message": bank.card(planter.rng).translate(PERSIAN)})


VALUES = Values(
    forms=_FORMS,
    replies=(
        Form("card: card_pan of the reply, unmasked", _KIND, _card(lambda n: json.dumps({"code": 100, "card_pan": n}))),
        Form("card: Persian digits, escaped in JSON", _KIND, _escaped),
    ),
)
