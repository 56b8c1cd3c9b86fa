"""Dates of birth, in both calendars."""

from __future__ import annotations

from governance.synthetic.planting.forms import PERSIAN, Form, Values
from governance.synthetic.planting.planter import Planter


def _date(planter: Planter, first: int) -> str:
    rng = planter.rng
    return f"{first + rng.integers(0, 30)}/{rng.integers(1, 13):02}/{rng.integers(1, 29):02}"


VALUES = Values(
    category="user.demographic.date_of_birth",
    usual=False,
    forms=(
        Form("birth date: labelled", "birth_date", lambda p: f"تاریخ تولد: {_date(p, 1350)}".translate(PERSIAN)),
        Form("birth date: in English", "birth_date", lambda p: f"date of birth: {_date(p, 1970)}"),
    ),
)
