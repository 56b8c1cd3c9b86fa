"""Plants values of a user's encrypted columns in other places, readable or merely encoded."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import partial

import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company.world import World
from governance.synthetic.planting import undeclared
from governance.synthetic.planting.cells import plant_form, plant_table
from governance.synthetic.planting.company import row_with
from governance.synthetic.planting.forms import BODY, PERSIAN, REFERENCE, REPLY, Form, in_base64, national
from governance.synthetic.planting.planter import KindPlanter, Planter, Violation

_KIND = "untwinned"
# By form, the column of a user that holds its value.
_FORMS: dict[Form[str], str] = {
    Form(
        "phone: Persian digits in a review",
        "phone_number",
        lambda mobile: f"ناشر با من تماس بگیرد: {national(mobile).translate(PERSIAN)}",
        BODY,
    ): "mobile",
    Form(
        "e-mail: in the JSON of a payload",
        "email_address",
        lambda email: json.dumps({"code": 100, "payer": {"mail": email}}),
        REPLY,
    ): "email",
    Form(
        "e-mail: in capitals in the text of a message",
        "email_address",
        lambda email: f"حساب {email.upper()} آماده است.",
        ("shared_sms", "text"),
    ): "email",
    Form("phone: its ten digits as a bank's reference", "", lambda mobile: national(mobile)[1:], REFERENCE): "mobile",
    Form(
        "phone: a digest in a reply",
        "",
        lambda mobile: json.dumps({"code": 100, "payer": hashlib.sha256(national(mobile).encode()).hexdigest()}),
        REPLY,
    ): "mobile",
    Form(
        "e-mail: a digest in base64 in a review",
        "",
        lambda email: f"کد {base64.b64encode(hashlib.sha512(email.encode()).digest()).decode()}",
        BODY,
    ): "email",
}
_EVERYWHERE = Form("phone: base64 in an undeclared column", "phone_number", in_base64)
_TABLE: Form[str] = Form("phone: in an undeclared table", "phone_number", str)


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form at its place; one in an undeclared column of each table; one in a table without a contract."""
    del world
    for form in _FORMS:
        if form.place[0] in plan.policy.tables:
            yield Violation(_KIND, form.name, partial(_plant, form=form))
    yield Violation(_KIND, _EVERYWHERE.name, _in_every_table)
    yield Violation(_KIND, _TABLE.name, _in_a_table)


def _plant(planter: Planter, form: Form[str]) -> None:
    plant_form(planter, form, _value(planter, _FORMS[form]), kind=_KIND)


def _in_every_table(planter: Planter) -> None:
    for table in planter.contracts:
        undeclared.ensure_column(planter, table, undeclared.TEXT)
        plant_form(planter, _EVERYWHERE, _value(planter, "mobile"), (table, undeclared.TEXT), kind=_KIND)


def _in_a_table(planter: Planter) -> None:
    mobiles = [_value(planter, "mobile") for _ in range(3)]
    rows = pa.table({"row": pa.array(range(8)), "called": pa.array([*mobiles, *[None] * 5])})
    plant_table(planter, _TABLE, "call_list", rows, kind=_KIND)


def _value(planter: Planter, column: str) -> str:
    """The plaintext of a fresh user's encrypted column."""
    return planter.opened("users", column, row_with(planter, "users", column))


PLANTER = KindPlanter(violations)
