"""The columns that lead to a person according to the contracts: keys, foreign keys, tokens, ids of their tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance import detection
from governance.policy import Classification, Column, Contract, Policy, covers
from governance.policy.column_roles import PUBLIC_NAME
from governance.policy.contract_quality import UNIQUE
from governance.spelling import normalise

if TYPE_CHECKING:
    import pyarrow as pa

_NAME, _SECOND = "user.name", 2
PERSON_NAME = "person_name"  # the detection kind that only tokens distinguish from other words
_NAMING = frozenset({"string", "integer"})  # types of what names a row
_TOKENS = ("old_token", "new_token")  # roles


@dataclass(frozen=True, slots=True)
class Lead:
    """A column whose values lead to a person, and how: `user_key`, `person_token` or `joinable_id`."""

    table: str
    column: str
    problem: str


def people_tables(policy: Policy) -> frozenset[str]:
    """The table with one row per person, the tables that refer to it, and the table of requests."""
    people = policy.register.people
    referring_tables = {contract.table for contract in policy.contracts if people and referring(contract, people)}
    return frozenset({*referring_tables, people, policy.register.requests} - {""})


def habits_of(policy: Policy) -> detection.Habits:
    """How the company writes of its people: by the names of their table and of its key."""
    people = policy.tables.get(policy.register.people)
    key = people.column(people.primary_key) if people else None
    if people is None or key is None:
        return detection.Habits(regions=policy.regions)
    words = detection.words_in(people.table, people.physical_name, key.name, key.business_name)
    return detection.Habits(words, key.logical_type == "string", policy.regions)


def is_published(column: Column) -> bool:
    """Whether anybody may know the names in a column, such as authors', who may be namesakes of people."""
    return column.role == PUBLIC_NAME


def leads(policy: Policy) -> tuple[Lead, ...]:
    """Every lead that the contracts declare."""
    return tuple(dict.fromkeys(_leads(policy)))


def _leads(policy: Policy) -> Iterator[Lead]:
    people = policy.register.people
    personal = personal_tables(policy)
    for contract in policy.contracts:
        for column in contract.columns:
            target = column.references.partition(".")[0]
            if (target and target == people) or (contract.table == people and column.name == contract.primary_key):
                yield Lead(contract.table, column.name, "user_key")
            elif is_token(column):
                yield Lead(contract.table, column.name, "person_token")
            elif target in personal or (contract.table in personal and (column.name,) in unique_keys(contract)):
                yield Lead(contract.table, column.name, "joinable_id")


def personal_tables(policy: Policy) -> frozenset[str]:
    """The tables whose rows lead to a person: by a reference, a token, or a reference to such a table."""
    tokens = {contract.table for contract in policy.contracts if any(map(is_token, contract.columns))}
    found = {policy.register.people, *tokens} - {""}
    while True:
        more = {
            contract.table for contract in policy.contracts if any(key.table in found for key in contract.foreign_keys)
        }
        if more <= found:
            return frozenset(found)
        found |= more


def unique_keys(contract: Contract) -> tuple[tuple[str, ...], ...]:
    """The columns of which a contract says that no two rows share a value: the primary key, and others, one each."""
    ruled = {one.column for one in contract.quality if one.expectation == UNIQUE}
    alone = ((column.name,) for column in contract.columns if column.unique or column.name in ruled)
    keys = [*([contract.key] if contract.key else []), *alone]
    told = {
        column.name for column in contract.columns if column.logical_type in _NAMING and not _sealed_or_token(column)
    }
    return tuple(names for names in dict.fromkeys(keys) if told.issuperset(names))


def _sealed_or_token(column: Column) -> bool:
    return column.classification is Classification.RESTRICTED or is_token(column)


def is_token(column: Column) -> bool:
    """Whether a column holds a keyed token in each cell."""
    return bool(column.token_of) or column.role in _TOKENS


def tokens_of(contract: Contract) -> tuple[str, ...]:
    """The columns of a table that hold keyed tokens."""
    return tuple(column.name for column in contract.columns if is_token(column))


def token_beside(contract: Contract, column: str) -> str:
    """The column with the tokens of another column of the same table, "" for none."""
    return next(iter(tokens_beside(contract, column)), "")


def tokens_beside(contract: Contract, column: str) -> tuple[str, ...]:
    """Every column with the tokens of another column of the same table."""
    own = f"{contract.table}.{column}"
    return tuple(beside.name for beside in contract.columns if own in beside.token_of)


def names_of(people: Contract, held: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """The columns that make each name of a person: one, or those of its parts in their order.

    A first name that is no part of a whole one is none: too many people bear it. Nor is one of several columns of which
    nobody said whether they are whole.
    """
    own = [column for column in people.columns if column.name in held and not is_token(column)]
    parts = tuple(column.name for column in sorted(own, key=lambda column: column.name_part) if column.name_part)
    bare = [(column.name,) for column in own if column.category == _NAME and not column.name_part]
    whole = bare if len(bare) == 1 else []
    if all(column.name_part < _SECOND for column in own):  # first parts without a second one are whole names
        whole, parts = [*whole, *((name,) for name in parts)], _by_category(own)
    return (*whole, *((parts,) if parts else ()))


def unclear_names(policy: Policy, schemas: Mapping[str, pa.Schema]) -> tuple[str, ...]:
    """The columns of people's names of which nobody knows whether they are whole; what looks for names says so."""
    people = policy.tables.get(policy.register.people)
    if people is None or people.table not in schemas:
        return ()
    held = schemas[people.table].names
    known = {name for parts in names_of(people, held) for name in parts}
    named = [c for c in people.columns if c.name in held and covers(_NAME, c.category) and not is_token(c)]
    # Beside a whole name its parts are not needed, but of two that may be whole each may be a part of the other.
    unclear = [c for c in named if c.name not in known and (not known or c.category == _NAME)]
    return tuple(f"{people.table}.{column.name}: namePart" for column in unclear)


def _by_category(own: Sequence[Column]) -> tuple[str, ...]:
    """The first and the last name, where a table has one column of each."""
    found = [[c.name for c in own if c.category == f"{_NAME}.{part}" and not c.name_part] for part in ("first", "last")]
    return tuple(name for names in found for name in names) if all(len(names) == 1 for names in found) else ()


def spellings(parts: Sequence[str]) -> Iterator[str]:
    """A name as its tokens are made of it: of several parts, also with the last part first."""
    words = [normalise(part).casefold() for part in parts]
    yield " ".join(words)
    if len(words) > 1:
        yield " ".join([words[-1], *words[:-1]])


def referring(contract: Contract, table: str) -> tuple[str, ...]:
    """The foreign keys of a table that reference another."""
    return tuple(column.name for column in contract.columns if column.references.partition(".")[0] == table)
