"""The names of people: which columns make a whole one, and how its tokens are made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from governance.policy import Contract, covers
from governance.rules.scope import Scope
from governance.spelling import normalise

_NAME: Final = "user.name"
_PARTS: Final = ("user.name.first", "user.name.last")


def names_of(people: Contract, held: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """The columns that make each name of a person: one, or those of its parts in their order.

    A first name that is no part of a whole one is none: too many people bear it. Nor is a column that may be either.
    """
    own = [column for column in people.columns if column.name in held]
    ordered = sorted(own, key=lambda column: column.name_part)
    parts = tuple(column.name for column in ordered if column.name_part > 0) or _by_category(people, held)
    bare = [column.name for column in own if column.category == _NAME and column.name_part < 0]
    whole = [column.name for column in own if column.name_part == 0]
    return (*((name,) for name in (*whole, *(bare if len(bare) == 1 else ()))), *((parts,) if parts else ()))


def unclear_names(scope: Scope) -> tuple[str, ...]:
    """The columns of people's names of which nobody knows whether they are whole; what looks for names says so."""
    people, schemas = scope.policy.tables.get(scope.policy.register.people), scope.source.schemas()
    if people is None or people.table not in schemas:
        return ()
    held = schemas[people.table].names
    named = [c for c in people.columns if c.name in held and covers(_NAME, c.category) and c.name_part < 0]
    bare = [column for column in named if column.category == _NAME]
    known = {name for parts in names_of(people, held) for name in parts}
    # Beside a whole name its parts are not needed.
    unclear = bare if len(bare) > 1 else [] if known else named
    return tuple(f"{people.table}.{column.name}: namePart" for column in unclear if column.name not in known)


def _by_category(people: Contract, held: Collection[str]) -> tuple[str, ...]:
    """The first and the last name, where a table has one column of each."""
    found = [[c.name for c in people.columns if c.name in held and c.category == category] for category in _PARTS]
    return tuple(name for names in found for name in names) if all(len(names) == 1 for names in found) else ()


def spellings(parts: Sequence[str]) -> Iterator[str]:
    """A name as its tokens are made of it: of several parts, also with the last part first."""
    words = [normalise(part).casefold() for part in parts]
    yield " ".join(words)
    if len(words) > 1:
        yield " ".join([words[-1], *words[:-1]])
