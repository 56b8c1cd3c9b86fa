"""Plants card data that no single cell shows: masked beside its plain hash, in two columns, in whole columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from governance.planning.checks import Plan
from governance.policy import REST
from governance.synthetic.company import bank
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import Planter, Violation, as_it_is

_KIND = "free_of"
_CARD = "payment_card_number"
_UNKNOWN = "299900"  # no bank's prefix
# Beside a mask of the first six and the last four digits, what shows the others.
_BESIDE: dict[str, Callable[[str], str]] = {
    "card: two masks that hide different digits": lambda number: f"پیگیری ******{number[6:12]}****",
    "card: two ways to shorten it": lambda number: f"{number[:9]}*******",
    "card: the hidden digits in a note": lambda number: f"ارقام میانی: {number[6:12]}",
    "card: the hidden digits in groups": lambda number: f"ارقام میانی کارت: {number[6:9]} {number[9:12]}",
    "card: a mask and the first twelve digits": lambda number: f"شماره کارت (۱۲ رقم اول): {number[:12]}",
}
_IN_JSON = "card: its parts in JSON"
_HIDDEN = "card: the hidden digits in a column"
# Columns of card numbers that lost digits: only a person can tell what they were.
_LOST: dict[str, tuple[pa.DataType, Callable[[str], object]]] = {
    "card: a column of short floats": (pa.float32(), lambda number: float(np.float32(number))),
    "card: a column as a spreadsheet shows it": (pa.string(), lambda number: f"{int(number):.5E}"),
    "card: a column of floats of nineteen digits": (pa.float64(), lambda number: float(f"{number}321")),
}


def violations(plan: Plan) -> Iterator[Violation]:
    """Each form once, in the tables of purchases and reviews."""
    if "transactions" in plan.policy.tables:
        yield Violation(_KIND, "card: masked beside its plain hash", _beside_its_hash)
        yield Violation(_KIND, "card: in two columns", _in_two_columns)
        for form in _BESIDE:
            yield Violation(_KIND, form, partial(_beside_its_mask, form=form))
        yield Violation(_KIND, _IN_JSON, _in_parts)
        yield Violation(_KIND, _HIDDEN, _in_a_column_of_its_own)
    if "reviews" in plan.policy.tables:
        yield Violation(_KIND, "card: a column of an unknown bank's numbers", _of_an_unknown_bank)
        yield Violation(_KIND, "CVV2: a column named for it", _named_for_a_code)
        for form in _LOST:
            yield Violation(_KIND, form, partial(_lost, form=form), as_it_is)


def _beside_its_hash(planter: Planter) -> None:
    for algorithm in ("sha256", "md5"):
        number = bank.card(planter.rng)
        digest = hashlib.new(algorithm, number.encode(), usedforsecurity=False).hexdigest()
        row = new_row(planter, "transactions")
        row["gateway_reply"] = json.dumps(
            {"code": 100, "card_pan": f"{number[:6]}******{number[-4:]}", "card_hash": digest.upper()}
        )
        _record(planter, "card: masked beside its plain hash", "transactions", "gateway_reply", row)


def _masked(planter: Planter) -> tuple[str, dict[str, Any]]:
    """A card number, and a fresh purchase that shows its mask."""
    number, row = bank.card(planter.rng), new_row(planter, "transactions")
    row["card_mask"] = f"{number[:6]}******{number[-4:]}"
    row["gateway_reply"] = json.dumps({"code": 100, "card_pan": row["card_mask"]})
    return number, row


def _beside_its_mask(planter: Planter, form: str) -> None:
    number, row = _masked(planter)
    row["note"] = _BESIDE[form](number)
    _record(planter, form, "transactions", "note", row)


def _in_parts(planter: Planter) -> None:
    number, row = bank.card(planter.rng), new_row(planter, "transactions")
    row["gateway_reply"] = json.dumps({"card": {"bin": number[:6], "middle": number[6:12], "last4": number[-4:]}})
    _record(planter, _IN_JSON, "transactions", "gateway_reply", row)


def _in_a_column_of_its_own(planter: Planter) -> None:
    planter.add_column(_HIDDEN, "transactions", "part", pa.int64())
    for _ in range(8):
        number, row = _masked(planter)
        row["note"], row["part"] = None, int(number[6:12])
        _record(planter, _HIDDEN, "transactions", "part", row)


def _in_two_columns(planter: Planter) -> None:
    form = "card: in two columns"
    planter.add_column(form, "transactions", "issuer_part", pa.int64())
    planter.add_column(form, "transactions", "account_part", pa.string())
    for _ in range(8):
        number = bank.card(planter.rng)
        row = new_row(planter, "transactions")
        row["issuer_part"], row["account_part"] = int(number[:8]), number[8:]
        _record(planter, form, "transactions", "account_part", row)


def _of_an_unknown_bank(planter: Planter) -> None:
    form = "card: a column of an unknown bank's numbers"
    planter.add_column(form, "reviews", "legacy_reference", pa.string())
    for _ in range(30):
        new_row(planter, "reviews")["legacy_reference"] = _of_nobody(planter)
    _record(planter, form, "reviews", "legacy_reference", None)


def _named_for_a_code(planter: Planter) -> None:
    form = "CVV2: a column named for it"
    planter.add_column(form, "reviews", "card_cvv2", pa.string())
    new_row(planter, "reviews")["card_cvv2"] = "kept"
    _record(planter, form, "reviews", "card_cvv2", None)


def _lost(planter: Planter, form: str) -> None:
    kind, lose = _LOST[form]
    usual = tuple(lose(bank.card(planter.rng)) for _ in range(40))
    planter.add_column(form, "reviews", "external_reference", kind, usual)
    _record(planter, form, "reviews", "external_reference", None)


def _record(planter: Planter, form: str, table: str, column: str, row: dict[str, object] | None) -> None:
    key = planter.key(table, row) if row is not None else None
    planter.record(form, table, column, key, planter.fires.of_column(_KIND, table, REST, detects=_CARD))


def _of_nobody(planter: Planter) -> str:
    body = _UNKNOWN + bank.digits(planter.rng, 9)
    return body + bank.luhn_digit(body)
