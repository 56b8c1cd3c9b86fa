"""Plants what a user's encrypted columns hold into other places, readable or as good as readable."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company.world import World
from governance.synthetic.planting import undeclared
from governance.synthetic.planting.ciphers import fresh
from governance.synthetic.planting.classified import EMAIL, PHONE, misplaced
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import Planter, Violation

_KIND = "untwinned"
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@dataclass(frozen=True, slots=True)
class _Form:
    """How a user's value, from the named column, stands at a place; `detects` is what it looks like to anybody."""

    name: str
    column: str
    detects: str
    place: tuple[str, str]
    write: Callable[[str], str]


def _local(mobile: str) -> str:
    return "0" + mobile.removeprefix("+98")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_FORMS = (
    _Form(
        "phone: Persian digits in a review",
        "mobile",
        PHONE,
        ("reviews", "body"),
        lambda mobile: f"ناشر با من تماس بگیرد: {_local(mobile).translate(_PERSIAN)}",
    ),
    _Form(
        "e-mail: in the JSON of a payload",
        "email",
        EMAIL,
        ("transactions", "gateway_reply"),
        lambda email: json.dumps({"code": 100, "payer": {"mail": email}}),
    ),
    _Form(
        "e-mail: in capitals in the text of a message",
        "email",
        EMAIL,
        ("shared_sms", "text"),
        lambda email: f"حساب {email.upper()} آماده است.",
    ),
)
_ENCODED = _Form("phone: base64 in an undeclared column", "mobile", PHONE, ("", undeclared.TEXT), _encoded)
_TABLE = "phone: in an undeclared table"


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form at its place; one in an undeclared column of each table; one in a table that no contract names."""
    del world
    for form in _FORMS:
        if form.place[0] in plan.policy.tables:
            yield Violation(_KIND, form.name, partial(_plant, form=form))
    yield Violation(_KIND, _ENCODED.name, _plant_in_undeclared_columns)
    yield Violation(_KIND, _TABLE, _plant_in_a_table)


def _plant(planter: Planter, form: _Form, table: str = "") -> None:
    table, column = table or form.place[0], form.place[1]
    text = form.write(_value(planter, form.column))
    row = new_row(planter, table)
    row[column] = text
    fires = planter.fires.of_table(_KIND, table)
    also = misplaced(planter, table, column, form.detects)
    planter.record(form.name, table, column, planter.key(table, row), fires, also)


def _plant_in_undeclared_columns(planter: Planter) -> None:
    for table in planter.contracts:
        undeclared.ensure_column(planter, table, undeclared.TEXT)
        _plant(planter, _ENCODED, table)


def _plant_in_a_table(planter: Planter) -> None:
    mobiles = [_value(planter, "mobile") for _ in range(3)]
    rows = pa.table({"row": pa.array(range(8)), "called": pa.array([*mobiles, *[None] * 5])})
    undeclared.ensure_table(planter, "call_list", rows)
    fires = planter.fires.of_column("free_of", "call_list", "called", detects=PHONE)
    kinds = (planter.fires.of_table(kind, "call_list") for kind in (_KIND, "classified"))
    planter.record(_TABLE, "call_list", "", None, fires, *kinds)


def _value(planter: Planter, column: str) -> str:
    """What a fresh user's encrypted column holds."""
    return planter.opened("users", column, fresh(planter, "users", column))
