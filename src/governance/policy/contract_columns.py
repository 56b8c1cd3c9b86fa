"""One column of an ODCS document, and the custom properties, which are ours or somebody else's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from governance.errors import near
from governance.policy.contract_quality import IN_SET, read_quality
from governance.policy.contracts import TYPES, Classification, Column, Encryption, Quality, Term
from governance.policy.fields import Known, fill, matching
from governance.policy.odcs import keys
from governance.policy.physical_types import logical_type_of
from governance.policy.strict_yaml import Node, Problems, shown
from governance.spelling import folded

_REQUIRED = ("fidesDataCategory", "policyClause", "purposes")
_RESTRICTED = ("plaintextKind", "encryptionFormat", "encryptionProof", "encryptionLookup")
# Our custom properties, by what they are of.
EXTRAS: Final[Mapping[str, tuple[str, ...]]] = {
    "columns": (
        *(*_REQUIRED, "dpvPersonalData", "columnRole", "tokenOf", "namePart", "vocabulary", "sealedWith"),
        *_RESTRICTED,
    ),
    "tables": ("allowEmpty", "appendOnly", "eventTime"),
    "servers": ("quotedEmpty",),
    "the document": (),
}
_OURS: Final = frozenset(name for names in EXTRAS.values() for name in names)
# How close a name must come to one of ours to be a slip of it; a stranger one is none of our business.
_SLIP = 0.85
_READ: Final = (
    *("name", "physicalName", "description", "logicalType", "physicalType", "primaryKey", "primaryKeyPosition"),
    *("required", "unique", "classification", "customProperties", "relationships", "quality", "businessName"),
)
_COLUMN_OF_TABLE: Final = matching(
    r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*", "a column of a table such as users.user_id"
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What contracts may refer to: clauses, roles, purposes and kinds of data; None for what is not known.

    `references` and `columns` collect what can be checked only when every contract and the register are read: the
    columns named, each with the column whose cells are compared with its own, "" for none, and the custom properties
    of each column by table and name.
    """

    known: Known
    references: list[tuple[Node, str]] = field(default_factory=list)
    columns: dict[tuple[str, str], Mapping[str, Node]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reading of one table, or of the rest of a document, adds to; `unread` and `not_run` are paths."""

    around: Surroundings
    problems: Problems
    unread: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)

    def fields(
        self, node: Node, required: Collection[str], at: Iterable[str | int], read: Collection[str]
    ) -> dict[str, Node]:
        """The entries of a mapping of the standard, which knows keys `at` such a place; those not `read` are noted."""
        found = self.problems.fields(node, required, [key for key in keys(*at) if key not in required])
        self.unread.extend(child.path for key, child in found.items() if key not in read)
        return found

    def extras(self, node: Node | None, of: str) -> dict[str, Node]:
        """Our custom properties of columns, tables or servers, from ODCS's list of property and value."""
        named = [(_text(entry, "property"), entry) for entry in self.problems.items(node)]
        present, ours = {name for name, _ in named}, EXTRAS[of]
        found: dict[str, Node] = {}
        for name, entry in named:
            place = entry.value["property"] if isinstance(entry.value, dict) and name else entry
            if name in ours:
                fields = self.problems.fields(entry, ["property", "value"], ["id", "description"])
                if name in found:
                    self.problems.add(entry, "each property once", f"{name!r} twice")
                if "value" in fields:
                    found[name] = fields["value"]
            elif name in _OURS:
                home = next(what for what, names in EXTRAS.items() if name in names)
                self.problems.add(place, f"the custom property {name!r} on {home} only", f"it on {of}")
            elif (slip := near(name, ours, cutoff=_SLIP)) and slip not in present:
                self.problems.add(place, "one of " + ", ".join(sorted(ours)), near=slip)
            else:
                self.unread.append(f"{entry.path.rpartition('[')[0]}.{name}")
        return found


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column with its place in the primary key, 0 for none, and what its quality entries demand."""

    column: Column
    key: float
    quality: tuple[Quality, ...]


def read_column(entry: Node, table: str, target: Node | None, old: bool, reading: Reading) -> ReadColumn:  # noqa: FBT001
    """A column; `target` is what the table's own relationships let it reference, `old` whether it is of ODCS 3.0."""
    problems, around = reading.problems, reading.around
    fields = reading.fields(entry, ("name",), ("schema", 0, "properties", 0), _READ)
    level = _level(entry, fields, problems)
    extras = reading.extras(fields.get("customProperties"), "columns")
    for key in _REQUIRED:
        if key not in extras:
            problems.add(entry, f"the custom property {key!r}", "none")
    restricted = level == Classification.RESTRICTED.value
    if level and restricted != ("plaintextKind" in extras):
        expected = "the custom property 'plaintextKind' on restricted columns, and only there"
        problems.add(entry, expected, "none" if restricted else f"it on a column that is {level}")
    tokens = targets_of(extras["tokenOf"], problems) if "tokenOf" in extras else []
    around.references.extend((token, "") for token in tokens)
    name, physical = _text(entry, "name"), _text(entry, "physicalName") or _text(entry, "name")
    kind = _logical_type(entry, fields, old=old, problems=problems)
    names = dict.fromkeys((name, physical), (name, kind))
    quality = read_quality(fields.get("quality"), name, names, reading.not_run)
    column = fill(
        Column,
        fields | extras,
        problems,
        around.known,
        physical_name=physical,
        logical_type=kind,
        description=_text(entry, "description"),
        business_name=_text(entry, "businessName"),
        classification=Classification(level or Classification.RESTRICTED),
        references=_references(fields.get("relationships"), target, f"{table}.{name}", reading),
        encryption=_encryption(entry, extras, restricted=restricted, problems=problems),
        token_of=tuple(str(child.value) for child in tokens),
        vocabulary=_vocabulary(extras["vocabulary"], problems) if "vocabulary" in extras else _listed(quality),
    )
    around.columns[table, column.name] = extras
    place = fields["primaryKeyPosition"].value if "primaryKeyPosition" in fields else None
    position = place if isinstance(place, int) and place > 0 else float("inf")
    return ReadColumn(column, position if problems.boolean(fields.get("primaryKey")) else 0, quality)


def targets_of(node: Node, problems: Problems) -> list[Node]:
    """The columns that a property names, `users.mobile` each, one or a list."""
    listed = node.value if isinstance(node.value, list) else [node]
    return [child for child in listed if _COLUMN_OF_TABLE.fits(_COLUMN_OF_TABLE.read(child, problems))]


def single(node: Node | None) -> Node | None:
    """The only end of a relationship, None for a composite one or one of a form that is not followed."""
    if node is not None and isinstance(node.value, list) and len(node.value) == 1:
        node = node.value[0]
    return node if node is not None and isinstance(node.value, str) and "/" not in node.value else None


def _level(entry: Node, fields: Mapping[str, Node], problems: Problems) -> str:
    if "classification" not in fields:
        problems.add(entry, "the key 'classification'", "none")
    return problems.text(fields.get("classification"), choices=[level.value for level in Classification])


def _logical_type(entry: Node, fields: Mapping[str, Node], *, old: bool, problems: Problems) -> str:
    derived = logical_type_of(_text(entry, "physicalType"))
    if "logicalType" not in fields:
        if not derived:
            expected = "the key 'logicalType', or a physicalType that says it, such as VARCHAR"
            problems.add(entry, expected, shown(_text(entry, "physicalType")) if "physicalType" in fields else "none")
        return derived
    named = problems.text(fields["logicalType"], choices=TYPES, default=derived)
    # ODCS 3.0 had no type for moments and times of day, so it called them dates.
    return derived if old and named == "date" and derived in {"timestamp", "time"} else named


def _vocabulary(node: Node, problems: Problems) -> tuple[Term, ...]:
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


def _listed(quality: tuple[Quality, ...]) -> tuple[Term, ...]:
    """The vocabulary that a quality entry closes, if its members are texts that no spelling confuses."""
    members = next((one.arguments["value_set"] for one in quality if one.expectation == IN_SET), ())
    if not all(isinstance(member, str) and member.strip() for member in members):
        return ()
    return tuple(Term(m, m) for m in members) if len({folded(m) for m in members}) == len(members) else ()


def _references(node: Node | None, target: Node | None, column: str, reading: Reading) -> str:
    """The column that a single relationship names, the first of several; the others are unread."""
    chosen = ""
    for entry in reading.problems.items(node):
        own = single(entry.mapping.get("to"))
        if own is None or chosen:
            reading.unread.append(entry.path)
        else:
            chosen = _COLUMN_OF_TABLE.read(own, reading.problems)
            reading.around.references.extend([(own, column)] if _COLUMN_OF_TABLE.fits(chosen) else [])
    if not chosen and target is not None:
        chosen = str(target.value)
        reading.around.references.append((target, column))
    return chosen


def _encryption(entry: Node, extras: Mapping[str, Node], *, restricted: bool, problems: Problems) -> Encryption | None:
    given = [key for key in _RESTRICTED[1:] if key in extras]
    if not restricted:
        # A column that is no longer restricted but still names its plaintext gets one problem only.
        for key in given if "plaintextKind" not in extras else ():
            problems.add(entry, f"the custom property {key!r} on restricted columns only", "it on another")
        return None
    return fill(Encryption, extras, problems)


def _text(node: Node, key: str) -> str:
    """The text of an entry, "" where there is none or something else."""
    child = node.mapping.get(key)
    return child.value if child is not None and isinstance(child.value, str) else ""
