"""`classify`: the one place that decides what a text holds. Everything else only brings it candidates."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from governance.detection.findings import KINDS, Finding, Grade
from governance.detection.kinds import accounts, card_forms, cards, codes, contacts, expiries, identities, tracks
from governance.detection.text.folding import fold, fold_label, origins
from governance.detection.text.layers import readings
from governance.detection.text.page import Page

_RULES: tuple[tuple[frozenset[str], Callable[[Page], Iterator[Finding]]], ...] = (
    (frozenset({cards.KIND}), cards.find),
    (frozenset({cards.KIND}), card_forms.find),
    (frozenset({tracks.KIND, cards.KIND}), tracks.find),
    (frozenset({accounts.KIND}), accounts.find),
    (codes.KINDS, codes.find),
    (frozenset({expiries.KIND}), expiries.find),
    (frozenset({contacts.PHONE, contacts.EMAIL}), contacts.find),
    (frozenset({identities.NATIONAL, identities.IP}), identities.find),
)

_BARE = tuple((kinds, find) for kinds, find in _RULES if find in {contacts.find, identities.find})
_SPELLS = 24  # digits that may be text in hexadecimal, or a Sheba number


def classify(text: str, *, label: str = "") -> tuple[Finding, ...]:
    """All findings in one text, by position; `label` is the name of its column or JSON key."""
    found = findings_of(text, label, KINDS)
    if not found or len(fold(text)) == len(text):
        return found
    places = origins(text)
    placed = (
        Finding(one.kind, one.rule, one.grade, (places[one.span[0]], places[one.span[1] - 1] + 1)) for one in found
    )
    return tuple(sorted(placed, key=_order))


def findings_of(text: str, label: str, kinds: Collection[str]) -> tuple[Finding, ...]:
    """The findings of some kinds, by position in the folded text; the others' rules don't run."""
    heading = fold_label(label)
    if text.isascii() and text.isdigit() and len(text) < _SPELLS and _says_nothing(heading):
        return _bare(text, heading, kinds)
    folded = fold(text)
    rules = _rules(frozenset(kinds))
    found: set[Finding] = set()
    for reading in readings(folded, text):
        page = Page.under(heading, reading.text)
        for find in rules:
            for finding in find(page):
                start, end = finding.span[0] - page.start, finding.span[1] - page.start
                if start >= 0 and finding.kind in kinds:
                    found.add(Finding(finding.kind, finding.rule, finding.grade, reading.span(start, end)))
    return _settle(found)


@lru_cache(maxsize=64)
def _rules(kinds: frozenset[str]) -> tuple[Callable[[Page], Iterator[Finding]], ...]:
    return tuple(find for able, find in _RULES if not able.isdisjoint(kinds))


@lru_cache(maxsize=256)
def _says_nothing(heading: str) -> bool:
    """Whether a column's name announces none of the things that only a label makes recognisable."""
    words = Page.under(heading, "").text
    return not heading or not any(says(words) for says in (codes.announces, expiries.announces, identities.announces))


def _bare(text: str, heading: str, kinds: Collection[str]) -> tuple[Finding, ...]:
    """What digits alone can be, without a word about them: most cells of the columns of ids are."""
    found = set(cards.of_digits(text, heading) if cards.KIND in kinds else ())
    for able, find in _BARE:
        if not able.isdisjoint(kinds):
            page = Page.under(heading, text)
            for one in find(page):
                if one.kind in kinds:
                    start, end = one.span[0] - page.start, one.span[1] - page.start
                    found.add(Finding(one.kind, one.rule, one.grade, (start, end)))
    return _settle(found)


def _settle(found: set[Finding]) -> tuple[Finding, ...]:
    """One finding a place and kind, the surest."""
    if len(found) < 2:
        return tuple(found)
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
    return tuple(sorted(kept, key=_order))


def _order(finding: Finding) -> tuple[tuple[int, int], int]:
    return finding.span, KINDS.index(finding.kind)


def _apart(findings: list[Finding]) -> list[Finding]:
    """Of findings ordered by place, those that begin after the last one kept has ended."""
    kept: list[Finding] = []
    for finding in findings:
        if not kept or finding.span[0] >= kept[-1].span[1]:
            kept.append(finding)
    return kept
