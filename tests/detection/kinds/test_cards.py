"""Card numbers behind zeros that fill a field, and among tables of groups of four."""

from __future__ import annotations

import pyarrow as pa
import pytest

from governance.detection import classify, scan
from governance.detection.kinds.cards import find, of_digits
from governance.detection.text.page import Page

KIND = "payment_card_number"
CARD, AMEX, IRANIAN = "4539148803436467", "371449635398431", "6037991234567893"
GROUPED = "4539 1488 0343 6467"
OTHER = "5555 5555 5555 4444"
NONE = ("1234 5678 9012 3457", "9182 7364 5546 3721", "8475 6234 9981 2231")


def grades(text: str) -> set[str]:
    return {found.grade.name for found in classify(text) if found.kind == KIND and found.rule != "beside_a_card"}


@pytest.mark.parametrize("card", [CARD, AMEX, IRANIAN])
@pytest.mark.parametrize("width", range(15, 26))
def test_zeros_that_fill_a_field_hide_no_number(card: str, width: int) -> None:
    text = card.zfill(width)
    held = bool(grades(f"card {text}"))
    assert held is (width <= 22 or card == IRANIAN)
    hits = scan(pa.array([text, f"card {text}", "x"]), [KIND], label="note")
    both = {*hits.rows.tolist(), *hits.review.tolist()}
    assert both == {row for row, cell in enumerate([text, f"card {text}"]) if grades(cell)}


def test_a_reference_behind_zeros_is_too_short_for_a_card() -> None:
    assert not grades("0004222222222222")  # thirteen digits that would be a number without the zeros


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ((GROUPED,), True),
        ((GROUPED, NONE[0]), True),
        ((GROUPED, OTHER, NONE[0]), True),
        ((GROUPED, NONE[0], NONE[1]), False),
        ((GROUPED, *NONE), False),
    ],
)
def test_of_three_groups_of_four_or_more_half_are_right_or_none_is_sure(texts: tuple[str, ...], found: bool) -> None:  # noqa: FBT001
    assert ("FAIL" in grades("\n".join(f"row {text} end" for text in texts))) is found


@pytest.mark.parametrize(
    ("lead", "found"),
    [("7", "FAIL"), ("987", "FAIL"), ("9876", "SUSPECT"), ("16", "FAIL"), ("0016", "FAIL"), ("0000", "FAIL")],
)
def test_up_to_three_digits_before_a_number_are_no_part_of_it(lead: str, found: str) -> None:
    assert grades(lead + IRANIAN) == {found}


def test_among_many_other_long_numbers_only_a_word_makes_one_a_card() -> None:
    others = " ".join(str(int(CARD) + 1 + 97 * n) for n in range(20))
    assert grades(f"{others} {CARD}") == set()
    assert grades(f"{others} card {CARD}") == {"FAIL"}


@pytest.mark.parametrize("heading", ["", "card"])
@pytest.mark.parametrize("lead", ["", "7", "98", "987", "9876", "16", "0016", "0000"])
@pytest.mark.parametrize("card", [CARD, AMEX, IRANIAN])
def test_digits_alone_are_read_as_those_of_a_page_are(card: str, lead: str, heading: str) -> None:
    for trail in range(10):
        text = f"{lead}{card}{'731058429'[:trail]}"
        page = Page.under(heading, text)
        found = {one._replace(span=(one.span[0] - page.start, one.span[1] - page.start)) for one in find(page)}
        assert {*of_digits(text, heading)} == found


@pytest.mark.parametrize("trail", range(10))
def test_behind_a_number_stand_its_code_its_date_or_both(trail: int) -> None:
    assert grades(f"{IRANIAN}{'731058429'[:trail]}") == {"FAIL" if trail in {0, 3, 4, 6, 7, 8} else "SUSPECT"}
