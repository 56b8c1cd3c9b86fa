"""The short secrets of a card, recognised only by the words around them: CVV2, PIN, one-time password."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.kinds.labels import (
    END,
    NO_BANK,
    OF_CARD,
    OTHERWISE,
    PROPERTY,
    SKIP,
    SPACE,
    Gate,
    Pattern,
    compiled,
    latin,
    of_another,
)
from governance.detection.text.page import Page

CODE, PIN, PASSWORD = "card_verification_code", "card_pin", "one_time_password"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A label, up to `gap` other characters, and the digits it announces; a `strict` label is a common word too."""

    kind: str
    label: Pattern
    value: Pattern
    gap: int = 20
    name: str = "labelled"
    grade: Grade = Grade.FAIL
    strict: bool = False
    beside: Pattern | None = None  # what else the text must contain


def _value(digits: str) -> Pattern:
    return Pattern(f"(?:{digits}){END}")


_CARD = rf"کارت(?! ?(?:هوشمند ?)?(?:{NO_BANK}))"
_WORD = "رمز(?: ?(?:[4-8]|چهار|پنج|شش|هفت|هشت) ?رقمی)?"
_LONG = r"(?=[\W_]{0,3}[0-9]{5,8}(?![0-9]))"
_POUYA = "p(?:oo?|ou|u)ya"
_FOUR_TO_EIGHT = _value(r"[0-9](?:[ -]?[0-9]){3,7}")

_SECURITY = (
    rf"(?<!alarm.)(?<!building.)(?<!door.)(?<!gate.)(?<!home.)(?<!house.)security{SPACE}code"
    r"(?!.(?:of|for|to|at).(?:the.)?(?:alarm|building|door|gate|home|house|wi.?fi)|.(?:review|analysis|scanning"
    r"|section))"
)
_LOGIN = (
    rf"(?:(?:2|two)[\W_]?fa(?:ctor)?|mfa|sms|(?:verif|authenti|activ|valid|confirm)[a-z]{{2,7}}|(?:log"
    rf"|sign){SPACE}in|access|auth"
    rf"|temporary|telegram|whats ?app){SPACE}(?:pass)?code|(?:kode?|code){SPACE}(?:ta(?:ee?|yi?|i)d|vo?o?ru?o?d|faal)"
)

_RULES = (
    _Rule(
        CODE,
        compiled(
            latin(
                r"(?:card)?c[\W_]{0,2}(?:v[\W_]{0,2}[vcn]|c[\W_]{0,2}v"
                r"|v(?:[\W_]{0,2}d|2)(?=[\"']{0,2} ?[:=])"
                r"|s(?:(?<=cs)c|(?<=[\W_]s)[\W_]{1,2}c)(?=[\W_]{0,3}(?:[:=#]|[0-9]{3}(?![0-9]| [a-z]))))(?!(?-i:[a-z]))"
                r"(?:[\W_]{0,2}2(?=[\W_]|[^\W0-9]|$)|2(?=[0-9]{3}))?(?:[\W_]?(?:code|number|no))?"
            ),
            r"سی[\W_]{0,2}وی[\W_]{0,2}وی(?:[\W_]{0,2}(?:2|دو))?",
            r"کد امنیتی(?! ?(?:سایت|تصویر|کپچا|ساختمان|درب?|دزدگیر|خانه))",
            rf"(?:رقمی?|کد|عدد|رمز|شماره) ?(?:روی |در )?پشت(?: ?این)? {_CARD}",
            "کد ?اعتبار ?سنجی(?: ?(?:دوم|2))?(?: ?کارت)?",
            latin(rf"card{SPACE}verification|{_SECURITY}|verification{SPACE}value|kode?{SPACE}amni(?:y?at)?i"),
        ),
        _value("[0-9]{3,4}|[0-9](?: [0-9]){2,3}"),
        gap=32,
    ),
    _Rule(
        PIN,
        compiled(
            latin(
                rf"(?:[mi]-?|card[\W_]?|atm[\W_]?)pin[12]?|pin(?:[12]|[\W_]?code)|(?:second"
                rf"|static){SPACE}pass(?:word)?|ramze?{SPACE}(?:avv?al|kart(?:am|et|esh)?|sabet"
                rf"|dov?vom(?:am)?(?!{SPACE}{_POUYA})|2)|pine?{SPACE}kart(?:am|et|esh)?"
            ),
            r"(?<!\w)پین ?کد(?!\w)",
            rf"{_WORD} ?(?:اول|ثابت|{_CARD}|اینترنتی|عابر(?: ?بانک)?|خودپرداز|دوم(?![\W_]{{0,3}}(?:پویا|یک)))",
        ),
        _FOUR_TO_EIGHT,
    ),
    _Rule(
        PIN,
        compiled(
            latin(r"pin(?:[\W_]?(?:number|no)|[\W_][12](?![0-9]))?"), r"(?<!\w)پین(?:[متش]| ?(?:[12]|دوم))?(?!\w)"
        ),
        _value("[0-9]{4,8}"),
        strict=True,
    ),
    _Rule(
        PASSWORD,
        compiled(
            rf"{_WORD}{SPACE}(?:دوم|پویا|موقت|خرید|تراکنش|انتقال|پرداخت|ی[که] ?بار)"
            rf"|کد{SPACE}(?:عبور ?)?(?:پویا|ی[که] ?بار)|(?<!\w)پویا(?= ?:)",
            latin(
                rf"otp(?:[\W_]?code)?|one{SPACE}time{SPACE}(?:pass(?:word|code)?|pin|code)"
                rf"|dynamic{SPACE}(?:pass(?:word)?|pin)"
                rf"|ramz(?:[\W_]?y?e)?{SPACE}(?:dov?v?ome?{SPACE})?(?:{_POUYA}|ye?kbar)"
            ),
        ),
        _FOUR_TO_EIGHT,
        gap=40,
    ),
    _Rule(  # as banks send it: the amount, the password, its validity or its recipient
        PASSWORD,
        compiled(rf"(?<!\w)(?:رمز|کد محرمانه){_LONG}", latin(f"ramz{_LONG}")),
        _FOUR_TO_EIGHT,
        gap=3,
        beside=Pattern(
            r"(?=.*(?:مبلغ|ریال|mablagh|[0-9],[0-9]{3}))(?=.*(?:اعتبار|معتبر|بانک|خرید|انتقال|پذیرنده|mablagh))",
            re.DOTALL | re.IGNORECASE,
        ),
    ),
    _Rule(
        PASSWORD,
        compiled(
            rf"(?<!\w)(?:کد|رمز){SPACE}(?:تایید|ورود|فعال ?سازی|احراز|محرمانه|امنیتی ?(?:ورود|شما)|شما{_LONG}"
            rf"|اعتبار ?سنجی|پیامک)",
            r"(?<!\w)کد(?=[\W_]{0,3}[0-9]{4,8} ?(?:جهت|برای) ?(?:ورود|تایید|تکمیل|فعال|ثبت))",
            latin(rf"{_LOGIN}|{_SECURITY}|passcode|your code(?= ?(?:is|:))|ramze?(?:{SPACE}shoma)?{_LONG}"),
        ),
        _FOUR_TO_EIGHT,
        name="login_code",
        grade=Grade.SUSPECT,
    ),
)
_ANY = compiled(*(f"(?:{rule.label.pattern})" for rule in _RULES))
_may_announce = Gate(
    "verification|dynamic|amni|ramz|امنیتی|سنجی|پین|passcode|your code",
    c=r"c[\W_]{0,2}(?:v[\W_]{0,2}[vcnd2]|c[\W_]{0,2}v|s[\W_]{0,2}c)",
    pin=r"(?<![a-z])[mi]?pin|(?:card|atm)[\W_]?pin|pin(?s:.){0,24}[:=]",
    otp="(?<![a-z])otp|otp(?s:.){0,24}[:=]",
    code=rf"{_LOGIN}|security{SPACE}code",
    kod=_LOGIN,
    **{"pass": rf"(?:second|static){SPACE}pass"},
    one=rf"one{SPACE}time",
    پشت=rf"پشت(?: ?این)? {_CARD}",
    سی=r"سی[\W_]{0,2}وی",
    کد=r"کد[\W_]{0,3}(?:[0-9]|پویا|عبور|ی[که]|تایید|ورود|فعال|احراز|محرمانه|شما|پیامک)",
    پویا="پویا ?:",
    رمز=r"رمز[\W_]{0,3}(?:[0-9]|چهار|پنج|شش|هفت|هشت|دوم|پویا|موقت|خرید|ی[که]|تراکنش|انتقال|پرداخت|تایید|ورود|فعال|احراز|محرمانه|شما|پیامک|اول|ثابت|کارت|اینترنتی|عابر|خودپرداز)",
)
_DIGIT = re.compile("[0-9]")
_YEAR = re.compile("(?:13[6-9]|14[01]|19[5-9]|20[0-4])[0-9](?: ?- ?(?:19|20)[0-9]{2})?")
_ANSWERED = re.compile(r"[\"']? ?[:=] ?[\"']?[a-z]+[\"']? ?[,;&}\]]", re.IGNORECASE)  # `"pin": true,`
_SAID = Pattern(r"[:=][\W_]*$|(?<!\w)(?:is|was|است|هست|بود|میشه)(?!\w)", re.IGNORECASE)  # the value follows, not a year
# What may stand between a label that is also a common word and its digits: `pin this post: 5000` is no PIN.
_BRIDGE = Pattern(
    r"(?:[\W_]|(?<![^\W_])(?:is|was|my|the|of|for|card|bank|atm|number|code|کارت(?:م|ت|ش|مون)?|بانک|عابر|حساب(?:م"
    r"|ت|ش)?|من|بنده"
    r"|شما|این|دوم|اول|ثابت|است|هست|بود|میشه|را|رو|برابر|با|هم|ش|م)(?![^\W_]))*",
    re.IGNORECASE,
)
# Words that leave the digits after them to a label, besides.
_SURE = Pattern(
    rf"(?!.*\s#$)(?:{_BRIDGE.pattern}|(?<![^\W_])(?:no|va?l(?:ues?)?|str(?:ing)?|text|txt|cdata|some|raw|plain"
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


def announces(heading: str) -> bool:
    """Whether a column's name is such a label."""
    return bool(_ANY.search(heading))


def find(page: Page) -> Iterator[Finding]:
    """Every code that a label announces, the column's name included."""
    if not _may_announce(page) or not _ANY.search(page.text):
        return
    for rule in _RULES:
        if rule.beside and not rule.beside.match(page.text, page.start):
            continue
        for label in rule.label.finditer(page.text):
            if not page.scrambles(label.start()):
                span = _after(page, rule, label) or _before(page, rule, label)
                if span and span[0] >= page.start and not of_another(page.text, label, span):
                    spoken = page.text[_end(label) : span[0]]
                    sure = _SURE.fullmatch(spoken) and not _TITLE.search(
                        page.text[max(0, label.start() - 8) : label.start()]
                    )
                    yield Finding(rule.kind, rule.name, rule.grade if sure else Grade.SUSPECT, span)


def _after(page: Page, rule: _Rule, label: re.Match[str]) -> tuple[int, int] | None:
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


def _may_be_a_standard(rule: _Rule, label: re.Match[str], value: re.Match[str]) -> bool:
    """Whether the number may be that of a norm, a port or a size: `OTP as in RFC 4226`."""
    said = _SAID.search(value.string[label.end() : value.start()])
    return rule.kind == PASSWORD and label[0].isascii() and len(value[0]) == 4 and not said


def _means_a_value(label: str, spoken: str) -> bool:
    return bool(_SAID.search(spoken) or OF_CARD.search(label) or OF_CARD.search(spoken))


def _before(page: Page, rule: _Rule, label: re.Match[str]) -> tuple[int, int] | None:
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
        Kind(CODE, Data.BANK, gravity=40),
        Kind(PIN, Data.BANK, gravity=60),
        Kind(PASSWORD, Data.BANK, gravity=70),
    ),
    find=find,
    labels=_ANY,
    signs=(_ANY,),
    hints=(_may_announce,),
    fewest=3,
    in_digits=nothing,
)
