"""The policy as frozen values: what a file said, after every check of form, without the file.

Vocabulary: categories are fideslang data categories, personal-data terms are DPV's, contracts are ODCS documents,
severities are those of Great Expectations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal, Protocol

REST = "*"  # in a place: the columns of a table, or the tables of a source, that no contract names


def covers(general: str, key: str) -> bool:
    """Whether a key of a fideslang tree is `general` or lies below it: `user.contact` covers `user.contact.email`."""
    return key == general or key.startswith(general + ".")


def in_force(first: str, last: str, as_of: datetime) -> bool:
    """Whether a moment lies within days: from 00:00 UTC of the first to the end of the last; "" is without bound."""
    day = as_of.astimezone(UTC).date().isoformat()
    return (not first or first <= day) and (not last or day <= last)


class Severity(StrEnum):
    """How much a violation matters; Great Expectations' three grades."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Classification(StrEnum):
    """How a column must be handled; `restricted` means encrypted."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in the two languages of the pages."""

    fa: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.fa


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the policy."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Clause:
    """An addressable sentence of the policy; the fingerprint is the SHA-256 of its normalised Persian text.

    `place` is the file and line where that text stands.
    """

    id: str
    section: str
    statement: Text
    fingerprint: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class NotNormative:
    """A sentence of the policy that promises nothing, and why it is taken so."""

    id: str
    section: str
    statement: Text
    reason: Text


@dataclass(frozen=True, slots=True)
class Purpose:
    """What data may be used for: a fideslang data use with what lies below it, and the categories that it may touch."""

    use: str
    dpv: str
    clauses: tuple[str, ...]
    title: Text
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """Which places of the contracts a rule speaks of.

    `tables` empty: every table. A rule about columns has `columns` true; `names`, `types` and `classifications`
    then each narrow them if not empty. `undeclared` adds the columns and tables that no contract names. `nowhere`: the
    rule is about no data at all.
    """

    tables: tuple[str, ...] = ()
    columns: bool = False
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    classifications: tuple[Classification, ...] = ()
    undeclared: bool = False
    nowhere: bool = False


class Parameters(Protocol):
    """What a rule's kind is given by the policy; each kind has its own frozen type."""

    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Examples:
    """What a rule lets pass and what it fails, in words."""

    passes: Text
    fails: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold, typed by its kind, tied to one or more clauses."""

    id: str
    clauses: tuple[str, ...]
    severity: Severity
    title: Text
    rationale: Text
    remedy: Text
    where: Where
    parameters: Parameters
    file: str
    line: int
    references: tuple[str, ...] = ()  # articles of laws and standards, terms of vocabularies
    examples: Examples | None = None

    @property
    def kind(self) -> str:
        return self.parameters.kind


@dataclass(frozen=True, slots=True)
class Encryption:
    """How a restricted column is encrypted; `keyed` is proven only with keys. `lookup`: equal values look alike."""

    format: Literal["envelope", "fernet"] = "envelope"
    proof: Literal["consistent", "keyed"] = "consistent"
    lookup: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column: names are logical, `physical_name` is what the company's own table calls it."""

    name: str
    physical_name: str
    logical_type: str
    category: str
    classification: Classification
    clause: str
    plaintext: str = ""  # of a restricted column: the detection kind that a decrypted value must look like
    description: str = ""
    dpv: str = ""
    purposes: tuple[str, ...] = ()
    references: str = ""  # the column that this one is a key of, `users.user_id`
    encryption: Encryption | None = None  # of a restricted column


@dataclass(frozen=True, slots=True)
class Contract:
    """The ODCS document of one table."""

    table: str
    physical_name: str
    columns: tuple[Column, ...]
    primary_key: str  # "" when the table has none: findings are then counted, not referenced
    roles: tuple[str, ...]
    allow_empty: str  # the reason why the table may be empty, "" if it may not
    description: str
    event_time: str = ""  # the timestamp column that says when a row came into being

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Role:
    """What holders of a role may read, by data category, for which purposes, and why.

    A role that breaks glass is for emergencies: whoever holds it holds it for a ticket.
    """

    id: str
    title: Text
    categories: tuple[str, ...]
    why: Text
    purposes: tuple[str, ...] = ()
    break_glass: bool = False

    def covers(self, category: str) -> bool:
        """Whether a data category is one of the role's or lies below one."""
        return any(covers(own, category) for own in self.categories)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a processor may be given, for what and how long: the columns of one payload table."""

    id: str
    recipient: str
    title: Text
    payload: str
    columns: tuple[str, ...]
    purposes: tuple[str, ...]
    valid_from: str
    valid_until: str
    contact: str
    why: Text


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody answers for a violation until a day; `scope` is a check, or a rule with all its checks."""

    scope: str
    owner: str
    reason: Text
    since: str
    until: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Attestation:
    """A named person vouches for a clause that no data can show."""

    clause: str
    by: str
    role: str
    statement: Text
    on: str
    until: str


@dataclass(frozen=True, slots=True)
class KeyState:
    """What became of a key that values are, or were, encrypted with."""

    kid: str
    state: Literal["active", "decrypt-only", "destroyed"]
    created: str
    rotation_due: str
    destroyed: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A text of the policy that was in force from a day on, by the fingerprints of its clauses."""

    version: str
    effective: str
    clauses: Mapping[str, str]
    summary: Text


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody judged a rule against a clause's text as it then was."""

    rule: str
    clause: str
    fingerprint: str
    by: str
    on: str


@dataclass(frozen=True, slots=True)
class Published:
    """Where the policy was published, and what was read there."""

    title: str
    url: str
    retrieved: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything under `expectations/`; `digest` is the SHA-256 over its files."""

    id: str
    version: str
    title: Text
    published: Published
    sections: tuple[Section, ...]
    clauses: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    contracts: tuple[Contract, ...]
    roles: tuple[Role, ...]
    digest: str
    purposes: tuple[Purpose, ...] = ()
    not_normative: tuple[NotNormative, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    keys: tuple[KeyState, ...] = ()
    history: tuple[Version, ...] = ()
    reviews: tuple[Review, ...] = ()

    @property
    def tables(self) -> Mapping[str, Contract]:
        return {contract.table: contract for contract in self.contracts}

    def readers(self, table: str, column: str) -> tuple[str, ...]:
        """The roles that may read a column: named by its table's contract, and entitled to its category."""
        contract = self.tables.get(table)
        declared = contract.column(column) if contract else None
        if contract is None or declared is None:
            return ()
        return tuple(role.id for role in self.roles if role.id in contract.roles and role.covers(declared.category))
