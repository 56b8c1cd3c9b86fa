"""Expiry dates of cards: month and year in either order, Gregorian or Jalali, recognised by the words around them."""

import re
from collections.abc import Iterator
from typing import Final

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.kinds.expiry_labels import (
    A_YEAR,
    APART,
    CARD,
    FULL,
    LABEL,
    NAMED,
    NAMED_YEAR,
    PHRASES,
    VALUE,
    WRITTEN_APART,
    may_announce,
)
from governance.detection.kinds.labels import OTHER_THING, OTHERWISE, SKIP, Pattern, compiled
from governance.detection.text.page import Page

KIND: Final = "card_expiry"

# What may stand between a label without a card and its digits; any other word names another thing that expires.
_BRIDGE = Pattern(
    r"(?:[^\w]|_|(?:ی|ش|م|ت|ها|است|هست|برابر|با|شده|شد|نوشته|روی|رو|روش|آن|اون|این|میشه|می|شود|تا|در|تاریخ|ماه"
    r"|سال|و|که|هم|هم‌|من|به"
    r"|صورت|ترتیب|date|end|is|on|in|at|by|until|of|the|mm|yyyy|yy|month|year|cvv2?|values?|val|type|str|text|some"
    r"|cdata|string|data|input|field)(?!\w))*",
    re.IGNORECASE,
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
    rf"(?:^|\n|(?<![0-9])[ ]?[,،;؛|(\[«\"'=:]|(?<![0-9])[.!؟?] |[,،;؛|] |(?<!\w)(?:و|and)(?= )) ?(?P<value>{APART})"
    r" ?[(\[«\"'|]?(?: ?(?:هم|is|is the|my|=)(?!\w))? ?(?:تاریخ )?$",
    re.IGNORECASE,
)
_CLOSED = Pattern(
    rf"(?:ی|ش|م|ت|اش|ه|ست)?(?: ?(?:(?:{CARD.pattern})(?:م|ت|ش|ه|مه|شه)?|است|هست|بود|date|of|my|the|و)(?!\w)){{0,4}}"
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
    if not may_announce(page):
        return
    for label in LABEL.finditer(page.text):
        if not page.scrambles(label.start()):
            span = _after(page, label) or _ahead(page, label)
            if span:
                yield Finding(KIND, "labelled", Grade.FAIL if _is_sure(label, span) else Grade.SUSPECT, span)
    for rule, may_be, pattern in PHRASES:
        for match in pattern.finditer(page.text) if may_be(page) else ():
            between = page.text[match.start() : match.start("value")]
            if not OTHERWISE.search(between.replace("سال", "")):
                yield Finding(KIND, rule, Grade.FAIL, match.span("value"))


def _after(page: Page, label: re.Match[str]) -> tuple[int, int] | None:
    """The span of the date after a label, if the words around it are about a card, or at least about nothing else."""
    text, skipped = page.text, SKIP.match(page.text, label.end())
    end = skipped.end() if skipped else label.end()
    first = _DIGIT.search(text, end, end + _BETWEEN_CARD)
    if first is None:
        return None
    direct = _dated(text, end, first.start())
    written = WRITTEN_APART.search(text, first.start(), end + _BETWEEN_CARD + 8) if direct is None else None
    span = direct or (written.span() if written else None)
    if span is None:
        return None
    between = text[end : span[0]]
    card = CARD.search(between)
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
    if (offered or _TIMED.match(text, direct[1])) and not CARD.search(before):
        return None
    return direct if _may_be_a_cards(before, label[0], written_date) else None


def _is_sure(label: re.Match[str], span: tuple[int, int]) -> bool:
    """Whether a date is a card's, or no other word beside the label and the date says of what it is."""
    text, start, end = label.string, min(label.start(), span[0]), max(label.end(), span[1])
    around = text[max(0, start - _BEFORE) : end + _LEADS]
    if CARD.search(around) or "card" in label[0].lower() or re.search("cv[vc]", around, re.IGNORECASE):
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
    name = NAMED.search(text[start:digit])
    year = NAMED_YEAR.match(text, digit) if name else None
    if name and year:
        return start + name.start(), year.end()
    value = VALUE.match(text, digit) or FULL.match(text, digit)
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
    cards = list(CARD.finditer(before))
    if cards:
        return not OTHER_THING.search(before, cards[-1].end())
    if "card" in label.lower():
        return True
    if label == "اعتبار" and not re.search("تاریخ ?$", before):
        return False
    return not (
        A_YEAR.fullmatch(value)
        or FULL.fullmatch(value)
        or OTHERWISE.search(before[-20:])
        or OTHER_THING.search(before[-24:])
    )


DETECTOR = Detector(
    kinds=(Kind(KIND, Data.BANK, gravity=50, category="user.financial.credit_card", example="انقضای کارت ۰۷/۰۶"),),
    find=find,
    labels=compiled(LABEL.pattern, *(may_be.pattern for _, may_be, _ in PHRASES)),
    signs=(LABEL, *(may_be for _, may_be, _ in PHRASES)),
    hints=(may_announce,),
    fewest=3,
    dated=True,
    in_digits=nothing,
)
