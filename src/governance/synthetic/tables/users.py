"""Registered readers; mobile and e-mail sealed, with their look-up tokens."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.synthetic import phrases
from governance.synthetic.draws import Floats, Ints, choose, moments, shuffled, weighted, zipf
from governance.synthetic.world import FIRST_KEY, NONCE_BYTES, World

# The three digits after the zero, of the three Iranian operators.
_PREFIXES = np.array(
    [901, 902, 903, 905, *range(910, 920), 920, 921, 922, 930, 933, *range(935, 940), 990, 991, 992, 993]
)
_STATES = pa.array(["active", "dormant", "suspended", "closed"])


def draw(world: World, rng: np.random.Generator, index: Ints, share: Floats) -> dict[str, pa.Array]:
    """Users; the mobile numbers of all are distinct, and so are the e-mail addresses."""
    size, pools = len(index), world.pools
    key = index + FIRST_KEY["users"]
    name = [pool.take(pa.array(zipf(rng, len(pool), size))) for pool in (pools.given, pools.family)]
    absent = rng.random(size) < world.recipe.without_email
    mobiles = mobile_numbers(world, index)
    emails = _emails(rng, index, absent)
    nonces = rng.bytes(2 * size * NONCE_BYTES)
    sealed = {
        column: _sealed(world, column, key, values, nonces[half * size * NONCE_BYTES :])
        for half, (column, values) in enumerate({"mobile": mobiles, "email": emails}.items())
    }
    return {
        "user_id": pa.array(key),
        "name": pc.binary_join_element_wise(*name, " "),
        "mobile": sealed["mobile"],
        "mobile_token": _tokens(world, mobiles),
        "email": sealed["email"],
        "email_token": _tokens(world, emails),
        "status": choose(_STATES, weighted(rng, [86, 9, 2, 3], size)),
        "registered_at": moments(world.calendar.registration(share)),
    }


def mobile_numbers(world: World, index: Ints) -> list[str | None]:
    """Canonical mobile numbers, +98 and ten digits, one for each user."""
    places = shuffled(index, len(_PREFIXES) * 10_000_000, world.seed)
    numbers = 980_000_000_000 + _PREFIXES[places % len(_PREFIXES)] * 10_000_000 + places // len(_PREFIXES)
    return [f"+{number}" for number in numbers.tolist()]


def _emails(rng: np.random.Generator, index: Ints, absent: np.ndarray) -> list[str | None]:
    size = len(index)
    given = rng.integers(0, len(phrases.GIVEN), size).tolist()
    family = rng.integers(0, len(phrases.FAMILY), size).tolist()
    domain = zipf(rng, len(phrases.MAIL_DOMAINS), size).tolist()
    return [
        None if none else f"{phrases.GIVEN[g]}.{phrases.FAMILY[f]}{i}@{phrases.MAIL_DOMAINS[d]}"
        for none, g, f, i, d in zip(absent.tolist(), given, family, index.tolist(), domain, strict=True)
    ]


def _sealed(world: World, column: str, key: Ints, values: list[str | None], nonces: bytes) -> pa.Array:
    return pa.array(
        [
            None
            if value is None
            else world.seal("users", column, str(k), value, nonces[n * NONCE_BYTES : (n + 1) * NONCE_BYTES])
            for n, (k, value) in enumerate(zip(key.tolist(), values, strict=True))
        ],
        pa.string(),
    )


def _tokens(world: World, values: list[str | None]) -> pa.Array:
    token = world.keys.token
    return pa.array([None if value is None else token(value) for value in values], pa.string())
