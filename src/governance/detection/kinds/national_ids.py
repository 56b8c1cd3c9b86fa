"""National codes of Iran, by their label or by their check digit, and the ids of people in other regions."""

import re
from collections.abc import Iterator
from dataclasses import replace

from governance.detection.findings import Finding, Grade
from governance.detection.kinds import checksums
from governance.detection.kinds.detector import Data, Detector, Kind, Numbers, Regions
from governance.detection.kinds.labels import Pattern
from governance.detection.kinds.national_numbers import find_numbers, known, label_of, signs
from governance.detection.text.page import Page

NATIONAL_ID = "national_id"

_LABEL = re.compile(
    r"(?:کد|شماره|شناسه|ش) ?\.? ?ملی|(?<![a-z])(?:national|melli)[\W_]{0,3}(?:code|id|number|no)"
    r"|[ck]ode?[ _-]?mell?i|nationalid|(?<![a-z])ni[dn](?![a-z])",
    re.IGNORECASE,
)
_AFTER_LABEL = re.compile(
    r"[^0-9]{0,20}?([0-9](?:(?: - |[ -])?[0-9]){7,9}|[0-9]{3}[ ./_]{0,3}[0-9][./]?[0-9]{5}[ ./_]{0,3}[0-9])(?![0-9])"
)
_LED = re.compile(
    r"(?<![\w.,/:+\-])([0-9]{10}|[0-9]{3}(?: - |[ /-])[0-9]{6}(?: - |[ /-])[0-9])[ (\[«\"'=]{0,3}$"
)  # its label follows
_BARE = re.compile(
    r"(?<![\w./:+])(?<![\w./)]-)([0-9]{10}|[0-9]{3}([ -])[0-9]{6}\2[0-9])"
    r"(?![\w/:\-]|\.(?!0+(?![0-9.]))[0-9]| ?(?:تومان|تومن|ریال|toman|rial))"
)
_COUNTING = "01234567890123456789"
_OTHERWISE = re.compile(
    r"سفارش|پیگیری|رهگیری|پستی|تلفن|تماس|موبایل|همراه|مبلغ|قیمت|شابک|فاکتور|تراکنش|ارجاع|مرجع|سریال|شناسه|حساب"
    r"|order|track|invoice|isbn|ref|phone|tel|mobile|price|amount|time|stamp|created|updated|_at|account|(?<![^a-z]n)(?<!^n)id\W{0,3}$",
    re.IGNORECASE,
)


def find(page: Page) -> Iterator[Finding]:
    """Every national code of Iran."""
    for label in _LABEL.finditer(page.text):
        if page.scrambles(label.start()):
            continue
        match = _AFTER_LABEL.match(page.text, label.end())
        if match is None:
            led = _LED.search(page.text, max(page.start, label.start() - 20), label.start())
            match = led if led and not _OTHERWISE.search(page.before(led.start(), 12)) else None
        short = match and len(_digits(match[1])) < 10 and len(label[0]) < 4
        if match and not short and checksums.national_id(_digits(match[1]).zfill(10)):
            yield Finding(NATIONAL_ID, "labelled", Grade.FAIL, match.span(1))
    numbers = [(match, _digits(match[1])) for match in _BARE.finditer(page.text, page.start)]
    right = [(match, digits) for match, digits in numbers if checksums.national_id(digits)]
    for match, digits in right if not checksums.by_accident(len(right), len(numbers)) else ():
        # Current Unix timestamps start like this, and so do mobile numbers without their zero.
        if digits[:9] in _COUNTING or digits.startswith(("15", "16", "17", "18", "90", "91", "92", "93", "99")):
            continue
        if not _OTHERWISE.search(page.before(match.start(), 24)):
            yield Finding(NATIONAL_ID, "bare", Grade.SUSPECT, match.span(1))


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def _local(regions: Regions) -> Detector:
    others, iranian = known("personal", regions), "IR" in regions

    def find_all(page: Page) -> Iterator[Finding]:
        if iranian:
            yield from find(page)
        yield from find_numbers(page, NATIONAL_ID, "personal", others)

    label = Pattern(f"{_LABEL.pattern}|{label_of('personal', regions).pattern}")
    return replace(
        DETECTOR,
        find=find_all,
        labels=label,
        regions=(*(("IR",) if iranian else ()), *others),
        signs=(_LABEL, *(signs("personal", others) if others else ())),
        fewest=5,
    )


DETECTOR = Detector(
    kinds=(
        Kind(
            NATIONAL_ID,
            Data.PERSONAL,
            gravity=30,
            category="user.government_id.national_identification_number",
            shortest=8,
            example="کد ملی: ۰۴۹۹۳۷۰۸۹۹",
        ),
    ),
    find=find,
    labels=_LABEL,
    regions=("IR",),
    local=_local,
    numbers=(Numbers.NATIONAL_IDS,),
    signs=(_LABEL,),
    fewest=8,
)
