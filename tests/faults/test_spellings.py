"""Values that must not be there, in types and spellings that lose or hide them, and numbers that only look like it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from stdnum import luhn

from governance.results import Reason, Verdict
from tests.faults.company import CARD, FAILED, Company, unlooked

NOTE = "no-bank-data/transactions/note"
REPLY = "no-bank-data/transactions/gateway_reply"
PERSIAN, ARABIC = (str.maketrans("0123456789", digits) for digits in ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"))
FOURS = [CARD[place : place + 4] for place in range(0, 16, 4)]
NAN = float("nan")
LONG = "6212341234567890128"  # 19 digits


def found(company: Company, values: Sequence[Any] | pa.Array, name: str = NOTE, spelt: str = CARD) -> None:
    """The check finds the card, and says so without it."""
    _, table, column = name.split("/")
    company.put_column(table, column, values)
    said = company.check(name, secrets=(CARD, spelt))
    assert (said.code, said.verdict(name)) == (1, FAILED)
    assert said.problems(name) == {"payment_card_number": 1}


def test_nothing_is_said_of_what_is_innocent(company: Company) -> None:
    assert company.check(NOTE, REPLY, "personal-data-as-declared/transactions", "declared/*").code == 0


def test_15_a_card_among_floats_with_gaps_is_found(company: Company) -> None:
    found(company, pa.array([float(CARD), NAN, None, 12.5]), spelt="6037991234567893.0")


LOST = {
    "float32": pa.array([float(CARD)] * 3, pa.float32()),
    "text of a spreadsheet": pa.array(["6.03799E+15"] * 3),
}


@pytest.mark.parametrize("form", LOST)
def test_16_a_card_that_lost_digits_does_not_pass(company: Company, form: str) -> None:
    company.put_column("transactions", "note", LOST[form])
    said = company.check(NOTE, secrets=(CARD, "6.03799", "60379912"))
    assert (said.code, said.verdict(NOTE)) == (2, unlooked(Reason.NEEDS_REVIEW))


def test_17_numbers_beyond_what_a_float_holds_do_not_pass(company: Company) -> None:
    company.put_column("transactions", "note", pa.array([*[float(LONG)] * 3, NAN]))
    said = company.check(NOTE, secrets=(LONG, LONG[:15], "6.2123"))
    assert (said.code, said.verdict(NOTE)) == (2, unlooked(Reason.NEEDS_REVIEW))


def test_17_a_lone_one_is_listed_for_a_person(company: Company) -> None:
    """One number of a column that may have been anything proves nothing; it is counted beside the verdict."""
    company.put_column("transactions", "note", pa.array([float(LONG), NAN]))
    assert company.check(NOTE, secrets=(LONG, LONG[:15], "6.2123")).of(NOTE).evidence.review == 1


@pytest.mark.parametrize("digits", [PERSIAN, ARABIC], ids=["Persian", "Arabic"])
def test_18_a_card_in_other_digits_is_found(company: Company, digits: dict[int, str]) -> None:
    found(company, ["x", CARD.translate(digits)], spelt=CARD.translate(digits))


@pytest.mark.parametrize("gap", [" ", "-", "\u200c", "\n", "\u200b", "\u00a0", "\u2013"], ids=ascii)
def test_19_a_card_with_gaps_is_found(company: Company, gap: str) -> None:
    found(company, ["x", f"کارت {gap.join(FOURS)}"], spelt=gap.join(FOURS))


CARRIED = {
    "JSON": pa.array([json.dumps({"reply": {"source": CARD}})]),
    "a list": pa.array([["x", CARD]]),
    "bytes": pa.array([CARD.encode()], pa.binary()),
    "a decimal": pa.array([Decimal(CARD)], pa.decimal128(20, 0)),
    "a structure": pa.array([{"source": int(CARD)}]),
}


@pytest.mark.parametrize("carrier", CARRIED)
def test_20_a_card_in_a_carrier_is_found(company: Company, carrier: str) -> None:
    found(company, CARRIED[carrier], REPLY)


def test_21_a_card_in_the_name_of_a_column_is_found_and_not_shown(company: Company) -> None:
    table = company.table("transactions")
    company.put("transactions", table.append_column(CARD, pa.array(["x"] * table.num_rows)))
    name = "no-bank-data/transactions/*"
    said = company.check(name, "declared/transactions")
    assert (said.code, said.verdict(name), said.verdict("declared/transactions")) == (1, FAILED, FAILED)


def test_21_a_card_in_the_name_of_a_file_is_found_and_not_shown(company: Company) -> None:
    company.put(CARD, pa.table({"x": ["y"]}))
    said = company.check("no-bank-data/*", "declared/*")
    assert (said.code, said.verdict("no-bank-data/*"), said.verdict("declared/*")) == (1, FAILED, FAILED)


def test_22_an_order_number_of_sixteen_digits_is_no_card(company: Company) -> None:
    orders = [order for order in map(str, range(int(CARD) + 1, int(CARD) + 400, 3)) if not luhn.is_valid(order)]
    company.put_cells("transactions", "order_number", orders)
    name = "no-bank-data/transactions/order_number"
    said = company.check(name, secrets=orders[:5])
    assert (said.code, said.of(name).verdict) == (0, Verdict.PASSED)


TELEPHONES = [9120000000 + (7919 * step * step + 104729 * step) % 9999999 for step in range(1, 41)]


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64()], ids=str)
def test_23_telephone_numbers_that_lost_their_zero_are_found_by_name(company: Company, kind: pa.DataType) -> None:
    table = company.table("transactions")
    cells = pa.array([*TELEPHONES, *[None] * (table.num_rows - len(TELEPHONES))], pa.int64()).cast(kind)
    company.put("transactions", table.append_column("buyer_mobile", cells))
    name = "personal-data-as-declared/transactions"
    said = company.check(name, secrets=[str(number) for number in TELEPHONES])
    assert (said.code, said.verdict(name)) == (1, FAILED)
    assert said.problems(name) == {"undeclared_user.contact.phone_number": len(TELEPHONES)}


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64()], ids=str)
def test_23_in_a_column_of_another_name_they_do_not_pass(company: Company, kind: pa.DataType) -> None:
    """Ten digits without their zero may be an id; a column of them is for a person to judge."""
    company.put_column("transactions", "note", pa.array(TELEPHONES, pa.int64()).cast(kind))
    name = "personal-data-as-declared/transactions"
    said = company.check(name, secrets=[str(number) for number in TELEPHONES])
    assert (said.code, said.verdict(name)) == (2, unlooked(Reason.NEEDS_REVIEW))
