"""The shared state of a world's blocks: sizes, time, keys, pools and grants."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from governance.encryption.envelope import additional_data, parse, seal, unseal
from governance.encryption.keys import Keyring
from governance.policy import Contract, Policy
from governance.synthetic.company.calendar import Calendar
from governance.synthetic.company.pools import Pools, build_pools
from governance.synthetic.company.promises import (
    Announcement,
    ReadableColumn,
    Sharing,
    announcements,
    readings,
    sharings,
)
from governance.synthetic.company.shipping import PAYLOADS, Transfers, ship
from governance.synthetic.company.staff import Grant, hire
from governance.synthetic.draws import Floats, Ints, uniform
from governance.synthetic.recipe import Recipe

KID = "k2026"
NONCE_BYTES = 12
SEALED = {
    "users": ("mobile", "email"),
    "shared_sms": ("mobile",),
    "shared_email": ("email",),
}  # the columns that are written in envelopes
# The first key of each table: different, so that a join on the wrong column finds nothing.
FIRST_KEY = {
    "users": 100_001,
    "books": 1_001,
    "transactions": 20_000_001,
    "interactions": 400_000_001,
    "reviews": 5_000_001,
    "grants": 1,
    "access_events": 7_000_001,
    "subscriptions": 30_001,
    "messages": 60_000_001,
    "transfers": 900_001,
    "shared_payment_gateway": 31_000_001,
    "shared_sms": 34_000_001,
    "shared_email": 37_000_001,
    "shared_analytics": 43_000_001,
    "subject_requests": 3_001,
    "export_items": 8_001,
    "announcements": 11,
}

RIGHTS = ("access", "rectification", "erasure", "objection")
ACCESS, RECTIFICATION, ERASURE, OBJECTION = range(len(RIGHTS))
# The rights that requests are about, in turn, and the tables of an export.
REQUESTED = (ACCESS, ERASURE, RECTIFICATION, ACCESS, OBJECTION, ERASURE, RECTIFICATION, ACCESS)
ANNOUNCED_BY = ("web", "email", "app")
EXPORTED = ("users", "transactions", "reviews", "subscriptions", "messages", "shared_sms", "shared_email")


def derive_keys(seed: int) -> Keyring:
    """The keys of a world, from its seed: reproducible like its rows, so they protect nothing."""
    data, token, reference, signing = (
        hashlib.sha256(f"{seed}\0key\0{use}".encode()).digest() for use in ("data", "token", "reference", "signing")
    )
    return Keyring({KID: data}, token, reference, signing)


@dataclass(frozen=True)
class World:
    """The base of a world; a block is a function of this, its table and its number alone, in any process."""

    contracts: tuple[Contract, ...]
    readings: tuple[ReadableColumn, ...]
    roles: tuple[str, ...]
    sharings: Mapping[str, Sharing]  # by payload
    announcements: tuple[Announcement, ...]
    recipe: Recipe
    seed: int
    users: int

    @classmethod
    def of(cls, policy: Policy, recipe: Recipe, *, seed: int, users: int) -> World:
        """The world of a policy's contracts and roles."""
        return cls(
            contracts=policy.contracts,
            readings=readings(policy, recipe),
            roles=tuple(role.id for role in policy.roles),
            sharings=sharings(policy, recipe.as_of),
            announcements=announcements(policy, recipe.as_of),
            recipe=recipe,
            seed=seed,
            users=users,
        )

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Rows of each table, before anything is planted."""
        sizes = self.recipe.sizes(self.users)
        sizes["subject_requests"] = -(-sizes["subject_requests"] // len(REQUESTED)) * len(REQUESTED)
        exports = sizes["subject_requests"] // len(REQUESTED) * REQUESTED.count(ACCESS)
        sizes["subscriptions"] += sizes["subscriptions"] % 2  # in pairs
        sizes["export_items"] = exports * len(EXPORTED)
        sizes["transfers"] = sum(-(-sizes[table] // self.recipe.rows_a_transfer) for table in PAYLOADS)
        return {**sizes, "grants": len(self.staff), "announcements": len(self.announcements) * len(ANNOUNCED_BY)}

    @cached_property
    def staff(self) -> tuple[Grant, ...]:
        return hire(self.recipe, self.roles, self.calendar, self.seed)

    @cached_property
    def transfers(self) -> Transfers:
        return ship(self.sizes, self.recipe.rows_a_transfer, self.calendar, self.seed)

    @cached_property
    def keys(self) -> Keyring:
        return derive_keys(self.seed)

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar.of(self.recipe)

    @cached_property
    def pools(self) -> Pools:
        return build_pools(self.seed, self.recipe.locale)

    @cached_property
    def jalali_days(self) -> Mapping[int, str]:
        return self.calendar.jalali_days()

    def time_shares(self, table: str, index: Ints) -> Floats:
        """The position of rows in their table's time; it rises with their number and depends on nothing else."""
        return (index + uniform(self.seed, f"{table} time", index)) / self.sizes[table]

    def registered_at_the_latest(self, user: Ints) -> Ints:
        """The latest possible registration time of each user."""
        return self.calendar.registration((user % self.users + 1) / self.users)

    def registered_users(self, moment: Ints) -> Ints:
        """How many users, counted from the first, had registered by each moment; at least one."""
        return (self.calendar.registered(moment) * self.users).astype("int64").clip(1, self.users)

    def seal(self, table: str, column: str, key: str, plaintext: str, nonce: bytes) -> str:
        """A value in its envelope, bound to its place."""
        bound = additional_data(table, column, key)
        return seal(plaintext, key=self.keys.data_keys[KID], kid=KID, nonce=nonce, bound_to=bound)

    def unseal(self, table: str, column: str, key: str, value: str) -> str:
        """The plaintext of a value that `seal` made for this place."""
        envelope = parse(value)
        assert envelope is not None, "only this world's own values are opened"  # noqa: S101  a mistake of this package
        bound = additional_data(table, column, key)
        return (unseal(envelope, key=self.keys.data_keys[KID], bound_to=bound) or b"").decode()
