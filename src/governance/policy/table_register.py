"""The register of tables in `policy.yaml`: which table is what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from governance.errors import near
from governance.policy.column_roles import ENTRIES, OWN_ROLES, PERSON, PUBLIC_NAME, SESSION, ColumnRole
from governance.policy.contracts import Column, Contract, Payload, Register
from governance.policy.fields import read_record
from governance.policy.strict_yaml import Node, Problems, shown
from governance.policy.vocabulary import covers
from governance.spelling import folded

PAYLOADS = "payloads"
_PERSONAL = "user"
_NAME = f"{_PERSONAL}.name"


def read_register(node: Node | None, tables: Mapping[str, Contract | None], problems: Problems) -> Register:
    """The entries; each names a table with a contract, and a pattern of payloads matches at least one."""
    if node is None:
        return Register()
    fields = problems.fields(node, [], ENTRIES)
    payloads = []
    for entry in problems.items(fields.pop(PAYLOADS, None)):
        payload = read_record(Payload, entry, problems)
        if payload.tables and not any(fnmatchcase(table, payload.tables) for table in tables):
            problems.add(entry, "a pattern that matches a table with a contract", shown(payload.tables))
        payloads.append(payload)
    named = {entry: problems.text(child, choices=tables) for entry, child in fields.items()}
    for name, table in named.items():
        if table and table in [other for key, other in named.items() if key < name]:
            problems.add(fields[name], "a table of its own for each entry", f"{shown(table)} twice")
    return Register(**named, payloads=tuple(payloads))


def entry_of(register: Register, table: str) -> str:
    """The entry of a table, "" for a table of none."""
    found = (entry for entry in ENTRIES if entry != PAYLOADS and getattr(register, entry) == table)
    payload = any(fnmatchcase(table, payload.tables) for payload in register.payloads)
    return next(found, PAYLOADS if payload else "")


def payloads_of(register: Register, contracts: Iterable[Contract]) -> tuple[Contract, ...]:
    """The contracts of what is handed over."""
    return tuple(contract for contract in contracts if entry_of(register, contract.table) == PAYLOADS)


def without_vocabulary(register: Register, contracts: Iterable[Contract]) -> Iterator[str]:
    """The columns, `messages.template`, whose members only the company can list, and has not yet."""
    for contract in contracts:
        enumerated = {role.name for role in ENTRIES.get(entry_of(register, contract.table), ()) if role.enumerated}
        for column in contract.columns:
            if column.role in enumerated and not column.vocabulary:
                yield f"{contract.table}.{column.name}"


def check_roles(
    register: Register,
    contracts: tuple[Contract, ...],
    properties: Mapping[tuple[str, str], Mapping[str, Node]],
    problems: Problems,
) -> tuple[Contract, ...]:
    """The contracts, with the role `person` for the key of people and its references; `properties` by column."""
    people = next((contract for contract in contracts if contract.table == register.people), None)
    person = f"{people.table}.{people.primary_key}" if people and people.primary_key else ""
    words: dict[tuple[str, str], str] = {}  # by role and folded meaning
    for contract in contracts:
        # The roles of a table that is in no entry say nothing yet.
        entry = entry_of(register, contract.table)
        known = {role.name: role for own in ([ENTRIES[entry]] if entry else ENTRIES.values()) for role in own}
        roles: set[str] = set()
        parts: set[int] = set()
        for column in contract.columns:
            nodes = properties.get((contract.table, column.name), {})
            if "columnRole" in nodes:
                _check_role(column, nodes["columnRole"], known, roles if entry else roles & {SESSION}, problems)
            if "namePart" in nodes and column.name_part > 1 and column.name_part in parts:
                problems.add(nodes["namePart"], "each part of a name once in a table", f"{column.name_part} twice")
            if "namePart" in nodes and not covers(_NAME, column.category):
                problems.add(nodes["namePart"], f"a column of the category {_NAME}", column.category)
            if "vocabulary" in nodes:
                _check_words(column, nodes["vocabulary"], people if column.role == "field" else None, words, problems)
            roles.add(column.role)
            parts.add(column.name_part)
            if column.role == PERSON and not person:
                problems.add(nodes["columnRole"], "an entry `people` in the register, with a primary key of one column")
        _check_parts(contract, properties, problems)
    return tuple(replace(c, columns=tuple(_as_person(c, column, person) for column in c.columns)) for c in contracts)


def _check_role(
    column: Column, node: Node, known: Mapping[str, ColumnRole], before: Collection[str], problems: Problems
) -> None:
    role = known.get(column.role)
    if role is None:
        if column.role == SESSION and SESSION in before:
            problems.add(node, "each role once in a table", f"{shown(column.role)} twice")
        if column.role == PUBLIC_NAME and covers(_PERSONAL, column.category):
            problems.add(node, "public names in a column of no category of a person", column.category)
        if column.role not in OWN_ROLES:
            problems.text(node, choices=[*known, *OWN_ROLES])
        return
    if column.role in before:
        problems.add(node, "each role once in a table", f"{shown(column.role)} twice")
    if column.logical_type not in role.types:
        problems.add(node, f"a column of the type {' or '.join(role.types)} for this role", column.logical_type)
    strange = [term.means for term in column.vocabulary if role.means and term.means not in role.means]
    if strange:
        problems.add(node, f"a vocabulary whose members mean {', '.join(role.means)}", shown(strange[0]))


def _check_words(
    column: Column, node: Node, people: Contract | None, words: dict[tuple[str, str], str], problems: Problems
) -> None:
    """Problems of the meanings of a vocabulary: tables are compared by them, and fields are columns of people."""
    for term in column.vocabulary if column.role else ():
        other = words.setdefault((column.role, folded(term.means)), term.means)
        if other != term.means:
            problems.add(node, f"{shown(other)} as in another table, for {shown(term.means)} of the role {column.role}")
        if people is not None and people.column(term.means) is None:
            names = [own.name for own in people.columns]
            expected = f"members that mean columns of {people.table}"
            problems.add(node, expected, shown(term.means), near=near(term.means, names))


def _check_parts(
    contract: Contract, properties: Mapping[tuple[str, str], Mapping[str, Node]], problems: Problems
) -> None:
    """A problem where some columns of names are parts of a name, and others are not: nobody knows the whole one.

    Several first parts and no second one are as many whole names.
    """
    named = [column for column in contract.columns if covers(_NAME, column.category)]
    parts = [column for column in named if column.name_part]
    firsts = sum(column.name_part == 1 for column in parts)
    if parts and (len(parts) < max(2, len(named)) or 1 < firsts < len(parts)):
        node = properties[contract.table, parts[0].name]["namePart"]
        problems.add(
            node, f"a namePart on each of two or more columns of the category {_NAME}", f"{len(parts)} of {len(named)}"
        )


def _as_person(contract: Contract, column: Column, person: str) -> Column:
    if not person:
        return column
    if column.role == PERSON and not column.references:
        return replace(column, references=person)
    names = person in {column.references, f"{contract.table}.{column.name}"}
    return replace(column, role=PERSON) if names and not column.role else column
