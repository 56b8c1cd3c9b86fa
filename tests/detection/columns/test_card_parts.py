"""Which masks stand in a text, which of them show a number together, and which digits are those that they hide."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest

from governance.detection.columns.card_parts import CardParts, masks_in, show_a_number
from tests.detection.conftest import with_check_digit

CARD = "6037990000123451"
MASK = "603799******3451"
VISA, AMEX = with_check_digit("411111002345678"), with_check_digit("37144963539843")
HIDDEN = CARD[6:12]


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        (MASK, {MASK}),
        (f"card {MASK}, paid", {MASK}),
        ("603799xxxxxx3451", {MASK}),
        ("6037 99** **** 3451", {MASK}),
        ("6037-99**-****-3451", {MASK}),
        ("_603799******3451_", {MASK}),
        (f"{MASK} {MASK[:-1]}2", {MASK, f"{MASK[:-1]}2"}),
        ("603799***451", {"603799*******451"}),
        ("603799**3451", {MASK}),
        ("60379***3451", set()),
        ("603799**03451", {"603799**03451"}),
        ("371449*****8431", {"371449*****8431", "371449******8431"}),
        ("371449****8431", {"371449******8431"}),
        ("********3451", set()),
        ("************3451", {"************3451"}),
        ("***************1", set()),
        ("**************51", {"**************51"}),
        ("60379*********", {"60379*********"}),
        ("603799*****51", {"603799********51"}),
        ("603799*******", {"603799*******"}),
        ("603799******", set()),
        ("603799*********3451", {"603799*********3451"}),
        ("603799**********3451", set()),
        (CARD, set()),
        ("****************", set()),
        (f"a{MASK}", set()),
        ("6037 99** **** 3451 6037 99** **** 3452", {MASK, f"{MASK[:-1]}2"}),
    ],
)
def test_a_mask_shows_some_digits_of_a_number_and_hides_others(text: str, masks: set[str]) -> None:
    assert masks_in(text) == masks
    assert CardParts(pa.record_batch({"a": ["x", text]})).masks == ({1: masks} if masks else {})


def shown(number: str, *places: range) -> str:
    digits = {place for some in places for place in some}
    return "".join(digit if place in digits else "*" for place, digit in enumerate(number))


@pytest.mark.parametrize(
    ("number", "parts", "shows"),
    [
        (CARD, [(range(12),), (range(11, 13),)], True),
        (CARD, [(range(6), range(12, 16)), (range(8), range(12, 16))], False),
        (CARD, [(range(6), range(12, 16)), (range(6, 8),)], False),
        (CARD, [(range(6), range(12, 16)), (range(6, 9),)], True),
        (CARD, [(range(6), range(12, 16)), (range(6, 12),)], True),
        (CARD, [(range(13),), (range(13, 16),)], False),
        (CARD, [(range(4, 16),), (range(2, 4),)], False),
        (CARD, [(range(4, 16),), (range(4),)], True),
        (CARD, [(range(6),), (range(6, 9),), (range(9, 13),)], True),
        (VISA, [(range(6), range(12, 16)), (range(6, 12),)], True),
        (AMEX, [(range(6), range(11, 15)), (range(6, 11),)], True),
        (f"{CARD[:-1]}2", [(range(6), range(12, 16)), (range(6, 12),)], False),
        (f"{CARD[:-1]}2", [(range(6), range(12, 15)), (range(6, 12),)], True),
        (with_check_digit("123456000012345"), [(range(6), range(12, 16)), (range(6, 12),)], False),
    ],
)
def test_masks_show_a_number_when_thirteen_digits_of_a_card_stand_in_them_together(
    number: str,
    parts: list[tuple[range, ...]],
    shows: bool,  # noqa: FBT001
) -> None:
    masks = [shown(number, *places) for places in parts]
    assert show_a_number(frozenset(masks)) is shows
    batch = pa.record_batch({"a": [masks[0], "x"], "b": [masks[1], "x"], "c": [masks[-1], "x"]})
    assert CardParts(batch).complementary() == [0] * shows


def test_masks_of_two_numbers_or_lengths_show_none() -> None:
    assert not show_a_number(frozenset({shown(CARD, range(12)), shown(VISA, range(6, 16))}))
    assert not show_a_number(frozenset({shown(CARD, range(12)), shown(CARD[:15], range(9, 15))}))


# What stands beside a mask, and whether it is right, told as a part of a card, and as many digits as are hidden.
RESTS: list[tuple[str, Any, str, str]] = [
    ("note", HIDDEN, MASK, "right telling"),
    ("note", "000013", MASK, "telling"),
    ("middle", HIDDEN, MASK, "right told telling"),
    ("note", f"middle{' ' * 23}{HIDDEN}", MASK, "right told telling"),
    ("note", f"middle{' ' * 25}{HIDDEN}", MASK, "right telling"),
    ("note", f"middle 5 {HIDDEN}", MASK, "right telling"),
    ("bank", CARD[:6], f"******{CARD[6:]}", "right told telling"),
    ("bank", CARD[3:9], f"{CARD[:3]}******{CARD[9:]}", "right told telling"),
    ("bank", CARD[4:10], f"{CARD[:4]}******{CARD[10:]}", "right telling"),
    ("bank", VISA[:6], f"******{VISA[6:]}", "right telling"),
    ("note", 12, MASK, "right"),
    ("note", 13, MASK, ""),
    ("middle", 12, MASK, "right told"),
    ("note", int(VISA[6:12]), f"{VISA[:6]}******{VISA[12:]}", "right"),
    ("bank", int(CARD[:6]), f"******{CARD[6:]}", "right told telling"),
    ("bank", int(CARD[3:9]), f"{CARD[:3]}******{CARD[9:]}", "right told telling"),
    ("bank", int(CARD[2:8]), f"{CARD[:2]}******{CARD[8:]}", "right told telling"),
    ("bank", int(VISA[:6]), f"******{VISA[6:]}", "right telling"),
]


@pytest.mark.parametrize(("name", "cell", "mask", "found"), RESTS)
def test_digits_beside_a_mask_may_be_those_that_it_hides(name: str, cell: Any, mask: str, found: str) -> None:
    batch = pa.record_batch({"mask": ["x", None, mask], name: [None, cell, cell]})
    (rests,) = (one for one in CardParts(batch).rests() if one.column == name)
    assert (rests.size, rests.rows.tolist(), rests.right.tolist()) == (6, [2], ["right" in found])
    assert (rests.told.tolist(), rests.telling) == ([2] * ("told" in found), "telling" in found)


@pytest.mark.parametrize(
    "cell", [int("1" + HIDDEN), -12, 10**6, None, f"9{HIDDEN}", f"{HIDDEN}0", f"1.{HIDDEN}", f"x{HIDDEN}", 12.0]
)
def test_other_numbers_beside_a_mask_are_not(cell: Any) -> None:
    batch = pa.record_batch({"mask": [MASK], "b": [cell]})
    assert [one for one in CardParts(batch).rests() if one.column == "b"] == []


@pytest.mark.parametrize(
    ("mask", "held"),
    [
        (f"{CARD[:10]}***{CARD[13:]}", False),
        (f"{CARD[:8]}****{CARD[12:]}", True),
        (f"{CARD[:4]}************", True),
        (f"{CARD[:3]}*************", False),
        (f"{CARD[:6]}**00**{CARD[12:]}", False),
    ],
)
def test_a_gap_of_four_to_twelve_digits_in_one_place_may_be_filled(mask: str, held: bool) -> None:  # noqa: FBT001
    size = mask.count("*")
    start = mask.find("*")
    batch = pa.record_batch({"mask": [mask], "b": [CARD[start : start + size]]})
    assert [(one.column, one.size) for one in CardParts(batch).rests() if one.column == "b"] == [("b", size)] * held


# A piece that repeats some digits of a mask and brings all that it hides.
OVERLAPS: list[tuple[str, Any, int, bool]] = [
    ("b", CARD[:12], 6, False),
    ("b", CARD[6:], 4, False),
    ("b", int(CARD[:12]), 6, False),
    ("b", int(CARD[:13]), 7, False),
    ("b", f"{CARD[:4]} {CARD[4:8]}-{CARD[8:12]}", 6, False),
    ("first digits", CARD[:12], 6, True),
    ("first digits", int(CARD[:12]), 6, True),
    ("b", f"last ten of the card {CARD[6:]}", 4, True),
    ("b", CARD[:15], 9, False),
    ("b", CARD[1:], 9, False),
]


@pytest.mark.parametrize(("name", "cell", "agreed", "told"), OVERLAPS)
def test_a_piece_that_overlaps_a_mask_fills_it(name: str, cell: Any, agreed: int, told: bool) -> None:  # noqa: FBT001
    batch = pa.record_batch({"mask": ["x", MASK, MASK], name: [cell, cell, None]})
    (found,) = (one for one in CardParts(batch).overlaps() if one.column == name)
    assert (found.size, found.agreed, found.tried, found.telling) == (6, agreed, 1, False)
    assert (found.rows.tolist(), found.right.tolist(), found.told.tolist()) == ([1], [True], [1] * told)
    assert found.chance == Fraction(2, 10 ** (agreed + 1))


@pytest.mark.parametrize("cell", [CARD[:9], CARD, CARD[:10], f"7{CARD[:12]}", int(CARD[:9])])
def test_a_piece_that_leaves_digits_hidden_or_agrees_nowhere_fills_none(cell: Any) -> None:
    batch = pa.record_batch({"mask": [MASK], "b": [cell]})
    assert sum(len(one.rows) for one in CardParts(batch).overlaps() if one.column == "b") == 0


def test_pieces_that_agree_nowhere_are_counted_as_tried() -> None:
    batch = pa.record_batch({"mask": [MASK] * 3, "b": [CARD[:12], VISA[:12], VISA[:9]]})
    (found,) = (one for one in CardParts(batch).overlaps() if one.column == "b")
    assert (found.tried, found.rows.tolist()) == (2, [0])
    assert [one.chance for one in CardParts(batch).rests()] == []


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_masks_are_read_in_any_layout_of_texts(kind: pa.DataType) -> None:
    texts = pa.array([None, MASK]).cast(kind)
    for column in (texts, texts.cast(pa.string()).dictionary_encode(), pa.array([None, [MASK]])):
        assert CardParts(pa.record_batch({"a": column})).masks == {1: {MASK}}
    assert CardParts(pa.record_batch({"a": [1, 2]})).masks == {}
