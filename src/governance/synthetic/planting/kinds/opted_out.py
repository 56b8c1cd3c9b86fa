"""Plants offers to people who had unsubscribed, open and disguised; each to a newcomer, so that no other row fires."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from governance.planning.checks import Plan
from governance.synthetic.additions import Row
from governance.synthetic.company import free_texts
from governance.synthetic.company.tables.messages import NOTICES, OFFERS
from governance.synthetic.company.tables.subscriptions import CHANNELS
from governance.synthetic.company.world import World
from governance.synthetic.planting import company
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "opted_out"
_TABLE = "messages"
_SMS = CHANNELS.index("sms")
_DAY = timedelta(days=1)
_NOBODY = 207_000_000  # an erased person, numbered beyond those of the base


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once."""
    del world
    if {_TABLE, "subscriptions", "users"} <= plan.policy.tables.keys():
        for form, after in _LATER.items():
            yield Violation(_KIND, form, partial(after_unsubscribing, form=form, after=after))
        yield Violation(_KIND, "offer in the dress of a notice", _in_disguise)
        yield Violation(_KIND, "unsubscribed in other words", _in_other_words)
        yield Violation(_KIND, "subscribed again, but on another channel", _on_another_channel)
        yield Violation(_KIND, "erased, and registered again", _after_erasure)
        for form, purpose in _UNKNOWN.items():
            yield Violation(_KIND, form, partial(_unknown_purpose, form=form, purpose=purpose))
        yield Violation(
            _KIND, "offer to no address", partial(_without, form="offer to no address", column="address_token")
        )
        yield Violation(_KIND, "offer without a time", partial(_without, form="offer without a time", column="sent_at"))


# By form, how long after unsubscribing.
_LATER = {
    "offer after unsubscribing": 3 * _DAY,
    "offer in the moment of unsubscribing": timedelta(0),
    "offer in the moment after": timedelta(microseconds=1),
}

_UNKNOWN = {
    "message for a purpose that nobody named": "newsletter",
    "bargains below the name of a notice": f"{NOTICES[_SMS]}.bargains",
}


def _newcomer(planter: Planter) -> tuple[str, datetime]:
    """The address of a fresh user, and a moment ten days before the end."""
    user = new_row(planter, "users")
    moment = planter.world.recipe.as_of - 10 * _DAY
    user["registered_at"] = min(user["registered_at"], moment - 5 * _DAY)
    return user["mobile_token"], moment


def _wish(planter: Planter, address: str, action: str, at: datetime, channel: str = CHANNELS[_SMS]) -> None:
    new_row(planter, "subscriptions").update(address_token=address, channel=channel, action=action, occurred_at=at)


def _send(planter: Planter, address: str, at: datetime, *, purpose: str = OFFERS[_SMS], template: str = "") -> Row:
    name, subject = free_texts.OFFERS[int(planter.rng.integers(len(free_texts.OFFERS)))]
    row = new_row(planter, _TABLE)
    row.update(address_token=address, channel=CHANNELS[_SMS], purpose=purpose, template=template or name, sent_at=at)
    row["subject"] = subject
    return row


def _record(planter: Planter, form: str, row: Row) -> None:
    planter.record(form, _TABLE, "", planter.key(_TABLE, row), planter.fires.of_table(_KIND, _TABLE))


def after_unsubscribing(planter: Planter, form: str, after: timedelta) -> None:
    """One offer to a person, this long after they unsubscribed."""
    address, moment = _newcomer(planter)
    _wish(planter, address, "unsubscribe", moment)
    _record(planter, form, _send(planter, address, moment + after))


def _in_disguise(planter: Planter) -> None:
    """Uses the template of an offer to somebody else."""
    other, moment = _newcomer(planter)
    usual = _send(planter, other, moment)
    address, moment = _newcomer(planter)
    _wish(planter, address, "unsubscribe", moment)
    row = _send(planter, address, moment + _DAY, purpose=NOTICES[_SMS], template=usual["template"])
    _record(planter, "offer in the dress of a notice", row)


def _in_other_words(planter: Planter) -> None:
    address, moment = _newcomer(planter)
    _wish(planter, address, "Unsubscribe ", moment)
    _record(planter, "unsubscribed in other words", _send(planter, address, moment + _DAY))


def _on_another_channel(planter: Planter) -> None:
    address, moment = _newcomer(planter)
    _wish(planter, address, "unsubscribe", moment)
    _wish(planter, address, "subscribe", moment + _DAY, CHANNELS[1 - _SMS])
    _record(planter, "subscribed again, but on another channel", _send(planter, address, moment + 2 * _DAY))


def _after_erasure(planter: Planter) -> None:
    """The wish belongs to the address, which stays unsubscribed after a new registration."""
    user = new_row(planter, "users")
    request = company.ask(planter, "erasure", _NOBODY)
    request["mobile_token"] = user["mobile_token"]
    address, again = user["mobile_token"], request["fulfilled_at"] + timedelta(minutes=5)
    user["registered_at"] = again
    _wish(planter, address, "unsubscribe", request["received_at"] - _DAY)
    row = _send(planter, address, again + timedelta(minutes=5))
    _record(planter, "erased, and registered again", row)


def _unknown_purpose(planter: Planter, form: str, purpose: str) -> None:
    address, moment = _newcomer(planter)
    _record(planter, form, _send(planter, address, moment, purpose=purpose, template="weekly-letter"))


def _without(planter: Planter, form: str, column: str) -> None:
    address, moment = _newcomer(planter)
    row = _send(planter, address, moment)
    row[column] = None
    _record(planter, form, row)


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    if (cell.table, cell.column) == ("subscriptions", "action"):
        # Any action but `subscribe` unsubscribes; nobody writes to this address.
        cell.row["address_token"] = "0" * 64
    return planter.fires.of_table(_KIND, _TABLE) if (cell.table, cell.column) == (_TABLE, "purpose") else ()


PLANTER = KindPlanter(violations, _spoiled)
