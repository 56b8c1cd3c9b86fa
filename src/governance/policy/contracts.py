"""Contracts of tables, the register that says which table is what, and what a company recognises as its own.

Categories are fideslang data categories, personal-data terms are DPV's, contracts are ODCS documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final, Literal

from governance.policy.column_roles import EVENT_TIME, PERSON
from governance.policy.fields import CATEGORY, NAME, USE, expects, term_of
from governance.policy.vocabulary import personal_data_terms
from governance.spelling import normalise, says_something

TYPES: Final = ("string", "integer", "number", "boolean", "date", "timestamp", "time", "object", "array")
_PERSONAL_DATA = term_of(personal_data_terms, "a term of DPV's personal data such as pd:EmailAddress")
PURPOSES = expects(form=USE, within="purposes", least="purpose", required=True)


class Classification(StrEnum):
    """How a column must be handled; `restricted` means encrypted."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


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
    purposes: tuple[str, ...] = field(default=(), metadata=PURPOSES)
    references: str = ""  # the column that this foreign key references, `users.user_id`
    encryption: Encryption | None = None  # of a restricted column
    # What the rules read the column as: a role of its table's register entry, or one of OWN_ROLES.
    role: str = field(default="", metadata=expects(key="columnRole"))
    token_of: tuple[str, ...] = field(default=(), metadata=expects(key="tokenOf"))  # `users.mobile`
    # Its place in the whole name, 1 first; a table without a second part has whole names.
    name_part: int = field(default=0, metadata=expects(key="namePart", least=1))
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
class ForeignKey:
    """Columns that together reference as many columns of a table, in the same order."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


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
    composites: tuple[ForeignKey, ...] = ()  # the foreign keys of several columns
    append_only: str = ""  # why no row is deleted while its person is known, "" if one may be
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

    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """Every foreign key, of one column or of several."""
        ends = [(column.name, *column.references.split(".")) for column in self.columns if column.references]
        return (*(ForeignKey((own,), table, (target,)) for own, table, target in ends), *self.composites)

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
class Notice:
    """A template of messages that are no offers, and the subjects that it may bear; `#` in one stands for a number."""

    template: str
    subjects: tuple[str, ...] = field(default=(), metadata=expects(least="subject"))


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the company recognises as its own; what is in no register is not taken for granted.

    `tickets` and `actors` are patterns such as `REQ-[0-9]*`, of actors that are one person's or one service's own; days
    are the longest durations, 0 for none that is declared.
    """

    notices: tuple[Notice, ...] = field(default=(), metadata=expects(least="template"))
    senders: tuple[str, ...] = field(default=(), metadata=expects(least="sender"))
    channels: tuple[str, ...] = field(default=(), metadata=expects(least="channel"))
    own_contacts: tuple[str, ...] = field(default=(), metadata=expects(key="contacts", least="contact"))
    tickets: tuple[str, ...] = field(default=(), metadata=expects(least="pattern"))
    actors: tuple[str, ...] = field(default=(), metadata=expects(least="pattern"))
    grant_days: int = field(default=0, metadata=expects(least=1))
    waiver_days: int = field(default=0, metadata=expects(least=1))
    attestation_days: int = field(default=0, metadata=expects(least=1))
    as_of_days: int = field(default=0, metadata=expects(least=1))  # how old a data set's own time may be

    def is_ticket(self, text: str) -> bool:
        """Whether a text is a ticket, in any spelling; without declared forms, whether it says anything."""
        spelled = normalise(text).casefold()
        forms = [form.casefold() for form in self.tickets] or ["*"]
        return says_something(text) and any(fnmatchcase(spelled, form) for form in forms)

    def is_actor(self, text: str) -> bool:
        """Whether an actor is known by a name of its own; without declared forms, whether the text says anything."""
        return says_something(text) and any(fnmatchcase(text.strip(), form) for form in self.actors or ("*",))

    def lacks(self, *names: str) -> tuple[str, ...]:
        """Those of these entries that the policy does not declare."""
        return tuple(f"recognised.{name}" for name in names if not getattr(self, name))
