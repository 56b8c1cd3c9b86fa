"""Plants undeclared personal data: in free text, in undeclared columns and tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company.world import World
from governance.synthetic.planting import undeclared
from governance.synthetic.planting.cells import plant_form, plant_table
from governance.synthetic.planting.fires import Fires
from governance.synthetic.planting.forms import FREE_TEXT, PERSIAN, Form, Place
from governance.synthetic.planting.planter import KindPlanter, Planter, Violation, as_it_is
from governance.synthetic.planting.values import email_address, phone_number, values_of

_KIND = "classified"
_PHONE, _EMAIL = "phone_number", "email_address"
_COLUMN: Form[Planter] = Form("e-mail: in an undeclared column", _EMAIL, email_address.address)
_TABLE: Form[Planter] = Form(
    "phone: in an undeclared table", _PHONE, lambda p: phone_number.mobile(p).translate(PERSIAN)
)
_ZEROLESS = "phone: a column of numbers without their zero"


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form of the rules' kinds, at its place or in free text; in undeclared columns; in a table."""
    del world
    known = values_of(plan.policy)
    detected = [kind for kind in Fires(plan).detected(_KIND) if known[kind].category]
    for form in (form for kind in detected for form in known[kind].forms):
        places = tuple(place for place in _places(form) if place[0] in plan.policy.tables)
        if places:
            yield Violation(_KIND, form.name, partial(_plant, form=form, places=places))
    if _EMAIL in detected:
        yield Violation(_KIND, _COLUMN.name, _plant_in_undeclared_columns)
    if _PHONE in detected:
        yield Violation(_KIND, _TABLE.name, _plant_in_a_table)
        yield Violation(_KIND, _ZEROLESS, _plant_without_zeros, as_it_is)


def _places(form: Form[Planter]) -> tuple[Place, ...]:
    return (form.place,) if form.place[0] else FREE_TEXT


def _plant(planter: Planter, form: Form[Planter], places: tuple[Place, ...]) -> None:
    for place in places:
        plant_form(planter, form, planter, place)


def _plant_in_undeclared_columns(planter: Planter) -> None:
    for table in planter.contracts:
        undeclared.ensure_column(planter, table, undeclared.TEXT)
        plant_form(planter, _COLUMN, planter, (table, undeclared.TEXT))


def _plant_in_a_table(planter: Planter) -> None:
    numbers = [_TABLE.write(planter) for _ in range(3)] + [None] * 5
    rows = pa.table({"row": pa.array(range(len(numbers))), "contact": pa.array(numbers)})
    plant_table(planter, _TABLE, "newsletter_export", rows)


def _plant_without_zeros(planter: Planter) -> None:
    usual = tuple(int(phone_number.mobile(planter)) for _ in range(40))
    planter.add_column(_ZEROLESS, "reviews", "external_number", pa.int64(), usual)
    planter.record(_ZEROLESS, "reviews", "external_number", None, planter.fires.of_table(_KIND, "reviews"))


PLANTER = KindPlanter(violations)
