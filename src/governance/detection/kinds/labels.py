"""Words that announce the digits after them, and the boundaries that separate them from longer tokens."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

from governance.detection.text.page import Page

SPACE: Final = r"[\W_]{0,3}"
_HUMP = "(?-i:(?<=[a-z])(?=[A-Z]))"  # inside camelCase
_KEY = r"(?=[a-z]{0,12}[\"']{0,2} ?[:=])"
_AFTER = rf"(?:(?![a-z])|{_HUMP})"


class Pattern:
    """A regular expression that is compiled at its first use, as compiling all labels at import is slow."""

    def __init__(self, pattern: str, flags: int = re.IGNORECASE) -> None:
        self.pattern = pattern
        self.flags = flags

    @cached_property
    def _made(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    @cached_property
    def search(self) -> Callable[..., re.Match[str] | None]:
        """As that of `re.Pattern`."""
        return self._made.search

    @cached_property
    def match(self) -> Callable[..., re.Match[str] | None]:
        """As that of `re.Pattern`."""
        return self._made.match

    @cached_property
    def fullmatch(self) -> Callable[..., re.Match[str] | None]:
        """As that of `re.Pattern`."""
        return self._made.fullmatch

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[str]]]:
        """As that of `re.Pattern`."""
        return self._made.finditer


# Persian and Latin units: digits before them count something.
END: Final = (
    r"(?![0-9])(?![*•●×]{2})(?![/:\-][0-9])(?!\.(?!0{1,6}(?![0-9.]))[0-9])(?!,[0-9]{3}(?![0-9]))(?!(?!exp|cv|pin"
    r"|otp|date|pan|card)[a-z])"
    r"(?! ?(?:تومان|تومن|ریال|هزار|میلیون|میلیارد|صفحه|درصد|%|بار"
    r"|نفر|مشتری|کاربر|درخواست|پیامک|عدد|جلد|روز|ماه|سال|ساعت|دقیقه|ثانیه|وات|رقم|حرف|کلمه|بیت))"
    r"(?! ?(?:toman|rial|irr|irt|usd|pages?|times|days|px|ms|kb|mb|digits?|by?te?s|seconds|minutes"
    r"|hours|people|employees|students|cases|users|votes|likes|saves|repins|followers|lines|shares|tons|huf"
    r"|customers|requests|orders|messages"
    r"|items|rows|records|sms|points?|xp|max)(?![a-z]))"
)
# Words that mean that the digits near them are something else.
OTHERWISE: Final = re.compile(
    r"صفحه|فصل|جلد|مبلغ|ساعت|(?<!ار)(?<!/)سال(?! ?(?:انقضا|/|و ?ماه))|نسخه|قسمت|قیمت|تومان|اشتراک|تخفیف|توکن|کوپن|دامنه"
    r"|گارانتی|قرارداد|مجوز|سفارش|پیگیری|تماس|تلفن|خطا|ندار[مدهی]|رقم ?دار|نیست|چیست"
    r"|(?<![a-z])(?:page|chapter|version|step|token|session|subscription|coupon|licen[cs]e|domain|order|error"
    r"|price|amount"
    r"|count(?!ry)|length|ttl|attempt|mismatch|review|rfc)"
    r"|(?<![a-z])(?:where|limit|(?:var)?char|number\()",
    re.IGNORECASE,
)

# What a field holds that is named after a code or a date: `otp_id`, `otpTimeout`, `cvv status:`.
PROPERTY: Final = Pattern(
    rf"(?:[_.\-]|{_HUMP}| (?=[a-z _]*:))(?:ids?|status|state|type|time ?out|retr(?:y|ies)|tries|interval|window"
    rf"|expir[a-z]+"
    r"|validity|valid|created|sent|updated|at|time|ms|sec(?:ond)?s?|port|template|service|fee|cost|digits|size"
    r"|width|height|limit"
    r"|rate|lifetime|max|min|cool ?down|flag|line|rounds|format|request|enabled|x|y|[jt]sx?|py|java|go|php)"
    rf"(?:(?![a-z])|{_HUMP})"
)
# What stands between a label and its value in forms, name-value pairs, multipart messages and serialized PHP.
SKIP: Final = Pattern(
    r"\W{0,3}[3-8][ -]?(?:رقمی|digits?)"
    r"|[^0-9\n]{0,48}[0-9]{1,3}(?:,[0-9]{3})+(?=[^0-9\n]{0,16}(?:\bis|[:=]) ?[0-9])"  # the amount that it pays
    r"|(?: [\w:-]{1,30}=[\"'][^\"'<>]{0,40}[\"']){1,9} ?>"
    r"|[\"'](?: [\w:-]{1,30}(?:=(?:\"[^\"<>]{0,40}\"|'[^'<>]{0,40}'|[\w-]{1,40}))?){0,9}? value=[\"']?"
    r"|[\"'](?:[,;] ?[\"']?\w{1,20}[\"']? ?[:=]>? ?(?:[\"'][^\"']{0,40}[\"']|\w{1,40})){0,6}?[,;] ?[\"']?\w{0,8}"
    r"(?:value|val|text|content|answer)[\"']? ?[:=]>? ?[\"']?"
    r"|[\"'];(?:s:[0-9]+:[\"']|[id]:)|[\"']\s{1,4}content-type: [\w/;= -]{1,40}\s{1,4}"
)

# What a card may be of, other than a bank.
NO_BANK: Final = (
    "ملی|هدیه|پستال|گرافیک|حافظه|خوان|دانشجو|عضویت|کتابخانه|تخفیف|اشتراک|گارانتی|شناسایی|پایان|سوخت|مترو|بلیت"
    "|بلیط|ورود|ویزیت"
    "|واکسن|معافیت|خبرنگار|پرسنل|امتیاز|صدا|باشگاه|طلای|بیمه|دعوت|سبز|اقامت|جایزه|نظام|شارژ"
)


def latin(words: str) -> str:
    """A pattern for Latin words without a letter or digit directly before them or a letter directly behind.

    Three digits may stand before a word that is a key, and a camelCase word may continue one.
    """
    return (
        rf"(?:(?<![a-z0-9])(?:{words}){_AFTER}"
        rf"|(?:(?<=[0-9]{{3}})|{_HUMP})(?:{words}){_AFTER}{_KEY})"
    )


class Gate:
    """A quick test whether a page could hold some labels at all.

    Few pages do, and the labels' own patterns are slow. A page passes if it holds one of the words, or matches one of
    the patterns; each pattern is tried only beside the small letters that it requires.
    """

    flags = re.IGNORECASE

    def __init__(self, words: str = "", **patterns: str) -> None:
        self.pattern = "|".join(filter(None, (words, *patterns.values())))
        self._sure = words.split("|") if words else []
        self._unsure = [(letters, re.compile(pattern, self.flags).search) for letters, pattern in patterns.items()]

    def __call__(self, page: Page) -> bool:
        small, text = page.small, page.text
        # A list is faster than a generator.
        if any([word in small for word in self._sure]):  # noqa: C419
            return True
        return any([letters in small and search(text) for letters, search in self._unsure])  # noqa: C419


def compiled(*patterns: str) -> Pattern:
    """Any of the patterns, small letters or capitals."""
    return Pattern("|".join(patterns))


# Things other than cards that expire.
OTHER_THING: Final = compiled(
    r"(?<!\w)(?:کتاب|بن|بلی[تط]|گذرنامه|پاسپورت|گواهینامه|گواهی|بیمه|محصول|کالا|عضویت|طرح|جشنواره|پیشنهاد|سرویس"
    r"|دسترسی|لینک|رمز|فاکتور|تولید|ساخت|دارو|شیر(?!\w)|غذا|روغن)",
    latin(
        "(?:ticket|voucher|promo|offer|trial|plan|membership|link|cookie|cache|password|cert(?:ificate)?|deal"
        "|discount|gift|library"
        "|book|loan|file|lot|batch|sale|ssl|tls|passport|milk|food|drug|medicine|product|warranty|jwt|max.age"
        "|policy|lease"
        "|vaccine|battery|insurance|contract|futures|rpg|lvl|level|api|permit|use code)s?"
        "|mfg|mfd|manufactur(?:ed|ing)|produced|best before",
    ),
)
# Pins of other things, before the word; and the places of which India's postal codes, six digits, are called PIN.
_OTHER_PIN = Pattern(
    r"(?<![^\W_])(?:pinterest|gpio|bcm|arduino|bowling|map|safety|hair|rolling|enamel|lapel|push|connector|board"
    r"|header|jumper|led|chip|hitch|clevis|cotter|firing|dowel|crank|king|roll|pogo|bolt|hinge"
    r"|sim(?:.card)?|bluetooth|pairing|wps|wi.?fi|meeting|conference|dial.in|locker|gate|door|phone|lock"
    r"|voicemail|control"
    r"|microcontroller|mcu|usb|[io]/?o|output|clock|power|ground|re|پایه|میکرو|پینترست)[ _\-]{0,2}$|/$",
    re.IGNORECASE,
)
_PLACE = Pattern(
    r"(?<![^\W_])(?:post|postal|zip|india|indian|delhi|mumbai|bangalore|bengaluru|chennai|kolkata|hyderabad|pune"
    r"|city|state|district"
    r"|address|road|street|nagar)(?![^\W_])|هند|پستی|دهلی|بمب[یئ]ی|شهر|استان|آدرس",
    re.IGNORECASE,
)
OF_CARD: Final = re.compile("کارت|عابر|خودپرداز|card|atm", re.IGNORECASE)  # many PINs are a year of birth
_POSTAL = re.compile("[1-9][0-9]{2} ?[0-9]{3}")
_NEAR = 48  # characters around a label and its digits
# Before and behind `pin 4821`, without a sign between, if it may be someone's number.
_MINE = Pattern(
    r"(?:^|[^\x00-\x7f] ?|[^\w /#.\-] ?|[0-9] ?|(?<![^\W_])(?:my|your|his|her|the|enter|use|with|and|is|or|new) )$",
    re.IGNORECASE,
)
_ALONE = Pattern(
    r" ?(?:$|[^\w ]|[^\x00-\x7f]|(?:cv|exp|otp|pan|and|for|or|please|thanks|is (?:my|for|the)))", re.IGNORECASE
)


def of_another(text: str, label: re.Match[str], span: tuple[int, int]) -> bool:
    """Whether the words around a PIN say that it is one of a place, a plug, a map or a brooch."""
    if "pin" not in label[0].lower() and "پین" not in label[0]:
        return False
    start, end = min(label.start(), span[0]), max(label.end(), span[1])
    before, around = text[max(0, start - _NEAR) : start], text[max(0, start - _NEAR) : end + _NEAR]
    if _OTHER_PIN.search(before[-24:]):
        return True
    if OF_CARD.search(around) or "bank" in around.lower():
        return False
    plain = label[0].lower().startswith(("pin", "پین")) and not label[0][-1].isdigit()
    if (
        plain
        and _POSTAL.fullmatch(text[slice(*span)])
        and (re.search("code|کد", text[start:end], re.IGNORECASE) or _PLACE.search(around))
    ):
        return True
    bare = label[0].lower() == "pin" and not text[label.end() : span[0]].strip(" #/-")
    return bare and not (_MINE.search(before[-8:]) and _ALONE.match(text, end))
