"""Phone numbers in all their written forms: of Iran and the policy's other regions, foreign ones with a plus sign."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from governance.detection.findings import Finding, Grade
from governance.detection.kinds import abroad
from governance.detection.kinds.detector import Data, Detector, Kind, Numbers, Regions
from governance.detection.kinds.labels import END, Gate, Pattern, latin
from governance.detection.text.page import DECIMAL, DIVIDERS, WORDED, Group, Page

PHONE = "phone_number"

MOBILE = re.compile(r"(?:(?:00)?980?|0)?9(?:0[0-5]|1[0-9]|2[0-3]|3[0-9]|41|9[0-9])[0-9]{7}")
_LANDLINE = re.compile(r"(?:(?:00)?98|0)[1-8][0-9]{9}")
_LABEL = re.compile(
    r"موبایل|همراه|تلفن|تماس|منزل|محل ?کار|شماره ?(?:من|خونه|خانه|ثابت)|واتساپ|تلگرام|فکس|نمابر"
    r"|(?:(?<![a-z0-9])|(?-i:(?<=[a-z])(?=[A-Z])))(?:mobile|cell|phone|tel|call|fax|whatsapp|msisdn|sms|landline)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"[ )\]»\"'،,\-=(]{{1,3}}(?:شماره ?(?:ی )?)?(?:{_LABEL.pattern})(?![^0-9\n&?<>]{{0,12}}[0-9])"
    r"|[ ,،(\-]{0,3}(?:داخلی|ext)",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r"پیگیری|رهگیری|مرجع|ارجاع|تراکنش|سفارش|فاکتور|رسید|سریال|(?<![a-z])(?:rrn|ref|trace|track|transaction|order|invoice|stan)",
    re.IGNORECASE,
)
_SHOP = re.compile(
    r"پشتیبانی|گویا|فروشگاه|انتشارات|نشر|دفتر|مرکز|شرکت|کتابفروشی|support|office|store|help", re.IGNORECASE
)
_OPENING = re.compile("0[1-9][0-9]+|(?:00)?98|9[0-9]{2}")
_FOREIGN = re.compile(
    r"(?:(?<![\w+])\+|(?<![\w+.,:/\-])00(?![0-9]{1,3}\.)(?=971|964|9[03]|4[4-9]|3[1-469]))"
    r"[1-9](?:[ \-.()]{0,2}[0-9]){7,14}(?![0-9+])"
    r"|(?<![\w+.,:/\-])(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}-)[2-9][0-9]{2}-[0-9]{4}(?![\w\-/:]|\.[0-9])"
)
# Unassigned North American numbers: films use 555, and neither part starts with 0 or 1.
_FICTIONAL = re.compile("1(?:[01]|555|...(?:[01]|55501)|.{0,9}$|.{11})")
# Directly behind its label a number may have any form, and some forms are sure.
_WORDS = "تلفن|موبایل|همراه|تماس|ثابت|منزل|خانه|خونه|محل ?کار|سکونت|رابط|فکس|فاکس|نمابر|واتساپ|تلگرام|خط"
_WHOSE = "ها|ی|م|ت|ش|مون|مان|من|ما|شما|بنده|اینجانب|ایشان|مشتری|کاربر|خود|مستقیم"
_LATIN = (
    "(?:(?:tele)?phone|t[eé]l(?:[eé]fono?(?:nummer)?)?|mobile|mob|cell(?:phone|ular)?|land ?line|fax|whatsapp|msisdn"
    r"|call(?: me)?|contact|ph|gsm|cep|handy)(?:[\W_]{0,4}(?:no|nr|num(?:ber)?|home|work|value)){0,3}"
    r"(?:[ _.]?[1-3](?![0-9.,]))?"
)
_ANNOUNCED = (
    rf"(?:(?<!\w)(?:شماره ?(?:ی )?)?(?:{_WORDS})(?: ?(?:{_WHOSE}|{_WORDS})){{0,3}}|{latin(_LATIN)})"
    r"(?:(?: ?[:=] ?|[ ])(?:is|at|on|هست|است))?(?:[^\w+(]|_){0,7}"
    r"(?:[\"'][^<>0-9\n]{0,40}value=[\"']|[a-z]+=[^<>0-9\n]{0,40}>)?(\+?\(?[0-9](?:[ \-./()]{0,2}[0-9])"
)
_BEHIND = Pattern(rf"{_ANNOUNCED}{{6,14}}){END}")
_MAY_BE_BEHIND = Gate(
    f"{_WORDS.replace(' ?', '')}|محل کار|phone|tel|mob|cell|line|fax|whatsapp|msisdn|call|contact|ph|gsm|cep|handy|tél"
)
# Less than `_BEHIND` knows: RE2 is slow where a pattern counts.
_MAY_HOLD = Pattern(rf"(?:{_MAY_BE_BEHIND.pattern})[^0-9]*(?:[1-3][^0-9]+)?[0-9](?:[ \-./()]*[0-9]){{6}}")
_AHEAD = re.compile(
    r"(?<![\w.,/:+\-])((?!20[0-9]{2}[01])[2-9][0-9]{3}[ \-]?[0-9]{4})[ (،,\-]{1,3}"
    rf"(?:داخلی|ext|(?:{_WORDS})(?![^0-9]{{0,12}}[0-9]))"
)
_OF_A_PHONE = re.compile(
    "(?:قیمت|مدل|مدت|هزینه|تعداد|شناسه|زمان|تاریخ|price|cost|model|serial|duration|of)[^0-9]{0,4}$", re.IGNORECASE
)
_SURE = re.compile(
    r"(?:\+|00)[1-9][^/]+|(?:1[ .\-])?\(?[2-9][0-9]{2}(?:\) ?|[ .\-/])[2-9][0-9]{2}[ .\-][0-9]{4}"
    r"|\(?0[1-9](?:[ \-/()]{0,2}[0-9]){7,9}"
)
_UNSURE = re.compile(
    r"(?!(?:19|20|13|14)[0-9]{2}([ \-]?)(?:0?[1-9]|1[0-2])\1[0-3]?[0-9]$"
    r"|[0-3]?[0-9]([ \-])[01]?[0-9]\2(?:19|20|13|14)[0-9]{2}$|1[3-9][0-9]{8}$|0+$|555[ \-]?[0-9]{4}$)"
    r"(?:[0-9]{7,12}|\(?[0-9]{2,8}\)?(?:[ \-]{1,2}\(?[0-9]{2,8}\)?){1,4}|[0-9]{3}\.[0-9]{3}\.[0-9]{4})"
)
# An area of Iran and eight digits, with a sign between, need no label.
_AREA = re.compile(
    r"(?:00)?(?:98[ \-])?0?(?:1[137]|2[1-68]|3[1458]|4[145]|5[1468]|6[16]|7[1467]|8[13467])"
    r"[ )\-]{1,2}[2-9][0-9]{3}[ \-]?[0-9]{4}"
)
_MASKED = re.compile(r"[*#×•●◦■]{2} ?$")  # the digits behind them aren't the first
_LONG = re.compile("[:-?]")  # runs of ten to fifteen digits
_APART = DIVIDERS | {":", "\n"}
# Without a zero or a plus sign in the first run, only these are no row of numbers: `98 912 345 6789`, `0 912 345 6789`.
_LAYOUT = re.compile("[12]?3(?:7|34|43|322|232|223)|[125][:7]|5(?:34|43|322)|1{11}|1{14}")
FRACTION = re.compile(r"\.0*[1-9]")
FIXED = frozenset({"landline", abroad.FIXED})  # the rules that find numbers of a place
_SHORTEST, _LONGEST = 10, 15  # digits, with a country's code
_REACH = 24


def find(page: Page, *, iranian: bool = True) -> Iterator[Finding]:
    """Every phone number, those of Iran too if its plan counts."""
    for group in page.groups if iranian else ():
        for run, after in _likely(group):
            finding = _phone(page, group, run, after)
            if finding:
                yield finding
    for match in _FOREIGN.finditer(page.text, page.start):
        digits = "1" * (match[0][0] not in "+0") + re.sub("[^0-9]", "", match[0]).removeprefix("00")
        if not (iranian and digits.startswith("98")) and not _FICTIONAL.match(digits):
            label = _LABEL.search(page.before(match.start(), _REACH))
            if label or not DECIMAL.search(page.text, *match.span()):
                yield Finding(PHONE, "foreign", Grade.FAIL if label else Grade.SUSPECT, match.span())
    yield from _labelled(page)


def _labelled(page: Page) -> Iterator[Finding]:
    """The numbers directly behind or before a label."""
    for match in _BEHIND.finditer(page.text) if _MAY_BE_BEHIND(page) else ():
        grade = _behind(page, match)
        if grade:
            yield Finding(PHONE, "labelled", grade, match.span(1))
    for match in _AHEAD.finditer(page.text, page.start):
        if not REFERENCE.search(page.before(match.start(), _REACH)):
            yield Finding(PHONE, "labelled", Grade.SUSPECT, match.span(1))


def _behind(page: Page, match: re.Match[str]) -> Grade | None:
    """The grade of a number directly behind its label."""
    span, number = match.span(1), match[1]
    before, digits = page.before(match.start(), _REACH), re.sub("[^0-9]", "", number)
    abroad = number[0] == "+" or digits.startswith("00")
    american = len(digits) == 10 and digits[0] != "0" and not number.isdigit()
    whole = digits.removeprefix("00") if abroad else "1" * american + digits
    hidden = page.scrambles(span[0]) or page.hides(span)
    if hidden or _MASKED.search(page.before(span[0], 3)) or _SHOP.search(before) or _OF_A_PHONE.search(before):
        return None
    if (abroad or american) and _FICTIONAL.match(whole):
        return None
    return Grade.FAIL if _SURE.fullmatch(number) else Grade.SUSPECT if _UNSURE.fullmatch(number) else None


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
    if digits[0] == "9" and FRACTION.match(text, span[1]):
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
    # Escaped words before it are read in the next reading.
    local = not mobile and "\\u" not in before and _AREA.fullmatch(text, *span)
    if (short and not label and not local) or (not mobile and (_SHOP.search(before) or (abroad and digits[0] == "0"))):
        return None
    if (_in_a_word(text, span, key=not short) and not label) or page.scrambles(span[0]):
        return None
    # Banks' references have twelve digits too, and one in three hundred starts like a mobile number with its country.
    unsure = not label and (local or (digits.startswith("98") and (not mobile or (after - run == 1 and not abroad))))
    if unsure and REFERENCE.search(before):
        return None
    return Finding(PHONE, "mobile" if mobile else "landline", Grade.SUSPECT if unsure else Grade.FAIL, span)


def _in_a_word(text: str, span: tuple[int, int], *, key: bool) -> bool:
    """Whether letters touch the digits; a `key` may end in a part after `_`."""
    ahead, behind = text[max(0, span[0] - 1) : span[0]], text[span[1] : span[1] + 1]
    return any(char.isascii() and (char.isalpha() or char == "_") for char in (ahead.strip("_" * key), behind))


def _local(regions: Regions) -> Detector:
    iranian = "IR" in regions
    others = tuple(region for region in regions if region != "IR" and region in abroad.supported())

    label = abroad.label_of(regions)

    def find_all(page: Page) -> Iterator[Finding]:
        yield from find(page, iranian=iranian)
        yield from abroad.find_abroad(page, PHONE, others)

    return replace(
        DETECTOR,
        find=find_all if others else partial(find, iranian=iranian),
        regions=(*(("IR",) if iranian else ()), *others),
        labels=Pattern(f"{_LABEL.pattern}|{label.pattern}") if others else _LABEL,
        signs=(*DETECTOR.signs, *((label, *abroad.SIGNS) if others else ())),
        fewest=abroad.FEWEST if others else DETECTOR.fewest,
    )


DETECTOR = Detector(
    kinds=(
        Kind(
            PHONE,
            Data.PERSONAL,
            gravity=10,
            category="user.contact.phone_number",
            shortest=5,
            example="موبایل: ۰۹۱۲۱۲۳۴۵۶۷",
        ),
    ),
    find=find,
    labels=_LABEL,
    regions=("IR",),
    local=_local,
    numbers=(Numbers.PHONES,),
    signs=(_FOREIGN, _AHEAD, WORDED, _MAY_HOLD),
    fewest=7,
)
