"""Phone numbers in all their written forms: Iranian mobile and landline numbers, foreign ones with a plus sign."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Numbers
from governance.detection.text.page import DECIMAL, DIVIDERS, WORDED, Group, Page

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
_OPENING = re.compile("0[1-9][0-9]+|(?:00)?98|9[0-9]{2}")
_FOREIGN = re.compile(r"(?<![\w+])\+[1-9](?:[ \-.()]{0,2}[0-9]){7,14}(?![0-9+])")
# Unassigned North American numbers: films use 555, and neither part starts with 0 or 1.
_FICTIONAL = re.compile("1(?:[01]|555|...(?:[01]|55501)|.{0,9}$|.{11})")
_MASKED = re.compile(r"[*#×•●◦■]{2} ?$")  # the digits behind them aren't the first
_LONG = re.compile("[:-?]")  # runs of ten to fifteen digits
_APART = DIVIDERS | {":", "\n"}
# Without a zero or a plus sign in the first run, only these are no row of numbers: `98 912 345 6789`, `0 912 345 6789`.
_LAYOUT = re.compile("[12]?3(?:7|34|43|322|232|223)|[125][:7]|5(?:34|43|322)|1{11}|1{14}")
_FRACTION = re.compile(r"\.0*[1-9]")
_SHORTEST, _LONGEST = 10, 15  # digits, with a country's code
_REACH = 24


def find(page: Page) -> Iterator[Finding]:
    """Every phone number."""
    for group in page.groups:
        for run, after in _likely(group):
            finding = _phone(page, group, run, after)
            if finding:
                yield finding
    for match in _FOREIGN.finditer(page.text, page.start):
        digits = re.sub("[^0-9]", "", match[0])
        if not digits.startswith("98") and not _FICTIONAL.match(digits):
            label = _LABEL.search(page.before(match.start(), _REACH))
            if label or not DECIMAL.search(page.text, *match.span()):
                yield Finding(PHONE, "foreign", Grade.FAIL if label else Grade.SUSPECT, match.span())


def _likely(group: Group) -> set[tuple[int, int]]:
    """The runs that a phone number may fill: one, a whole, or some from one that begins as a number does."""
    digits, borders, sizes = group.digits, group.borders, group.sizes
    likely = {(match.start(), match.end()) for match in _LONG.finditer(sizes)}
    likely.update(whole for whole in group.wholes if _is_one(group, *whole))
    for run in [run for run, size in enumerate(sizes) if size != "1" and digits[borders[run]] in "09"]:
        area = sizes[run] == "4" and digits[borders[run]] == "0"  # any sign may stand behind it
        if _OPENING.fullmatch(digits, borders[run], borders[run + 1]):
            for after in range(run + 2, len(borders)):
                length = borders[after] - borders[run]
                if length > _LONGEST or (group.signs[after - 2] in _APART and not area):
                    break
                if length >= _SHORTEST:
                    likely.add((run, after))
    return likely


def _is_one(group: Group, first: int, after: int) -> bool:
    """Whether a whole may be one number: rows with dividers are rows of numbers, and colons stand in times."""
    signs = set(group.signs[first : after - 1])
    return signs == {"\n"} or _APART.isdisjoint(signs)


def _phone(page: Page, group: Group, run: int, after: int) -> Finding | None:
    start, end = group.borders[run], group.borders[after]
    digits, span = group.digits[start:end], group.span(start, end)
    mobile = MOBILE.fullmatch(digits)
    if not mobile and not _LANDLINE.fullmatch(digits):
        return None
    text = page.text
    if digits[0] == "9" and _FRACTION.match(text, span[1]):
        return None
    if page.hides(span) or _MASKED.search(text, max(0, span[0] - 3), span[0]):
        return None
    before = page.before(span[0], _REACH)
    label = _LABEL.search(before) or (not REFERENCE.search(before) and _NAMED.match(text, span[1]))
    abroad = text[max(0, span[0] - 1) : span[0]] == "+"
    vague = (digits[0] == "9" and not abroad) or group.sizes[run] == "1"
    if vague and not label and after - run > 1 and not _LAYOUT.fullmatch(group.sizes, run, after):
        return None
    short = not digits.startswith(("0", "98")) or (not mobile and not abroad)
    if (short and not label) or (not mobile and _SHOP.search(before)):
        return None
    if (_in_a_word(text, span, key=not short) and not label) or page.scrambles(span[0]):
        return None
    # Banks' references have twelve digits too, and one in three hundred starts like a mobile number with its country.
    unsure = digits.startswith("98") and not label and (not mobile or (after - run == 1 and not abroad))
    if unsure and REFERENCE.search(before):
        return None
    return Finding(PHONE, "mobile" if mobile else "landline", Grade.SUSPECT if unsure else Grade.FAIL, span)


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
    numbers=(Numbers.PHONES,),
    signs=(_FOREIGN, WORDED),
    fewest=8,
)
