"""Telephone numbers as the regions of a policy write them, by the plans in `phonenumbers`."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Regions
from governance.detection.kinds.labels import Pattern
from governance.detection.kinds.languages import words
from governance.detection.text.page import Page

FIXED: Final = "landline_abroad"
LEAST: Final = 10**6  # shorter ones are of a place
_REACH: Final = 32  # characters before a number in which its label stands
# A number has a plus sign or a zero in front, or signs between its digits, unless a label stands before it.
SIGNS: Final = (Pattern(r"(?:\+|(?<![0-9])0)[^\w]{0,3}[0-9]"), Pattern(r"[0-9](?:[^\w]|x){1,5}[0-9]"))
FEWEST: Final = 5  # digits
_ROW: Final = re.compile(
    "(?<![0-9])(?:00)?([0-9]{9,15})(?![0-9])"
)  # without the plus sign before the code of a country
_WHOLE: Final = re.compile(r"(?<=[0-9])\.0+(?![0-9.])")  # of a number that was read as a decimal


@cache
def supported() -> frozenset[str]:
    """The regions whose plans are known."""
    import phonenumbers  # noqa: PLC0415  only a policy of other regions than Iran needs the plans

    return frozenset(phonenumbers.SUPPORTED_REGIONS)


@cache
def calling_code(region: str) -> str:
    """The code of a country before its numbers, such as 98; that of Iran needs no plans."""
    if region == "IR":
        return "98"
    import phonenumbers  # noqa: PLC0415

    return str(phonenumbers.country_code_for_region(region))


def find_abroad(page: Page, kind: str, regions: Regions) -> Iterator[Finding]:
    """Valid numbers of these regions, sure with a plus sign or a label, to review if written as people do."""
    import phonenumbers  # noqa: PLC0415

    label = label_of(regions)
    for region in regions:
        for match in phonenumbers.PhoneNumberMatcher(page.text, region, leniency=phonenumbers.Leniency.VALID):
            number = match.number
            if phonenumbers.region_code_for_number(number) not in regions:
                continue
            of = phonenumbers.number_type(number)
            named = label.search(page.before(match.start, _REACH))
            grade = _grade(match.raw_string, named=bool(named))
            if grade and of in _personal() and not page.hides((match.start, match.end)):
                fixed = of == phonenumbers.PhoneNumberType.FIXED_LINE
                yield Finding(kind, FIXED if fixed else "mobile_abroad", grade, (match.start, match.end))


def numbers_in(page: Page, regions: Regions) -> Iterator[str]:
    """Everything in a text that could be a number of these regions, with the plus sign and the code of its country."""
    import phonenumbers  # noqa: PLC0415

    form = phonenumbers.PhoneNumberFormat.E164
    text = _WHOLE.sub("", page.text[page.start :])
    for region in regions:
        found = phonenumbers.PhoneNumberMatcher(text, region, phonenumbers.Leniency.POSSIBLE)
        numbers = (match.number for match in found)
        yield from (phonenumbers.format_number(one, form) for one in numbers if (one.national_number or 0) >= LEAST)
        yield from (f"+{row}" for row in _ROW.findall(text) if row.startswith(calling_code(region)))


def _grade(written: str, *, named: bool) -> Grade | None:
    if named or written.startswith("+"):
        return Grade.FAIL
    # A row of digits alone may be any number, unless it begins as those of networks do.
    return None if written.isdigit() and written[0] != "0" else Grade.SUSPECT


@cache
def _personal() -> frozenset[Any]:
    """The types of numbers that people have, unlike those of services."""
    from phonenumbers import PhoneNumberType as Type  # noqa: PLC0415

    return frozenset(
        {Type.FIXED_LINE, Type.MOBILE, Type.FIXED_LINE_OR_MOBILE, Type.PERSONAL_NUMBER, Type.VOIP, Type.PAGER}
    )


@cache
def label_of(regions: Regions) -> Pattern:
    """The words that announce a number."""
    return Pattern(words("phone", regions))
