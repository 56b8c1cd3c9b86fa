"""The labels that announce the short secrets of a card."""

import re
from dataclasses import dataclass

from governance.detection.findings import Grade
from governance.detection.kinds.labels import END, NO_BANK, SPACE, Gate, Pattern, compiled, latin

CODE, PIN, PASSWORD = "card_verification_code", "card_pin", "one_time_password"


@dataclass(frozen=True, slots=True)
class Rule:
    """A label, up to `gap` other characters, and the digits it announces; a `strict` label is a common word too.

    Every text with the label holds one of the `needed` small letters: few do, and labels are slow.
    """

    kind: str
    needed: tuple[str, ...]
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

RULES = (
    Rule(
        CODE,
        ("c", "amni", "سی", "امنیت", "پشت", "سنجی"),
        compiled(
            latin(
                r"(?:card)?c[\W_]{0,2}(?:v[\W_]{0,2}[vcn]|c[\W_]{0,2}v"
                r"|v(?:[\W_]{0,2}d|2)(?=[\"']{0,2} ?[:=])"
                r"|s(?:(?<=cs)c|(?<=[\W_]s)[\W_]{1,2}c)(?=[\W_]{0,3}(?:[:=#]|[0-9]{3}(?![0-9]| [a-z]))))(?!(?-i:[a-z]))"
                r"(?:[\W_]{0,2}2(?=[\W_]|[^\W0-9]|$)|2(?=[0-9]{3}))?(?:[\W_]?(?:code|number(?!\()|no))?"
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
    Rule(
        PIN,
        ("pin", "pass", "ramz", "پین", "رمز"),
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
    Rule(
        PIN,
        ("pin", "پین"),
        compiled(
            latin(r"pin(?:[\W_]?(?:number|no)|[\W_][12](?![0-9]))?"), r"(?<!\w)پین(?:[متش]| ?(?:[12]|دوم))?(?!\w)"
        ),
        _value("[0-9]{4,8}"),
        strict=True,
    ),
    Rule(
        PASSWORD,
        ("otp", "one", "dynamic", "ramz", "رمز", "کد", "پویا"),
        compiled(
            rf"{_WORD}{SPACE}(?:دوم|پویا|موقت|خرید|تراکنش|انتقال|پرداخت|ی[که] ?بار)"
            rf"|کد{SPACE}(?:عبور ?)?(?:پویا|ی[که] ?بار)|(?<!\w)پویا(?= ?:)",
            latin(
                rf"otp(?:[\W_]?(?:code|token))?|one{SPACE}time{SPACE}(?:pass(?:word|code)?|pin|code)"
                rf"|dynamic{SPACE}(?:pass(?:word)?|pin)"
                rf"|ramz(?:[\W_]?y?e)?{SPACE}(?:dov?v?ome?{SPACE})?(?:{_POUYA}|ye?kbar)"
            ),
        ),
        _FOUR_TO_EIGHT,
        gap=40,
    ),
    Rule(  # as banks send it: the amount, the password, its validity or its recipient
        PASSWORD,
        ("ramz", "رمز", "محرمانه"),
        compiled(rf"(?<!\w)(?:رمز|کد محرمانه){_LONG}", latin(f"ramz{_LONG}")),
        _FOUR_TO_EIGHT,
        beside=Pattern(
            r"(?=.*(?:مبلغ|ریال|mablagh|[0-9],[0-9]{3}))(?=.*(?:اعتبار|معتبر|بانک|خرید|انتقال|پذیرنده|mablagh))",
            re.DOTALL | re.IGNORECASE,
        ),
    ),
    Rule(
        PASSWORD,
        ("code", "kod", "ramz", "رمز", "کد"),
        compiled(
            rf"(?<!\w)(?:کد|رمز){SPACE}(?:تایید|ورود|فعال ?سازی|احراز|محرمانه|امنیتی ?(?:ورود|شما)|شما{_LONG}"
            rf"|اعتبار ?سنجی|پیامک)",
            r"(?<!\w)کد(?=[\W_]{0,3}[0-9]{4,8} ?(?:جهت|برای) ?(?:ورود|تایید|تکمیل|فعال|ثبت))",
            latin(
                rf"{_LOGIN}|{_SECURITY}|passcode|your code(?= ?(?:is|:))|(?:use"
                rf"|enter) code(?= [0-9]{{4,8}} to )|ramze?(?:{SPACE}shoma)?{_LONG}"
            ),
        ),
        _FOUR_TO_EIGHT,
        name="login_code",
        grade=Grade.SUSPECT,
    ),
)
ANY = compiled(*(f"(?:{rule.label.pattern})" for rule in RULES))
may_announce = Gate(
    "verification|dynamic|amni|ramz|امنیتی|سنجی|پین|passcode|your code|use code|enter code",
    c=r"c[\W_]{0,2}(?:v[\W_]{0,2}[vcnd2]|c[\W_]{0,2}v|s[\W_]{0,2}c)",
    pin=r"(?<![a-z])[mi]?pin|(?:card|atm)[\W_]?pin|pin(?s:.){0,24}[:=]",
    otp="(?<![a-z])otp|otp(?s:.){0,24}[:=]",
    code=rf"{_LOGIN}|security{SPACE}code",
    kod=f"(?<![a-z])kode?{SPACE}[tvf]",
    **{"pass": rf"(?:second|static){SPACE}pass"},
    one=rf"one{SPACE}time",
    پشت=rf"پشت(?: ?این)? {_CARD}",
    سی=r"سی[\W_]{0,2}وی",
    کد=r"کد[\W_]{0,3}(?:[0-9]|پویا|عبور|ی[که]|تایید|ورود|فعال|احراز|محرمانه|شما|پیامک)",
    پویا="پویا ?:",
    رمز=r"رمز[\W_]{0,3}(?:[0-9]|چهار|پنج|شش|هفت|هشت|دوم|پویا|موقت|خرید|ی[که]|تراکنش|انتقال|پرداخت|تایید|ورود|فعال|احراز|محرمانه|شما|پیامک|اول|ثابت|کارت|اینترنتی|عابر|خودپرداز)",
)
