"""The data of a magnetic stripe, in both of its tracks."""

from __future__ import annotations

from governance.synthetic.company import bank
from governance.synthetic.planting.forms import Form, Values
from governance.synthetic.planting.planter import Planter

_KIND = "track_data"


def _track_1(planter: Planter) -> str:
    rng = planter.rng
    return f"%B{bank.card(rng)}^REZAEI/ALI^{bank.yymm(rng)}101{bank.digits(rng, 13)}?"


def _track_2(planter: Planter) -> str:
    rng = planter.rng
    return f";{bank.card(rng)}={bank.yymm(rng)}101{bank.digits(rng, 9)}?"


VALUES = Values(
    forms=(Form("track 1", _KIND, _track_1, carried=False), Form("track 2", _KIND, _track_2, carried=False))
)
