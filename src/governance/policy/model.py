"""The policy as frozen values, validated, independent of its files.

Vocabulary: categories are fideslang data categories, personal-data terms are DPV's, contracts are ODCS documents,
severities are those of Great Expectations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Generic, Literal, Protocol, TypeVar

from governance import detection
from governance.policy.column_reviews import ColumnReview
from governance.policy.contracts import PURPOSES, Classification, Contract, Recognised, Register
from governance.policy.fields import ANSWERING, CATEGORY, DAY, NAME, SAYING, SHA256, expects, matching, term_of
from governance.policy.vocabulary import covers, data_uses, purpose_terms

REST = "*"  # in a place: the columns of a table, or the tables of a source, without a contract
REGISTER = "register"  # selects, and names the place of, the checks of rules about the tables and contracts themselves
SILENT = "silent"  # the same for data that the policy is silent about
APART = (REGISTER, SILENT)  # where checks stand whose rule serves no clause
OWN_USE = matching(r"[a-z0-9_]+(\.[a-z0-9_]+)+", "a use such as functional.service.improve.search, in small letters")
_REFERENCE = matching(r"[A-Z2-7]{16}", "the reference of a row, 16 capital letters and digits")
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


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in the two languages of the pages."""

    fa: str = field(metadata=expects(form=SAYING))
    en: str = field(metadata=expects(form=SAYING))

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.fa


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the policy."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Reading:
    """How a named person reads a sentence that can be read in two ways: its list as `closed`, or as examples."""

    closed: bool
    by: str
    reason: Text


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
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class NotNormative:
    """A sentence of the policy that promises nothing, and why."""

    id: str
    section: str
    statement: Text
    reason: Text


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of processing: a fideslang data use with all uses below it, and the categories that it may use.

    The uses below it are those of fideslang and `own_uses`: a name that neither lists says nothing of what is done.
    """

    use: str
    dpv: str = field(metadata=expects(form=term_of(purpose_terms, "a DPV purpose such as dpv:CustomerCare")))
    clauses: tuple[str, ...] = field(metadata=expects(known="clauses", least="clause that allows it"))
    title: Text
    categories: tuple[str, ...] = field(metadata=expects(form=CATEGORY, least="data category"))
    own_uses: tuple[str, ...] = field(default=(), metadata=expects(form=OWN_USE))


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
    """The words of a rule, tied to one or more clauses; one without any stands `apart`, at one of these places."""

    id: str
    clauses: tuple[str, ...]
    severity: Severity
    title: Text
    rationale: Text
    remedy: Text
    apart: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Rule(RuleWords):
    """What must hold, typed by its kind."""

    where: Where
    parameters: Parameters
    file: str
    line: int
    references: tuple[str, ...] = ()  # articles of laws and standards, terms of vocabularies
    examples: Examples | None = None
    unit: str = "rows"  # what its checks count

    @property
    def kind(self) -> str:
        return self.parameters.kind


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what its holders may read, by data category, for which purposes, and why.

    A role that breaks glass is for emergencies: it is held for a ticket.
    """

    id: str
    title: Text
    categories: tuple[str, ...] = field(metadata=expects(key="reads", form=CATEGORY))
    purposes: tuple[str, ...] = field(default=(), kw_only=True, metadata=PURPOSES)
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
    purposes: tuple[str, ...] = field(metadata=PURPOSES)
    valid_from: str = field(metadata=expects(form=DAY))
    valid_until: str = field(metadata=expects(form=DAY, not_before="valid_from"))
    contact: str
    why: Text


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named person accepts violations until a day: of a check, or of a rule in all its checks, as `scope` says.

    It covers the rows that `references` name, or of a check whose finds have no key as many violations as `count` says.
    """

    scope: str
    owner: str = field(metadata=expects(form=ANSWERING))
    reason: Text
    since: str = field(metadata=expects(form=DAY))
    until: str = field(metadata=expects(form=DAY, not_before="since"))
    file: str
    line: int
    references: tuple[str, ...] = field(default=(), metadata=expects(form=_REFERENCE, least="reference of a row"))
    count: int = field(default=0, metadata=expects(least=1))


@dataclass(frozen=True, slots=True)
class Attestation:
    """A named person vouches for a clause that no data can show."""

    clause: str = field(metadata=expects(known="clauses"))
    by: str = field(metadata=expects(form=ANSWERING))
    role: str = field(metadata=expects(form=ANSWERING))
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
    by: str = field(metadata=expects(form=ANSWERING))
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
        """What looks for people's data: for that of its regions, and of its own kinds, but for its own contacts."""
        return detection.detectors_for(self.regions, self.kinds, self.recognised.own_contacts)

    @property
    def uses(self) -> frozenset[str]:
        """Every data use that has a meaning: those of fideslang, and the policy's own."""
        return data_uses().union(use for purpose in self.purposes for use in (purpose.use, *purpose.own_uses))

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
    column_reviews: tuple[ColumnReview, ...] = ()
