"""Which findings of a text count: the surest of each place, by place, and none of another text or another kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from governance.detection import (
    DECLARED,
    HOME,
    KINDS,
    LONGEST_CELL,
    Detectors,
    Finding,
    Grade,
    authority,
    classify,
    detectors_for,
)
from governance.detection.authority import findings_of
from governance.detection.detectors import DETECTORS
from governance.detection.kinds.detector import Data, Detector, Kind
from governance.detection.text.page import Page

SURE, UNSURE = Grade.FAIL, Grade.SUSPECT
Place = tuple[str, Grade, int, int]


def of(*places: Place) -> Detectors:
    """The detectors of a policy whose only search finds these places in every text."""

    def find(page: Page) -> Iterator[Finding]:
        return (Finding(kind, "said", grade, (page.start + a, page.start + b)) for kind, grade, a, b in places)

    kinds = tuple(Kind(name, Data.BANK, gravity=place) for place, name in enumerate(("one", "two")))
    return Detectors.of({"only": Detector(kinds=kinds, find=find)}, HOME)


def seen(found: Iterable[Finding]) -> list[Place]:
    return [(one.kind, one.grade, *one.span) for one in found]


@pytest.mark.parametrize(
    ("places", "kept"),
    [
        ([], []),
        ([("one", SURE, 0, 4)], [0]),
        ([("one", UNSURE, 0, 4)], [0]),
        ([("one", SURE, 2, 6), ("one", SURE, 0, 4)], [1]),
        ([("one", SURE, 0, 4), ("one", SURE, 0, 6)], [1]),
        ([("one", SURE, 4, 6), ("one", SURE, 0, 4)], [1, 0]),
        ([("one", UNSURE, 0, 4), ("one", UNSURE, 2, 9)], [0]),
        ([("one", UNSURE, 0, 9), ("one", SURE, 2, 4)], [1]),
        ([("one", UNSURE, 2, 4), ("one", SURE, 0, 9)], [1]),
        ([("one", UNSURE, 0, 4), ("one", SURE, 4, 8)], [0, 1]),
        ([("one", UNSURE, 8, 9), ("one", SURE, 4, 8)], [1, 0]),
        ([("one", UNSURE, 7, 9), ("one", SURE, 4, 8), ("one", SURE, 0, 2)], [2, 1]),
        ([("one", UNSURE, 2, 4), ("one", SURE, 4, 8), ("one", SURE, 0, 2)], [2, 0, 1]),
        ([("two", SURE, 0, 4), ("one", SURE, 0, 4)], [1, 0]),
        ([("two", UNSURE, 0, 4), ("one", SURE, 0, 4)], [1, 0]),
        ([("two", SURE, 0, 4), ("one", SURE, 2, 4), ("one", SURE, 0, 1)], [2, 0, 1]),
    ],
)
@pytest.mark.parametrize("label", ["", "name"])
def test_the_surest_finding_of_each_place_and_kind_stands(places: list[Place], kept: list[int], label: str) -> None:
    expected = [places[place] for place in kept]
    assert seen(findings_of("letters, no digits", label, ["one", "two"], of(*places))) == expected
    assert seen(classify("letters, no digits", label=label, among=of(*places))) == expected
    alone = [place for place in expected if place[0] == "two"]
    assert seen(findings_of("12345678901234567", label, ["two"], of(*places))) == alone


def test_what_a_columns_name_holds_is_no_finding_of_its_cells() -> None:
    for kind in KINDS:
        for text in ("x", "2"):
            assert kind not in {one.kind for one in classify(text, label=DECLARED[kind].example)}
    assert seen(findings_of("letters", "name", ["one"], of(("one", SURE, -3, 2), ("one", SURE, -2, -1)))) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0\u200c9\u200c121234567 و 0912\u06f1234567", ["0\u200c9\u200c121234567", "0912\u06f1234567"]),
        ("\u200c09121234567\u200c", ["09121234567"]),
        ("0912123456\u200c7", ["0912123456\u200c7"]),
        ("سارا 09121234567", ["09121234567"]),
    ],
)
def test_a_finding_begins_and_ends_where_its_characters_do(text: str, values: list[str]) -> None:
    assert [text[slice(*one.span)] for one in classify(text)] == values


CARD, SHEBA = "6037990000123451", "270170000000100324200001"
ASCII_DIGITS = {
    CARD: [("payment_card_number", SURE)],
    SHEBA: [("iban", UNSURE)],
    "0084575948": [("national_id", UNSURE)],
    "09121234567": [("phone_number", SURE)],
    "12": [],
}


@pytest.mark.parametrize("text", ASCII_DIGITS)
def test_digits_alone_are_judged_as_any_text_is(text: str) -> None:
    expected = ASCII_DIGITS[text]
    for label in ("", "note", "id of a row"):
        usual = [one for one in classify(text, label=label) if DECLARED[one.kind].usual]
        assert [(one.kind, one.grade, one.span) for one in usual] == [(*one, (0, len(text))) for one in expected]
    persian = text.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert seen(classify(persian)) == seen(classify(text))


@pytest.mark.parametrize(
    ("text", "label", "kinds"),
    [
        ("731", "cvv2", ["card_verification_code"]),
        ("731", "", []),
        ("731", "note", []),
        (CARD, "card", ["payment_card_number"]),
        ("4539578763621486", "card", ["payment_card_number"]),
    ],
)
def test_only_a_name_that_announces_turns_a_few_digits_into_a_value(text: str, label: str, kinds: list[str]) -> None:
    assert [one.kind for one in classify(text, label=label) if one.grade is SURE] == kinds


OWN = detectors_for(("IR",), (), ("021-88665544", "09123456789"))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("09123456789", []),
        ("09123456789 09121234567", ["09121234567"]),
        ("شماره ملی 0912345678 و 09123456789", []),
        ("کارت 6037990000123451 و 09123456789", ["6037990000123451"]),
    ],
)
def test_beside_a_contact_of_the_company_the_rest_is_found(text: str, values: list[str]) -> None:
    assert [text[slice(*one.span)] for one in classify(text, among=OWN)] == values


def test_a_kind_that_nobody_asked_for_is_not_looked_for() -> None:
    asked: list[str] = []

    def find(page: Page) -> Iterator[Finding]:
        asked.append(page.text)
        return iter(())

    other = Detector(kinds=(Kind("other", Data.BANK, gravity=1000),), find=find)
    among = Detectors.of({**DETECTORS, "other": other}, HOME)
    assert [one.kind for one in findings_of(f"{CARD} a@b.ir", "", ["email_address"], among)] == ["email_address"]
    assert asked == []


@pytest.mark.parametrize("text", ["a" * 12, "ا" * 6, "\ud800" * 4])
def test_a_text_of_the_most_bytes_is_judged_and_one_more_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=re.escape("text: expected at most 4,194,304 bytes of UTF-8, found more")):
        classify("a" * (LONGEST_CELL + 1))
    monkeypatch.setattr(authority, "LONGEST_CELL", 12)
    assert classify(text) == ()
    with pytest.raises(ValueError, match="expected at most 12 bytes"):
        classify(text + "a")


@pytest.mark.parametrize(
    ("place", "stands"),
    [
        ((0, 4), True),
        ((8, 12), True),
        ((3, 5), False),
        ((7, 9), False),
        ((0, 5), False),
        ((2, 12), False),
        ((5, 6), False),
    ],
)
@pytest.mark.parametrize("grade", Grade)
def test_a_suspect_that_shares_a_character_with_a_contact_of_the_company_is_none(
    place: tuple[int, int],
    stands: bool,  # noqa: FBT001
    grade: Grade,
) -> None:
    def find(page: Page) -> Iterator[Finding]:
        first = page.start
        yield Finding("contact", "said", UNSURE, (first + 4, first + 8))
        yield Finding("one", "said", grade, (first + place[0], first + place[1]))

    kinds = (Kind("contact", Data.PERSONAL, gravity=0, category="user.contact"), Kind("one", Data.BANK, gravity=1))
    among = Detectors.of({"only": Detector(kinds=kinds, find=find)}, HOME, contacts=frozenset({"mine"}))
    found = [one.kind for one in findings_of("wxyzmineabcd", "", ["contact", "one"], among)]
    assert found == ["one"] * (stands or grade is SURE)
