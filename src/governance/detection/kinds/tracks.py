"""Magnetic stripe data (ISO/IEC 7813): track 1 and track 2 as readers send them."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.cards import KIND as CARD
from governance.detection.kinds.checksums import luhn
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.kinds.issuers import is_international
from governance.detection.text.page import Page

KIND = "track_data"

_FIRST = re.compile(r"%?[bB]((?:[0-9] ?){12,18}[0-9])\^[^^\n]{2,45}\^[0-9]{4}[0-9 ]*\??")
# In EMV data, the tag 57 or 9F6B and a length stand before it.
_SECOND = re.compile(
    r";?(?:(?<![0-9])(?<!9F6B)(?!57[01])|(?<=57[01][0-9A-F])|(?<=9F6B[01][0-9A-F]))([0-9]{13,19})[=dD][0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3,30}\??"
)
_MAY_BE = re.compile(r"[0-9][=dD^][^\n]")
_SHORT = re.compile(r";([0-9]{13,19})=[0-9]{4,30}\?")  # with both sentinels, the service code may be missing


def find(page: Page) -> Iterator[Finding]:
    """Every track, and the card number in it."""
    if not _MAY_BE.search(page.text, page.start):
        return
    for pattern in (_FIRST, _SECOND, _SHORT):
        for match in pattern.finditer(page.text, page.start):
            digits = match[1].replace(" ", "")
            if luhn(digits) and (is_international(digits) or (len(digits) == 16 and digits[0] in "23456789")):
                yield Finding(KIND, "track", Grade.FAIL, match.span())
                yield Finding(CARD, "track", Grade.FAIL, match.span(1))


DETECTOR = Detector(
    kinds=(
        Kind(
            KIND,
            Data.BANK,
            gravity=30,
            category="user.financial.credit_card",
            example="%B6037990000123451^KARIMI/SARA^2708101?",
        ),
    ),
    also=(CARD,),
    find=find,
    signs=(_FIRST, _SECOND, _SHORT),
    hints=(_MAY_BE,),
    fewest=17,
    in_digits=nothing,
)
