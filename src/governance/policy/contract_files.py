"""ODCS documents (v3.1) to contracts: one table each, every column with its category, classification and clause."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from governance.policy.fields import NAME, Known, fill, matching
from governance.policy.model import Classification, Column, Contract, Encryption, Term
from governance.policy.strict_yaml import Node, Problems, shown
from governance.spelling import folded

_RESTRICTED_EXTRAS = ("plaintextKind", "encryptionFormat", "encryptionProof", "encryptionLookup")
_COLUMN_EXTRAS = (
    *("fidesDataCategory", "dpvPersonalData", "policyClause", "purposes", "columnRole", "tokenOf", "namePart"),
    *("vocabulary", "sealedWith", *_RESTRICTED_EXTRAS),
)
_TABLE_EXTRAS = ("allowEmpty", "eventTime")
_COLUMN_OF_TABLE: Final = matching(
    r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*", "a column of a table such as users.user_id"
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What contracts may refer to: clauses, roles and purposes.

    `references` and `columns` collect what can be checked only when every contract and the register are read: the
    references found, and the custom properties of each column by table and name.
    """

    known: Known
    references: list[Node] = field(default_factory=list)
    columns: dict[tuple[str, str], Mapping[str, Node]] = field(default_factory=dict)


def read_contract(node: Node, around: Surroundings, problems: Problems) -> Contract | None:
    """One contract; None, with its problems collected, when its table cannot be read."""
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
    readers = _roles(top.get("roles"), around.known["roles"], problems)
    objects = problems.items(top.get("schema"))
    if len(objects) != 1 and "schema" in top:
        problems.add(top["schema"], "one table", f"{len(objects)} tables")
    contracts = [_table(entry, around, readers, purpose, problems) for entry in objects]
    return contracts[0] if len(contracts) == 1 else None


def targets_of(node: Node, problems: Problems) -> list[Node]:
    """The columns that a property names, `users.mobile` each, one or a list."""
    listed = node.value if isinstance(node.value, list) else [node]
    return [child for child in listed if _COLUMN_OF_TABLE.fits(_COLUMN_OF_TABLE.read(child, problems))]


def check_references(around: Surroundings, tables: Mapping[str, Contract | None], problems: Problems) -> None:
    """Check that every foreign key references an existing column."""
    for node in around.references:
        table, column = str(node.value).split(".")
        contract = tables.get(table)
        if table not in tables:
            problems.text(Node(table, node.file, node.line, node.path), choices=tables)
        elif contract is not None and contract.columns:
            names = [known.name for known in contract.columns]
            problems.text(Node(column, node.file, node.line, node.path), choices=names)


def _table(
    entry: Node, around: Surroundings, readers: tuple[str, ...], purpose: str, problems: Problems
) -> Contract | None:
    table = problems.fields(
        entry, ["name", "properties"], ["physicalName", "physicalType", "description", "customProperties"]
    )
    for key in ("physicalType", "description"):
        problems.text(table.get(key))
    name = NAME.read(table["name"], problems) if "name" in table else ""
    extras = _extras(table.get("customProperties"), _TABLE_EXTRAS, problems)
    allow_empty = problems.text(extras.get("allowEmpty"))
    physical_name = problems.text(table.get("physicalName"), default=name)
    entries = problems.items(table.get("properties"), least="column")
    found = [_column(child, name, around, problems) for child in entries]
    columns = tuple(column for column, _ in found)
    times = [column.name for column in columns if column.logical_type == "timestamp"]
    event_time = problems.text(extras.get("eventTime"), choices=times)
    # Engines do not distinguish `Email` from `email`, so two such columns would be one.
    for what, names in (
        ("column", [column.name for column in columns]),
        ("physicalName", [column.physical_name for column in columns]),
    ):
        for i, child in enumerate(entries):
            if names[i] and names[i].casefold() in [other.casefold() for other in names[:i]]:
                problems.add(child, f"each {what} once, in capitals or not", f"{shown(names[i])} twice")
    keys = tuple(column.name for column, is_key in found if is_key)
    if not name:
        return None
    return Contract(name, physical_name, columns, keys, readers, allow_empty, purpose, event_time)


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


def _column(entry: Node, table: str, around: Surroundings, problems: Problems) -> tuple[Column, bool]:
    fields = problems.fields(
        entry,
        ["name", "logicalType", "classification", "customProperties"],
        [
            *("physicalName", "physicalType", "primaryKey", "required", "unique", "description", "encryptedName"),
            *("relationships", "businessName"),
        ],
    )
    for key in ("physicalType", "encryptedName"):
        problems.text(fields.get(key))
    level = problems.text(fields.get("classification"), choices=[c.value for c in Classification])
    extras = _extras(fields.get("customProperties"), _COLUMN_EXTRAS, problems)
    for key in ("fidesDataCategory", "policyClause", "purposes"):
        if key not in extras and "customProperties" in fields:
            problems.add(entry, f"the custom property {key!r}", "none")
    restricted = level == Classification.RESTRICTED.value
    if level and restricted != ("plaintextKind" in extras):
        expected = "the custom property 'plaintextKind' on restricted columns, and only there"
        problems.add(entry, expected, "none" if restricted else f"it on a column that is {level}")
    tokens = targets_of(extras["tokenOf"], problems) if "tokenOf" in extras else []
    around.references.extend(tokens)
    column = fill(
        Column,
        {**fields, **extras},
        problems,
        around.known,
        physical_name=problems.text(fields.get("physicalName"), default=_text_or_empty(fields.get("name"))),
        classification=Classification(level or Classification.RESTRICTED),
        references=_references(fields.get("relationships"), around, problems),
        encryption=_encryption(entry, extras, restricted=restricted, problems=problems),
        token_of=tuple(str(child.value) for child in tokens),
        vocabulary=_vocabulary(extras.get("vocabulary"), problems),
    )
    around.columns[table, column.name] = extras
    return column, problems.boolean(fields.get("primaryKey"))


def _vocabulary(node: Node | None, problems: Problems) -> tuple[Term, ...]:
    """The members of an enumerated column; two that fold to one could not be told apart."""
    terms: list[Term] = []
    known: dict[str, str] = {}
    for entry in problems.items(node, least="member"):
        if isinstance(entry.value, dict):
            fields = problems.fields(entry, ["value", "means"])
            value, means = problems.text(fields.get("value")), problems.text(fields.get("means"))
        else:
            value = means = problems.text(entry)
        if folded(value) in known:
            problems.add(entry, "members that differ in more than case and separators", f"{shown(value)} twice")
        elif value:
            known[folded(value)] = value
            terms.append(Term(value, means or value))
    return tuple(terms)


def _references(node: Node | None, around: Surroundings, problems: Problems) -> str:
    entries = problems.items(node, least="relationship")
    if node is not None and len(entries) > 1:
        problems.add(node, "one relationship", f"{len(entries)} relationships")
    targets = []
    for entry in entries:
        fields = problems.fields(entry, ["type", "to"])
        problems.text(fields.get("type"), choices=["foreignKey"])
        target = _COLUMN_OF_TABLE.read(fields["to"], problems) if "to" in fields else ""
        targets.append(target)
        if _COLUMN_OF_TABLE.fits(target):
            around.references.append(fields["to"])
    return targets[0] if targets else ""


def _encryption(entry: Node, extras: Mapping[str, Node], *, restricted: bool, problems: Problems) -> Encryption | None:
    given = [key for key in _RESTRICTED_EXTRAS[1:] if key in extras]
    if not restricted:
        # A column that is no longer restricted but still names its plaintext gets one problem only.
        for key in given if "plaintextKind" not in extras else ():
            problems.add(entry, f"the custom property {key!r} on restricted columns only", "it on another")
        return None
    return fill(Encryption, extras, problems)


def _text_or_empty(node: Node | None) -> str:
    return node.value if node is not None and isinstance(node.value, str) else ""


def _extras(node: Node | None, known: Collection[str], problems: Problems) -> dict[str, Node]:
    """ODCS keeps custom properties in a list of property and value."""
    found: dict[str, Node] = {}
    for entry in problems.items(node):
        fields = problems.fields(entry, ["property", "value"])
        key = problems.text(fields.get("property"), choices=known)
        if key in found:
            problems.add(entry, "each property once", f"{key!r} twice")
        if key and "value" in fields:
            found[key] = fields["value"]
    return found
