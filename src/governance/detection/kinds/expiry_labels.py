"""How a card's expiry date is written, and the labels and phrases that announce it."""

import re

from governance.detection.kinds.labels import END, NO_BANK, SPACE, Gate, Pattern, compiled, latin

_MONTH, _YEAR = "(?:0?[1-9]|1[0-2])", "(?:(?:13|14|20)?[0-9]{2})"
_MM = "(?:0[1-9]|1[0-2])"
_SEP = r" ?[/\\|\-⁄∕_] ?"
APART = (
    rf"{_MONTH}{_SEP}{_YEAR}|{_YEAR}{_SEP}{_MONTH}|{_MM} [0-9]{{2}}|{_MM}\.{_YEAR}|{_YEAR}\.{_MM}"
    rf"|{_MONTH}[. ](?:13|14|20)[0-9]{{2}}|(?:13|14|20)[0-9]{{2}} {_MM}"
)
_GLUED = rf"{_MM}[0-9]{{2}}|(?:(?:13[89]|14[0-3]|20[0-4])[0-9]|[0-9]{{2}}){_MM}|{_MM}(?:13|14|20)[0-9]{{2}}"
VALUE = compiled(rf"(?<![0-9])(?<![0-9][/.\-])(?:{APART}|{_GLUED}){END}")
WRITTEN_APART = compiled(rf"(?<![0-9])(?<![0-9][/.\-:])(?:{APART}){END}")
_MONTHS = (
    "فروردین|اردیبهشت|خرداد|تیر|ا?مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند"
    "|ژانویه|فوریه|مارس|آوریل|مه|می|ژوین|ژوییه|جولای|اوت|آگوست|سپتامبر|اکتبر|نوامبر|دسامبر"
    "|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
NAMED = Pattern(rf"(?<![^\W_])(?:{_MONTHS}){SPACE}(?:(?:ماه|سال){SPACE}){{0,2}}$", re.IGNORECASE)  # before a year
NAMED_YEAR = Pattern(rf"(?:(?:13|14|20)[0-9]{{2}}|(?<=[/'\-])[0-9]{{2}}){END}")
_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
FULL = Pattern(
    rf"(?:20[2-4]|14[0-3])[0-9][/.\-]{_MM}[/.\-]{_DAY}(?![0-9])|{_DAY}[/.\-]{_MM}[/.\-](?:20[2-4]"
    rf"|14[0-3])[0-9](?![0-9])"
)
A_YEAR = re.compile(r"(?:13|14|20)[0-9]{2}")  # without a card beside it, `1405` is a year

_FINGLISH = "en(?:gh|q)e?z[ae]a?(?:ye)?"
LABEL = compiled(
    latin(f"(?:card|cc)?exp(?:iry|ires?|iration|ired|dt)?(?: ?date)?|{_FINGLISH}"),
    latin("mm ?/ ?yy(?:yy)?"),
    latin(r"(?:valid|good)[\W_]?(?:thru|through|until|till)"),
    "انقضاء?",
    "اعتبار",
)
CARD = compiled(
    rf"(?<!سیم )(?<!سیم)(?<!گیفت )(?<!گیفت)(?<!فلش )کارت(?!(?:ت|م|ش|های?|ی)? ?(?:{NO_BANK}))",
    "عابر ?بانک",
    latin(r"(?:bank[\W_]?)?(?<!gift.)(?<!library.)(?<!membership.)(?<!sim.)(?<!id.)(?:cards?|kart(?:am|et)?)"),
    "\\bpan\\b",
)
PHRASES = (
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
            rf"(?:{CARD.pattern})(?: ?(?:بانکی?|عابر|اعتباری))?(?:م|ت|ش|ام)?[ ،:]{{1,3}}(?:(?:تا|در|از) )?"
            rf"(?P<value>{APART}){END} ?منقضی"
        ),
    ),
    (
        "card_valid_until",
        Gate("اعتبار|معتبر|منقضی"),
        compiled(
            rf"(?<!\w)تا ?(?P<value>{APART}){END}[^0-9\w]{{1,3}}(?:{CARD.pattern})"
            r"[^0-9\n]{0,16}(?:اعتبار|معتبر|منقضی)"
        ),
    ),
    (
        "card_valid_until",
        Gate("اعتبار|معتبر|منقضی"),
        compiled(
            rf"(?:{CARD.pattern})[^0-9.؛!?\n]{{0,20}}(?<!\w)تا[^0-9\n]{{1,8}}(?P<value>{APART}){END}"
            r"[^0-9\n]{0,12}(?:اعتبار|معتبر|منقضی)"
        ),
    ),
)
may_announce = Gate(
    "engh|enq|انقضا|اعتبار|معتبر|منقضی|cvv|cvc",
    exp=r"exp(?:(?!(?-i:[abcefghj-z]))|[a-z]*[\W_]{0,6}[my])",
    valid=r"valid[\W_]?[tu]",
    good=r"good[\W_]?[tu]",
    mm="mm ?/ ?yy",
)
