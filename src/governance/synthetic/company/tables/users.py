"""Registered readers; mobile and e-mail sealed, with their look-up tokens."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from governance.synthetic.company.tables import people
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.draws import Floats, Ints, choose, moments, weighted

_STATES = pa.array(["active", "dormant", "suspended", "closed"])


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Users; the mobile numbers of all are distinct, and so are the e-mail addresses."""
    size = len(index)
    key = index + FIRST_KEY["users"]
    mobiles, emails = people.mobiles(world, index), people.emails(world, index)
    return {
        "user_id": pa.array(key),
        "name": people.names(world, index),
        "mobile": people.sealed(world, rng, ("users", "mobile"), key, mobiles),
        "mobile_token": people.tokens(world, mobiles),
        "email": people.sealed(world, rng, ("users", "email"), key, emails),
        "email_token": people.tokens(world, emails),
        "status": choose(_STATES, weighted(rng, [86, 9, 2, 3], size)),
        "registered_at": moments(world.calendar.registration(share)),
    }
