"""The columns that lead to a person according to the contracts: keys, foreign keys, tokens, ids of their tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from governance.policy import Classification, Column, Contract, Policy, covers

REQUESTS = "subject_requests"
PERSON_NAME = "person_name"  # the detection kind that only tokens distinguish from other words
_OURS = "system"  # the root of all categories that are not about people
_PERSON = "user.unique_id"  # the category of the key that names a person
TOKEN_ENDING = "_token"  # noqa: S105  ends the names of columns with keyed tokens


@dataclass(frozen=True, slots=True)
class Lead:
    """A column whose values lead to a person, and how: `user_key`, `person_token` or `joinable_id`."""

    table: str
    column: str
    problem: str


def people_tables(policy: Policy) -> frozenset[str]:
    """The tables with one row per person, the tables that refer to them, and the table of requests."""
    people = {contract.table for contract in policy.contracts if is_of_people(contract)}
    referring_tables = {
        c.table for c in policy.contracts for column in c.columns if column.references.partition(".")[0] in people
    }
    return frozenset({*people, *referring_tables, REQUESTS})


def is_of_people(contract: Contract) -> bool:
    """Whether each row is a person: the key names a person and references no other table."""
    key = contract.column(contract.primary_key)
    return key is not None and key.category == _PERSON and not key.references


def is_published(column: Column) -> bool:
    """Whether a column is the company's own and public: names in it are authors', who may be namesakes of readers."""
    return covers(_OURS, column.category) and column.classification is Classification.PUBLIC


def leads(policy: Policy, people: str) -> tuple[Lead, ...]:
    """Every lead that the contracts declare; `people` is the table with one row per person."""
    return tuple(dict.fromkeys(_leads(policy, people)))


def _leads(policy: Policy, people: str) -> Iterator[Lead]:
    personal = personal_tables(policy, people)
    for contract in policy.contracts:
        for column in contract.columns:
            target = column.references.partition(".")[0]
            if target == people or (contract.table == people and column.name == contract.primary_key):
                yield Lead(contract.table, column.name, "user_key")
            elif is_token(contract, column.name):
                yield Lead(contract.table, column.name, "person_token")
            elif target in personal or (contract.table in personal and column.name == contract.primary_key):
                yield Lead(contract.table, column.name, "joinable_id")


def personal_tables(policy: Policy, people: str) -> frozenset[str]:
    """The tables whose rows lead to a person: by a reference, a token, or a reference to such a table."""
    found = {people, *(c.table for c in policy.contracts if any(is_token(c, column.name) for column in c.columns))}
    while True:
        more = {
            contract.table
            for contract in policy.contracts
            if any(column.references.partition(".")[0] in found for column in contract.columns)
        }
        if more <= found:
            return frozenset(found)
        found |= more


def is_token(contract: Contract, name: str) -> bool:
    """Whether a declared column holds keyed tokens."""
    column = contract.column(name)
    return (
        column is not None
        and column.logical_type == "string"
        and name.endswith(TOKEN_ENDING)
        and column.classification is Classification.CONFIDENTIAL
    )


def referring(contract: Contract, table: str) -> tuple[str, ...]:
    """The foreign keys of a table that reference another."""
    return tuple(column.name for column in contract.columns if column.references.partition(".")[0] == table)
