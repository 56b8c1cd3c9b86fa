"""The identities of people by number, the same in every table.

Users are numbered from 0. Numbers from `ERASED` on are erased people, those from `FORMER` on are users' identities
before a rectification: both occur in tables only as tokens in requests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from governance.spelling import normalise
from governance.synthetic.company import free_texts
from governance.synthetic.company.world import FIRST_KEY, NONCE_BYTES, World
from governance.synthetic.draws import Ints, ranks, shuffled, uniform

ERASED, FORMER = 200_000_000, 210_000_000
Texts = Sequence[str | None]
# The three digits after the zero, of the three Iranian operators.
_PREFIXES = np.array(
    [901, 902, 903, 905, *range(910, 920), 920, 921, 922, 930, 933, *range(935, 940), 990, 991, 992, 993]
)
_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b")


def user_ids(index: Ints) -> Ints:
    """Keys in `users`."""
    return index + FIRST_KEY["users"]


def names(world: World, index: Ints) -> pa.Array:
    """Given and family names; former people have family names that nobody else has."""
    given, family, former = world.pools.given, world.pools.family, world.pools.former
    first = given.take(pa.array(ranks(uniform(world.seed, "given", index), len(given))))
    last = uniform(world.seed, "family", index)
    usual = family.take(pa.array(ranks(last, len(family))))
    rare = former.take(pa.array((last * len(former)).astype(np.int64)))
    return pc.binary_join_element_wise(first, pc.if_else(pa.array(index >= ERASED), rare, usual), " ")


def mobiles(world: World, index: Ints) -> list[str]:
    """Canonical mobile numbers, +98 and ten digits, one for each person."""
    places = shuffled(index, len(_PREFIXES) * 10_000_000, world.seed)
    numbers = 980_000_000_000 + _PREFIXES[places % len(_PREFIXES)] * 10_000_000 + places // len(_PREFIXES)
    return [f"+{number}" for number in numbers.tolist()]


def has_email(world: World, index: Ints) -> NDArray[np.bool_]:
    """Whether a user gave an e-mail address; the first two users did, and all who changed theirs."""
    some = uniform(world.seed, "without e-mail", index) >= world.recipe.without_email
    return some | (index < 2) | (index >= FORMER)


def with_email(world: World, index: Ints) -> Ints:
    """Each user, or the nearest one before of the same parity, who gave an e-mail address."""
    while not (given := has_email(world, index)).all():
        index = np.where(given, index, index - 2)
    return index


def emails(world: World, index: Ints) -> list[str | None]:
    """E-mail addresses, one for each person who has one."""
    parts = (len(free_texts.GIVEN), len(free_texts.FAMILY))
    given, family = ((uniform(world.seed, f"mail {n}", index) * n).astype(np.int64).tolist() for n in parts)
    domain = ranks(uniform(world.seed, "mail domain", index), len(free_texts.MAIL_DOMAINS)).tolist()
    return [
        f"{free_texts.GIVEN[g]}.{free_texts.FAMILY[f]}{i}@{free_texts.MAIL_DOMAINS[d]}" if some else None
        for some, g, f, i, d in zip(
            has_email(world, index).tolist(), given, family, index.tolist(), domain, strict=True
        )
    ]


def tokens(world: World, values: Texts) -> pa.Array:
    """The look-up tokens of canonical values."""
    token = world.keys.token
    return pa.array([None if value is None else token(value) for value in values], pa.string())


def name_tokens(world: World, index: Ints) -> pa.Array:
    """The look-up tokens of names, in one spelling."""
    return tokens(world, [normalise(name).casefold() for name in names(world, index).to_pylist()])


def id_tokens(world: World, index: Ints) -> pa.Array:
    """The look-up tokens of keys in `users`."""
    return tokens(world, [f"user:{key}" for key in user_ids(index).tolist()])


def digest_tokens(world: World, index: Ints) -> list[list[str]]:
    """The tokens of the common digests of people's identifiers."""
    known = zip(user_ids(index).tolist(), mobiles(world, index), emails(world, index), strict=True)
    return [_digest_tokens(world, str(key), *values) for key, *values in known]


def digest_tokens_of(world: World, values: Texts) -> list[list[str]]:
    """The tokens of the common digests of one value of each person."""
    return [_digest_tokens(world, value) for value in values]


def _digest_tokens(world: World, *values: str | None) -> list[str]:
    texts = [text for value in values if value is not None for text in _spellings(value)]
    hashed = (hashlib.new(name, text.encode(), usedforsecurity=False) for text in texts for name in _HASHES)
    return [world.keys.token(digest.hexdigest()) for digest in hashed]


def _spellings(value: str) -> tuple[str, ...]:
    """A number with each of its prefixes; anything else as it is."""
    if not value.startswith("+98"):
        return (value,)
    national = value.removeprefix("+98")
    return (f"0{national}", value, f"98{national}", national, f"0098{national}")


def sealed(world: World, rng: np.random.Generator, place: tuple[str, str], keys: Ints, values: Texts) -> pa.Array:
    """Values in their envelopes, each bound to its place."""
    nonces = rng.bytes(len(values) * NONCE_BYTES)
    return pa.array(
        [
            None if value is None else world.seal(*place, str(key), value, nonces[n : n + NONCE_BYTES])
            for n, key, value in zip(range(0, len(nonces), NONCE_BYTES), keys.tolist(), values, strict=True)
        ],
        pa.string(),
    )


def active(world: World, table: str, index: Ints, moment: Ints, *, skewed: bool = False) -> Ints:
    """For each row of a table a user who had registered by its moment; if skewed, the first are more active.

    Rows beyond the table's end, in which violations are planted, belong to users with even numbers: only the others
    request exports, so exports stay correct.
    """
    share = uniform(world.seed, f"{table} user", index)
    if skewed:
        share *= np.sqrt(share)
    user = (world.registered_users(moment) * share).astype(np.int64)
    return np.where(index < world.sizes[table], user, user - user % 2)
