"""Messages to readers: service notices, and offers to subscribers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company import free_texts
from governance.synthetic.company.tables import people
from governance.synthetic.company.tables.subject_requests import objected
from governance.synthetic.company.tables.subscriptions import CHANNELS, addresses, unsubscribed
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, choose_among, moments, uniform

_TABLE = "messages"
_BY_EMAIL, _OFFERS = 0.6, 0.45
OFFERS = tuple(f"marketing.communications.{channel}" for channel in CHANNELS)
NOTICES = tuple(f"essential.service.notifications.{channel}" for channel in CHANNELS)


def owners(world: World, index: Ints, share: Floats) -> tuple[Ints, Ints]:
    """The recipient of each message, and its time."""
    sent_at = world.calendar.in_period(share)
    return people.active(world, _TABLE, index, sent_at), sent_at


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Messages in the order of time; no offer to an address that has unsubscribed or objected by then."""
    del rng
    user, sent_at = owners(world, index, share)
    by_email = people.has_email(world, user) & (uniform(world.seed, "message channel", index) < _BY_EMAIL)
    channel = np.where(by_email, CHANNELS.index("email"), CHANNELS.index("sms"))
    wanted = (uniform(world.seed, "message purpose", index) < _OFFERS) & (index < world.sizes[_TABLE])
    offer = wanted & ~unsubscribed(world, user, channel, sent_at) & ~objected(world, user, sent_at)
    known = (*free_texts.NOTICES, *free_texts.OFFERS)
    pick = uniform(world.seed, "message template", index)
    notice, special = ((pick * len(some)).astype(np.int64) for some in (free_texts.NOTICES, free_texts.OFFERS))
    template = np.where(offer, special + len(free_texts.NOTICES), notice)
    return {
        "message_id": pa.array(index + FIRST_KEY[_TABLE]),
        "address_token": addresses(world, user, channel),
        "channel": choose_among(CHANNELS, channel),
        "purpose": choose_among([*NOTICES, *OFFERS], channel + len(CHANNELS) * offer),
        "template": choose_among([name for name, _ in known], template),
        "subject": choose_among([subject for _, subject in known], template),
        "sent_at": moments(sent_at),
    }
