"""Requests of people about their own data, whose subjects occur here as tokens only.

Subjects of erasure are numbered beyond the users and occur in no other table, like those of the requests beyond the
table's end. All other subjects are users with odd numbers, registered before the period, each once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from governance.synthetic.company.calendar import DAY
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import (
    ACCESS,
    ERASURE,
    FIRST_KEY,
    OBJECTION,
    RECTIFICATION,
    REQUESTED,
    RIGHTS,
    World,
)
from governance.synthetic.draws import Floats, Ints, choose_among, moments, shuffled, uniform

_TABLE = "subject_requests"
_PATTERN = np.array(REQUESTED)
_RANK = np.array([np.sum(_PATTERN[:place] != ERASURE) for place in range(len(_PATTERN))])  # among those of users
_OF_USERS = int(np.sum(_PATTERN != ERASURE))
_FIELDS = ("mobile", "email", "name")
_CHANNELS = ("support", "email", "app")
_HOUR = DAY // 24
_EARLY = 0.7  # share of the period in which exports are requested: early enough to be made before its end


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """The requests and their answers; a future moment is 0."""

    right: Ints
    subject: Ints
    received_at: Ints
    answered_at: Ints
    fulfilled_at: Ints


def requests(world: World, index: Ints, share: Floats) -> RequestPlan:
    """Each is answered within two days and fulfilled within six more, unless that is in the future.

    Requests beyond the table's end are objections, which leave no trace in other tables.
    """
    place = index % len(_PATTERN)
    right = np.where(index < world.sizes[_TABLE], _PATTERN[place], OBJECTION)
    rank = index // len(_PATTERN) * _OF_USERS + _RANK[place]
    pairs = int(world.registered_users(np.array([world.calendar.period_from]))[0]) // 2
    nobody = (right == ERASURE) | (index >= world.sizes[_TABLE])
    subject = np.where(nobody, people.ERASED + index, 2 * shuffled(rank % pairs, pairs, world.seed) + 1)
    received = world.calendar.in_period(np.where(right == ACCESS, _EARLY * share, share))
    answered = received + (uniform(world.seed, "answer", index) * 46 * _HOUR).astype(np.int64) + _HOUR
    fulfilled = answered + (uniform(world.seed, "fulfilment", index) * 6 * DAY).astype(np.int64)
    until = world.calendar.until
    return RequestPlan(
        right, subject, received, np.where(answered < until, answered, 0), np.where(fulfilled < until, fulfilled, 0)
    )


def objected(world: World, user: Ints, moment: Ints) -> NDArray[np.bool_]:
    """Whether a user had asked by a moment for no offers at all."""
    index = np.flatnonzero(_PATTERN[np.arange(world.sizes[_TABLE]) % len(_PATTERN)] == OBJECTION)
    asked = requests(world, index, world.time_shares(_TABLE, index))
    order = np.argsort(asked.subject, kind="stable")
    subject = asked.subject[order]
    place = np.minimum(np.searchsorted(subject, user), len(subject) - 1)
    return np.asarray((subject[place] == user) & (asked.received_at[order][place] <= moment))


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Requests, about in the order of time."""
    del rng
    asked = requests(world, index, share)
    corrects = asked.right == RECTIFICATION
    turn = index // len(_PATTERN)
    field = np.where(people.has_email(world, asked.subject), turn % 3, turn % 2 * 2)
    state = np.where(asked.fulfilled_at > 0, 0, np.where(asked.answered_at > 0, 1, 2))
    tokens = _tokens(world, asked.subject)
    return {
        "request_id": pa.array(index + FIRST_KEY[_TABLE]),
        "right": choose_among(RIGHTS, asked.right),
        "channel": choose_among(_CHANNELS, index % 3),
        "id_token": people.id_tokens(world, asked.subject),
        **{f"{name}_token": array for name, array in tokens.items()},
        "digest_tokens": pa.array(_digests(world, asked.subject, index, corrects, field), pa.list_(pa.string())),
        "field": _only(corrects, pa.array([_FIELDS[place] for place in field.tolist()])),
        "old_token": _only(corrects, _by_field(_tokens(world, people.FORMER + index), field)),
        "new_token": _only(corrects, _by_field(tokens, field)),
        "received_at": moments(asked.received_at),
        "answered_at": moments(asked.answered_at, asked.answered_at == 0),
        "fulfilled_at": moments(asked.fulfilled_at, asked.fulfilled_at == 0),
        "outcome": choose_among(["fulfilled", "answered", "open"], state),
    }


def _tokens(world: World, subject: Ints) -> dict[str, pa.Array]:
    return {
        "mobile": people.tokens(world, people.mobiles(world, subject)),
        "email": people.tokens(world, people.emails(world, subject)),
        "name": people.name_tokens(world, subject),
    }


def _digests(world: World, subject: Ints, index: Ints, corrects: NDArray[np.bool_], field: Ints) -> list[list[str]]:
    """Those of the old value, of a rectification; else of the subject."""
    former = people.FORMER + index
    old = (people.mobiles(world, former), people.emails(world, former), people.names(world, former).to_pylist())
    values = [old[place][row] for row, place in enumerate(field.tolist())]
    found = zip(
        corrects.tolist(), people.digest_tokens_of(world, values), people.digest_tokens(world, subject), strict=True
    )
    return [of_value if corrected else of_subject for corrected, of_value, of_subject in found]


def _by_field(tokens: dict[str, pa.Array], field: Ints) -> pa.Array:
    return pc.choose(pa.array(field), *(tokens[name] for name in _FIELDS))


def _only(where: NDArray[np.bool_], array: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(where), array, pa.scalar(None, pa.string()))
