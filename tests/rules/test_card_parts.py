# ruff: noqa: S311  the same values in every run
"""Masks of a row that show a card number together, and the digits that a mask hides in another cell."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest

from governance.results import Evidence, RowReference, Verdict
from tests.detection.conftest import with_check_digit
from tests.rules.conftest import KEYS, Seen, users

CHECK = "free/users/*"
MASKS, REST = "masks_that_show_a_card_number", "mask_beside_hidden_digits"
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def card(seed: object, issuer: str = "603799") -> str:
    return with_check_digit(issuer + "".join(random.Random(repr(seed)).choices("0123456789", k=15 - len(issuer))))


def mask(number: str, sign: str = "*") -> str:
    return f"{number[:6]}{sign * 6}{number[-4:]}"


def middle(number: str, sign: str = "*") -> str:
    return f"{sign * 6}{number[6:12]}{sign * 4}"


ONE, VISA = card(1), card(1, "411111")
HEAD, MID = mask(ONE), ONE[6:12]


def seen(rows: int = 1, **columns: Any) -> Seen:
    return Seen(users(["x"] * rows, **{name: values if rows > 1 else [values] for name, values in columns.items()}))


def found(**columns: Any) -> Evidence:
    return seen(**columns)[CHECK]


TOGETHER: dict[str, dict[str, Any]] = {
    "in two columns": {"a": HEAD, "b": middle(ONE)},
    "of a foreign bank": {"a": mask(VISA), "b": middle(VISA)},
    "in a text": {"a": HEAD, "b": f"پیگیری {middle(ONE)} ثبت شد"},
    "in one text": {"a": f"{HEAD} {middle(ONE)}"},
    "in JSON": {"a": f'{{"pan": "{HEAD}", "ref": "{middle(ONE)}"}}'},
    "in a list": {"a": [HEAD, middle(ONE)]},
    "in fields": {"a": {"pan": HEAD, "ref": middle(ONE)}},
    "with other signs": {"a": mask(ONE, "x"), "b": middle(ONE, "•")},
    "in Persian digits": {"a": HEAD.translate(PERSIAN), "b": middle(ONE).translate(PERSIAN)},
    "in groups": {"a": f"{ONE[:4]}-{ONE[4:6]}**-****-{ONE[12:]}", "b": f"**** **{ONE[6:8]} {ONE[8:12]} ****"},
    "in three parts": {"a": HEAD, "b": f"******{MID[:3]}*******", "c": f"*********{MID[3:]}****"},
    "shortened in two ways": {"a": HEAD, "b": f"{ONE[:9]}*******"},
    "with a short gap": {"a": f"{ONE[:6]}***{ONE[12:]}", "b": middle(ONE)},
    "in a declared column": {"name": HEAD, "b": middle(ONE)},
}


@pytest.mark.parametrize("columns", TOGETHER.values(), ids=TOGETHER)
def test_masks_that_hide_different_digits_show_the_number(columns: dict[str, Any]) -> None:
    assert found(**columns).problems == ((MASKS, 1),)
    assert found(**columns).rows == (RowReference(KEYS.reference("users", "0"), MASKS, "users"),)


OTHER = card(2)
INNOCENT: dict[str, dict[str, Any]] = {
    "one mask twice": {"a": HEAD, "b": f"card {mask(ONE, 'x')}"},
    "twelve digits, as PCI DSS allows": {"a": HEAD, "b": f"{ONE[:8]}******{ONE[14:]}"},
    "two cards": {"a": HEAD, "b": mask(OTHER)},
    "two cards of one bank that end alike": {"a": HEAD, "b": f"{ONE[:6]}******{ONE[12:]}"},
    "digits of another card": {"a": HEAD, "b": f"******{int(MID) ^ 1:06}****"},
    "no issuer": {"a": f"123456******{ONE[12:]}", "b": middle(ONE)},
    "an account and a telephone": {"a": HEAD, "b": "IR06******************0019", "c": "0912***4567"},
    "questions and lines": {"a": HEAD, "b": "واقعا؟؟ really???? ________________ xxxxxxxxxxxxxxxx"},
    "other digits": {"a": HEAD, "b": f"سفارش {(int(MID) + 1) % 10**6:06}"},
    "a date, an amount, a longer number": {
        "a": HEAD,
        "b": f"1403/05/12 2024-11-12 {MID}.5 9{MID} {MID}0",
        "c": "12,185,000",
    },
}


@pytest.mark.parametrize("columns", INNOCENT.values(), ids=INNOCENT)
def test_what_shows_no_number_is_silent(columns: dict[str, Any]) -> None:
    assert (found(**columns).violations, found(**columns).review) == (0, 0)


TOLD: dict[str, dict[str, Any]] = {
    "in a note": {"a": HEAD, "note": f"ارقام میانی: {MID}"},
    "in English": {"a": HEAD, "note": f"middle digits {MID}"},
    "in Persian digits": {"a": HEAD, "note": f"وسط کارت {MID}".translate(PERSIAN)},
    "in JSON": {"a": f'{{"mask": "{HEAD}", "middle": "{MID}"}}'},
    "by the column": {"a": HEAD, "card_middle": MID},
    "by the column of numbers": {"a": HEAD, "card_middle": int(MID)},
    "as the issuer": {"a": f"******{ONE[6:]}", "bank": ONE[:6]},
}


@pytest.mark.parametrize("columns", TOLD.values(), ids=TOLD)
def test_hidden_digits_that_are_announced_are_found(columns: dict[str, Any]) -> None:
    assert found(**columns).problems == ((REST, 1),)


@pytest.mark.parametrize("note", [MID, f"کد {MID} ثبت شد", f"پرداخت با کارت {MID} تومان"])
def test_digits_that_may_be_the_hidden_ones_by_accident_are_suspects(note: str) -> None:
    table = seen(a=HEAD, note=note)
    assert table.verdict(CHECK)[0] is Verdict.PASSED
    assert table[CHECK].review == 1


NUMBERS = [card(row) for row in range(60)]


@pytest.mark.parametrize("kind", [str, int, "پیوست {}".format], ids=["text", "number", "in a text"])
def test_a_column_of_hidden_digits_is_found(kind: Any) -> None:
    masks, hidden = [mask(number) for number in NUMBERS], [kind(number[6:12]) for number in NUMBERS]
    assert seen(60, a=masks, b=hidden)[CHECK].problems == ((REST, 60),)
    assert seen(60, a=masks, b=[*hidden[:8], *[None] * 52])[CHECK].problems == ((REST, 8),)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", [str, int, "سفارش {}".format], ids=["text", "number", "in a text"])
def test_order_numbers_beside_masks_are_no_hidden_digits(kind: Any, seed: int) -> None:
    draw = random.Random(seed)
    masks = [mask(card((seed, row))) for row in range(400)]
    drawn = [draw.randrange(10**5, 10**6) for _ in masks]
    for orders in (drawn, range(410_000, 410_400), [185_432] * 400):
        table = seen(400, a=masks, b=[kind(order) for order in orders])
        assert (table[CHECK].violations, table[CHECK].review) == (0, 0)


def test_no_order_and_no_split_of_the_rows_matters() -> None:
    both = [middle(number) if row < 3 else "" for row, number in enumerate(NUMBERS)]
    tables = users(["x"] * 60, a=[mask(number) for number in NUMBERS], b=[number[6:12] for number in NUMBERS], c=both)
    whole, table = Seen(tables)[CHECK], tables["users"]
    parts = Seen({"users": pa.concat_tables([table.slice(41), table.slice(0, 2), table.slice(2, 39)])})[CHECK]
    assert dict(whole.problems) == {REST: 57, MASKS: 3}
    assert (parts.problems, parts.rows) == (whole.problems, whole.rows)


def test_a_table_without_a_contract_is_read_too() -> None:
    table = Seen({**users(["x"]), "old": pa.table({"a": [HEAD], "b": [middle(ONE)]})})
    assert table["free/*"].problems == ((MASKS, 1),)
