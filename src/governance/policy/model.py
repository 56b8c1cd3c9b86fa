"""The policy as frozen values, validated, independent of its files.

Vocabulary: categories are fideslang data categories, personal-data terms are DPV's, contracts are ODCS documents,
severities are those of Great Expectations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final, Generic, Literal, Protocol, TypeVar

from governance import detection
from governance.policy.column_roles import EVENT_TIME, PERSON
from governance.policy.fields import CATEGORY, DAY, NAME, SHA256, USE, expects, matching, term_of
from governance.policy.vocabulary import covers, personal_data_terms, purpose_terms

TYPES: Final = ("string", "integer", "number", "boolean", "date", "timestamp", "time", "object", "array")
REST = "*"  # in a place: the columns of a table, or the tables of a source, without a contract
_PERSONAL_DATA = term_of(personal_data_terms, "a term of DPV's personal data such as pd:EmailAddress")
_PURPOSES = expects(form=USE, within="purposes", least="purpose", required=True)
R = TypeVar("R", bound="RuleWords")


def in_force(first: str, last: str, as_of: datetime) -> bool:
    """Whether a moment lies between two days: from 00:00 UTC of the first to the end of the last; "" is unbounded."""
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
    """A sentence of the policy that promises nothing, and why."""

    id: str
    section: str
    statement: Text
    reason: Text


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of processing: a fideslang data use with all uses below it, and the categories that it may use."""

    use: str
    dpv: str = field(metadata=expects(form=term_of(purpose_terms, "a DPV purpose such as dpv:CustomerCare")))
    clauses: tuple[str, ...] = field(metadata=expects(known="clauses", least="clause that allows it"))
    title: Text
    categories: tuple[str, ...] = field(metadata=expects(form=CATEGORY, least="data category"))


@dataclass(frozen=True, slots=True)
class Where:
    """The places of the contracts that a rule covers.

    `tables` empty: every table. A rule about columns has `columns` true; `names`, `types` and `classifications` then
    each narrow them if not empty. `undeclared` adds the columns and tables without a contract. `nowhere`: the rule is
    about no data at all.
    """

    tables: tuple[str, ...] = ()
    columns: bool = False
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    classifications: tuple[Classification, ...] = ()
    undeclared: bool = False
    nowhere: bool = False


class Parameters(Protocol):
    """The parameters of a rule's kind; each kind has its own frozen type."""

    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Examples:
    """What passes a rule and what violates it, in words."""

    passes: Text
    fails: Text


@dataclass(frozen=True, slots=True)
class RuleWords:
    """The words of a rule, tied to one or more clauses."""

    id: str
    clauses: tuple[str, ...]
    severity: Severity
    title: Text
    rationale: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class Rule(RuleWords):
    """What must hold, typed by its kind."""

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
    """How a restricted column is encrypted; `keyed`: only keys prove it. `lookup`: equal texts give equal values."""

    format: Literal["envelope", "fernet"] = field(default="envelope", metadata=expects(key="encryptionFormat"))
    proof: Literal["consistent", "keyed"] = field(default="consistent", metadata=expects(key="encryptionProof"))
    lookup: bool = field(default=False, metadata=expects(key="encryptionLookup"))


@dataclass(frozen=True, slots=True)
class Term:
    """A member of a column's vocabulary, and what it means to the rules; most members mean themselves."""

    value: str
    means: str


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column: names are logical, `physical_name` is the name in the company's own table."""

    name: str = field(metadata=expects(form=NAME))
    physical_name: str
    logical_type: str = field(metadata=expects(key="logicalType", choices=TYPES))
    category: str = field(metadata=expects(key="fidesDataCategory", form=CATEGORY))
    classification: Classification
    clause: str = field(metadata=expects(key="policyClause", known="clauses"))
    # For a restricted column: the detection kind that a decrypted value must match.
    plaintext: str = field(default="", metadata=expects(key="plaintextKind", known="detection"))
    description: str = ""
    dpv: str = field(default="", metadata=expects(key="dpvPersonalData", form=_PERSONAL_DATA))
    purposes: tuple[str, ...] = field(default=(), metadata=_PURPOSES)
    references: str = ""  # the column that this foreign key references, `users.user_id`
    encryption: Encryption | None = None  # of a restricted column
    # What the rules read the column as: a role of its table's register entry, or one of OWN_ROLES.
    role: str = field(default="", metadata=expects(key="columnRole"))
    token_of: tuple[str, ...] = field(default=(), metadata=expects(key="tokenOf"))  # `users.mobile`
    name_part: int = field(default=0, metadata=expects(key="namePart"))  # its place in the whole name, 1 first
    vocabulary: tuple[Term, ...] = ()  # the closed list of an enumerated column, () for a column of free texts
    sealed_with: str = field(
        default="", metadata=expects(key="sealedWith")
    )  # `users.mobile`: the names in its envelopes
    business_name: str = field(default="", metadata=expects(key="businessName"))
    required: bool = False
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Quality:
    """An expectation that a contract itself states, of the few that are run; `column` is "" for one of the table."""

    expectation: str
    column: str
    arguments: Mapping[str, Any] = field(hash=False)
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Contract:
    """One table of an ODCS document.

    `physical_name` may be a pattern such as `events_*`, for several tables of one shape that are read as one. `unread`
    and `not_run` are the paths of what the document says and this program does not use or does not run.
    """

    table: str
    physical_name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # the columns of the primary key; () without one: findings are then counted, not referenced
    roles: tuple[str, ...]
    allow_empty: str  # why the table may be empty, "" if it may not
    description: str
    event_time: str = ""  # the timestamp column that says when a row came into being
    quality: tuple[Quality, ...] = ()
    csv_empty: Literal["quoted", "null"] = "quoted"  # what a quoted empty field of a CSV file is: a text, or null
    unread: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()
    file: str = ""
    line: int = 1

    @property
    def is_pattern(self) -> bool:
        """Whether it stands for every table whose name fits its physical name."""
        return "*" in self.physical_name or "?" in self.physical_name

    def matches(self, physical: str) -> bool:
        """Whether a table of this physical name is the contract's, or one of them."""
        # Brackets are no pattern: some engines write them around names.
        pattern = self.physical_name.replace("[", "[[]")
        return physical == self.physical_name or (self.is_pattern and fnmatchcase(physical, pattern))

    @property
    def primary_key(self) -> str:
        """The column that alone is the primary key, "" for none or several."""
        return self.key[0] if len(self.key) == 1 else ""

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def label(self, name: str) -> str:
        """What a column is called where its name gives a cell its meaning, such as `CVV2` or `reference number`."""
        column = self.column(name)
        if column is None:
            return name
        return "user id" if column.role == PERSON else column.business_name or name

    def sealed_as(self, name: str) -> tuple[str, str]:
        """The table and column that the envelopes of a column are bound to, which a renamed column keeps."""
        column = self.column(name)
        table, _, own = (column.sealed_with if column else "").partition(".")
        return (table, own) if own else (self.table, name)

    def role(self, role: str) -> str:
        """The column that the rules read as this role, "" for none."""
        if role == EVENT_TIME:
            return self.event_time
        return next((column.name for column in self.columns if column.role == role), "")


@dataclass(frozen=True, slots=True)
class Payload:
    """Payload tables, by a pattern such as `shared_*` over their names, and the processor that receives them."""

    tables: str
    recipient: str = ""  # "" where agreements.yaml names it


def _entry(what: str) -> Any:  # noqa: ANN401  as dataclasses.field, whose type checkers know
    return field(default="", metadata={"what": what})


@dataclass(frozen=True, slots=True)
class Register:
    """Which table is what: an entry each, "" where a company has no such table."""

    people: str = _entry("one row per person")
    requests: str = _entry("what people asked about their own data")
    exports: str = _entry("what the exports of access requests held")
    accesses: str = _entry("who read which column, for what")
    grants: str = _entry("who holds which role, from when until when")
    transfers: str = _entry("what was sent to which processor, how, for what in return")
    messages: str = _entry("what was sent to people")
    subscriptions: str = _entry("who wants which messages, as they said it")
    announcements: str = _entry("changes of the policy, as announced")
    payloads: tuple[Payload, ...] = field(
        default=(), metadata={"what": "what processors were sent: a list of patterns such as {tables: shared_*}"}
    )


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the company recognises as its own; what is in no register is not taken for granted.

    `notices` are templates of messages that are no offers, `tickets` patterns such as `REQ-*`; days are the longest
    durations, 0 for no limit.
    """

    notices: tuple[str, ...] = field(default=(), metadata=expects(least="template"))
    senders: tuple[str, ...] = field(default=(), metadata=expects(least="sender"))
    channels: tuple[str, ...] = field(default=(), metadata=expects(least="channel"))
    own_contacts: tuple[str, ...] = field(default=(), metadata=expects(key="contacts", least="contact"))
    tickets: tuple[str, ...] = field(default=(), metadata=expects(least="pattern"))
    grant_days: int = field(default=0, metadata=expects(least=1))
    waiver_days: int = field(default=0, metadata=expects(least=1))
    attestation_days: int = field(default=0, metadata=expects(least=1))


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what its holders may read, by data category, for which purposes, and why.

    A role that breaks glass is for emergencies: it is held for a ticket.
    """

    id: str
    title: Text
    categories: tuple[str, ...] = field(metadata=expects(key="reads", form=CATEGORY))
    purposes: tuple[str, ...] = field(default=(), kw_only=True, metadata=_PURPOSES)
    why: Text
    break_glass: bool = False

    def covers(self, category: str) -> bool:
        """Whether a data category equals one of the role's or lies below one."""
        return any(covers(own, category) for own in self.categories)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a processor may receive, for which purposes and how long: the columns of one payload table."""

    id: str
    recipient: str = field(metadata=expects(form=NAME))
    title: Text
    payload: str = field(metadata=expects(known="tables"))
    columns: tuple[str, ...] = field(metadata=expects(known="columns", least="column"))
    purposes: tuple[str, ...] = field(metadata=_PURPOSES)
    valid_from: str = field(metadata=expects(form=DAY))
    valid_until: str = field(metadata=expects(form=DAY, not_before="valid_from"))
    contact: str
    why: Text


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named person accepts a violation until a day; `scope` is a check, or a rule with all its checks."""

    scope: str
    owner: str
    reason: Text
    since: str = field(metadata=expects(form=DAY))
    until: str = field(metadata=expects(form=DAY, not_before="since"))
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Attestation:
    """A named person vouches for a clause that no data can show."""

    clause: str = field(metadata=expects(known="clauses"))
    by: str
    role: str
    statement: Text
    on: str = field(metadata=expects(key="date", form=DAY))
    until: str = field(metadata=expects(form=DAY, not_before="on"))


@dataclass(frozen=True, slots=True)
class KeyState:
    """The state of a key that values are, or were, encrypted with."""

    kid: str
    state: Literal["active", "decrypt-only", "destroyed"]
    created: str = field(metadata=expects(form=DAY))
    rotation_due: str = field(metadata=expects(form=DAY, not_before="created"))
    destroyed: str = field(default="", metadata=expects(form=DAY))


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the policy's text, in force from a day on, by the fingerprints of its clauses."""

    version: str
    effective: str = field(metadata=expects(form=DAY))
    clauses: Mapping[str, str] = field(metadata=expects(form=SHA256, least="clause"))
    summary: Text


@dataclass(frozen=True, slots=True)
class Review:
    """A named person reviewed a rule against a clause's text at that time."""

    rule: str = field(metadata=expects(known="rules"))
    clause: str = field(metadata=expects(known="clauses"))
    fingerprint: str = field(metadata=expects(form=SHA256))
    by: str
    on: str = field(metadata=expects(key="date", form=DAY))


@dataclass(frozen=True, slots=True)
class Published:
    """Where the policy was published, and the text that was read there."""

    title: str
    url: str = field(metadata=expects(form=matching(r"https?://[^\s\"'<>]+", "an address that starts with https://")))
    retrieved: str = field(metadata=expects(form=DAY))
    sha256: str = field(metadata=expects(form=SHA256))


@dataclass(frozen=True, slots=True)
class PolicyDocument(Generic[R]):
    """The content of `expectations/`; `digest` is the SHA-256 over its files."""

    id: str
    version: str
    title: Text
    published: Published
    sections: tuple[Section, ...]
    clauses: tuple[Clause, ...]
    rules: tuple[R, ...]
    contracts: tuple[Contract, ...]
    roles: tuple[Role, ...]
    digest: str
    register: Register = field(default_factory=Register)
    recognised: Recognised = field(default_factory=Recognised)
    purposes: tuple[Purpose, ...] = ()
    not_normative: tuple[NotNormative, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    keys: tuple[KeyState, ...] = ()
    history: tuple[Version, ...] = ()
    regions: tuple[str, ...] = ("IR",)  # whose formats and languages are looked for
    kinds: tuple[detection.OwnKind, ...] = ()  # of data, besides those that are built in

    @property
    def detectors(self) -> detection.Detectors:
        """What looks for data: for that of its regions, and of its own kinds."""
        return detection.detectors_for(self.regions, self.kinds)

    @property
    def tables(self) -> Mapping[str, Contract]:
        return {contract.table: contract for contract in self.contracts}

    def readers(self, table: str, column: str) -> tuple[str, ...]:
        """The roles that may read a column: named by the table's contract, and entitled to the column's category."""
        contract = self.tables.get(table)
        declared = contract.column(column) if contract else None
        if contract is None or declared is None:
            return ()
        return tuple(role.id for role in self.roles if role.id in contract.roles and role.covers(declared.category))


@dataclass(frozen=True, slots=True)
class Policy(PolicyDocument[Rule]):
    """The policy of a project."""

    reviews: tuple[Review, ...] = ()
