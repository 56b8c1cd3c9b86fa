"""Parts of a card number that are called so: in one cell, and in the columns of a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from governance.detection.columns.card_siblings import named_columns, siblings
from tests.detection.conftest import with_check_digit

CARD = "6037990000123451"
VISA, AMEX = with_check_digit("411111002345678"), with_check_digit("37144963539843")
NONE = with_check_digit("123456000012345")
FOURS = [CARD[start : start + 4] for start in range(0, 16, 4)]


def cell(**parts: str) -> str:
    return "{" + ", ".join(f'"{name}": "{digits}"' for name, digits in parts.items()) + "}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (cell(first=CARD[:8], last=CARD[8:]), True),
        (cell(first=CARD[:6], middle=CARD[6:12], last=CARD[12:]), True),
        (cell(last=CARD[12:], first=CARD[:6], middle=CARD[6:12]), True),
        (cell(first=CARD[:12], middle="0000", last=CARD[12:]), False),
        (cell(last="0000", first=CARD[:8], end=CARD[8:]), True),
        (cell(middle="12", first=CARD[:8], last=CARD[8:]), True),
        (cell(first=CARD[:8], last=CARD[8:], middle="12"), True),
        (cell(first=CARD[:8], middle=CARD[8:]), False),
        (cell(first=CARD[:8], start=CARD[8:]), False),
        (cell(first=CARD[:8], last=CARD[8:-1]), False),
        (cell(first=CARD[:8], last=f"{CARD[8:-1]}2"), False),
        (cell(first=VISA[:8], last=VISA[8:]), False),
        (cell(pan_first=VISA[:8], pan_last=VISA[8:]), True),
        (cell(pan_first=AMEX[:8], pan_last=AMEX[8:]), False),
        (cell(pan_first=NONE[:8], pan_last=NONE[8:]), False),
        (cell(card1=FOURS[0], card2=FOURS[1], card3=FOURS[2], card4=FOURS[3]), True),
        (cell(card4=FOURS[3], card2=FOURS[1], card3=FOURS[2], card1=FOURS[0]), True),
        (cell(card1=FOURS[0], card2=FOURS[1], card3=FOURS[2], order=FOURS[3]), False),
        (cell(card1=CARD[:8], last=CARD[8:]), False),
        (cell(first=CARD[:8]), False),
        ("nothing", False),
    ],
)
def test_parts_make_a_number_in_the_order_that_their_names_tell(text: str, found: bool) -> None:  # noqa: FBT001
    assert siblings(pa.array(["x", None, text])) == [2] * found


@pytest.mark.parametrize(("before", "found"), [(5, True), (7, False)])
def test_of_many_parts_only_some_are_tried(before: int, found: bool) -> None:  # noqa: FBT001
    many = {f"begin_{name}": "11" for name in "abcdefg"[:before]}
    assert siblings(pa.array([cell(**many, first=CARD[:8], last=CARD[8:])])) == [0] * found


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"card_first": CARD[:8], "card_last": CARD[8:]}, True),
        ({"card_first": CARD[:8], "last": int(CARD[8:])}, False),
        ({"last": CARD[8:], "first": CARD[:8], "card_middle": None}, True),
        ({"card_first": int(CARD[:8]), "last": CARD[8:]}, True),
        ({"card1": FOURS[0], "card2": FOURS[1], "card3": FOURS[2], "card4": FOURS[3]}, True),
        ({f"بخش {place} کارت ({place})": part for place, part in zip("۱۲۳۴", FOURS, strict=True)}, True),
        ({f"part{place + 1}": part for place, part in enumerate(FOURS)}, False),
        ({"card1": CARD[:8], "part": CARD[8:]}, False),
        ({"card_first": [CARD[:8]], "card_last": [CARD[8:]]}, False),
        ({"first": CARD[:8], "last": CARD[8:]}, False),
        ({"card_first": CARD[:8], "number": CARD[8:]}, False),
        ({"card_last": CARD[8:], "number": CARD[:8]}, False),
        ({"card_first": CARD[:8], "card_last": [CARD[8:]]}, False),
        ({"card_first": 1.5, "card_last": CARD[8:]}, False),
    ],
)
def test_columns_are_parts_by_their_names(columns: Mapping[str, Any], found: bool) -> None:  # noqa: FBT001
    batch = pa.record_batch({name: pa.array([None, value]) for name, value in columns.items()})
    assert [row for texts in named_columns(batch) for row in siblings(texts)] == [1] * found
