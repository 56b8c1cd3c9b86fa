"""ODCS documents (v3.1) to contracts: one table each, every column with its category, classification and clause."""

from __future__ import annotations

from collections.abc import Collection

from governance.policy.model import Classification, Column, Contract
from governance.strict_yaml import Node, Problems

TYPES = ("string", "integer", "number", "boolean", "date", "timestamp", "time", "object", "array")
_COLUMN_EXTRAS = ("fidesDataCategory", "dpvPersonalData", "policyClause", "plaintextKind")
_TABLE_EXTRAS = ("allowEmpty",)


def read_contract(
    node: Node, *, clauses: Collection[str], roles: Collection[str], problems: Problems
) -> Contract | None:
    """One contract; None, with its problems collected, when it is too broken to name its table."""
    top = problems.fields(
        node,
        ["apiVersion", "kind", "id", "version", "status", "description", "roles", "schema"],
        ["name", "domain", "tags"],
    )
    problems.text(top.get("apiVersion"), choices=["v3.1.0"])
    problems.text(top.get("kind"), choices=["DataContract"])
    for key in ("id", "version", "status"):
        problems.text(top.get(key))
    description = problems.fields(top["description"], ["purpose"]) if "description" in top else {}
    readers = tuple(_role(entry, roles, problems) for entry in problems.items(top.get("roles")))
    objects = problems.items(top.get("schema"))
    if len(objects) != 1:
        problems.add(top.get("schema", node), "one table", f"{len(objects)} tables")
        return None
    table = problems.fields(
        objects[0], ["name", "properties"], ["physicalName", "physicalType", "description", "customProperties"]
    )
    name = problems.text(table.get("name"))
    extras = _extras(table.get("customProperties"), _TABLE_EXTRAS, problems)
    columns: list[Column] = []
    keys: list[str] = []
    for entry in problems.items(table.get("properties")):
        column, is_key = _column(entry, clauses, problems)
        if any(column.name == other.name for other in columns):
            problems.add(entry, "each column once", f"{column.name!r} twice")
        columns.append(column)
        if is_key:
            keys.append(column.name)
    if len(keys) > 1:
        problems.add(objects[0], "a primary key of one column", "the columns " + ", ".join(keys))
    if not name:
        return None
    return Contract(
        table=name,
        physical_name=problems.text(table.get("physicalName"), default=name),
        columns=tuple(columns),
        primary_key=keys[0] if keys else "",
        roles=readers,
        allow_empty=problems.text(extras.get("allowEmpty")),
        description=problems.text(description.get("purpose")),
    )


def _role(entry: Node, roles: Collection[str], problems: Problems) -> str:
    fields = problems.fields(entry, ["role", "access"], ["description"])
    problems.text(fields.get("access"), choices=["read"])
    return problems.text(fields.get("role"), choices=roles)


def _column(entry: Node, clauses: Collection[str], problems: Problems) -> tuple[Column, bool]:
    fields = problems.fields(
        entry,
        ["name", "logicalType", "classification", "customProperties"],
        ["physicalName", "physicalType", "primaryKey", "required", "unique", "description", "encryptedName"],
    )
    name = problems.text(fields.get("name"))
    classification = Classification(
        problems.text(fields.get("classification"), default="restricted", choices=[c.value for c in Classification])
    )
    extras = _extras(fields.get("customProperties"), _COLUMN_EXTRAS, problems)
    for key in ("fidesDataCategory", "policyClause"):
        if key not in extras:
            problems.add(entry, f"the custom property {key!r}", "none")
    plaintext = problems.text(extras.get("plaintextKind"))
    if (classification is Classification.RESTRICTED) != bool(plaintext):
        problems.add(entry, "the custom property 'plaintextKind' on restricted columns, and only there")
    problems.boolean(fields.get("required"))
    problems.boolean(fields.get("unique"))
    column = Column(
        name=name,
        physical_name=problems.text(fields.get("physicalName"), default=name),
        logical_type=problems.text(fields.get("logicalType"), default="string", choices=TYPES),
        category=problems.text(extras.get("fidesDataCategory")),
        classification=classification,
        clause=problems.text(extras.get("policyClause"), choices=[*clauses, "operations"]),
        plaintext=plaintext,
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
