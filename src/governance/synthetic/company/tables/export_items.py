"""The contents of access exports: one row per table, with the number of the subject's rows in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa

from governance.synthetic.company.tables import (
    messages,
    people,
    reviews,
    shared_email,
    shared_sms,
    subscriptions,
    transactions,
)
from governance.synthetic.company.tables.subject_requests import requests
from governance.synthetic.company.world import ACCESS, EXPORTED, FIRST_KEY, REQUESTED, World
from governance.synthetic.draws import BLOCK_ROWS, Floats, Ints, choose_among

_TABLE = "export_items"
_OWNERS: Mapping[str, Callable[[World, Ints, Floats], tuple[Ints, Ints]]] = {
    "transactions": transactions.owners,
    "reviews": reviews.owners,
    "subscriptions": subscriptions.owners,
    "messages": messages.owners,
    "shared_sms": shared_sms.owners,
    "shared_email": shared_email.owners,
}
_PLACES = np.flatnonzero(np.array(REQUESTED) == ACCESS)


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Items by export; those beyond the end belong to requests that the planter must add."""
    del rng, share
    size = len(EXPORTED)
    here = index[index < world.sizes[_TABLE]]
    exports = np.arange(here[0] // size, here[-1] // size + 1) if len(here) else here
    request = exports // len(_PLACES) * len(REQUESTED) + _PLACES[exports % len(_PLACES)]
    asked = requests(world, request, world.time_shares("subject_requests", request))
    held = _held(world, asked.subject, asked.fulfilled_at)
    export = index // size - (exports[0] if len(exports) else 0)
    of = np.minimum(export, len(exports) - 1)
    counts = held[of, index % size] if len(exports) else np.zeros(len(index), dtype=np.int64)
    request_of = request[of] if len(exports) else index
    subject = asked.subject[of] if len(exports) else index % world.users
    return {
        "item_id": pa.array(index + FIRST_KEY[_TABLE]),
        "request_id": pa.array(request_of + FIRST_KEY["subject_requests"]),
        "subject_token": people.id_tokens(world, subject),
        "table_name": choose_among(EXPORTED, index % size),
        "row_count": pa.array(counts),
    }


def _held(world: World, subject: Ints, until: Ints) -> Ints:
    """By export and exported table, how many rows the subject had there at that time."""
    held = np.zeros((len(subject), len(EXPORTED)), dtype=np.int64)
    held[:, EXPORTED.index("users")] = 1
    place = np.full(world.users, -1)
    place[subject] = np.arange(len(subject))
    for table, owners in _OWNERS.items():
        for first in range(0, world.sizes[table] if len(subject) else 0, BLOCK_ROWS):
            index = np.arange(first, min(first + BLOCK_ROWS, world.sizes[table]))
            user, moment = owners(world, index, world.time_shares(table, index))
            export = place[user]
            known = (export >= 0) & (moment <= until[export])
            held[:, EXPORTED.index(table)] += np.bincount(export[known], minlength=len(subject))
    return held
