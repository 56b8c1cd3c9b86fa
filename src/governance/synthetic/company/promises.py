"""The promises in the policy's files that a world must keep: agreements with processors, versions of the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from governance.policy import Classification, Column, Contract, Policy, Role, covers, in_force
from governance.synthetic.company.calendar import microseconds
from governance.synthetic.company.shipping import PAYLOADS
from governance.synthetic.recipe import Recipe

_GUARDED = (Classification.CONFIDENTIAL, Classification.RESTRICTED)
_BEFORE = timedelta(days=14, hours=-8)  # a change is announced at eight in the morning, two weeks ahead
_WITHOUT_AGREEMENT = "essential.service.operations"


@dataclass(frozen=True, slots=True)
class Sharing:
    """The recipient of a payload, and its data use."""

    recipient: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """A version of the policy, its new clauses, and the time of the announcement."""

    version: str
    clauses: tuple[str, ...]
    published_at: int


@dataclass(frozen=True, slots=True)
class ReadableColumn:
    """A declared column, and the data uses of the recipe for which each role may read it."""

    table: str
    column: str
    guarded: bool
    roles: Mapping[str, tuple[str, ...]]


def readings(policy: Policy, recipe: Recipe) -> tuple[ReadableColumn, ...]:
    """Every column that somebody may read for something."""
    found = [
        ReadableColumn(
            contract.table, column.name, column.classification in _GUARDED, _readers(policy, recipe, contract, column)
        )
        for contract in policy.contracts
        for column in contract.columns
    ]
    return tuple(reading for reading in found if reading.roles)


def _readers(policy: Policy, recipe: Recipe, contract: Contract, column: Column) -> dict[str, tuple[str, ...]]:
    """An unrestricted column about nobody is read by its table's roles; any other by the roles entitled to it."""
    about_nobody = column.category.startswith("system") and column.classification not in _GUARDED
    entitled = contract.roles if about_nobody else policy.readers(contract.table, column.name)
    uses = {
        role.id: tuple(use for use in recipe.staffing(role.id).purposes if _allowed(policy, role, column, use))
        for role in policy.roles
        if role.id in entitled
    }
    return {role: allowed for role, allowed in uses.items() if allowed}


def _allowed(policy: Policy, role: Role, column: Column, use: str) -> bool:
    """Whether role, column and policy all allow a data use; a policy without purposes allows any."""
    of_policy = [purpose for purpose in policy.purposes if covers(purpose.use, use)]
    return not policy.purposes or (
        any(covers(general, use) for general in role.purposes)
        and any(covers(general, use) for general in column.purposes)
        and any(covers(category, column.category) for purpose in of_policy for category in purpose.categories)
    )


def sharings(policy: Policy, as_of: datetime) -> dict[str, Sharing]:
    """The sharing of each payload; a payload without an agreement in force goes to the recipient in its name."""
    agreed = {a.payload: a for a in policy.agreements if in_force(a.valid_from, a.valid_until, as_of)}
    return {
        payload: Sharing(agreed[payload].recipient, agreed[payload].purposes[0])
        if payload in agreed
        else Sharing(payload.removeprefix("shared_"), _WITHOUT_AGREEMENT)
        for payload in PAYLOADS
    }


def announcements(policy: Policy, as_of: datetime) -> tuple[Announcement, ...]:
    """Each change of the policy, by its effective date; without any, the text was announced long ago."""
    found = tuple(_announcements(policy))
    return found or (Announcement(policy.version, (), microseconds(as_of - timedelta(days=365))),)


def _announcements(policy: Policy) -> Iterator[Announcement]:
    for before, after in pairwise(policy.history):
        named = sorted({*before.clauses, *after.clauses})
        changed = tuple(clause for clause in named if before.clauses.get(clause) != after.clauses.get(clause))
        effective = datetime.fromisoformat(after.effective).replace(tzinfo=UTC)
        yield Announcement(after.version, changed, microseconds(effective - _BEFORE))
