"""Bank data as people, gateways and log files write it: one function a form, from a random stream to a text."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from governance.synthetic.company import bank

CARD, IBAN, TRACK = "payment_card_number", "iban", "track_data"
CODE, EXPIRY, PIN, PASSWORD = "card_verification_code", "card_expiry", "card_pin", "one_time_password"
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which bank data stands in a text; `carried` forms may stand inside a sentence."""

    name: str
    detects: str
    write: Callable[[np.random.Generator], str]
    carried: bool = True


def grouped(number: str, by: str) -> str:
    """Four by four, with `by` between."""
    return by.join(number[place : place + 4] for place in range(0, len(number), 4))


def _card(spell: Callable[[str], str]) -> Callable[[np.random.Generator], str]:
    return lambda rng: spell(bank.card(rng))


def _by(separator: str) -> Callable[[np.random.Generator], str]:
    return _card(lambda number: grouped(number, separator))


def yymm(rng: np.random.Generator) -> str:
    """A card's expiry in the Jalali years that are printed on Iranian cards."""
    return f"{rng.integers(6, 10):02d}{rng.integers(1, 13):02d}"


def _masked_too_little(rng: np.random.Generator) -> str:
    """Thirteen of sixteen digits visible: Luhn leaves a hundred candidates."""
    number = bank.card(rng)
    return number[:6] + "XXX" + number[9:]


def _test_card(rng: np.random.Generator) -> str:
    return grouped(bank.TEST_CARDS[int(rng.integers(len(bank.TEST_CARDS)))], " ")


def _amex(rng: np.random.Generator) -> str:
    number = bank.TEST_AMEX[int(rng.integers(len(bank.TEST_AMEX)))]
    return f"{number[:4]} {number[4:10]} {number[10:]}"


def _track_1(rng: np.random.Generator) -> str:
    return f"%B{bank.card(rng)}^REZAEI/ALI^{yymm(rng)}101{bank.digits(rng, 13)}?"


def _track_2(rng: np.random.Generator) -> str:
    return f";{bank.card(rng)}={yymm(rng)}101{bank.digits(rng, 9)}?"


def _base64_json(number: str) -> str:
    return base64.b64encode(json.dumps({"pan": number, "ok": True}).encode()).decode()


def _labelled(label: str, digits: int, *, persian: bool = False) -> Callable[[np.random.Generator], str]:
    def write(rng: np.random.Generator) -> str:
        number = str(rng.integers(1, 10)) + bank.digits(rng, digits - 1)
        return f"{label}: {number.translate(_PERSIAN) if persian else number}"

    return write


def _expiry(rng: np.random.Generator) -> str:
    text = yymm(rng)
    return f"تاریخ انقضای کارت: {text[:2]}/{text[2:]}"


FORMS: tuple[Form, ...] = (
    Form("card: bare", CARD, _card(str)),
    Form("card: 4-4-4-4 with spaces", CARD, _by(" ")),
    Form("card: Persian digits", CARD, _card(lambda n: n.translate(_PERSIAN))),
    Form("card: Arabic-Indic digits", CARD, _card(lambda n: n.translate(_ARABIC))),
    Form("card: full-width digits", CARD, _card(lambda n: n.translate(_FULL_WIDTH))),
    Form("card: zero-width non-joiners", CARD, _by("\u200c")),
    Form("card: no-break spaces", CARD, _by("\u00a0")),
    Form("card: en dashes", CARD, _by("\u2013")),
    Form("card: dots", CARD, _by(".")),
    Form("card: in a right-to-left isolate", CARD, _card(lambda n: f"\u2067{grouped(n, '-')}\u2069")),
    Form("card: a direction mark after every digit", CARD, _card(lambda n: "".join(d + "\u200e" for d in n))),
    Form("card: glued to a Persian word", CARD, _card(lambda n: f"کارت{n}")),
    Form("card: JSON value", CARD, _card(lambda n: json.dumps({"card": n, "amount": 450000})), carried=False),
    Form(
        "card: percent-encoded digits",
        CARD,
        _card(lambda n: "https://pay.example/back?pan=" + "".join(f"%{ord(d):02x}" for d in n) + "&ok=1"),
        carried=False,
    ),
    Form("card: base64 of JSON", CARD, _card(_base64_json), carried=False),
    Form("card: hex", CARD, _card(lambda n: n.encode().hex()), carried=False),
    Form("card: HTML entities", CARD, _card(lambda n: "".join(f"&#{ord(d)};" for d in n)), carried=False),
    Form("card: CVV2 glued on", CARD, lambda rng: bank.card(rng) + bank.digits(rng, 3)),
    Form("card: YYMM glued on", CARD, lambda rng: bank.card(rng) + yymm(rng)),
    Form("card: masked too little", CARD, _masked_too_little),
    Form("card: published test number", CARD, _test_card),
    Form("card: published Amex test number, 4-6-5", CARD, _amex),
    Form("sheba: plain", IBAN, bank.sheba),
    Form("sheba: spaced", IBAN, lambda rng: grouped(bank.sheba(rng), " ")),
    Form("sheba: labelled, without IR", IBAN, lambda rng: f"شبا: {bank.sheba(rng)[2:]}"),
    Form("track 1", TRACK, _track_1, carried=False),
    Form("track 2", TRACK, _track_2, carried=False),
    Form("CVV2: labelled", CODE, _labelled("cvv2", 3)),
    Form("CVV2: Persian label and digits", CODE, _labelled("کد CVV2 کارت", 3, persian=True)),
    Form("expiry: labelled", EXPIRY, _expiry),
    Form("dynamic password: labelled", PASSWORD, _labelled("رمز پویا", 6)),
    Form("second PIN: labelled", PIN, _labelled("رمز دوم", 5, persian=True)),
)
SENTENCES = (
    "لطفاً بررسی کنید: {} ممنون.",
    "کاربر نوشته است {} و منتظر پاسخ است.",
    "واریز نشد، {} را دادم.",
    "طبق تماس امروز، {}",
)


def _escaped(rng: np.random.Generator) -> str:
    """What `json_encode` of PHP, or Python's `json.dumps`, makes of Persian digits."""
    return json.dumps({"code": 100, "message": bank.card(rng).translate(_PERSIAN)})


def _with_code(rng: np.random.Generator) -> str:
    number = bank.card(rng)
    mask = f"{number[:6]}******{number[-4:]}"
    return json.dumps({"code": 100, "card_pan": mask, "cvv2": f"{rng.integers(100, 1000)}"})


JSON_FORMS: tuple[Form, ...] = (
    Form("card: card_pan of the reply, unmasked", CARD, _card(lambda n: json.dumps({"code": 100, "card_pan": n}))),
    Form("card: Persian digits, escaped in JSON", CARD, _escaped),
    Form("CVV2: JSON key", CODE, _with_code),
)


def in_json(text: str) -> str:
    """A text as a field of a gateway's reply."""
    return json.dumps({"code": -51, "message": text}, ensure_ascii=False)
