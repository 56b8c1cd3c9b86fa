"""The words that contracts and policies may use, to be searched: vocabularies, roles, entries, types and kinds."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final

from governance.policy.column_roles import ENTRIES, OWN_ROLES, ColumnRole
from governance.policy.contracts import TYPES, Register
from governance.policy.vocabulary import data_categories, data_uses, personal_data_terms, purpose_terms
from governance.spelling import folded

_NEAR: Final = 0.7
_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Known:
    """A word, where it is written, and what it means if that is known."""

    name: str
    what: str
    meaning: str = ""


def find_terms(word: str, kinds: Mapping[str, str]) -> tuple[Known, ...]:
    """The words that contain `word` in any spelling, else the nearest; `kinds` are kinds of data and meanings."""
    known, asked = [*_known(kinds)], _spelled(word)
    found = [term for term in known if asked and asked in _spelled(term.name)]
    if found:
        return tuple(found)
    spelled = {term: {_spelled(term.name), _spelled(term.name.rpartition(".")[2].rpartition(":")[2])} for term in known}
    names = {name for names in spelled.values() for name in names}
    close = difflib.get_close_matches(asked, names, n=_MOST, cutoff=_NEAR)
    return tuple(term for name in close for term in known if name in spelled[term])


def _spelled(word: str) -> str:
    return folded(word).replace(".", "")


def _known(kinds: Mapping[str, str]) -> Iterator[Known]:
    for what, names in (
        ("data category of fideslang (fidesDataCategory)", sorted(data_categories())),
        ("data use of fideslang (purposes)", sorted(data_uses())),
        ("term of DPV for personal data (dpvPersonalData)", sorted(personal_data_terms())),
        ("term of DPV for a purpose (dpv)", sorted(purpose_terms())),
        ("role of a column of any table (columnRole)", OWN_ROLES),
        ("type of a column (logicalType)", TYPES),
    ):
        yield from (Known(name, what) for name in names)
    yield from (Known(name, "kind of data (plaintextKind)", meaning) for name, meaning in kinds.items())
    yield from _register()


def _register() -> Iterator[Known]:
    tables: dict[ColumnRole, list[str]] = {}
    what = {one.name: one.metadata["what"] for one in fields(Register)}
    for entry, roles in ENTRIES.items():
        yield Known(entry, "entry of the register of tables (register)", what[entry])
        for role in roles:
            tables.setdefault(role, []).append(entry)
    for role, entries in tables.items():
        members = ", ".join(role.means or role.members)
        meaning = f"one of {members}" if members else f"of the type {' or '.join(role.types)}"
        yield Known(role.name, f"role of a column of {', '.join(entries)} (columnRole)", meaning)
