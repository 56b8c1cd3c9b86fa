# ruff: noqa: S311  the same values in every run
"""A column of suspects is not evaluated until somebody judged it; a lone one is listed; ids and times are silent."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from governance.detection.columns.doubtful import Doubtful
from governance.policy import ColumnReview, Policy, Where, declaration
from governance.results import Reason, Verdict
from governance.rules.kinds.classified import Classified
from governance.rules.kinds.free_of import FreeOf
from tests.rules.conftest import CARD, Seen, column, contract, policy, rule

ROWS = 60
CHECK, PERSONAL = "free/items/value", "personal/items"
NEEDS = (Verdict.NOT_EVALUATED, Reason.NEEDS_REVIEW)
HOLDS = (Verdict.PASSED, Reason.HOLDS)
Draw = Callable[[random.Random], Any]


def made(logical: str = "string") -> Policy:
    rules = (
        rule("free", FreeOf(("payment_card_number",)), Where(columns=True, names=("value",), undeclared=True)),
        rule("personal", Classified(("phone_number",)), Where(undeclared=True)),
    )
    return policy(contract("items", column("item_id", "integer"), column("value", logical)), rules=rules)


def items(values: Any, name: str = "value") -> dict[str, pa.Table]:
    return {"items": pa.table({"item_id": range(len(values)), name: values})}


def judged(values: Any, logical: str = "string", check: str = CHECK) -> tuple[Verdict, Reason]:
    return Seen(items(values), made(logical)).verdict(check)


def card(draw: random.Random, issuer: str = "") -> str:
    """A number that is no card's, but begins like one and may be rounded to one."""
    begins = issuer or draw.choice(["603799", "621986", "589210", "610433", "627412"])
    return begins + "".join(draw.choices("0123456789", k=16 - len(begins)))


def drawn(one: Draw, count: int = ROWS) -> list[Any]:
    return [one(random.Random(place)) for place in range(count)]


def as_float32(values: list[Any]) -> pa.Array:
    return pa.array(np.array(values, np.float32))


def mobile(draw: random.Random) -> int:
    return int(draw.choice(["912", "935", "919", "901", "990"]) + "".join(draw.choices("0123456789", k=7)))


LOST = {
    "short floats": (as_float32(drawn(lambda d: float(card(d)))), "number"),
    "scientific": (drawn(lambda d: f"{float(card(d)):.5E}"), "string"),
    "scientific, three digits": (drawn(lambda d: f"{float(card(d)):.2E}"), "string"),
    "Persian digits": (
        drawn(lambda d: f"{float(card(d)):.5E}".translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))),
        "string",
    ),
    "floats of nineteen digits": (drawn(lambda d: float(card(d, "621986") + "123")), "number"),
    "rounded whole numbers": (drawn(lambda d: int(float(f"{float(card(d)):.5E}"))), "integer"),
}


@pytest.mark.parametrize("form", LOST)
def test_numbers_of_card_size_that_lost_digits_need_a_review(form: str) -> None:
    values, logical = LOST[form]
    found = Doubtful.of(pa.array(values))
    assert int(found.lost.sum()) > 0.9 * ROWS
    seen = Seen(items(values), made(logical))
    verdict = seen.verdict(CHECK)
    assert verdict == NEEDS or verdict[0] is Verdict.FAILED  # some rounded numbers pass Luhn by accident
    assert seen[CHECK].review >= ROWS // 2
    assert seen[CHECK].suspects == (("value", seen[CHECK].review, ROWS),)


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.string()], ids=str)
def test_mobiles_without_their_zero_need_a_review(kind: pa.DataType) -> None:
    values = pa.array(drawn(mobile)).cast(kind)
    seen = Seen(items(values), made("string" if kind == pa.string() else "number"))
    assert seen.verdict(PERSONAL) == NEEDS
    assert seen[PERSONAL].suspects == (("value", ROWS, ROWS),)
    assert seen.verdict(CHECK) == HOLDS


INNOCENT: dict[str, tuple[Draw, str]] = {
    "milliseconds": (lambda d: 1_700_000_000_000 + d.randrange(10**10), "integer"),
    "milliseconds as floats": (lambda d: float(1_700_000_000_000 + d.randrange(10**10)), "number"),
    "microseconds as floats": (lambda d: 1e3 * (1_700_000_000_000 + d.randrange(10**10)), "number"),
    "nanoseconds as floats": (lambda d: 1e6 * (1_700_000_000_000 + d.randrange(10**10)), "number"),
    "scientific milliseconds": (lambda d: f"{1_700_000_000_000 + d.randrange(10**10):.5E}", "string"),
    "amounts": (lambda d: d.randrange(1, 9000) * 1000, "integer"),
    "statistics": (lambda d: float(round(10 ** d.uniform(9, 18), -6)), "number"),
    "tracking numbers": (lambda d: "".join(d.choices("0123456789", k=16)), "string"),
    "tracking numbers of one carrier": (lambda d: "4" + "".join(d.choices("0123456789", k=15)), "string"),
    "random ids that begin with 9": (lambda d: d.randrange(9 * 10**9, 10**10), "integer"),
    "ISBN-13": (lambda d: "978964" + "".join(d.choices("0123456789", k=7)), "string"),
    "ISBN-10 as a number": (lambda d: 9_640_000_000 + d.randrange(10**7), "integer"),
    "IMEI": (lambda d: "35" + "".join(d.choices("0123456789", k=13)), "string"),
    "snowflakes": (lambda d: float(d.randrange(15 * 10**17, 18 * 10**17)), "number"),
}


@pytest.mark.parametrize("form", INNOCENT)
def test_ids_times_and_amounts_need_none(form: str) -> None:
    one, logical = INNOCENT[form]
    seen = Seen(items(drawn(one, 300)), made(logical))
    assert seen.verdict(PERSONAL) == HOLDS
    assert seen.verdict(CHECK)[1] in {Reason.HOLDS, Reason.VIOLATED}  # a tracking number may be a card's by accident
    assert all(2 * suspects <= filled for _, suspects, filled in seen[CHECK].suspects)


def test_prices_as_short_floats_need_none() -> None:
    assert judged(as_float32(drawn(lambda d: d.uniform(1, 10**8))), "number") == HOLDS


@pytest.mark.parametrize("step", [1, 7, 250])
@pytest.mark.parametrize("first", [9_000_000_001, 9_120_000_001])
def test_ids_that_count_up_are_no_mobiles(first: int, step: int) -> None:
    assert judged([first + step * row for row in range(ROWS)], "integer", PERSONAL) == HOLDS


def test_a_number_that_fills_a_column_is_a_mobile_unless_it_is_a_filler() -> None:
    assert judged([9_121_234_567] * ROWS, "integer", PERSONAL) == NEEDS
    assert judged([9_999_999_999] * ROWS, "integer", PERSONAL) == HOLDS


def test_a_lone_suspect_is_listed_and_does_not_block() -> None:
    texts = ["بدون توضیح"] * (ROWS - 1) + [f"{float(CARD):.5E}"]
    seen = Seen(items(texts), made())
    assert seen.verdict(CHECK) == HOLDS
    assert (seen[CHECK].review, seen[CHECK].suspects) == (1, (("value", 1, ROWS),))
    assert judged([f"{float(CARD):.5E}", None, None]) == HOLDS


def test_empty_cells_do_not_dilute_a_column_and_filled_ones_do() -> None:
    lost = LOST["short floats"][0].to_pylist()[:20]
    for nothing in (None, 0.0, float("nan")):
        assert judged(pa.array([*lost, *[nothing] * 100], pa.float32()), "number") == NEEDS
    texts = [f"{value:.5E}" for value in lost]
    assert judged([*texts, *["", "-", "n/a", None] * 25]) == NEEDS
    mobiles = drawn(mobile, 20)
    assert judged([*mobiles, *[None] * 100, *[0] * 100], "integer", PERSONAL) == NEEDS
    assert judged([*mobiles, *[12] * 100], "integer", PERSONAL) == HOLDS


def test_numbers_of_card_size_that_lost_digits_need_a_review_among_any_others() -> None:
    lost = LOST["short floats"][0].to_pylist()[:8]
    assert judged(pa.array([*lost, *[12.5] * 400], pa.float32()), "number") == NEEDS
    assert judged([*(f"{value:.5E}" for value in lost), *["سفارش تازه"] * 400]) == NEEDS
    assert judged(pa.array([*lost[:3], *[12.5] * 400], pa.float32()), "number") == HOLDS
    others = drawn(lambda d: f"{float(d.randrange(10**15, 10**16)):.5E}", 200)
    assert judged([*(f"{value:.5E}" for value in lost), *others]) == HOLDS


def test_what_failed_stays_failed() -> None:
    texts = [f"{float(CARD):.5E}"] * ROWS
    assert judged([*texts, CARD]) == (Verdict.FAILED, Reason.VIOLATED)


def test_columns_and_tables_without_a_contract_are_judged_too() -> None:
    values = LOST["short floats"][0]
    seen = Seen({**items(["x"] * ROWS), "old": pa.table({"number": values})}, made())
    assert seen.verdict("free/*") == NEEDS
    assert seen["free/*"].suspects == (("old/number", ROWS, ROWS),)
    beside = {"items": items(["x"] * ROWS)["items"].append_column("number", values)}
    seen = Seen(beside, made())
    assert seen.verdict("free/items/*") == NEEDS
    assert seen["free/items/*"].suspects == (("number", ROWS, ROWS),)


REVIEW = ColumnReview("items/value", "", 60, "N", "2025-12-01", "2026-06-01")


def reviewed(suspects: int, others: int = 40, **changed: Any) -> tuple[Verdict, Reason]:
    known = made("number")
    fingerprint = declaration(known.tables["items"], "items/value")
    review = replace(REVIEW, **{"fingerprint": fingerprint, **changed})
    lost = [float(card(random.Random(place))) for place in range(suspects)]
    values = as_float32([*lost, *[12.5] * others])
    return Seen(items(values), replace(known, column_reviews=(review,))).verdict(CHECK)


def test_a_review_holds_for_its_share_and_for_five_points_more() -> None:
    assert reviewed(60) == HOLDS
    assert reviewed(65, 35) == HOLDS
    assert reviewed(67, 33) == NEEDS


@pytest.mark.parametrize(
    "changed",
    [
        {"fingerprint": "0" * 64},
        {"column": "items/other"},
        {"until": "2025-12-31"},
    ],
    ids=str,
)
def test_a_review_of_something_else_or_of_another_time_is_none(changed: dict[str, Any]) -> None:
    assert reviewed(60, **changed) == NEEDS


def test_a_column_without_a_contract_is_reviewed_by_its_name_until_it_is_declared() -> None:
    tables = {**items(["x"] * ROWS), "old": pa.table({"number": LOST["short floats"][0]})}
    review = replace(REVIEW, column="old/number", fingerprint=declaration(None, "old/number"), share=100)
    assert Seen(tables, replace(made(), column_reviews=(review,))).verdict("free/*") == HOLDS
    known = contract("old", column("number", "number"))
    assert declaration(known, "old/number") != review.fingerprint


def test_the_form_of_the_array_does_not_matter() -> None:
    values = pa.array(drawn(lambda d: f"{float(card(d)):.5E}"))
    for same in (
        values.dictionary_encode(),
        values.cast(pa.large_string()),
        pa.concat_arrays([pa.nulls(3, pa.string()), values])[3:],
    ):
        found = Doubtful.of(same)
        assert (found.lost == Doubtful.of(values).lost).all()
        assert found.held.all()
