"""Expiry dates of cards: month and year in either order, Gregorian or Jalali, recognised by the words around them."""

import re
from collections.abc import Iterator
from typing import Final

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.kinds.labels import (
    END,
    NO_BANK,
    OTHER_THING,
    OTHERWISE,
    SKIP,
    SPACE,
    Gate,
    Pattern,
    compiled,
    latin,
)
from governance.detection.text.page import Page

KIND: Final = "card_expiry"

_MONTH, _YEAR = "(?:0?[1-9]|1[0-2])", "(?:(?:13|14|20)?[0-9]{2})"
_MM = "(?:0[1-9]|1[0-2])"
_SEP = r" ?[/\\|\-⁄∕_] ?"
_APART = (
    rf"{_MONTH}{_SEP}{_YEAR}|{_YEAR}{_SEP}{_MONTH}|{_MM} [0-9]{{2}}|{_MM}\.{_YEAR}|{_YEAR}\.{_MM}"
    rf"|{_MONTH}[. ](?:13|14|20)[0-9]{{2}}|(?:13|14|20)[0-9]{{2}} {_MM}"
)
_GLUED = rf"{_MM}[0-9]{{2}}|(?:(?:13[89]|14[0-3]|20[0-4])[0-9]|[0-9]{{2}}){_MM}|{_MM}(?:13|14|20)[0-9]{{2}}"
_VALUE = compiled(rf"(?<![0-9])(?<![0-9][/.\-])(?:{_APART}|{_GLUED}){END}")
_WRITTEN_APART = compiled(rf"(?<![0-9])(?<![0-9][/.\-:])(?:{_APART}){END}")
_MONTHS = (
    "فروردین|اردیبهشت|خرداد|تیر|ا?مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند"
    "|ژانویه|فوریه|مارس|آوریل|مه|می|ژوین|ژوییه|جولای|اوت|آگوست|سپتامبر|اکتبر|نوامبر|دسامبر"
    "|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_NAMED = Pattern(rf"(?<![^\W_])(?:{_MONTHS}){SPACE}(?:(?:ماه|سال){SPACE}){{0,2}}$", re.IGNORECASE)  # before a year
_NAMED_YEAR = Pattern(rf"(?:(?:13|14|20)[0-9]{{2}}|(?<=[/'\-])[0-9]{{2}}){END}")
_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
_FULL = Pattern(
    rf"(?:20[2-4]|14[0-3])[0-9][/.\-]{_MM}[/.\-]{_DAY}(?![0-9])|{_DAY}[/.\-]{_MM}[/.\-](?:20[2-4]"
    rf"|14[0-3])[0-9](?![0-9])"
)
_A_YEAR = re.compile(r"(?:13|14|20)[0-9]{2}")  # without a card beside it, `1405` is a year

_FINGLISH = "en(?:gh|q)e?z[ae]a?(?:ye)?"
_LABEL = compiled(
    latin(f"(?:card|cc)?exp(?:iry|ires?|iration|ired|dt)?(?: ?date)?|{_FINGLISH}"),
    latin("mm ?/ ?yy(?:yy)?"),
    latin(r"(?:valid|good)[\W_]?(?:thru|through|until|till)"),
    "انقضاء?",
    "اعتبار",
)
_CARD = compiled(
    rf"(?<!سیم )(?<!سیم)(?<!گیفت )(?<!گیفت)(?<!فلش )کارت(?!(?:ت|م|ش|های?|ی)? ?(?:{NO_BANK}))",
    "عابر ?بانک",
    latin(r"(?:bank[\W_]?)?(?<!gift.)(?<!library.)(?<!membership.)(?<!sim.)(?<!id.)(?:cards?|kart(?:am|et)?)"),
    "\\bpan\\b",
)
# What may stand between a label without a card and its digits; any other word names another thing that expires.
_BRIDGE = Pattern(
    r"(?:[^\w]|_|(?:ی|ش|م|ت|ها|است|هست|برابر|با|شده|شد|نوشته|روی|رو|روش|آن|اون|این|میشه|می|شود|تا|در|تاریخ|ماه"
    r"|سال|و|که|هم|هم‌|من|به"
    r"|صورت|ترتیب|date|end|is|on|in|at|by|until|of|the|mm|yyyy|yy|month|year|cvv2?|values?|val|type|str|text|some"
    r"|cdata|string|data|input|field)(?!\w))*",
    re.IGNORECASE,
)
_PHRASES = (
    (
        "month_and_year",
        Gate("engh|enq", exp=r"exp[a-z]*[\W_]{0,6}m"),
        compiled(
            latin(rf"(?:exp[a-z]*|{_FINGLISH})[\W_]{{0,6}}(?:mon(?:th)?|mah|mm?)")
            + rf"[^0-9]{{0,8}}(?P<value>{_MONTH}[^0-9]{{1,24}}"
            + rf"(?:year|yr|sal|(?<![a-z])yy?|(?<=exp)y)[^0-9]{{1,8}}{_YEAR}){END}"
        ),
    ),
    (
        "month_and_year",
        Gate(exp=r"exp[a-z]*[\W_]{0,6}y"),
        compiled(
            latin(r"exp[a-z]*[\W_]{0,6}(?:year|yr|yy)")
            + rf"[^0-9]{{1,8}}(?P<value>{_YEAR}[^0-9]{{1,24}}(?:month|mm?)[^0-9a-z]{{1,8}}{_MONTH}){END}"
        ),
    ),
    (
        "month_and_year",
        Gate("انقضا"),
        compiled(
            r"(?:انقضا[^0-9]{0,20}(?:ماه|برج)|ماه انقضا)[^0-9]{0,8}"
            rf"(?P<value>{_MONTH}[^0-9]{{1,20}}سال(?: انقضا)?[^0-9]{{0,8}}{_YEAR}){END}"
        ),
    ),
    (
        "month_and_year",
        Gate("سال انقضا"),
        compiled(rf"سال انقضا[^0-9]{{0,8}}(?P<value>{_YEAR}[^0-9]{{1,20}}ماه(?: انقضا)?[^0-9]{{0,8}}{_MONTH}){END}"),
    ),
    (
        "beside_a_code",
        Gate("cvv|cvc"),
        compiled(
            r"(?<![a-z])(?:month|mm)[\"']? ?[:=][\"' ]{0,2}"
            rf"(?P<value>{_MONTH}[^0-9]{{1,12}}(?:year|yy)[\"']? ?[:=][\"' ]{{0,2}}{_YEAR}){END}"
            "(?=.{0,24}(?<![a-z0-9])cv[vc])"
        ),
    ),
    (
        "card_valid_until",
        Gate("منقضی"),
        compiled(
            rf"(?:{_CARD.pattern})(?: ?(?:بانکی?|عابر|اعتباری))?(?:م|ت|ش|ام)?[ ،:]{{1,3}}(?:(?:تا|در|از) )?"
            rf"(?P<value>{_APART}){END} ?منقضی"
        ),
    ),
    (
        "card_valid_until",
        Gate("اعتبار|معتبر|منقضی"),
        compiled(
            rf"(?<!\w)تا ?(?P<value>{_APART}){END}[^0-9\w]{{1,3}}(?:{_CARD.pattern})"
            r"[^0-9\n]{0,16}(?:اعتبار|معتبر|منقضی)"
        ),
    ),
    (
        "card_valid_until",
        Gate("اعتبار|معتبر|منقضی"),
        compiled(
            rf"(?:{_CARD.pattern})[^0-9.؛!?\n]{{0,20}}(?<!\w)تا[^0-9\n]{{1,8}}(?P<value>{_APART}){END}"
            r"[^0-9\n]{0,12}(?:اعتبار|معتبر|منقضی)"
        ),
    ),
)
_may_announce = Gate(
    "engh|enq|انقضا|اعتبار|معتبر|منقضی|cvv|cvc",
    exp=r"exp(?:(?!(?-i:[abcefghj-z]))|[a-z]*[\W_]{0,6}[my])",
    valid=r"valid[\W_]?[tu]",
    good=r"good[\W_]?[tu]",
    mm="mm ?/ ?yy",
)
_CALL = re.compile("تماس|تلفن")  # where a card's date is often given
_DURATION = re.compile(r"[\W_]?in(?![a-z])(?!\W*[0-9]+\W[0-9])", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
_CLAUSE = re.compile(r"[\n.,،!?؟؛;]")
_ENDS = re.compile(r"(?<!(?i:mfg|mfd))[.!?؟؛\n] ")  # the end of a sentence: words before it are about something else
# What follows the date of an offer: a time of day, most often.
_TIMED = re.compile(
    r",? ?(?:at |@ ?|- ?|ساعت )?(?:[0-9]{1,2}:[0-9]{2}(?![0-9])|[0-9]{1,2} ?[ap]m|midnight|noon|sale|in stores|while)",
    re.IGNORECASE,
)
_OF_CARDS = re.compile("exp|en|mm|انقضا", re.IGNORECASE)  # labels that card forms print
_LED = Pattern(
    rf"(?:^|\n|(?<![0-9])[ ]?[,،;؛|(\[«\"'=:]|(?<![0-9])[.!؟?] |[,،;؛|] |(?<!\w)(?:و|and)(?= )) ?(?P<value>{_APART})"
    r" ?[(\[«\"'|]?(?: ?(?:هم|is|is the|my|=)(?!\w))? ?(?:تاریخ )?$",
    re.IGNORECASE,
)
_CLOSED = Pattern(
    rf"(?:ی|ش|م|ت|اش|ه|ست)?(?: ?(?:(?:{_CARD.pattern})(?:م|ت|ش|ه|مه|شه)?|است|هست|بود|date|of|my|the|و)(?!\w)){{0,4}}"
    r" ?(?:$|[^\w ])",
    re.IGNORECASE,
)
_OWNER = Pattern(
    r"(?<![a-z])(?!(?:date|the|my|your|and|with|is|cc|credit|debit|pan|name|holder|number|no|txt|input|user|field"
    r"|payment|bank|new"
    r"|old|for|of|to|enter|set|where|var|let|const|tarikhe?|atm|shetab|values?|key|id|param|data|form|form-data"
    r"|property|string|export|td"
    r"|th|span|br|label|and|or|n|s)[ _\-]{0,2}$)[a-z]{2,}\)?[ _\-]{0,2}$"
)
_OWNED = Pattern(r" (?!(?:and|or|cv[vc]2?|csc|code|pin|otp|for|is|pan|please|thanks|security|name|ok)(?![a-z]))[a-z]")
_UNTIL = re.compile("un?till?|through", re.IGNORECASE)
_BEFORE, _BETWEEN, _BETWEEN_CARD, _LEADS = 40, 32, 48, 16  # characters


def find(page: Page) -> Iterator[Finding]:
    """Every expiry date that words announce, the column's name included."""
    if not _may_announce(page):
        return
    for label in _LABEL.finditer(page.text):
        if not page.scrambles(label.start()):
            span = _after(page, label) or _ahead(page, label)
            if span and span[0] >= page.start:
                yield Finding(KIND, "labelled", Grade.FAIL if _is_sure(label, span) else Grade.SUSPECT, span)
    for rule, may_be, pattern in _PHRASES:
        for match in pattern.finditer(page.text) if may_be(page) else ():
            between = page.text[match.start() : match.start("value")]
            if match.start("value") >= page.start and not OTHERWISE.search(between.replace("سال", "")):
                yield Finding(KIND, rule, Grade.FAIL, match.span("value"))


def _after(page: Page, label: re.Match[str]) -> tuple[int, int] | None:
    """The span of the date after a label, if the words around it are about a card, or at least about nothing else."""
    text, skipped = page.text, SKIP.match(page.text, label.end())
    end = skipped.end() if skipped else label.end()
    first = _DIGIT.search(text, end, end + _BETWEEN_CARD)
    if first is None:
        return None
    direct = _dated(text, end, first.start())
    written = _WRITTEN_APART.search(text, first.start(), end + _BETWEEN_CARD + 8) if direct is None else None
    span = direct or (written.span() if written else None)
    if span is None:
        return None
    between = text[end : span[0]]
    card = _CARD.search(between)
    if OTHERWISE.search(_CALL.sub("", between) if card else between) or OTHER_THING.search(between):
        return None
    if card:
        # Accepts `انقضای کارت`, not `انقضای طرح کارت`.
        return span if not between.startswith("ی") or _BRIDGE.fullmatch(between[: card.start()]) else None
    if _DURATION.match(text, end) or not direct or len(between) > _BETWEEN or not _BRIDGE.fullmatch(between):
        return None
    before = _ENDS.split(text[max(0, label.start() - _BEFORE) : label.start()])[-1]
    written_date = text[slice(*direct)]
    if written_date[0].isalpha() and _of_another(_CLAUSE.split(text[direct[1] : direct[1] + _LEADS])[0]):
        return None
    offered = written_date[0].isalpha() and not _OF_CARDS.match(label[0])  # `valid until Aug 2027`
    if (offered or _TIMED.match(text, direct[1])) and not _CARD.search(before):
        return None
    return direct if _may_be_a_cards(before, label[0], written_date) else None


def _is_sure(label: re.Match[str], span: tuple[int, int]) -> bool:
    """Whether a date is a card's, or no other word beside the label and the date says of what it is."""
    text, start, end = label.string, min(label.start(), span[0]), max(label.end(), span[1])
    around = text[max(0, start - _BEFORE) : end + _LEADS]
    if _CARD.search(around) or "card" in label[0].lower() or re.search("cv[vc]", around, re.IGNORECASE):
        return True
    other = (
        _OWNER.search(text[max(0, start - 24) : start])
        or _OWNED.match(text, end)
        or _of_another(text[end : end + _LEADS])
    )
    return not other and not _UNTIL.search(label[0])


def _of_another(words: str) -> bool:
    return bool(OTHERWISE.search(words) or OTHER_THING.search(words))


def _dated(text: str, start: int, digit: int) -> tuple[int, int] | None:
    """The span of a month and year whose first digit is this; a month's name may stand before it."""
    name = _NAMED.search(text[start:digit])
    year = _NAMED_YEAR.match(text, digit) if name else None
    if name and year:
        return start + name.start(), year.end()
    value = _VALUE.match(text, digit) or _FULL.match(text, digit)
    return value.span() if value else None


def _ahead(page: Page, label: re.Match[str]) -> tuple[int, int] | None:
    """The span of the date before a label, if nothing else surrounds the two: `08/27 (exp)`."""
    start = max(page.start, label.start() - _BEFORE)
    after = page.text[label.end() : label.end() + _LEADS]
    if not _DIGIT.search(page.text, start, label.start()) or not _OF_CARDS.match(label[0]):
        return None
    if not _CLOSED.match(page.text, label.end()) and (after[:1] != " " or label[0].isascii() or _of_another(after)):
        return None
    led = _LED.search(page.text[start : label.start()])
    if led is None or (led.start() == 0 and start > page.start) or _of_another(led.string[: led.start("value")]):
        return None
    return start + led.start("value"), start + led.end("value")


def _may_be_a_cards(before: str, label: str, value: str) -> bool:
    """Whether a date under a label without `card` is a card's expiry, by the words before the label."""
    cards = list(_CARD.finditer(before))
    if cards:
        return not OTHER_THING.search(before, cards[-1].end())
    if "card" in label.lower():
        return True
    if label == "اعتبار" and not re.search("تاریخ ?$", before):
        return False
    return not (
        _A_YEAR.fullmatch(value)
        or _FULL.fullmatch(value)
        or OTHERWISE.search(before[-20:])
        or OTHER_THING.search(before[-24:])
    )


DETECTOR = Detector(
    kinds=(Kind(KIND, Data.BANK, gravity=50),),
    find=find,
    labels=_LABEL,
    signs=(_LABEL, *(may_be for _, may_be, _ in _PHRASES)),
    hints=(_may_announce,),
    fewest=3,
    in_digits=nothing,
)
