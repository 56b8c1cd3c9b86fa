"""Plants transfers that are like a sale, or that nothing protected on their way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from governance.planning.checks import Plan
from governance.synthetic.additions import Row
from governance.synthetic.company.shipping import PAYLOADS
from governance.synthetic.company.world import World
from governance.synthetic.planting import company
from governance.synthetic.planting.planter import Planter, Violation

_TABLE = "transfers"
# By form, what the ledger says of a transfer that was in order otherwise.
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
    "no purpose": {"purpose": None},
}
_BARE: Mapping[str, str | None] = {
    "TLS 1.0": "TLSv1.0",
    "TLS 1.1 in Persian digits": "TLS v۱٫۱",
    "SSL 3": "SSLv3",
    "plain HTTP": "http",
    "FTP": "FTP",
    "falls back": "TLSv1.3 (fallback TLSv1.0)",
    "Cyrillic letter": "ТLSv1.3",
    "unknown": "proprietary",
    "blank": "",
    "missing": None,
}


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once; payloads take turns."""
    del plan, world
    for turn, (form, said) in enumerate(_SOLD.items()):
        yield Violation(
            "never_sold", form, partial(_sell, form=form, said=said, payload=PAYLOADS[turn % len(PAYLOADS)])
        )
    yield Violation("never_sold", "recipient in other letters", _alias)
    for form, protocol in _BARE.items():
        yield Violation("protected_transport", form, partial(expose, form=form, protocol=protocol))


def record(planter: Planter, form: str, row: Row, *fires: tuple[str, ...]) -> None:
    """Write down what a transfer violates."""
    planter.record(form, _TABLE, "", planter.key(_TABLE, row), *fires)


def _sell(planter: Planter, form: str, said: Mapping[str, object], payload: str) -> None:
    """Who is on no register, and a purpose that no agreement names, break the agreement too."""
    row = company.transfer(planter, payload)
    row.update(said)
    beyond = not {"recipient", "purpose"}.isdisjoint(said)
    agreed = planter.fires.of_table("minimal", payload) if beyond else ()
    record(planter, form, row, planter.fires.of_table("never_sold", _TABLE), agreed)


def _alias(planter: Planter) -> None:
    """A register compares letter by letter: who is on it under another spelling is not on it."""
    for payload in PAYLOADS:
        for spelled in (str.upper, "{}\u200c".format):
            row = company.transfer(planter, payload)
            row["recipient"] = spelled(row["recipient"])
            fires = planter.fires.of_table("minimal", payload)
            record(planter, "recipient in other letters", row, planter.fires.of_table("never_sold", _TABLE), fires)


def expose(planter: Planter, form: str, protocol: str | None) -> None:
    """One transfer of payments under a protocol."""
    row = company.transfer(planter, PAYLOADS[0])
    row["protocol"] = protocol
    record(planter, form, row, planter.fires.of_table("protected_transport", _TABLE))
