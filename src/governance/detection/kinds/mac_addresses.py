"""Addresses of network cards: six pairs of hexadecimal digits, or three of four."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.text.page import Page

KIND = "mac_address"

_PAIR, _FOUR = "[0-9A-Fa-f]{2}", "[0-9A-Fa-f]{4}"
_ADDRESS = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9A-Fa-f][:.-])(?:{_PAIR}(?::{_PAIR}){{5}}|{_PAIR}(?:-{_PAIR}){{5}}|{_FOUR}(?:\.{_FOUR}){{2}})"
    r"(?![0-9A-Za-z]|[:.-][0-9A-Fa-f])"
)
_LABEL = re.compile(r"(?<![a-z])(?:mac|bssid|ethernet|hw ?addr|wi-?fi|bluetooth)(?![a-z])|مک|سخت ?افزار", re.IGNORECASE)
_NOBODY = re.compile(r"(?:0{12}|f{12})", re.IGNORECASE)
_REACH = 24  # characters


def find(page: Page) -> Iterator[Finding]:
    """Every address but the empty one and that of all devices; one of digits alone needs a label or a person."""
    for match in _ADDRESS.finditer(page.text, page.start):
        digits = re.sub("[^0-9A-Fa-f]", "", match[0])
        if _NOBODY.fullmatch(digits):
            continue
        label = _LABEL.search(page.before(match.start(), _REACH))
        if digits.isdigit() and "." in match[0] and not label:
            continue  # three numbers of a version or an amount
        sure = label or not digits.isdigit()
        yield Finding(KIND, "address", Grade.FAIL if sure else Grade.SUSPECT, match.span())


DETECTOR = Detector(
    kinds=(
        Kind(
            KIND,
            Data.PERSONAL,
            gravity=80,
            category="user.device.device_id",
            shortest=14,
            example="3C:22:FB:9A:41:0E",
            usual=False,
        ),
    ),
    find=find,
    signs=(_ADDRESS,),
    in_digits=nothing,
)
