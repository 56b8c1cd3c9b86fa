"""The short secrets of a card, recognised only by the words around them: CVV2, PIN, one-time password."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.code_labels import ANY, CODE, PASSWORD, PIN, RULES, Rule, may_announce
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.kinds.labels import OF_CARD, OTHERWISE, PROPERTY, SKIP, Pattern, of_another
from governance.detection.text.page import Page

_DIGIT = re.compile("[0-9]")
_YEAR = re.compile("(?:13[6-9]|14[01]|19[5-9]|20[0-4])[0-9](?: ?- ?(?:19|20)[0-9]{2})?")
_ANSWERED = re.compile(r"[\"']? ?[:=] ?[\"']?[a-z]+[\"']? ?[,;&}\]]", re.IGNORECASE)  # `"pin": true,`
_SAID = Pattern(r"[:=][\W_]*$|(?<!\w)(?:is|was|است|هست|بود|میشه)(?!\w)", re.IGNORECASE)  # the value follows, not a year
# What may stand between a label that is also a common word and its digits: `pin this post: 5000` is no PIN.
_WORD = (
    r"(?:[\W_]|(?<![^\W_])(?:is|was|my|the|of|for|card|bank|atm|number|code|کارت(?:م|ت|ش|مون)?|بانک|عابر|حساب(?:م"
    r"|ت|ش)?|من|بنده"
    r"|شما|این|دوم|اول|ثابت|است|هست|بود|میشه|را|رو|برابر|با|هم|ش|م)(?![^\W_]))"
)
_BRIDGE = Pattern(f"{_WORD}*")
# Words that leave the digits after them to a label, besides.
_SURE = Pattern(
    rf"(?!.*(?:\s#|; --\s?)$)(?:{_WORD}|(?<![^\W_])(?:no|va?l(?:ues?)?|str(?:ing)?|text|txt|cdata|some|raw|plain"
    rf"|input|field|data|key|user|new|old"
    r"|online|sms|otp|pin|password|mishe|bood|cv[vc]2?|exp(?:iry)?|pan|mellat|melli|saman|your|if|int|پویای?"
    r"|ی[که] ?بار|مصرف|ملی|ملت|صادرات"
    r"|تجارت|سپه|سامان|بلو|پاسارگاد|رسالت|خرید|رقمی|عبارت|ی|ای|ام|تو|تون|تان|دو|پشت|شده|می ?باشد|هستش|انتقال"
    r"|ارسال شد)(?![^\W_]))*"
    r"|.*(?<!\w)(?:is|was|mishe|میشه|میگه)[^\w#]*|.*[^\x00-\x7f][^0-9]*[:=][\W_]*",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile("(?:فصل|کتاب|رمان|فیلم|سامانه|شماره|پیامک|تعداد|قانون|خط) ?$")  # `سامانه رمز پویا 8787`
# Digits before a label, if no other word before the digits could claim them.
_LED = Pattern(
    r"(?:^|\n|(?<![0-9])[ ]?[,،;؛|(\[«\"'=#]|(?<![0-9])[.!؟?] |[,،;؛|] (?=(?:code )?(?:[0-9]{3}|[0-9]{5,8})(?![0-9]))"
    r"|(?<![0-9]): ?(?=[0-9]{3,8} (?:is|as) )|(?<!\w)(?:و|and|use|enter)(?= )) ?(?:(?:کد|عدد|رمز|code|number) |g-)?"
    r"([0-9]{3,8}(?:\.0)?) ?[(\[«\"'|]?"
    r"(?: ?(?:هم|کد|عدد|همون|هست|است|میشه|is|(?:is|as) (?:my|your|the)(?: \w+)?|my|[=:]"
    r"|(?:[,;] ?[\"'])?(?:name|id|key)[\"']?[=:] ?[\"']?)(?!\w))? ?$",
    re.IGNORECASE,
)
# What may follow a label behind its digits: nothing, or Persian words that mean neither a plural nor an error.
_CLOSED = Pattern(
    r"(?: (?:code|of|for|my|the|card|is|and|ok))* ?(?:$|[^\w ])"
    r"| (?:for|to|at)(?!\w)|(?! ?(?:ها|در |نامعتبر|خالی|ناقص|لو |ارسال|صادر|نیامد|نیومد|یکی)) ?[^\x00-\x7f]",
    re.IGNORECASE,
)
_LEAD = 32  # characters before a label in which its digits may stand
_OWN = re.compile(r"[\W_]{0,8}[0-9]")


def find(page: Page) -> Iterator[Finding]:
    """Every code that a label announces, the column's name included."""
    small = page.small
    for rule in RULES if may_announce(page) else ():
        if not any([letters in small for letters in rule.needed]):  # noqa: C419  a list is faster than a generator
            continue
        if rule.beside and not rule.beside.match(page.text, page.start):
            continue
        for label in rule.label.finditer(page.text):
            if not page.scrambles(label.start()):
                span = _after(page, rule, label) or _before(page, rule, label)
                if span and not of_another(page.text, label, span):
                    spoken = page.text[_end(label) : span[0]]
                    sure = _SURE.fullmatch(spoken) and not _TITLE.search(
                        page.text[max(0, label.start() - 8) : label.start()]
                    )
                    yield Finding(rule.kind, rule.name, rule.grade if sure else Grade.SUSPECT, span)


def _after(page: Page, rule: Rule, label: re.Match[str]) -> tuple[int, int] | None:
    """The spans of digits that follow a label."""
    begin = _end(label)
    first = _DIGIT.search(page.text, begin, begin + rule.gap + 1)
    value = rule.value.match(page.text, first.start()) if first else None
    if value is None:
        return None
    spoken = page.text[begin : value.start()]
    if _YEAR.fullmatch(value[0]) and not _means_a_value(label[0], spoken):
        return None  # `OTP 2025`: the year of a text about them
    if (rule.strict or _may_be_a_standard(rule, label, value)) and not _BRIDGE.fullmatch(spoken):
        return None
    if PROPERTY.search(page.text, label.end(), value.start()) and begin == label.end():
        return None
    unlike = OTHERWISE.search(spoken) or _ANSWERED.match(spoken) or _in_a_token(spoken)
    return None if unlike else value.span()


def _end(label: re.Match[str]) -> int:
    """Where the words between a label and its digits begin."""
    skipped = SKIP.match(label.string, label.end())
    return skipped.end() if skipped else label.end()


def _may_be_a_standard(rule: Rule, label: re.Match[str], value: re.Match[str]) -> bool:
    """Whether the number may be that of a norm, a port or a size: `OTP as in RFC 4226`."""
    said = _SAID.search(value.string[label.end() : value.start()])
    return rule.kind == PASSWORD and label[0].isascii() and len(value[0]) == 4 and not said


def _means_a_value(label: str, spoken: str) -> bool:
    return bool(_SAID.search(spoken) or OF_CARD.search(label) or OF_CARD.search(spoken))


def _before(page: Page, rule: Rule, label: re.Match[str]) -> tuple[int, int] | None:
    """The spans of digits before a label: `567 cvv2`."""
    start = max(page.start, label.start() - _LEAD)
    if rule.strict or not _DIGIT.search(page.text, start, label.start()) or _OWN.match(page.text, label.end()):
        return None
    led = _LED.search(page.text[start : label.start()])
    if led is None or (led.start() == 0 and start > page.start) or not _CLOSED.match(page.text, label.end()):
        return None
    value = rule.value.fullmatch(led[1])
    return None if value is None or _YEAR.fullmatch(led[1]) else (start + led.start(1), start + led.end(1))


def _in_a_token(spoken: str) -> bool:
    """Whether digits continue a Latin word: `a123` is no code, and `otp123` is one."""
    return spoken[-1:].isascii() and spoken[-1:].isalpha()


DETECTOR = Detector(
    kinds=(
        Kind(CODE, Data.BANK, gravity=40, category="user.financial.credit_card", example="CVV2: 482"),
        Kind(PIN, Data.BANK, gravity=60, category="user.authorization.credentials", example="رمز دوم کارت: ۷۳۹۱۵"),
        Kind(PASSWORD, Data.BANK, gravity=70, category="user.authorization.credentials", example="رمز پویا: ۴۸۲۹۱۷"),
    ),
    find=find,
    labels=ANY,
    signs=(ANY,),
    hints=(may_announce,),
    fewest=3,
    in_digits=nothing,
)
