"""ODCS documents (v3.0 to v3.1) to contracts: every table with its columns, their category, classification and clause.

What the standard allows is accepted; what means nothing here is kept by its path, so that `plan` can name it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from governance.errors import Problem
from governance.policy.contract_columns import ReadColumn, Reading, Surroundings, read_column, single
from governance.policy.contract_quality import read_quality
from governance.policy.contracts import Contract, ForeignKey
from governance.policy.fields import NAME
from governance.policy.strict_yaml import Node, Problems, Value, shown

# What is read, or only names the document; all other keys of the standard are unread.
_READ: Final = (
    *("apiVersion", "kind", "id", "version", "status", "name", "description", "roles", "schema", "servers"),
    "customProperties",
)
_READ_TABLE: Final = (
    *("name", "physicalName", "description", "logicalType", "physicalType", "properties", "customProperties"),
    *("relationships", "quality"),
)

_KEYS: Final = frozenset({"string", "integer", "number"})


def read_contracts(node: Node, around: Surroundings, problems: Problems) -> tuple[Contract, ...]:
    """The tables of one document, as far as they can be read; the problems are collected."""
    reading = Reading(around, problems)
    top = reading.fields(node, ("schema",), (), _READ)
    reading.extras(top.get("customProperties"), "the document")
    described = top["description"].value if "description" in top else None
    described = described if isinstance(described, dict) else {}
    reading.unread.extend(child.path for key, child in described.items() if key != "purpose")
    purpose = described["purpose"].value if "purpose" in described else ""
    csv_empty = _csv_empty(top.get("servers"), reading)
    readers = _roles(top.get("roles"), reading)
    old = str(top["apiVersion"].value).startswith("v3.0") if "apiVersion" in top else False
    found = []
    for entry in problems.items(top.get("schema"), least="table"):
        own = Reading(around, problems)
        contract = _table(entry, old=old, reading=own)
        if contract is not None:
            found.append(
                replace(
                    contract,
                    roles=readers,
                    description=contract.description or str(purpose or ""),
                    csv_empty=csv_empty,
                    unread=tuple(dict.fromkeys([*reading.unread, *own.unread])),
                    not_run=tuple(own.not_run),
                )
            )
    return tuple(found)


def check_references(around: Surroundings, tables: Mapping[str, Contract | None], problems: Problems) -> None:
    """Check that every foreign key references an existing column, with which its cells can be compared."""
    kinds = {name: {c.name: c.logical_type for c in contract.columns} for name, contract in tables.items() if contract}
    for node, own in around.references:
        table, column = str(node.value).split(".")
        home, _, name = own.partition(".")
        if table not in tables:
            problems.text(Node(table, node.file, node.line, node.path), choices=tables)
        elif kinds.get(table):
            problems.text(Node(column, node.file, node.line, node.path), choices=kinds[table])
            kind, theirs = kinds.get(home, {}).get(name), kinds[table].get(column)
            if kind and theirs and not _comparable(kind, theirs):
                problems.add(node, f"a column whose cells compare with one of type {kind}", f"one of type {theirs}")


def _comparable(one: str, other: str) -> bool:
    """Whether a cell of one type can be a cell of the other; lists and objects are no keys."""
    return {one, other} <= _KEYS or (one == other and one not in {"array", "object"})


def check_tables(contracts: Sequence[Contract], problems: Problems) -> None:
    """Check that no table could be of two contracts."""
    for place, contract in enumerate(contracts):
        owner = next((other for other in contracts[:place] if _share_a_table(contract, other)), None)
        if owner is not None:
            node = Node(None, contract.file, contract.line, "")
            found = f"that of {owner.file}:{owner.line}"
            problems.add(node, "a table of its own, by name and physicalName", found)


def _share_a_table(one: Contract, other: Contract) -> bool:
    # Engines do not distinguish `Users` from `users`.
    names = {one.table.casefold(), one.physical_name.casefold()}
    shared = names & {other.table.casefold(), other.physical_name.casefold()}
    return bool(shared) or one.matches(other.physical_name) or other.matches(one.physical_name)


def _table(entry: Node, *, old: bool, reading: Reading) -> Contract | None:
    problems = reading.problems
    table = reading.fields(entry, ("name", "properties"), ("schema", 0), _READ_TABLE)
    name = NAME.read(table["name"], problems) if "name" in table else ""
    extras = reading.extras(table.get("customProperties"), "tables")
    physical_name = problems.text(table.get("physicalName"), default=name)
    entries = problems.items(table.get("properties"), least="column")
    names = [_name(child) for child in entries]
    targets, composites = _targets(table.get("relationships"), name, names, reading)
    before = len(problems.found)
    found = [read_column(child, name, targets.get(_name(child)), old, reading) for child in entries]
    problems.found[before:] = _together(problems.found[before:], entries)
    columns = tuple(one.column for one in found)
    _once("column", [column.name for column in columns], entries, problems)
    _once("physicalName", [column.physical_name for column in columns], entries, problems)
    times = [column.name for column in columns if column.logical_type == "timestamp"]
    known = {name: (one.name, one.logical_type) for one in columns for name in (one.physical_name, one.name)}
    of_table = read_quality(table.get("quality"), "", known, reading.not_run)
    if not name:
        return None
    return Contract(
        name,
        physical_name,
        columns,
        key=_key(found),
        roles=(),
        allow_empty=problems.text(extras.get("allowEmpty")),
        description=_text(table.get("description")),
        composites=composites,
        append_only=problems.text(extras.get("appendOnly")),
        event_time=problems.text(extras.get("eventTime"), choices=times),
        quality=(*(quality for one in found for quality in one.quality), *of_table),
        file=entry.file,
        line=entry.line,
    )


def _key(found: list[ReadColumn]) -> tuple[str, ...]:
    """The columns of the primary key in its own order; those without a position come last, as they stand."""
    return tuple(one.column.name for one in sorted((one for one in found if one.key), key=lambda one: one.key))


def _once(what: str, names: list[str], entries: list[Node], problems: Problems) -> None:
    """Engines do not distinguish `Email` from `email`, so two such columns would be one."""
    seen: set[str] = set()
    for name, child in zip(names, entries, strict=True):
        if name and name.casefold() in seen:
            problems.add(child, f"each {what} once, in capitals or not", f"{shown(name)} twice")
        seen.add(name.casefold())


def _together(found: list[Problem], entries: list[Node]) -> list[Problem]:
    """The problems of a table's columns; what several columns lack is told once, at the first of them."""
    groups: dict[tuple[str, str, str, str], list[Problem]] = {}
    for problem in found:
        place = problem.path.rpartition("properties[")[2].partition("]")[2]
        groups.setdefault((place, problem.expected, problem.found, problem.near), []).append(problem)
    return [
        replace(first, found=f"{first.found} on {1 + len(others)} of {len(entries)} columns") if others else first
        for first, *others in groups.values()
    ]


def _targets(
    node: Node | None, table: str, names: Collection[str], reading: Reading
) -> tuple[dict[str, Node], tuple[ForeignKey, ...]]:
    """What the table's own relationships let single columns reference, by column, and several together."""
    found: dict[str, Node] = {}
    composites: list[ForeignKey] = []
    for entry in reading.problems.items(node):
        ends = entry.mapping
        composite = _composite(ends, table, names, reading)
        if composite is not None:
            composites.append(composite)
            continue
        source, target = single(ends.get("from")), single(ends.get("to"))
        home, _, column = str(source.value if source else "").partition(".")
        if source is None or target is None or home != table or column in found:
            reading.unread.append(entry.path)
        elif reading.problems.text(Node(column, source.file, source.line, source.path), choices=names):
            found[column] = target
    return found, tuple(composites)


def _composite(ends: Mapping[str, Node], table: str, names: Collection[str], reading: Reading) -> ForeignKey | None:
    """A relationship of as many columns here as there, all of one table; None for any other."""
    own, theirs = _ends(ends.get("from")), _ends(ends.get("to"))
    homes, tables = {home for home, _ in own}, {other for other, _ in theirs}
    if len(own) < 2 or len(own) != len(theirs) or homes != {table} or len(tables) > 1:
        return None
    if not {column for _, column in own} <= set(names):
        return None
    columns = tuple(column for _, column in own)
    targets = reading.problems.items(ends.get("to"))
    reading.around.references.extend((child, f"{table}.{name}") for child, name in zip(targets, columns, strict=True))
    return ForeignKey(columns, tables.pop(), tuple(column for _, column in theirs))


def _ends(node: Node | None) -> list[tuple[str, str]]:
    """Table and column of each end of a relationship that lists several; none of any other."""
    listed = node.value if node is not None and isinstance(node.value, list) else []
    ends = [str(child.value).partition(".") for child in listed]
    return [(table, column) for table, dot, column in ends if dot and "/" not in column]


def _roles(node: Node | None, reading: Reading) -> tuple[str, ...]:
    """The roles that read; a contract that lets a role do something else says nothing of reading."""
    roles: list[str] = []
    for entry in reading.problems.items(node):
        fields = entry.mapping
        if _text(fields.get("access")) != "read":
            reading.unread.append(entry.path)
            continue
        role = reading.problems.text(fields.get("role"), choices=reading.around.known["roles"])
        if role and role in roles:
            reading.problems.add(entry, "each role once", f"{shown(role)} twice")
        roles.append(role)
    return tuple(role for role in roles if role)


def _csv_empty(node: Node | None, reading: Reading) -> Literal["quoted", "null"]:
    """What `quotedEmpty` says of the servers' CSV files; the rest of a server is unread."""
    if node is None:
        return "quoted"
    reading.unread.append(node.path)
    said: dict[Value, Node] = {}
    for entry in reading.problems.items(node):
        fields = entry.mapping
        value = reading.extras(fields.get("customProperties"), "servers").get("quotedEmpty")
        if value is not None and value.value not in {None, "null", "quoted"}:
            reading.problems.add(value, "null or quoted")
        elif value is not None:
            said["quoted" if value.value == "quoted" else "null"] = value
    if len(said) > 1:
        reading.problems.add(node, "the same quotedEmpty for each server", "null and quoted")
    return "null" if "null" in said else "quoted"


def _name(entry: Node) -> str:
    return _text(entry.mapping.get("name"))


def _text(node: Node | None) -> str:
    return node.value if node is not None and isinstance(node.value, str) else ""
