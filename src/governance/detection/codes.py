"""The short secrets of a card, known only by the words before them: CVV2, expiry, PIN, one-time password."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from governance.detection.findings import Finding, Grade
from governance.detection.page import Page

CODE, EXPIRY, PIN, PASSWORD = "card_verification_code", "card_expiry", "card_pin", "one_time_password"
KINDS = frozenset({CODE, EXPIRY, PIN, PASSWORD})

_END = (
    r"(?![0-9])(?![.,/:\-][0-9])"
    r"(?! ?(?:تومان|تومن|ریال|هزار|میلیون|میلیارد|صفحه|درصد|%|بار|نفر|عدد|جلد|روز|ماه|سال|ساعت|دقیقه|ثانیه|رقم|حرف))"
    r"(?! ?(?:toman|rial|irr|irt|usd|pages?|times|days|px|ms|kb|mb|digits?)(?![a-z]))"
)
# Words between a label and digits that say the digits are something else.
_OTHERWISE = re.compile(
    r"صفحه|فصل|جلد|مبلغ|ساعت|سال|نسخه|قسمت|قیمت|تومان|اشتراک|تخفیف|توکن|کوپن|دامنه|گارانتی|قرارداد|مجوز|سفارش|پیگیری|تماس|تلفن|خطا"
    r"|(?<![a-z])(?:page|chapter|version|step|token|session|subscription|coupon|licen[cs]e|domain|order|error|price|amount)",
    re.IGNORECASE,
)
_SPACE = r"[\W_]{0,3}"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:(?:13|14|20)?[0-9]{2})"
_SEP = r" ?[/\\|\-] ?"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A label, up to `gap` other characters, and the digits it announces."""

    kind: str
    label: re.Pattern[str]
    value: re.Pattern[str]
    gap: int = 20
    name: str = "labelled"
    grade: Grade = Grade.FAIL


def _label(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


def _value(digits: str) -> re.Pattern[str]:
    return re.compile(f"(?:{digits}){_END}", re.IGNORECASE)


_FOUR_TO_EIGHT = _value(r"[0-9](?:[ -]?[0-9]){3,7}")

_RULES = (
    _Rule(
        CODE,
        _label(
            r"(?<![a-z])c[\W_]{0,2}(?:v[\W_]{0,2}[vcn]|s[\W_]{0,2}c)(?![a-z])"
            r"(?:[\W_]{0,2}2(?=[\W_]|[0-9]{3}|[^\W0-9]|$))?",
            "سی ?وی ?وی(?: ?2)?|کد امنیتی|(?:کد|رقم) پشت کارت",
            "card verification|security code|verification value",
        ),
        _value("[0-9]{3,4}"),
    ),
    _Rule(
        EXPIRY,
        _label(
            "(?<![a-z])exp(?:iry|ires?|iration|ired)?(?: ?date)?(?![a-z])",
            "(?:valid|good) ?(?:thru|through|until|till)",
            "انقضا|تاریخ اعتبار",
        ),
        _value(
            rf"{_MONTH}{_SEP}{_YEAR}|{_YEAR}{_SEP}{_MONTH}|(?:0[1-9]|1[0-2]) [0-9]{{2}}|{_MONTH}\.20[0-9]{{2}}"
            r"|(?:0[1-9]|1[0-2])[0-9]{2}|(?:13|14|20)?[0-9]{2}(?:0[1-9]|1[0-2])"
        ),
        gap=16,
    ),
    _Rule(
        EXPIRY,
        _label(rf"(?<![a-z])exp[a-z]*{_SPACE}month"),
        _value(rf"{_MONTH}[^0-9]{{1,24}}year[^0-9]{{1,8}}{_YEAR}"),
        gap=8,
        name="month_and_year",
    ),
    _Rule(
        PIN,
        _label(
            r"(?<![a-z])m?pin[12]?(?:[\W_]?(?:code|number))?(?![a-z])",
            r"(?<!\w)پین(?: ?کد)?(?!\w)",
            r"رمز ?(?:اول|ثابت|کارت|عابر ?بانک|خودپرداز|دوم(?![\W_]{0,3}(?:پویا|یک)))",
        ),
        _FOUR_TO_EIGHT,
    ),
    _Rule(
        PASSWORD,
        _label(
            rf"رمز{_SPACE}(?:دوم|پویا|موقت|یک ?بار)|کد{_SPACE}(?:پویا|یک ?بار)",
            rf"(?<![a-z])(?:otp(?![a-z])|one{_SPACE}time{_SPACE}(?:pass|pin|code)|dynamic{_SPACE}(?:pass|pin))",
        ),
        _FOUR_TO_EIGHT,
        gap=28,
    ),
    _Rule(
        PASSWORD,
        _label(rf"کد{_SPACE}تایید|(?<![a-z])verification{_SPACE}code"),
        _FOUR_TO_EIGHT,
        name="login_code",
        grade=Grade.SUSPECT,
    ),
)
_ANY = re.compile("|".join(f"(?:{rule.label.pattern})" for rule in _RULES), re.IGNORECASE)
_DIGIT = re.compile("[0-9]")


def announces(heading: str) -> bool:
    """Whether a column's name is such a label."""
    return bool(_ANY.search(heading))


def find(page: Page) -> Iterator[Finding]:
    """Every code that a label announces, the column's name included."""
    if not _ANY.search(page.text):
        return
    for rule in _RULES:
        for label in rule.label.finditer(page.text):
            first = _DIGIT.search(page.text, label.end(), label.end() + rule.gap + 1)
            value = rule.value.match(page.text, first.start()) if first else None
            if value is None or value.start() < page.start or page.scrambles(label.start()):
                continue
            spoken = page.text[label.end() : value.start()]
            if rule.kind == EXPIRY:
                spoken = page.text[max(0, label.start() - 20) : label.start()] + spoken
            if not _OTHERWISE.search(spoken):
                yield Finding(rule.kind, rule.name, rule.grade, value.span())
