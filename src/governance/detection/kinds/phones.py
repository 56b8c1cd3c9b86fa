"""Phone numbers in all their written forms: Iranian mobile and landline numbers, foreign ones with a plus sign."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Sieve
from governance.detection.text.page import Group, Page

PHONE = "phone_number"

MOBILE = re.compile(r"(?:(?:00)?980?|0)?9(?:0[0-5]|1[0-9]|2[0-3]|3[0-9]|41|9[0-9])[0-9]{7}")
_LANDLINE = re.compile(r"(?:(?:00)?98|0)[1-8][0-9]{9}")
_LABEL = re.compile(
    r"موبایل|همراه|تلفن|تماس|شماره ?(?:من|خونه|خانه|منزل|ثابت)|واتساپ|تلگرام|فکس|نمابر"
    r"|(?<![a-z])(?:mobile|cell|phone|tel|call|fax|whatsapp|msisdn|sms)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"[ )\]»\"'،,\-=(]{{1,3}}(?:شماره ?(?:ی )?)?(?:{_LABEL.pattern})(?![^0-9\n&?<>]{{0,12}}[0-9])", re.IGNORECASE
)
REFERENCE = re.compile(
    r"پیگیری|رهگیری|مرجع|ارجاع|تراکنش|سفارش|فاکتور|رسید|سریال|(?<![a-z])(?:rrn|ref|trace|track|transaction|order|invoice|stan)",
    re.IGNORECASE,
)
_SHOP = re.compile(
    r"پشتیبانی|گویا|فروشگاه|انتشارات|نشر|دفتر|مرکز|شرکت|کتابفروشی|support|office|store|help", re.IGNORECASE
)
_FOREIGN = re.compile(r"(?<![\w+])\+[1-9](?:[ \-.()]{0,2}[0-9]){7,14}(?![0-9])")
# Unassigned North American numbers: films use 555, and neither part starts with 0 or 1.
_FICTIONAL = re.compile("1(?:[01]|555|...(?:[01]|55501)|.{0,9}$|.{11})")
# A decimal's whole part, a list number such as `1.`, or mask signs: the digits behind them aren't the first.
_REST = re.compile(r"(?<![0-9])(?:0|[0-9]{3,9})\.$|[*#•×●]{2} ?$")
_OPENINGS = frozenset({"98", "0098"})
_AREA = 4  # digits of a mobile number that are often written apart
_REACH = 24


def find(page: Page) -> Iterator[Finding]:
    """Every phone number."""
    for group in page.groups:
        if len(group.digits) >= 10:
            yield from _phones(page, group)
    for match in _FOREIGN.finditer(page.text, page.start):
        digits = re.sub("[^0-9]", "", match[0])
        if not digits.startswith("98") and not _FICTIONAL.match(digits):
            grade = Grade.FAIL if _LABEL.search(page.before(match.start(), _REACH)) else Grade.SUSPECT
            yield Finding(PHONE, "foreign", grade, match.span())


def _phones(page: Page, group: Group) -> Iterator[Finding]:
    last = len(group.starts)
    for run in range(last):
        start = group.borders[run]
        if group.digits[start] not in "09":
            continue
        for after in range(run + 1, last + 1):
            end = group.borders[after]
            if end - start > 15:
                break
            if end - start >= 10:
                finding = _phone(page, group, run, after)
                if finding:
                    yield finding


def _phone(page: Page, group: Group, run: int, after: int) -> Finding | None:
    start, end = group.borders[run], group.borders[after]
    digits, span = group.digits[start:end], group.span(start, end)
    mobile = MOBILE.fullmatch(digits)
    if not mobile and not _LANDLINE.fullmatch(digits):
        return None
    text, first = page.text, group.borders[run + 1] - start
    if page.hides(span) or _REST.search(text, max(0, span[0] - 12), span[0]):
        return None
    if first < 2 and text[span[0] + 1 : span[0] + 2] in {".", ",", "/", ":"}:
        return None
    if first != _AREA and digits[:first] not in _OPENINGS and "," in text[slice(*span)]:
        return None  # a row of numbers
    if first < 2 and after - run > 1 and not (run == 0 and after == len(group.starts)):
        return None
    before = page.before(span[0], _REACH)
    label = _LABEL.search(before) or (not REFERENCE.search(before) and _NAMED.match(text, span[1]))
    short = not digits.startswith(("0", "98")) or not mobile
    if (short and not label) or (not mobile and _SHOP.search(before)):
        return None
    if (_in_a_word(text, span, key=not short) and not label) or page.scrambles(span[0]):
        return None
    # Banks' references have twelve digits too, and one in three hundred starts like a mobile number with its country.
    unsure = digits.startswith("98") and not label and _is_bare(page, group, run, after)
    if unsure and REFERENCE.search(before):
        return None
    return Finding(PHONE, "mobile" if mobile else "landline", Grade.SUSPECT if unsure else Grade.FAIL, span)


def _is_bare(page: Page, group: Group, run: int, after: int) -> bool:
    return after - run == 1 and page.text[max(0, group.starts[run] - 1) : group.starts[run]] != "+"


def _in_a_word(text: str, span: tuple[int, int], *, key: bool) -> bool:
    """Whether letters touch the digits; a `key` may end in a part after `_`."""
    ahead, behind = text[max(0, span[0] - 1) : span[0]], text[span[1] : span[1] + 1]
    return any(char.isascii() and (char.isalpha() or char == "_") for char in (ahead.strip("_" * key), behind))


DETECTOR = Detector(
    kinds=(Kind(PHONE, Data.PERSONAL, gravity=10, category="user.contact.phone_number", shortest=8),),
    find=find,
    labels=_LABEL,
    label_decides=False,
    regions=("IR",),
    sieve=(Sieve.PHONES,),
)
