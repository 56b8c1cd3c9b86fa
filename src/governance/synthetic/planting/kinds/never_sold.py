"""Plants transfers that amount to a sale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from governance.planning.checks import Plan
from governance.synthetic.additions import Row
from governance.synthetic.company.shipping import PAYLOADS
from governance.synthetic.company.world import World
from governance.synthetic.planting import company
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND, _TABLE = "never_sold", "transfers"
# By form, the fields of the ledger for a transfer that is otherwise valid.
_SOLD: Mapping[str, Mapping[str, object]] = {
    "paid in money": {"consideration": "licence fee", "consideration_amount": 250_000_000},
    "paid in money, called nothing": {"consideration_amount": 1},
    "paid back": {"consideration_amount": -40_000},
    "in return for advertising": {"consideration": "advertising credit"},
    "in return, in Persian": {"consideration": "بدون مابه‌ازای نقدی؛ تخفیف در تبلیغات"},
    "nothing but": {"consideration": "none, except 3 % of sales"},
    "amount left open": {"consideration_amount": None},
    "consideration left open": {"consideration": " "},
    "to a broker": {"recipient": "audience_broker"},
    "to nobody": {"recipient": None},
    "shared for its own sake": {"purpose": "third_party_sharing.payment_processing"},
    "for somebody's advertising": {"purpose": "marketing.advertising.third_party.targeted"},
    "DPV's word for selling": {"purpose": "dpv:SellDataToThirdParties"},
    "sold below an allowed name": {"purpose": "functional.service.improve.sell_to_advertisers"},
    "no purpose": {"purpose": None},
    "a sign for a purpose": {"purpose": "-"},
}


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once; payloads take turns."""
    del plan, world
    for turn, (form, change) in enumerate(_SOLD.items()):
        yield Violation(_KIND, form, partial(_sell, form=form, change=change, payload=PAYLOADS[turn % len(PAYLOADS)]))
    yield Violation(_KIND, "recipient in other letters", _alias)


def _sell(planter: Planter, form: str, change: Mapping[str, object], payload: str) -> None:
    """An unregistered recipient and a purpose outside the agreement violate the agreement too."""
    row = company.transfer(planter, payload)
    row.update(change)
    beyond = not {"recipient", "purpose"}.isdisjoint(change)
    _record(planter, form, row, planter.fires.of_table("minimal", payload) if beyond else ())


def _alias(planter: Planter) -> None:
    """Registers compare exactly, so a recipient under another spelling is unregistered."""
    for payload in PAYLOADS:
        for spelled in (str.upper, "{}\u200c".format):
            row = company.transfer(planter, payload)
            row["recipient"] = spelled(row["recipient"])
            _record(planter, "recipient in other letters", row, planter.fires.of_table("minimal", payload))


def _record(planter: Planter, form: str, row: Row, also: tuple[str, ...]) -> None:
    planter.record(form, _TABLE, "", planter.key(_TABLE, row), planter.fires.of_table(_KIND, _TABLE), also)


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    named = cell.table == _TABLE and cell.column in {"recipient", "purpose", "consideration", "consideration_amount"}
    return planter.fires.of_table(_KIND, _TABLE) if named else ()


PLANTER = KindPlanter(violations, _spoiled)
