"""The secrets of a card that follow its number in a row, with or without words: `6037997512345678|05|08|321`."""

import re
from collections.abc import Iterator
from typing import Final

from governance.detection.findings import Finding, Grade
from governance.detection.kinds import issuers
from governance.detection.kinds.cards import KIND as CARD
from governance.detection.kinds.checksums import luhn
from governance.detection.kinds.code_labels import CODE
from governance.detection.kinds.detector import Detector, Numbers, nothing
from governance.detection.kinds.expiries import KIND as EXPIRY
from governance.detection.kinds.labels import Pattern
from governance.detection.text.page import Page

_RULE: Final = "beside_a_card"
_WORD = "(?:cv[vc]2?|exp(?:iry|ires)?(?: ?date)?|valid thru|mm/yy|date|تاریخ|انقضا|سی ?وی ?وی ?2?|کد|و)"
_NEXT = rf"(?:[\"' ]{{0,2}}[|,;:/\t\n ،؛-][\"'|,;: \n]{{0,2}}(?:{_WORD}[\"'|,;:/= -]{{0,3}}){{0,3}})"
_MONTH, _YEAR = "(?:0[1-9]|1[0-2])", "(?:20[2-4][0-9]|14[0-3][0-9]|139[0-9]|[01239][0-9])"
_SIGN = r"(?:[\"']? ?[|,;/ \t-] ?[\"']?|(?<=:[0-9]{2}):)?"
_DATE = rf"(?:{_MONTH}{_SIGN}{_YEAR}|{_YEAR}{_SIGN}{_MONTH})"
_CODE = "[0-9]{3,4}(?![0-9]|[./:-][0-9])"
_ROW = Pattern(
    rf"(?<![0-9])(?P<card>[0-9]{{13,19}}|[0-9]{{4}}(?:(?P<sign>[ -])[0-9]{{4}})(?:(?P=sign)[0-9]{{4}}){{2}}){_NEXT}"
    rf"(?:(?P<date>{_DATE})(?![0-9]){_NEXT}(?P<code>{_CODE})|(?P<first>{_CODE}){_NEXT}(?P<last>{_DATE})(?![0-9]"
    rf"|[./:-][0-9])"
    rf"|(?P<alone>{_MONTH}/[0-9]{{2}}|[0-9]{{2}}/{_MONTH})(?![0-9]|[./:-][0-9]))"
)
_NUMBER = "(?<![0-9])(?P<card>[0-9]{13,19})"
_HEADED = (
    Pattern(rf"(?<![a-z])cv[vc]2?(?![a-z]).{{0,80}}?{_NUMBER}{_NEXT}(?P<code>{_CODE})", re.IGNORECASE | re.DOTALL),
    Pattern(
        rf"(?<![a-z])exp.{{0,80}}?{_NUMBER}{_NEXT}(?P<last>{_DATE})(?![0-9]|[./:-][0-9])", re.IGNORECASE | re.DOTALL
    ),
)
_FIELDS: Final = {"date": EXPIRY, "last": EXPIRY, "alone": EXPIRY, "code": CODE, "first": CODE}


def find(page: Page) -> Iterator[Finding]:
    """Every expiry date and code that follow a card number, and the number itself."""
    seen = set()
    for pattern in (_ROW, *_HEADED) if page.groups else ():
        for match in pattern.finditer(page.text, page.start):
            digits = match["card"].replace(" ", "").replace("-", "")
            known = match.start("card") in seen
            seen.add(match.start("card"))
            if not known and luhn(digits) and issuers.is_issued(digits):
                fields = {name: kind for name, kind in _FIELDS.items() if match.groupdict().get(name)}
                grade = Grade.SUSPECT if "alone" in fields else Grade.FAIL
                yield from (Finding(kind, _RULE, grade, match.span(name)) for name, kind in fields.items())
                if grade is Grade.FAIL:
                    yield Finding(CARD, _RULE, grade, match.span("card"))


DETECTOR = Detector(also=(CARD, EXPIRY, CODE), find=find, numbers=(Numbers.CARDS,), fewest=17, in_digits=nothing)
