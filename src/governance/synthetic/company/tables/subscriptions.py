"""Subscriptions to offers: two events each of some readers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company.tables import people
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, by_weight, choose_among, moments, uniform

_TABLE = "subscriptions"
_SUBSCRIBE, _UNSUBSCRIBE = 0, 1
# The two events of a reader, in the order of time.
_HISTORIES = np.array(
    [[_SUBSCRIBE, _UNSUBSCRIBE], [_UNSUBSCRIBE, _SUBSCRIBE], [_UNSUBSCRIBE, _UNSUBSCRIBE], [_SUBSCRIBE, _SUBSCRIBE]]
)
_WEIGHTS = (4, 2, 3, 1)
CHANNELS = ("email", "sms")
_BY_EMAIL = 0.7


def unsubscribed(world: World, user: Ints, channel: Ints, moment: Ints) -> np.ndarray:
    """Whether a user's latest event of a channel (a place in `CHANNELS`) by a moment says no to offers."""
    step = _step(world)
    speaks = (user % step == 0) & (user // step < world.sizes[_TABLE] // 2) & (_channel(world, user) == channel)
    first, second = _times(world, user)
    history = _HISTORIES[_kind(world, user)]
    latest = np.where(moment >= second, history[:, 1], np.where(moment >= first, history[:, 0], _SUBSCRIBE))
    return np.asarray(speaks & (latest == _UNSUBSCRIBE))


def owners(world: World, index: Ints, share: Floats) -> tuple[Ints, Ints]:
    """The user of each event, and its time."""
    here = index < world.sizes[_TABLE]
    moment = world.calendar.in_period(share)
    user = np.where(here, index // 2 * _step(world), people.active(world, _TABLE, index, moment))
    first, second = _times(world, user)
    return user, np.where(here, np.where(index % 2 == 0, first, second), moment)


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Events by reader; those beyond the end subscribe, which forbids nothing."""
    del rng
    user, occurred_at = owners(world, index, share)
    action = np.where(index < world.sizes[_TABLE], _HISTORIES[_kind(world, user), index % 2], _SUBSCRIBE)
    channel = _channel(world, user)
    return {
        "event_id": pa.array(index + FIRST_KEY[_TABLE]),
        "address_token": addresses(world, user, channel),
        "channel": choose_among(CHANNELS, channel),
        "topic": choose_among(["offers"], np.zeros(len(index), dtype=np.int64)),
        "action": choose_among(["subscribe", "unsubscribe"], action),
        "occurred_at": moments(occurred_at),
    }


def addresses(world: World, user: Ints, channel: Ints) -> pa.Array:
    """The tokens of the addresses that users have in a channel (a place in `CHANNELS`)."""
    emails, mobiles = people.emails(world, user), people.mobiles(world, user)
    by_email = (channel == CHANNELS.index("email")).tolist()
    return people.tokens(world, [e if mail else m for mail, e, m in zip(by_email, emails, mobiles, strict=True)])


def _step(world: World) -> int:
    return max(1, world.users // (world.sizes[_TABLE] // 2))


def _kind(world: World, user: Ints) -> Ints:
    return by_weight(_WEIGHTS, uniform(world.seed, "subscription", user))


def _channel(world: World, user: Ints) -> Ints:
    by_email = people.has_email(world, user) & (uniform(world.seed, "subscription channel", user) < _BY_EMAIL)
    return np.where(by_email, 0, 1)


def _times(world: World, user: Ints) -> tuple[Ints, Ints]:
    """Two ascending moments after registration."""
    begins = np.maximum(world.registered_at_the_latest(user), world.calendar.period_from)
    span = world.calendar.until - begins
    first = uniform(world.seed, "subscription first", user) * 0.5
    second = 0.5 + uniform(world.seed, "subscription second", user) * 0.499
    return begins + (first * span).astype(np.int64), begins + (second * span).astype(np.int64)
