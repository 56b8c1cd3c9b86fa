"""ODCS documents (v3.1) to contracts: one table each, every column with its category, classification and clause."""

from __future__ import annotations

import re
from collections.abc import Collection

from governance.policy.model import Classification, Column, Contract
from governance.strict_yaml import Node, Problems, shown

TYPES = ("string", "integer", "number", "boolean", "date", "timestamp", "time", "object", "array")
_COLUMN_EXTRAS = ("fidesDataCategory", "dpvPersonalData", "policyClause", "plaintextKind")
_TABLE_EXTRAS = ("allowEmpty",)
# Names end up in SQL, in ids of checks and in names of files.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CATEGORY = re.compile(r"(?:system|user)(?:\.[a-z0-9_]+)*")
_DPV_TERM = re.compile(r"pd:[A-Za-z]+")


def read_contract(
    node: Node, *, clauses: Collection[str] | None, roles: Collection[str] | None, problems: Problems
) -> Contract | None:
    """One contract; None, with its problems collected, when it is too broken to name its table.

    `clauses` and `roles` are the ones that there are, None where their file cannot be read.
    """
    top = problems.fields(
        node,
        ["apiVersion", "kind", "id", "version", "status", "description", "roles", "schema"],
        ["name", "domain", "tags"],
    )
    problems.text(top.get("apiVersion"), choices=["v3.1.0"])
    problems.text(top.get("kind"), choices=["DataContract"])
    for key in ("id", "version", "status", "name", "domain"):
        problems.text(top.get(key))
    problems.texts(top.get("tags"))
    description = problems.fields(top["description"], ["purpose"]) if "description" in top else {}
    purpose = problems.text(description.get("purpose"))
    readers = _roles(top.get("roles"), roles, problems)
    objects = problems.items(top.get("schema"))
    if len(objects) != 1 and "schema" in top:
        problems.add(top["schema"], "one table", f"{len(objects)} tables")
    contracts = [_table(entry, clauses, readers, purpose, problems) for entry in objects]
    return contracts[0] if len(contracts) == 1 else None


def read_category(node: Node | None, problems: Problems) -> str:
    """A fideslang data category, by its form."""
    category = problems.text(node)
    if node is not None and category and not _CATEGORY.fullmatch(category):
        problems.add(node, "a data category such as user.contact.email")
    return category


def read_name(node: Node | None, problems: Problems) -> str:
    """A logical name of a table or column."""
    name = problems.text(node)
    if node is not None and name and not _NAME.fullmatch(name):
        problems.add(node, "a logical name of letters, digits and _")
    return name


def _table(
    entry: Node, clauses: Collection[str] | None, readers: tuple[str, ...], purpose: str, problems: Problems
) -> Contract | None:
    table = problems.fields(
        entry, ["name", "properties"], ["physicalName", "physicalType", "description", "customProperties"]
    )
    for key in ("physicalType", "description"):
        problems.text(table.get(key))
    name = read_name(table.get("name"), problems)
    extras = _extras(table.get("customProperties"), _TABLE_EXTRAS, problems)
    allow_empty = problems.text(extras.get("allowEmpty"))
    physical_name = problems.text(table.get("physicalName"), default=name)
    entries = problems.items(table.get("properties"), least="column")
    found = [_column(child, clauses, problems) for child in entries]
    columns = tuple(column for column, _ in found)
    # Engines do not tell `Email` from `email`, so two such columns would be one.
    for what, names in (
        ("column", [column.name for column in columns]),
        ("physicalName", [column.physical_name for column in columns]),
    ):
        for i, child in enumerate(entries):
            if names[i] and names[i].casefold() in [other.casefold() for other in names[:i]]:
                problems.add(child, f"each {what} once, in capitals or not", f"{shown(names[i])} twice")
    keys = [column.name for column, is_key in found if is_key]
    if len(keys) > 1:
        problems.add(entry, "a primary key of one column", "the columns " + ", ".join(keys))
    if not name:
        return None
    return Contract(name, physical_name, columns, keys[0] if keys else "", readers, allow_empty, purpose)


def _roles(node: Node | None, known: Collection[str] | None, problems: Problems) -> tuple[str, ...]:
    roles: list[str] = []
    for entry in problems.items(node):
        fields = problems.fields(entry, ["role", "access"], ["description"])
        problems.text(fields.get("access"), choices=["read"])
        problems.text(fields.get("description"))
        role = problems.text(fields.get("role"), choices=known)
        if role and role in roles:
            problems.add(entry, "each role once", f"{shown(role)} twice")
        roles.append(role)
    return tuple(role for role in roles if role)


def _column(entry: Node, clauses: Collection[str] | None, problems: Problems) -> tuple[Column, bool]:
    fields = problems.fields(
        entry,
        ["name", "logicalType", "classification", "customProperties"],
        ["physicalName", "physicalType", "primaryKey", "required", "unique", "description", "encryptedName"],
    )
    for key in ("physicalType", "encryptedName"):
        problems.text(fields.get(key))
    for key in ("required", "unique"):
        problems.boolean(fields.get(key))
    name = read_name(fields.get("name"), problems)
    level = problems.text(fields.get("classification"), choices=[c.value for c in Classification])
    extras = _extras(fields.get("customProperties"), _COLUMN_EXTRAS, problems)
    for key in ("fidesDataCategory", "policyClause"):
        if key not in extras and "customProperties" in fields:
            problems.add(entry, f"the custom property {key!r}", "none")
    restricted = level == Classification.RESTRICTED.value
    if level and restricted != ("plaintextKind" in extras):
        expected = "the custom property 'plaintextKind' on restricted columns, and only there"
        problems.add(entry, expected, "none" if restricted else f"it on a column that is {level}")
    term = problems.text(extras.get("dpvPersonalData"))
    if term and not _DPV_TERM.fullmatch(term):
        problems.add(extras["dpvPersonalData"], "a term of DPV's personal data such as pd:EmailAddress")
    column = Column(
        name=name,
        physical_name=problems.text(fields.get("physicalName"), default=name),
        logical_type=problems.text(fields.get("logicalType"), default="string", choices=TYPES),
        category=read_category(extras.get("fidesDataCategory"), problems),
        classification=Classification(level or Classification.RESTRICTED),
        clause=problems.text(extras.get("policyClause"), choices=None if clauses is None else [*clauses, "operations"]),
        plaintext=problems.text(extras.get("plaintextKind")),
        description=problems.text(fields.get("description")),
    )
    return column, problems.boolean(fields.get("primaryKey"))


def _extras(node: Node | None, known: Collection[str], problems: Problems) -> dict[str, Node]:
    """ODCS keeps what it has no word for in a list of property and value."""
    found: dict[str, Node] = {}
    for entry in problems.items(node):
        fields = problems.fields(entry, ["property", "value"])
        key = problems.text(fields.get("property"), choices=known)
        if key in found:
            problems.add(entry, "each property once", f"{key!r} twice")
        if key and "value" in fields:
            found[key] = fields["value"]
    return found
