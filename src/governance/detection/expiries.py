"""Expiry dates of cards: month and year in either order, Gregorian or Jalali, known by the words around them."""

import re
from collections.abc import Iterator
from typing import Final

from governance.detection.findings import Finding, Grade
from governance.detection.labels import END, OTHERWISE, SPACE, compiled, gate, latin
from governance.detection.page import Page

KIND: Final = "card_expiry"

_MONTH, _YEAR = "(?:0?[1-9]|1[0-2])", "(?:(?:13|14|20)?[0-9]{2})"
_MM = "(?:0[1-9]|1[0-2])"
_SEP = r" ?[/\\|\-⁄∕_] ?"
_APART = (
    rf"{_MONTH}{_SEP}{_YEAR}|{_YEAR}{_SEP}{_MONTH}|{_MM} [0-9]{{2}}|{_MM}\.{_YEAR}|{_YEAR}\.{_MM}"
    rf"|{_MONTH}\.(?:13|14|20)[0-9]{{2}}"
)
_GLUED = rf"{_MM}[0-9]{{2}}|(?:13|14|20)?[0-9]{{2}}{_MM}|{_MM}(?:13|14|20)[0-9]{{2}}"
_VALUE = compiled(rf"(?<![0-9])(?<![0-9][/.\-])(?:{_APART}|{_GLUED}){END}")
_WRITTEN_APART = compiled(rf"(?<![0-9])(?<![0-9][/.\-:])(?:{_APART}){END}")
_A_YEAR = re.compile(r"(?:13|14|20)[0-9]{2}")  # without a card beside it, `1405` is a year

_LABEL = compiled(
    latin("exp(?:iry|ires?|iration|ired)?(?: ?date)?"),
    latin("(?:valid|good) ?(?:thru|through|until|till)"),
    "انقضاء?",
    "اعتبار",
)
_NO_BANK = (
    "ملی|هدیه|پستال|گرافیک|حافظه|خوان|دانشجو|عضویت|کتابخانه|تخفیف|اشتراک|گارانتی|شناسایی|پایان|سوخت|مترو|بلیت|بلیط|ورود|ویزیت"
    "|واکسن|معافیت|خبرنگار|پرسنل|امتیاز|صدا|باشگاه|طلای|بیمه|دعوت|سبز|اقامت|جایزه|نظام"
)
_CARD = compiled(
    rf"(?<!سیم )(?<!سیم)کارت(?!(?:ت|م|ش|های?|ی)? ?(?:{_NO_BANK}))",
    "عابر ?بانک",
    latin(r"(?:bank[\W_]?)?(?<!gift.)(?<!library.)(?<!membership.)(?<!sim.)(?<!id.)cards?"),
    "\\bpan\\b",
)
# What may stand between a label without a card and its digits; any other word names another thing that expires.
_BRIDGE = re.compile(
    r"(?:[^\w]|_|(?:ی|ش|م|ت|ها|است|هست|برابر|با|شده|شد|نوشته|روی|روش|آن|اون|این|میشه|می|شود|تا|در|تاریخ|ماه|سال|و|که|هم|هم‌|من|به"
    r"|صورت|ترتیب|date|is|on|in|at|by|until|of|the|mm|yyyy|yy|month|year|cvv2?)(?!\w))*",
    re.IGNORECASE,
)
_OTHER_THING = compiled(
    r"(?<!\w)(?:کتاب|بن|بلی[تط]|گذرنامه|پاسپورت|گواهینامه|گواهی|بیمه|محصول|کالا|عضویت|طرح|جشنواره|پیشنهاد|سرویس|دسترسی|لینک|رمز|فاکتور)",
    latin(
        "ticket|voucher|promo|offer|trial|plan|membership|link|cookie|cache|password|certificate|deal|discount|gift|library|book|loan|file"
    ),
)
_PHRASES = (
    (
        "month_and_year",
        compiled(
            latin(rf"exp[a-z]*{SPACE}month")
            + rf"[^0-9]{{0,8}}(?P<value>{_MONTH}[^0-9]{{1,24}}year[^0-9]{{1,8}}{_YEAR}){END}"
        ),
    ),
    (
        "month_and_year",
        compiled(
            r"(?:انقضا[^0-9]{0,20}ماه|ماه انقضا)[^0-9]{0,8}"
            rf"(?P<value>{_MONTH}[^0-9]{{1,20}}سال(?: انقضا)?[^0-9]{{0,8}}{_YEAR}){END}"
        ),
    ),
    (
        "card_valid_until",
        compiled(
            rf"(?<!\w)تا ?(?P<value>{_APART}){END}[^0-9\w]{{1,3}}(?:{_CARD.pattern})"
            r"[^0-9\n]{0,16}(?:اعتبار|معتبر|منقضی)"
        ),
    ),
    (
        "card_valid_until",
        compiled(
            rf"(?:{_CARD.pattern})[^0-9.؛!?\n]{{0,20}}(?<!\w)تا[^0-9\n]{{1,8}}(?P<value>{_APART}){END}"
            r"[^0-9\n]{0,12}(?:اعتبار|معتبر|منقضی)"
        ),
    ),
)
_may_announce = gate("exp|valid|good|انقضا|اعتبار|معتبر|منقضی")
_CALL = re.compile("تماس|تلفن")  # where a card's date is often given
_DURATION = re.compile(r"[\W_]?in(?![a-z])(?!\W*[0-9]+\W[0-9])", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
_BEFORE, _BETWEEN, _BETWEEN_CARD = 40, 32, 48  # characters


def announces(heading: str) -> bool:
    """Whether a column's name is such a label."""
    return bool(_LABEL.search(heading))


def find(page: Page) -> Iterator[Finding]:
    """Every expiry date that words announce, the column's name included."""
    if not _may_announce(page.text):
        return
    for label in _LABEL.finditer(page.text):
        value = None if page.scrambles(label.start()) else _after(page, label)
        if value:
            yield Finding(KIND, "labelled", Grade.FAIL, value.span())
    for rule, pattern in _PHRASES:
        for match in pattern.finditer(page.text):
            between = page.text[match.start() : match.start("value")]
            if match.start("value") >= page.start and not OTHERWISE.search(between.replace("سال", "")):
                yield Finding(KIND, rule, Grade.FAIL, match.span("value"))


def _after(page: Page, label: re.Match[str]) -> re.Match[str] | None:
    """The date after a label, if the words around it speak of a card, or at least of nothing else."""
    text, end = page.text, label.end()
    first = _DIGIT.search(text, end, end + _BETWEEN_CARD)
    if first is None:
        return None
    direct = _VALUE.match(text, first.start())
    value = direct or _WRITTEN_APART.search(text, first.start(), end + _BETWEEN_CARD + 8)
    if value is None or value.start() < page.start:
        return None
    between = text[end : value.start()]
    card = _CARD.search(between)
    if OTHERWISE.search(_CALL.sub("", between) if card else between) or _OTHER_THING.search(between):
        return None
    if card:
        # `انقضای کارت` is meant, not `انقضای طرح کارت`.
        return value if not between.startswith("ی") or _BRIDGE.fullmatch(between[: card.start()]) else None
    if _DURATION.match(text, end) or not direct or len(between) > _BETWEEN or not _BRIDGE.fullmatch(between):
        return None
    return (
        direct if _may_be_a_cards(text[max(0, label.start() - _BEFORE) : label.start()], label[0], direct[0]) else None
    )


def _may_be_a_cards(before: str, label: str, value: str) -> bool:
    """Whether a date under a label that names no card is one, by the words before the label."""
    cards = list(_CARD.finditer(before))
    if cards:
        return not _OTHER_THING.search(before, cards[-1].end())
    if label == "اعتبار" and not re.search("تاریخ ?$", before):
        return False
    return not (_A_YEAR.fullmatch(value) or OTHERWISE.search(before[-20:]) or _OTHER_THING.search(before[-24:]))
