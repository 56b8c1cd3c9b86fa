"""National codes of Iran with their check digit."""

from __future__ import annotations

from governance.synthetic.planting.forms import NOTE, PERSIAN, Form, Values
from governance.synthetic.planting.planter import Planter


def _code(planter: Planter) -> str:
    digits = [int(digit) for digit in planter.rng.integers(1, 10, 9)]
    rest = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
    return "".join(map(str, digits)) + str(rest if rest < 2 else 11 - rest)


VALUES = Values(
    category="user.government_id",
    forms=(Form("national code: labelled", "national_id", lambda p: f"کد ملی: {_code(p).translate(PERSIAN)}", NOTE),),
)
