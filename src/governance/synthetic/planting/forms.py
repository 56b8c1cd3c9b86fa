"""The forms of values in texts, and the spellings that they share."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from governance.synthetic.company import bank
from governance.synthetic.planting.planter import Planter

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
# Free texts of people and gateways.
NOTE, BODY, REPLY = ("transactions", "note"), ("reviews", "body"), ("transactions", "gateway_reply")
REFERENCE = ("transactions", "reference_number")  # of a bank
FREE_TEXT = (NOTE, BODY, REPLY)
Place = tuple[str, str]  # a table and its column
Source = TypeVar("Source")


@dataclass(frozen=True, slots=True)
class Form(Generic[Source]):
    """One form of a value in a text, made from a planter, a value or a person.

    `detects` is the detection kind of the value, "" for none. `place` is its table and column, if it has one.
    A form that is not `carried` cannot stand inside a sentence.
    """

    name: str
    detects: str
    write: Callable[[Source], str]
    place: Place = ("", "")
    carried: bool = True


@dataclass(frozen=True, slots=True)
class Values:
    """The forms of values of one detection kind; the values are valid and belong to nobody in the world.

    `category` is the fideslang category of columns that may hold them, "" for bank data, which no column may hold.
    `forms` stand in texts, `replies` are whole replies of a gateway, in JSON. `addresses` are forms for a field of a
    visit, `messages` for the texts of a payload; both default to `forms`. Those that are not
    `usual` are looked for only where a rule names their kind. `also`
    are the other kinds that they are.
    """

    forms: tuple[Form[Planter], ...]
    category: str = ""
    usual: bool = True
    also: tuple[str, ...] = ()
    replies: tuple[Form[Planter], ...] = ()
    addresses: tuple[Form[Planter], ...] = ()
    messages: tuple[Form[Planter], ...] = ()


def grouped(number: str, by: str) -> str:
    """Four by four, with `by` between."""
    return by.join(number[place : place + 4] for place in range(0, len(number), 4))


def in_base64(text: str) -> str:
    """Base64, which is often mistaken for encryption."""
    return base64.b64encode(text.encode()).decode()


def in_json(text: str) -> str:
    """A text as a field of a gateway's reply."""
    return json.dumps({"code": -51, "message": text}, ensure_ascii=False)


def national(mobile: str) -> str:
    """A mobile number with its zero in place of the country."""
    return "0" + mobile.removeprefix("+98")


def labelled(label: str, digits: int, *, persian: bool = False) -> Callable[[Planter], str]:
    """A number of so many digits, after its label."""

    def write(planter: Planter) -> str:
        number = str(planter.rng.integers(1, 10)) + bank.digits(planter.rng, digits - 1)
        return f"{label}: {number.translate(PERSIAN) if persian else number}"

    return write


_SENTENCES = (
    "لطفاً بررسی کنید: {} ممنون.",
    "کاربر نوشته است {} و منتظر پاسخ است.",
    "واریز نشد، {} را دادم.",
    "طبق تماس امروز، {}",
)


def sentence(planter: Planter) -> str:
    """A customer's sentence with a gap for a form."""
    return _SENTENCES[int(planter.rng.integers(len(_SENTENCES)))]
