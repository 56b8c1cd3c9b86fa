"""Card numbers that aren't plain digits: too thinly masked, or printed as a float."""

import re
from collections.abc import Iterator
from itertools import accumulate

from governance.detection.findings import Finding, Grade
from governance.detection.kinds import issuers
from governance.detection.kinds.cards import KIND, REACH, labelled, of_digits
from governance.detection.kinds.checksums import luhn
from governance.detection.kinds.detector import Detector, nothing
from governance.detection.kinds.labels import Pattern
from governance.detection.text.page import Page

# PCI DSS lets a 16-digit number show 12 of its digits; each hidden digit below four leaves ten times fewer guesses.
_SIGN = "[xX*#×•●◦■_?]"
_HIDDEN = f"{_SIGN}(?:[ -]?{_SIGN}){{0,5}}"
_MASK = re.compile(rf"(?<=[0-9])[ -]?({_HIDDEN})[ -]?(?=[0-9])")
_SHOWN = re.compile("(?:[0-9][ -]?){0,14}[0-9](?![0-9])")
_MOST = 30  # characters that it matches, and one more
_SPLIT = re.compile(r"(?<![0-9])[0-9]{4}(?:[xX][0-9]{4}){3}(?![0-9])")  # a mask sign as separator hides nothing
_FLOAT = re.compile(r"(?<![0-9.])([0-9])[.,]([0-9]{4,18})[eE]\+?(1[2-8])(?![0-9])")
_MAY_BE_MASKED = re.compile(
    rf"(?:[0-9][ -]?){{7}}{_SIGN}|{_SIGN}[ -]?(?:[0-9][ -]?){{6}}[0-9]"
)  # the longer side of 13
_VISIBLE, _PREFIX = 12, 4
_KEPT = 15  # digits
_LENGTHS = frozenset({15, 16, 19})
_BREAK = re.compile("[ -]")
_SIGNS = tuple("x*#×•●◦■_?")


def find(page: Page) -> Iterator[Finding]:
    """Every badly masked card number and every float that is or was a card number."""
    masked = any([sign in page.small for sign in _SIGNS])  # noqa: C419  a list is faster than a generator
    for match in _MASK.finditer(page.text, page.start) if masked else ():
        span = _shown(page, match)
        if span and not page.hides(span):
            yield Finding(KIND, "mask_too_short", Grade.FAIL, span)
    for match in _SPLIT.finditer(page.text, page.start) if "x" in page.small else ():
        digits = re.sub("[xX]", "", match[0])
        if luhn(digits) and issuers.is_issued(digits):
            yield Finding(KIND, "mask_sign_between", Grade.FAIL, match.span())
    for match in _FLOAT.finditer(page.text, page.start) if "e" in page.small else ():
        grade = _float(page, match)
        if grade:
            yield Finding(KIND, "float", grade, match.span())


def _shown(page: Page, mask: re.Match[str]) -> tuple[int, int] | None:
    """The span of a number that shows too many digits: from the run before the mask to the run behind it.

    A date beside a number looks like more of its digits.
    """
    text = page.text
    head = _SHOWN.match(text[max(page.start, mask.start() - _MOST) : mask.start()][::-1])
    tail = _SHOWN.match(text, mask.end())
    if not head or not tail:
        return None
    digits = _BREAK.sub("", head[0])[::-1]
    hidden = len(_BREAK.sub("", mask[1]))
    tails = _sizes(tail[0])
    for breaks, size in _sizes(head[0]):
        lengths = _lengths(digits[-size:])
        for more, behind in tails if lengths else ():
            if size + behind > _VISIBLE and size + hidden + behind in lengths:
                return mask.start() - size - breaks, mask.end() + behind + more
    return None


def _sizes(shown: str) -> list[tuple[int, int]]:
    """How many breaks and digits there are up to each break, and in all; the most first."""
    return [*enumerate(accumulate(map(len, _BREAK.split(shown))))][::-1]


def _lengths(head: str) -> frozenset[int]:
    """The lengths of the numbers that begin so and are often masked."""
    if len(head) < _PREFIX:
        return frozenset()
    return _LENGTHS & ({16} if issuers.is_iranian(head) else issuers.LENGTHS.get(int(head[:4]), frozenset()))


def _float(page: Page, match: re.Match[str]) -> Grade | None:
    """The grade of `d.ddd…Enn`: sure if every digit is present, suspect if the remaining digits could be a card's."""
    length = int(match[3]) + 1
    written = match[1] + match[2]
    written = written[:length] + written[length:].rstrip("0")
    if len(written) > length:
        return None
    digits = written.ljust(length, "0")
    if len(written) >= 13 and luhn(digits):
        grades = {one.grade for one in of_digits(digits, page.before(match.start(), REACH))}
        return next((grade for grade in Grade if grade in grades), None)
    # All digits that a double keeps, or those that a spreadsheet shows.
    may_be = len(written) >= _KEPT or labelled(page, match.start()) or issuers.is_iranian(digits)
    # One of ten numbers side by side is right.
    return Grade.SUSPECT if may_be and len(written) < length and issuers.is_issued(digits) else None


# Thirteen digits around a mask.
_TOO_MANY = tuple(
    Pattern(rf"(?:[0-9][ -]?){{{ahead}}}{_HIDDEN}[ -]?(?:[0-9][ -]?){{{_VISIBLE - ahead}}}[0-9]", re.NOFLAG)
    for ahead in range(_PREFIX, _VISIBLE + 1)
)
DETECTOR = Detector(
    also=(KIND,),
    find=find,
    signs=(*_TOO_MANY, _SPLIT, _FLOAT),
    hints=(_MAY_BE_MASKED, _SPLIT, _FLOAT),
    fewest=7,
    in_digits=nothing,
)
