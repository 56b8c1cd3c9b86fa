"""Payment card numbers written as digits: Iranian by prefix, international by range, both by Luhn."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds import issuers
from governance.detection.kinds.checksums import by_accident, luhn
from governance.detection.kinds.detector import Data, Detector, Kind, Numbers
from governance.detection.kinds.labels import NO_BANK
from governance.detection.kinds.phones import FRACTION, REFERENCE
from governance.detection.text.page import AND, DIVIDERS, WORDED, Group, Page

KIND = "payment_card_number"

_CARD = re.compile(
    rf"(?<!سیم )(?<!سیم)(?<!گیفت )(?<!گیفت)کارت(?! ?(?:{NO_BANK}))"
    r"|(?<![a-z])(?<!gift.)(?<!library.)(?<!membership.)(?<!sim.)(?<!\bid.)"
    "(?:card|pan|visa|master ?card|amex|maestro|unionpay|credit|debit)(?!iac|el)"
    r"|(?<![a-z0-9])(?:cc(?:[ _-]?n(?:o|um(?:ber)?|r))?|(?:kredit?)?kart[ea]?|tarjeta|carte)(?![a-z])",
    re.IGNORECASE,
)
_DEVICE = re.compile(r"imei|isbn|iccid|شابک", re.IGNORECASE)  # their own numbers pass Luhn or seem to
_MAESTRO = re.compile("maestro", re.IGNORECASE)  # its numbers have 12 to 19 digits and begin with 5 or 6
_SHORTEST = 12
FILLED, WIDEST = 15, 22  # digits of a number behind zeros that fill a field, at least, and of the field, at most
REACH = 30  # characters between a label and its number, at most (the distance that Macie uses)

# How people write a number in groups, by the sizes of its runs as `Group.sizes` spells them: `6:` is six and ten.
_IRANIAN = re.compile("(?=(4{4}|4{3}[78:;<]|628|6:|88|4<|466|646|664|448|484|844|(?<!2)2{8}(?!2)|(?<!1)1{16}(?!1)))")
_LISTED = re.compile("(?<!4)(?:4{5,6}|(?:4{4})+|465|464)(?!4)")
_WHOLE = re.compile("4{3,4}[1-3]?|465|464|6[:=98]|664|628|8[87]|844")
_SPREAD = re.compile("1{12,19}|2{6,9}1?")
_LONG = re.compile("[<-~]")  # runs of at least twelve digits
_SURE = frozenset({"4444", "465"})
_ROWS = DIVIDERS | {"\n"}
_FEW = 12  # runs that make no table
_TRAILS = frozenset({3, 4, 6, 7, 8})  # CVV2, month and year, or both, printed right after the number


def find(page: Page) -> Iterator[Finding]:
    """Every card number on the page."""
    for group in page.groups:
        if len(group.digits) >= _SHORTEST:
            long = [match.start() for match in _LONG.finditer(group.sizes)]
            yield from _iranian(page, group, long)
            yield from _international(page, group, long)


def of_digits(digits: str, heading: str) -> list[Finding]:
    """The findings in a text of ASCII digits only, as most cells of id columns are."""
    found = [
        Finding(KIND, *_fit(digits[:offset], len(digits) - offset - 16), (offset, offset + 16))
        for offset in _sixteens(digits)
    ]
    start, verdict = _bare(digits, heading)
    return [*found, Finding(KIND, *verdict, (start, len(digits)))] if verdict else found


def labelled(page: Page, start: int) -> bool:
    """Whether the words before a place say that a card number follows."""
    return _announced(page.before(start, REACH))


def _announced(before: str) -> bool:
    """Whether the last thing that these words name is a card: `paid by card, order 12` is about an order."""
    cards = list(_CARD.finditer(before))
    return bool(cards) and not REFERENCE.search(before, cards[-1].end())


def _sixteens(digits: str) -> Iterator[int]:
    """Where a number of an Iranian bank begins."""
    for offset in range(len(digits) - 15):
        if digits[offset : offset + 6] in issuers.IRANIAN and luhn(digits[offset : offset + 16]):
            yield offset


def _fit(lead: str, trail: int) -> tuple[str, Grade]:
    """How sixteen digits sit between those before them and so many behind: alone, attached, or by accident."""
    if not lead:
        return (
            ("iranian_glued", Grade.FAIL if trail in _TRAILS else Grade.SUSPECT) if trail else ("iranian", Grade.FAIL)
        )
    if trail:
        return "iranian_inside", Grade.SUSPECT
    return "iranian_led", Grade.FAIL if lead.strip("0") in {"", "16"} or len(lead) <= 3 else Grade.SUSPECT


def _iranian(page: Page, group: Group, long: list[int]) -> Iterator[Finding]:
    digits, borders, sizes = group.digits, group.borders, group.sizes
    found: list[tuple[int, tuple[str, Grade]]] = []
    for first, after in [*group.wholes, *((run, run + 1) for run in long)]:
        left, right = borders[first], borders[after]
        for offset in _sixteens(digits[left:right]):
            start = left + offset
            fills = start < borders[first + 1] and start + 16 > borders[after - 1]
            if fills and (after == first + 1 or start == left or start + 16 == right):
                found.append((start, _fit(digits[left:start], right - start - 16)))
    for match in _IRANIAN.finditer(sizes):
        first, after = match.span(1)
        start = borders[first]
        if digits[start : start + 6] in issuers.IRANIAN and luhn(digits[start : start + 16]):
            rule, grade = _fit("", borders[after] - start - 16)
            sure = len(sizes) <= _FEW or _is_lonely(sizes, first, after)
            if sure or len(set(group.signs[first : after - 1])) == 1:
                found.append((start, (rule, grade if sure else Grade.SUSPECT)))
    for start, verdict in found:
        span = group.span(start, start + 16)
        if not page.hides(span):
            yield Finding(KIND, *verdict, span)


def _is_lonely(sizes: str, first: int, after: int) -> bool:
    """Whether the runs beside a number have other lengths than its own: else it may be part of a table."""
    return sizes[after : after + 1] != sizes[after - 1] and (first == 0 or sizes[first - 1] != sizes[first])


def _international(page: Page, group: Group, long: list[int]) -> Iterator[Finding]:
    right = sum(luhn(group.digits[group.borders[run] : group.borders[run + 1]]) for run in long)
    table = by_accident(right, len(long))
    for run in long:
        left, right = group.span(group.borders[run], group.borders[run + 1])
        if _stands_alone(page.text, left, right) or _CARD.search(page.before(left, 12)):
            start, verdict = _bare(page.text[left:right], page.before(left, REACH))
            if verdict and not (table and verdict[1] is Grade.SUSPECT) and not page.hides((left, right)):
                yield Finding(KIND, *verdict, (left + start, right))
    sizes, few = group.sizes, len(group.sizes) <= _FEW
    fours = [one.digits for one in page.groups if one.sizes == "4444"]
    few &= len(fours) < 3 or sum(map(luhn, fours)) * 2 >= len(fours)
    for first, after in group.wholes:
        layout = sizes[first:after]
        usual = _WHOLE.fullmatch(layout) or (after - first < 7 and labelled(page, group.place(group.borders[first])))
        if usual and _is_lonely(sizes, first, after):
            sure = layout in _SURE and few and _ROWS.isdisjoint(group.signs[first : after - 1])
            yield from _grouped(page, group, first, after, "grouped", sure=sure)
    if _SPREAD.fullmatch(sizes) and DIVIDERS.isdisjoint(group.signs):
        yield from _grouped(page, group, 0, len(sizes), "spread", sure=False)
    yield from _listed(page, group, few=few)


def _listed(page: Page, group: Group, *, few: bool) -> Iterator[Finding]:
    """Numbers among others: in a table, all that look like card numbers are some, or none is."""
    places = []
    for match in _LISTED.finditer(group.sizes):
        first, after = match.span()
        step = min(after - first, 4)  # four runs are a number, and a year may stand on either side
        for start in {first, first + (after - first) % step}:
            places += [(run, run + step) for run in range(start, after - step + 1, step)]
    borders = group.borders
    right = all(luhn(group.digits[borders[first] : borders[after]]) for first, after in places)
    for first, after in places if few or (right and len(places) > 1) else ():
        signs = set(group.signs[first : after - 1])
        lonely = few and len(signs) == 1 and signs != {"\n"} and _is_lonely(group.sizes, first, after)
        if DIVIDERS.isdisjoint(signs):
            sure = group.sizes[first:after] in _SURE and (lonely or (right and len(places) > 2))
            yield from _grouped(page, group, first, after, "grouped", sure=sure)


def _bare(digits: str, before: str) -> tuple[int, tuple[str, Grade] | None]:
    """Where a number in a run begins, behind zeros that fill a field, and its verdict."""
    body = digits.lstrip("0")
    filled = body != digits
    fits = (FILLED if filled else _SHORTEST) <= len(body) <= 19 and len(digits) <= WIDEST
    return len(digits) - len(body), _verdict(body, "bare", Grade.SUSPECT, before) if fits else None


def _stands_alone(text: str, left: int, right: int) -> bool:
    """Whether a run is neither part of a longer token nor one side of a decimal (`.0` and `.00` are not)."""
    ahead, behind = text[left - 1 : left] if left else "", text[right : right + 1]
    if any(char.isascii() and char.isalpha() for char in (ahead, behind)):
        return False
    if ahead == "." and text[left - 2 : left - 1].isdigit():
        return False
    return not FRACTION.match(text, right)


def _grouped(page: Page, group: Group, first: int, after: int, rule: str, *, sure: bool) -> Iterator[Finding]:
    start, end = group.borders[first], group.borders[after]
    digits, span = group.digits[start:end], group.span(start, end)
    if not luhn(digits) or (AND in group.signs[first : after - 1] and not labelled(page, span[0])):
        return  # two words of three are a list of prices or years
    verdict = _verdict(digits, rule, Grade.FAIL if sure else Grade.SUSPECT, page.before(span[0], REACH))
    if verdict and not page.hides(span):
        yield Finding(KIND, *verdict, span)


def _verdict(digits: str, rule: str, grade: Grade, before: str) -> tuple[str, Grade] | None:
    """A rule and grade if range, length and Luhn agree; a card label makes it sure and replaces a known prefix."""
    if not luhn(digits) or len(set(digits)) < 2:
        return None
    if digits in issuers.TEST_NUMBERS:
        return "test_number", Grade.FAIL
    known = issuers.is_issued(digits)
    if (
        known or (len(digits) == 16 and digits[0] in "23456789") or (digits[0] in "56" and _MAESTRO.search(before))
    ) and _announced(before):
        return "labelled", Grade.FAIL
    return (rule, grade) if known and not (grade is Grade.SUSPECT and _DEVICE.search(before)) else None


def rounded(value: int, spacing: int) -> bool:
    """Whether a float that stands for any number up to half of `spacing` away could have been a card number."""
    digits = str(abs(value))
    if not issuers.is_issued(digits):
        return False
    if spacing >= 20:
        return True  # one of ten numbers side by side is right
    near = range(abs(value) - spacing // 2, abs(value) + spacing // 2 + 1)
    return any(luhn(str(number)) for number in near)


DETECTOR = Detector(
    kinds=(
        Kind(
            KIND,
            Data.BANK,
            gravity=10,
            category="user.financial.credit_card",
            shortest=_SHORTEST,
            example="6037 9900 0012 3451",
        ),
    ),
    find=find,
    labels=_CARD,
    label_decides=False,
    numbers=(Numbers.CARDS,),
    signs=(_MAESTRO, WORDED),
    fewest=_SHORTEST,
    in_digits=of_digits,
)
