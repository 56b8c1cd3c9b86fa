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
SPLIT = "card_number_in_two_columns"
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
    "with a space": {"a": HEAD, "note": f"ارقام میانی کارت: {MID[:3]} {MID[3:]}"},
    "with hyphens": {"a": HEAD, "note": f"وسط کارت {MID[:2]}-{MID[2:4]}-{MID[4:]}".translate(PERSIAN)},
    "digit by digit": {"a": HEAD, "note": f"middle digits: {' '.join(MID)}"},
    "in groups, by the column": {"a": HEAD, "card_middle": f"{MID[:2]} {MID[2:]}"},
    "in groups, before a number": {"a": HEAD, "note": f"ارقام میانی: {MID[:3]} {MID[3:]}، مبلغ 5000"},
    "digit by digit, in vowelled words": {"a": HEAD, "note": f"رقم مِیانی: {' '.join(MID)}"},
    "digit by digit, in stretched words": {"a": HEAD, "note": f"رقم میـــانی: {' '.join(MID)}"},
    "by a column in Arabic letters": {"a": HEAD, "رقم مياني": MID},
    "by a column of numbers in Arabic letters": {"a": HEAD, "رقم مياني": int(MID)},
    "by a column in Arabic letters, in groups": {"a": HEAD, "مياني كارت": f"{MID[:2]} {MID[2:]}"},
    "with the first six": {"a": HEAD, "note": f"شماره کارت (۱۲ رقم اول): {ONE[:12]}"},
    "with the first six, unannounced": {"a": HEAD, "note": f"{ONE[:12]} ثبت شد"},
    "with the first six, in groups": {"a": HEAD, "note": f"{ONE[:4]} {ONE[4:8]}-{ONE[8:12]}"},
    "with the first six, in Persian digits": {"a": HEAD, "note": f"کد {ONE[:12]} ثبت شد".translate(PERSIAN)},
    "with the first six, in JSON": {"a": HEAD, "b": f'{{"code": 100, "ref_id": {ONE[:12]}}}'},
    "with the first six, as a number": {"a": HEAD, "b": int(ONE[:12])},
    "with the last four": {"a": HEAD, "reference": ONE[6:]},
    "with the last four, of a foreign bank": {"a": mask(VISA), "reference": VISA[6:]},
    "with all but one": {"a": HEAD, "reference": f"{ONE[:15]} {ONE[1:]}"},
    "beside an order": {"a": HEAD, "note": f"سفارش 140508011405 کد {ONE[:12]}"},
}


@pytest.mark.parametrize("columns", TOLD.values(), ids=TOLD)
def test_hidden_digits_that_are_announced_are_found(columns: dict[str, Any]) -> None:
    assert found(**columns).problems == ((REST, 1),)


@pytest.mark.parametrize("note", [MID, f"کد {MID} ثبت شد", f"پرداخت با کارت {MID} تومان"])
def test_digits_that_may_be_the_hidden_ones_by_accident_are_suspects(note: str) -> None:
    table = seen(a=HEAD, note=note)
    assert table.verdict(CHECK)[0] is Verdict.PASSED
    assert table[CHECK].review == 1


def wrong(number: str) -> str:
    return f"{number[:11]}{(int(number[11]) + 1) % 10}"


OVERLAPPING: dict[str, dict[str, Any]] = {
    "a wrong check digit": {"a": HEAD, "b": wrong(ONE)},
    "the first twelve of another card": {"a": HEAD, "b": OTHER[:12]},
    "hidden digits in groups": {"a": HEAD, "b": f"{MID[:3]} {MID[3:]}"},
    "other digits in groups": {"a": HEAD, "note": f"ارقام میانی: {MID[3:]} {int(MID[:3]) ^ 1:03}"},
    "the first ten": {"a": HEAD, "b": ONE[:10]},
    "a part of a longer number": {"a": HEAD, "b": f"7{ONE[:12]} {ONE[:12]}7 A{ONE[:12]}"},
    "a hash": {"a": HEAD, "b": f"sha256:{ONE[:12]}{'ab' * 26}"},
    "a moment": {"a": HEAD, "b": "20261023001244", "c": "1405-08-01 14:05:09"},
}


@pytest.mark.parametrize("columns", OVERLAPPING.values(), ids=OVERLAPPING)
def test_digits_that_do_not_fill_a_mask_are_silent(columns: dict[str, Any]) -> None:
    assert (found(**columns).violations, found(**columns).review) == (0, 0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("of_bank", [False, True], ids=["random", "begin with the bank"])
def test_references_that_agree_by_chance_are_silent(seed: int, of_bank: bool) -> None:  # noqa: FBT001
    draw = random.Random(seed)
    numbers = [card((seed, row)) for row in range(2000)]
    references = [
        f"{number[:6] if of_bank else draw.randrange(10**5, 10**6)}{draw.randrange(10**6):06}" for number in numbers
    ]
    masks, notes = [mask(number) for number in numbers], [f"پیگیری {one}" for one in references]
    table = seen(2000, a=masks, b=references, c=notes)
    assert (table[CHECK].violations, table[CHECK].review) == (0, 0)
    references[7] = numbers[7][:12]
    assert seen(2000, a=masks, b=references)[CHECK].violations == (not of_bank)


def test_ten_digits_of_many_are_suspects_only() -> None:
    draw = random.Random(1)
    numbers = [card(row) for row in range(1500)]
    telephones = [f"9{draw.randrange(10**5):05}0000" for _ in numbers]
    telephones[7] = numbers[7][6:]
    table = seen(1500, a=[mask(number) for number in numbers], b=telephones)
    assert (table[CHECK].violations, table[CHECK].review) == (0, 1)
    for name in ("رقم آخر کارت", "رقم آخر كارت"):
        announced = seen(1500, **{"a": [mask(number) for number in numbers], name: telephones})
        assert (announced[CHECK].violations, announced[CHECK].review) == (1, 0)


SPLITS: dict[str, dict[str, Any]] = {
    "in two cells": {"authority": ONE[:8], "reference_number": ONE[8:]},
    "in cells of twelve and four": {"b": ONE[12:], "a": int(ONE[:12])},
    "in named columns": {"pan_first12": ONE[:12], "pan_last4": ONE[12:]},
    "in three named columns": {"card_last": ONE[12:], "card_bin": int(ONE[:6]), "card_middle": MID},
    "in named columns in Arabic letters": {"اول كارت": ONE[:6], "مياني": MID, "آخر": ONE[12:]},
    "in JSON": {"a": f'{{"pan_first12": "{ONE[:12]}", "pan_last4": "{ONE[12:]}"}}'},
    "in nested JSON": {"a": f'{{"card": {{"bin": "{ONE[:6]}", "middle": {MID}, "last4": "{ONE[12:]}"}}}}'},
    "in JSON in another order": {"a": f'{{"last4": "{ONE[12:]}", "middle": "{MID}", "code": 100, "bin": "{ONE[:6]}"}}'},
    "in JSON in JSON": {
        "a": f'{{"x": "{{\\"bin\\": \\"{ONE[:6]}\\", \\"rest\\": \\"{ONE[6:12]}\\", \\"tail\\": \\"{ONE[12:]}\\"}}"}}'
    },
    "in numbered parts": {"a": "{" + ", ".join(f'"card{n + 1}": "{ONE[4 * n : 4 * n + 4]}"' for n in range(4)) + "}"},
    "of a foreign bank": {"a": f'{{"pan_first": "{VISA[:8]}", "pan_last": "{VISA[8:]}"}}'},
    "in Persian": {"a": f"هشت رقم اول کارت: {ONE[:8]}، هشت رقم آخر: {ONE[8:]}".translate(PERSIAN)},
    "in fields": {"a": {"bin": ONE[:6], "middle": MID, "last4": ONE[12:]}},
}


@pytest.mark.parametrize("columns", SPLITS.values(), ids=SPLITS)
def test_parts_that_make_a_number_are_found(columns: dict[str, Any]) -> None:
    assert found(**columns).problems == ((SPLIT, 1),)


APART: dict[str, dict[str, Any]] = {
    "the bank and the last four": {"a": f'{{"bin": "{ONE[:6]}", "last4": "{ONE[12:]}"}}'},
    "and another number": {"a": f'{{"bin": "{ONE[:6]}", "last4": "{ONE[12:]}", "order": "{MID}"}}'},
    "a wrong digit": {"a": f'{{"pan_first12": "{wrong(ONE)}", "pan_last4": "{ONE[12:]}"}}'},
    "a first and a last of no card": {"a": f'{{"first_seen": "{VISA[:8]}", "last_seen": "{VISA[8:]}"}}'},
    "two cells of no Iranian card": {"a": VISA[:8], "b": VISA[8:]},
    "two cells with a wrong digit": {"a": wrong(ONE), "b": ONE[12:]},
    "parts of longer cells": {"a": f"{ONE[:8]} تومان", "b": ONE[8:]},
}


@pytest.mark.parametrize("columns", APART.values(), ids=APART)
def test_parts_that_make_no_number_are_silent(columns: dict[str, Any]) -> None:
    assert (found(**columns).violations, found(**columns).review) == (0, 0)


def test_a_bank_beside_the_rest_is_a_suspect() -> None:
    table = seen(a=ONE[:6], b=ONE[6:])
    assert (table[CHECK].violations, table[CHECK].review) == (0, 1)


def test_numbers_of_eight_digits_side_by_side_are_no_halves() -> None:
    draw = random.Random(3)
    for begin in (0, 60379900):
        first = [f"{begin + row if begin else draw.randrange(10**7, 10**8)}" for row in range(3000)]
        second = [f"{draw.randrange(10**8):08}" for _ in first]
        table = seen(3000, a=first, b=second)
        assert (table[CHECK].violations, table[CHECK].review) == (0, 0)


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
