"""Dates of birth, behind a label: a date alone can be of anything."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Regions, nothing
from governance.detection.kinds.labels import END, Pattern
from governance.detection.kinds.languages import labelled, regions_of, words
from governance.detection.text.page import Page

KIND = "birth_date"

_YEAR = "(?:1[23][0-9]{2}|14[0-2][0-9]|18[89][0-9]|19[0-9]{2}|20[0-3][0-9])"
_MONTH, _DAY = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_MONTHS = (
    "فروردین|اردیبهشت|خرداد|تیر|ا?مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند|ژانویه|فوریه|مارس|آوریل|ژوین|ژوییه|اوت|سپتامبر|اکتبر|نوامبر|دسامبر"
    "|jan(?:uar[yi]?)?|feb(?:ruar[yi]?)?|mar(?:ch|s|zo)?|m[aä]rz|a[pv]r(?:il)?|ma[yi]|jun[ei]?|jul[yi]?|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?"
)
_SEPARATOR = r" ?[/.\-] ?"
_DATE = (
    rf"(?<![0-9])(?:{_YEAR}{_SEPARATOR}{_MONTH}{_SEPARATOR}{_DAY}(?=(?:[T ][0-9]{{1,2}}:[0-9]{{2}})|(?![0-9]))"
    rf"|{_MONTH}{_SEPARATOR}{_DAY}{_SEPARATOR}{_YEAR}(?![0-9])|{_DAY}{_SEPARATOR}{_MONTH}{_SEPARATOR}{_YEAR}(?![0-9])"
    rf"|{_DAY}\.? (?:{_MONTHS})(?: ماه)?,? (?:سال )?{_YEAR}(?![0-9])|(?:{_MONTHS}) {_DAY},? {_YEAR}(?![0-9])"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]){END})"
)
# A book, a company or an account is born too.
_OTHER = re.compile("شرکت|کتاب|سایت|موسسه|company|founded|book|account|party|جشن|کنسرت|تخفیف", re.IGNORECASE)


def _local(regions: Regions) -> Detector:
    label = Pattern(words("birth_date", regions))
    behind = labelled("birth_date", regions, _DATE)

    def find(page: Page) -> Iterator[Finding]:
        for match in behind.finditer(page.text):
            if not page.scrambles(match.start("value")) and not _OTHER.search(page.before(match.start(), 16)):
                yield Finding(KIND, "labelled", Grade.FAIL, match.span("value"))

    kind = Kind(
        KIND,
        Data.PERSONAL,
        gravity=55,
        category="user.demographic.date_of_birth",
        shortest=8,
        example="date of birth: 1990-04-21",
        usual=False,
    )
    return Detector(
        kinds=(kind,),
        find=find,
        labels=label,
        regions=regions_of(regions),
        local=_local,
        signs=(label,),
        fewest=5,
        dated=True,
        in_digits=nothing,
    )


DETECTOR = _local(("IR",))
