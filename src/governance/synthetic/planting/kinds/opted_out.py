"""Plants offers to people who had unsubscribed or objected, open and disguised, in messages and in payloads.

Each goes to a newcomer, so that no other row fires.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from governance.planning.checks import Plan
from governance.synthetic.additions import Row
from governance.synthetic.company import free_texts
from governance.synthetic.company.tables import people
from governance.synthetic.company.tables.messages import NOTICES, OFFERS
from governance.synthetic.company.tables.subscriptions import CHANNELS
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.planting import company
from governance.synthetic.planting.company import new_row, row_with
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "opted_out"
_TABLE = "messages"
_SMS = CHANNELS.index("sms")
_DAY = timedelta(days=1)
_NOBODY = 207_000_000  # an erased person, numbered beyond those of the base
_OBJECTOR = 207_000_001
_FORMER = 219_000_000  # a former identity


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once."""
    del world
    if {_TABLE, "subscriptions", "users"} <= plan.policy.tables.keys():
        for form, after in _LATER.items():
            yield Violation(_KIND, form, partial(after_unsubscribing, form=form, after=after))
        for form, dress in _DRESSES.items():
            yield Violation(_KIND, form, partial(_in_disguise, form=form, dress=dress))
        yield Violation(_KIND, "unsubscribed in other words", _in_other_words)
        yield Violation(_KIND, "subscribed again, but on another channel", _on_another_channel)
        yield Violation(_KIND, "erased, and registered again", _after_erasure)
        for form, purpose in _UNKNOWN.items():
            yield Violation(_KIND, form, partial(_unknown_purpose, form=form, purpose=purpose))
        yield Violation(_KIND, "unsubscribed by the other address", _by_the_other_address)
        yield Violation(_KIND, "address put right after unsubscribing", _put_right)
        yield Violation(_KIND, "offer after objecting", _after_objecting)
        yield Violation(_KIND, "offer after objecting, to the other address", partial(_after_objecting, by_mail=True))
        yield Violation(_KIND, "objected, erased, and registered again", _objection_outlived)
        if "shared_email" in plan.policy.tables:
            yield Violation(_KIND, "discount in the subject of a shared notice", _handed_as_notice)
        for payload in [name for name in _PAYLOADS if name in plan.policy.tables]:
            for form, asks in _REFUSALS.items():
                form = f"{form}: {payload}"  # noqa: PLW2901  each payload has forms of its own
                yield Violation(_KIND, form, partial(_handed_over, form=form, payload=payload, asks=asks))
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


def _reader(planter: Planter) -> tuple[Row, datetime]:
    """A fresh user with both addresses, and a moment ten days before the end."""
    user = row_with(planter, "users", "email_token")
    moment = planter.world.recipe.as_of - 10 * _DAY
    user["registered_at"] = min(user["registered_at"], planter.world.recipe.period_from - 30 * _DAY)
    return user, moment


def _newcomer(planter: Planter) -> tuple[str, datetime]:
    """The number of a fresh user, and the same moment."""
    user, moment = _reader(planter)
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


# By form, what makes an offer look like a notice.
_DRESSES: dict[str, dict[str, str]] = {
    "offer in the dress of a notice": {"template": free_texts.OFFERS[0][0], "subject": free_texts.NOTICES[0][1]},
    "discount in the subject of a receipt": {"subject": "۵۰٪ تخفیف، تنها امروز"},
    "special offer in the subject of an alert": {"template": "sign-in-alert", "subject": "Special offer: 50% off"},
    "notice on a channel that nobody knows": {"channel": "telegram"},
    "notice on no channel": {"channel": ""},
}


def _in_disguise(planter: Planter, form: str, dress: dict[str, str]) -> None:
    address, moment = _newcomer(planter)
    _wish(planter, address, "unsubscribe", moment)
    name, subject = free_texts.NOTICES[0]
    row = _send(planter, address, moment + _DAY, purpose=NOTICES[_SMS], template=name)
    row.update({"subject": subject, **dress})
    _record(planter, form, row)


def _by_the_other_address(planter: Planter) -> None:
    """The wish about text messages was given with the e-mail address."""
    user, moment = _reader(planter)
    _wish(planter, user["email_token"], "unsubscribe", moment)
    _record(planter, "unsubscribed by the other address", _send(planter, user["mobile_token"], moment + _DAY))


def _put_right(planter: Planter) -> None:
    """The number that unsubscribed was wrong, and the offer went to the right one."""
    user, moment = _reader(planter)
    was = people.tokens(planter.world, people.mobiles(planter.world, np.array([_FORMER])))[0].as_py()
    request = company.ask(planter, "rectification", user["user_id"] - FIRST_KEY["users"])
    request.update(field="mobile", old_token=was, new_token=user["mobile_token"])
    _wish(planter, was, "unsubscribe", request["received_at"] - _DAY)
    row = _send(planter, user["mobile_token"], max(request["fulfilled_at"], moment))
    _record(planter, "address put right after unsubscribing", row)


def _after_objecting(planter: Planter, *, by_mail: bool = False) -> None:
    """The objection speaks of the person, on every channel."""
    user, _ = _reader(planter)
    request = company.ask(planter, "objection", user["user_id"] - FIRST_KEY["users"])
    if by_mail:
        request.update(mobile_token=None, email_token=None)
    row = _send(planter, user["email_token" if by_mail else "mobile_token"], request["fulfilled_at"])
    if by_mail:
        row.update(channel=CHANNELS[1 - _SMS], purpose=OFFERS[1 - _SMS])
    form = "offer after objecting, to the other address" if by_mail else "offer after objecting"
    _record(planter, form, row)


# By payload, its addresses and their channel.
_PAYLOADS = {"shared_sms": ("mobile", CHANNELS[_SMS]), "shared_email": ("email", CHANNELS[1 - _SMS])}
_REFUSALS = {"offer in a payload, after unsubscribing": False, "offer in a payload, after objecting": True}


def _handed_over(planter: Planter, form: str, payload: str, *, asks: bool) -> None:
    """No message tells of it: the processor was sent the address, for marketing."""
    user, moment = _reader(planter)
    field, channel = _PAYLOADS[payload]
    row = new_row(planter, payload)
    carrier = next(one for one in planter.additions.rows["transfers"] if one["transfer_id"] == row["transfer_id"])
    if asks:
        moment = company.ask(planter, "objection", user["user_id"] - FIRST_KEY["users"])["fulfilled_at"]
    else:
        _wish(planter, user[f"{field}_token"], "unsubscribe", moment, channel)
    carrier.update(purpose=f"marketing.communications.{channel}", sent_at=moment + _DAY)
    plaintext = planter.opened("users", field, user)
    row[field] = planter.seal(payload, field, str(planter.key(payload, row)), plaintext)
    row.update({f"{field}_token": user[f"{field}_token"], "sent_at": carrier["sent_at"]})
    planter.record(form, payload, "", planter.key(payload, row), planter.fires.of_table(_KIND, _TABLE))


def _handed_as_notice(planter: Planter) -> None:
    """The transfer tells of a notice, and the subject of a discount."""
    user, moment = _reader(planter)
    _wish(planter, user["email_token"], "unsubscribe", moment, CHANNELS[1 - _SMS])
    row = new_row(planter, "shared_email")
    carrier = next(one for one in planter.additions.rows["transfers"] if one["transfer_id"] == row["transfer_id"])
    carrier["sent_at"] = row["sent_at"] = moment + _DAY
    plaintext = planter.opened("users", "email", user)
    row["email"] = planter.seal("shared_email", "email", str(planter.key("shared_email", row)), plaintext)
    row.update(email_token=user["email_token"], subject="۵۰٪ تخفیف، فقط امروز")
    form, fires = "discount in the subject of a shared notice", planter.fires.of_table(_KIND, _TABLE)
    planter.record(form, "shared_email", "subject", planter.key("shared_email", row), fires)


def _objection_outlived(planter: Planter) -> None:
    """The objection stays with the number of who was erased and came back."""
    user = new_row(planter, "users")
    objection = company.ask(planter, "objection", _OBJECTOR)
    erasure = company.ask(planter, "erasure", _OBJECTOR)
    objection["mobile_token"] = erasure["mobile_token"] = user["mobile_token"]
    user["registered_at"] = max(objection["fulfilled_at"], erasure["fulfilled_at"]) + timedelta(minutes=5)
    row = _send(planter, user["mobile_token"], user["registered_at"] + timedelta(minutes=5))
    _record(planter, "objected, erased, and registered again", row)


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
    if cell.table == _TABLE and cell.column in {"template", "subject", "channel"}:
        # What nobody recognises is an offer; this address never said that it wants none.
        cell.row["address_token"] = "fade" * 16
    if (cell.table, cell.column) == ("shared_email", "subject") and "subscriptions" in planter.contracts:
        # Whoever it went to wants offers again.
        _wish(planter, cell.row["email_token"], "subscribe", cell.row["sent_at"], CHANNELS[1 - _SMS])
    return planter.fires.of_table(_KIND, _TABLE) if (cell.table, cell.column) == (_TABLE, "purpose") else ()


PLANTER = KindPlanter(violations, _spoiled)
