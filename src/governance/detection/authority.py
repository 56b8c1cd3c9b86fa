"""`classify`: the only function that decides what a text holds. All other code selects candidates for it."""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

from governance.detection.detectors import DEFAULT, Detectors
from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Detector
from governance.detection.text.folding import fold, fold_label, origins
from governance.detection.text.layers import readings
from governance.detection.text.page import Page

LONGEST_CELL: Final = 4 << 20  # bytes of UTF-8; a longer text is not judged, so that the work on each is bounded
_SPELLS = 24  # digits that may be text in hexadecimal, or a Sheba number


def classify(text: str, *, label: str = "", among: Detectors = DEFAULT) -> tuple[Finding, ...]:
    """All findings in one text, by position; `label` is the name of its column or JSON key.

    ValueError for a text longer than `LONGEST_CELL`, or one whose encodings hold too much.
    """
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_CELL:
        raise ValueError(f"text: expected at most {LONGEST_CELL:,} bytes of UTF-8, found more")
    found = findings_of(text, label, among.names, among)
    if not found:
        return ()
    places = origins(text)
    placed = [
        Finding(one.kind, one.rule, one.grade, (places[one.span[0]], places[one.span[1] - 1] + 1)) for one in found
    ]
    return _ordered(placed, among)


def findings_of(text: str, label: str, kinds: Collection[str], among: Detectors = DEFAULT) -> tuple[Finding, ...]:
    """The findings of these kinds, by position in the folded text; other detectors don't run."""
    heading = fold_label(label)
    wanted = frozenset(kinds)
    detectors = among.finders(wanted)
    if text.isascii() and text.isdigit() and len(text) < _SPELLS and _names_nothing(heading, among):
        numbers = _in_digits(text, heading, wanted, detectors)
        own = {one for one in numbers if among.is_own(one.kind, text[slice(*one.span)])}
        return _ordered(_beside(own, _settle(numbers - own)), among)
    found, own = set[Finding](), set[Finding]()
    for reading in readings(fold(text), text):
        page = Page.under(heading, reading.text)
        for detector in detectors:
            for finding in _on_page(detector, page, wanted):
                placed = finding._replace(span=reading.span(*finding.span))
                (own if among.is_own(finding.kind, reading.text[slice(*finding.span)]) else found).add(placed)
    return _ordered(_beside(own, _settle(found)), among)


@lru_cache(maxsize=256)
def _names_nothing(heading: str, among: Detectors) -> bool:
    """Whether a column's name is no label that turns a few digits into a value."""
    words = Page.under(heading, "").text
    return not any(detector.is_named_by(words) for detector in among.by_name.values())


def _in_digits(text: str, heading: str, wanted: frozenset[str], detectors: tuple[Detector, ...]) -> set[Finding]:
    """The findings in a text of digits only, as most cells of id columns are."""
    found: set[Finding] = set()
    page: Page | None = None
    for detector in detectors:
        if detector.in_digits is not None:
            found.update(_wanted(detector, detector.in_digits(text, heading), wanted))
        else:
            page = page or Page.under(heading, text)
            found.update(_on_page(detector, page, wanted))
    return found


def _on_page(detector: Detector, page: Page, wanted: frozenset[str]) -> list[Finding]:
    """The findings in the body of a page, by position in the body."""
    found = _wanted(detector, detector.find(page) if detector.find else (), wanted)
    return [
        one._replace(span=(one.span[0] - page.start, one.span[1] - page.start))
        for one in found
        if one.span[0] >= page.start
    ]


def _wanted(detector: Detector, findings: Iterable[Finding], wanted: frozenset[str]) -> list[Finding]:
    found = []
    for finding in findings:
        if finding.kind in wanted:
            found.append(finding)
        elif finding.kind not in detector.finds:
            # Without this error, such a finding would be missed in every column.
            raise ValueError(f"expected kinds that the detector declares, found {finding.kind} by {finding.rule}")
    return found


def _settle(found: set[Finding]) -> list[Finding]:
    """The surest finding of each place and kind."""
    kept: list[Finding] = []
    for kind in {finding.kind for finding in found}:
        ordered = sorted(
            (one for one in found if one.kind == kind), key=lambda one: (one.span[0], -one.span[1], one.rule)
        )
        sure = _apart([one for one in ordered if one.grade is Grade.FAIL])
        kept += sure
        starts = [one.span[0] for one in sure]
        for finding in _apart([one for one in ordered if one.grade is Grade.SUSPECT]):
            near = bisect_left(starts, finding.span[1]) - 1
            if near < 0 or sure[near].span[1] <= finding.span[0]:
                kept.append(finding)
    return kept


def _beside(own: set[Finding], found: list[Finding]) -> list[Finding]:
    """The findings without suspects that are, or hold a part of, a contact of the company's own."""
    spans = [one.span for one in own]
    return [
        one
        for one in found
        if one.grade is Grade.FAIL or not any(start < one.span[1] and one.span[0] < end for start, end in spans)
    ]


def _ordered(found: list[Finding], among: Detectors) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: (one.span, among.places[one.kind])))


def _apart(findings: list[Finding]) -> list[Finding]:
    """The findings that don't overlap an earlier one; findings are ordered by place."""
    kept: list[Finding] = []
    for finding in findings:
        if not kept or finding.span[0] >= kept[-1].span[1]:
            kept.append(finding)
    return kept
