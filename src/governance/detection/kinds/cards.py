"""Payment card numbers written as digits: Iranian by prefix, international by range, both by Luhn."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds import issuers
from governance.detection.kinds.checksums import luhn
from governance.detection.kinds.detector import Data, Detector, Kind, Sieve
from governance.detection.kinds.labels import NO_BANK
from governance.detection.kinds.phones import REFERENCE
from governance.detection.text.page import AND, Group, Page

KIND = "payment_card_number"

_CARD = re.compile(
    rf"(?<!سیم )(?<!سیم)(?<!گیفت )(?<!گیفت)کارت(?! ?(?:{NO_BANK}))"
    r"|(?<![a-z])(?<!gift.)(?<!library.)(?<!membership.)(?<!sim.)(?<!\bid.)"
    "(?:card|pan|visa|master ?card|amex|maestro|unionpay|credit|debit)(?!iac|el)",
    re.IGNORECASE,
)
_DEVICE = re.compile(r"imei|isbn|iccid|شابک", re.IGNORECASE)  # their own numbers pass Luhn or seem to
_REACH = 30  # characters between a label and its number, at most (the distance that Macie uses)

# How people write a number in groups, by the first group; the first two groupings are sure without a label.
_LAYOUTS: dict[int, tuple[tuple[int, ...], ...]] = {
    4: ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 4, 2), (4, 4, 4, 1)),
    6: ((6, 10), (6, 13), (6, 9), (6, 8), (6, 6, 4), (6, 2, 8)),
    8: ((8, 8), (8, 4, 4), (8, 7)),
}
_SURE = frozenset(_LAYOUTS[4][:2])
_TRAILS = frozenset({3, 4, 6, 7, 8})  # CVV2, month and year, or both, printed right after the number


def find(page: Page) -> Iterator[Finding]:
    """Every card number on the page."""
    for group in page.groups:
        if len(group.digits) >= 13:
            iranian = list(_iranian(page, group))
            yield from iranian
            taken = [finding.span for finding in iranian]
            if taken != [group.whole]:
                yield from _international(page, group, taken)


def of_digits(digits: str, heading: str) -> list[Finding]:
    """The findings in a text of ASCII digits only, as most cells of id columns are."""
    size = len(digits)
    found: list[Finding] = []
    for offset in range(size - 15):
        if digits[offset : offset + 6] in issuers.IRANIAN and luhn(digits[offset : offset + 16]):
            verdict = _fit(digits, (0, size), offset)
            if verdict and (not found or offset >= found[-1].span[1]):
                found.append(Finding(KIND, *verdict, (offset, offset + 16)))
    body = digits.lstrip("0") if size > 19 else digits
    if found or size > 22 or not 13 <= len(body) <= 19:
        return found
    if body in issuers.TEST_NUMBERS:
        return [Finding(KIND, "test_number", Grade.FAIL, (0, size))]
    verdict = _verdict(body, "bare", Grade.SUSPECT, heading)
    return [Finding(KIND, *verdict, (size - len(body), size))] if verdict else []


def labelled(page: Page, start: int) -> bool:
    """Whether the words before a place say that a card number follows."""
    return _announced(page.before(start, _REACH))


def _announced(before: str) -> bool:
    """Whether the last thing that these words name is a card: `paid by card, order 12` is about an order."""
    cards = list(_CARD.finditer(before))
    return bool(cards) and not REFERENCE.search(before, cards[-1].end())


def _iranian(page: Page, group: Group) -> Iterator[Finding]:
    digits, borders = group.digits, group.borders
    free = 0
    for offset in range(len(digits) - 15):
        if offset < free or digits[offset : offset + 6] not in issuers.IRANIAN:
            continue
        if not luhn(digits[offset : offset + 16]):
            continue
        verdict = _fit(digits, borders, offset)
        span = group.span(offset, offset + 16)
        if verdict and not page.hides(span):
            yield Finding(KIND, verdict[0], verdict[1], span)
            free = offset + 16


def _fit(digits: str, borders: tuple[int, ...], start: int) -> tuple[str, Grade] | None:
    """How the sixteen digits from `start` sit among the runs: alone, with other digits attached, or by accident."""
    end = start + 16
    first = bisect_left(borders, start)
    after = bisect_left(borders, end)
    opens, closes = borders[first] == start, borders[after] == end
    if opens and closes:
        return "iranian", Grade.FAIL
    trail = borders[after] - end
    if opens:
        return "iranian_glued", Grade.FAIL if trail in _TRAILS else Grade.SUSPECT
    lead = digits[borders[first - 1] : start]
    if closes:
        return "iranian_led", Grade.FAIL if lead.strip("0") in {"", "16"} or len(lead) <= 3 else Grade.SUSPECT
    return ("iranian_inside", Grade.SUSPECT) if first - 1 == after - 1 else None


def _international(page: Page, group: Group, taken: list[tuple[int, int]]) -> Iterator[Finding]:
    """International card numbers among digits that belong to no card found before."""
    sizes = [after - before for before, after in zip(group.borders, group.borders[1:], strict=False)]
    for run, size in enumerate(sizes):
        if size >= 13:
            yield from _bare(page, group, run, size, taken)
        else:
            yield from _grouped(page, group, sizes, run, taken)
    if len(sizes) > 5 and 13 <= len(group.digits) <= 19 and len(set(sizes[:-1])) == 1 and sizes[0] <= 2:
        yield from _judge(page, group, (0, len(group.digits)), ("spread", Grade.SUSPECT), taken)


def _bare(page: Page, group: Group, run: int, size: int, taken: list[tuple[int, int]]) -> Iterator[Finding]:
    start, end = group.borders[run], group.borders[run + 1]
    left, right = group.span(start, end)
    if _touches((left, right), taken):
        return
    digits = group.digits[start:end]
    if size > 19:
        digits = digits.lstrip("0")
        if size > 22 or not 13 <= len(digits) <= 19:
            return
        start = end - len(digits)
    if not _stands_alone(page.text, left, right) and not _CARD.search(page.before(left, 12)):
        return
    if digits in issuers.TEST_NUMBERS:
        yield Finding(KIND, "test_number", Grade.FAIL, (left, right))
    else:
        yield from _judge(page, group, (start, end), ("bare", Grade.SUSPECT), taken)


def _stands_alone(text: str, left: int, right: int) -> bool:
    """Whether a run is neither part of a longer token nor one side of a decimal (`.0` and `.00` are not)."""
    ahead, behind = text[left - 1 : left] if left else "", text[right : right + 1]
    if any(char.isascii() and char.isalpha() for char in (ahead, behind)):
        return False
    if ahead in {".", ","} and text[left - 2 : left - 1].isdigit():
        return False
    tail = re.match(r"[.,]([0-9]+)", text[right : right + 12])
    return tail is None or not tail[1].strip("0")


def _grouped(page: Page, group: Group, sizes: list[int], run: int, taken: list[tuple[int, int]]) -> Iterator[Finding]:
    for layout in _LAYOUTS.get(sizes[run], ()):
        after = run + len(layout)
        if tuple(sizes[run:after]) != layout:
            continue
        if layout[2:] == () and page.text[group.starts[run] + sizes[run] : group.starts[run + 1]] == ".":
            continue  # a decimal
        lonely = sizes[after : after + 1] != [4] and (run == 0 or sizes[run - 1] != 4)
        grade = Grade.FAIL if layout in _SURE and lonely else Grade.SUSPECT
        yield from _judge(page, group, (group.borders[run], group.borders[after]), ("grouped", grade), taken)


def _touches(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    near = bisect_left(taken, (span[1], 0)) - 1
    return near >= 0 and taken[near][1] > span[0]


def _judge(
    page: Page, group: Group, window: tuple[int, int], fallback: tuple[str, Grade], taken: list[tuple[int, int]]
) -> Iterator[Finding]:
    digits = group.digits[slice(*window)]
    if not luhn(digits) or _touches(span := group.span(*window), taken):
        return
    if AND in page.text[slice(*span)] and not labelled(page, span[0]):
        return  # a list of prices or years
    verdict = _verdict(digits, *fallback, page.before(span[0], _REACH))
    if verdict and not page.hides(span):
        yield Finding(KIND, *verdict, span)


def _verdict(digits: str, rule: str, grade: Grade, before: str) -> tuple[str, Grade] | None:
    """A rule and grade if range, length and Luhn agree; a card label makes it sure and replaces a known prefix."""
    if not luhn(digits) or len(set(digits)) < 2:
        return None
    known = issuers.is_international(digits)
    if (known or (len(digits) == 16 and digits[0] in "23456789")) and _announced(before):
        return "labelled", Grade.FAIL
    return (rule, grade) if known and not (grade is Grade.SUSPECT and _DEVICE.search(before)) else None


def rounded(value: int, spacing: int) -> bool:
    """Whether a float that stands for any number up to half of `spacing` away could have been a card number."""
    digits = str(abs(value))
    if not 13 <= len(digits) <= 19:
        return False
    if not (issuers.is_international(digits) or (len(digits) == 16 and issuers.is_iranian(digits))):
        return False
    near = range(abs(value) - min(spacing, 64) // 2, abs(value) + min(spacing, 64) // 2 + 1)
    return any(luhn(str(number)) for number in near)


DETECTOR = Detector(
    kinds=(Kind(KIND, Data.BANK, gravity=10, shortest=12),),
    find=find,
    labels=_CARD,
    label_decides=False,
    sieve=(Sieve.CARDS,),
    in_digits=of_digits,
)
