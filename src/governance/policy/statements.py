"""Reads the statements of the policy: sections, clauses, sentences that promise nothing, purposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from governance.policy.fields import USE, Known, expects, matching, read_record
from governance.policy.model import Clause, NotNormative, Purpose, Reading, Section, Text
from governance.policy.strict_yaml import Node, Problems
from governance.policy.vocabulary import covers
from governance.spelling import fingerprint

_CLAUSE_ID: Final = matching(r"[A-Z]+(?:-[0-9]+)+", "a clause id such as KP-1-2-3")
_SECTION_ID: Final = matching(r"[1-9][0-9]*", 'a section number in quotes, such as "1"')


@dataclass(frozen=True, slots=True)
class _English:
    """The English translation; the prose file holds the Persian text."""

    en: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    section: str = field(metadata=expects(known="sections"))
    statement: _English


@dataclass(frozen=True, slots=True)
class _Promise(_Sentence):
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class _NoPromise(_Sentence):
    reason: Text


S = TypeVar("S", bound=_Sentence)


def read_sections(node: Node | None, problems: Problems) -> tuple[Section, ...]:
    """The numbered parts."""
    return tuple(
        Section(_SECTION_ID.check_key(key, child, problems), read_record(Text, child, problems))
        for key, child in problems.entries(node, least="section")
    )


def read_clauses(
    node: Node | None, known: Known, prose: Mapping[str, Node] | None, problems: Problems
) -> tuple[Clause, ...]:
    """The clauses, each with its text from `prose`; `prose` is None if it cannot be read."""
    clauses = []
    for key, child in problems.entries(node, least="clause"):
        entry, statement = _read_sentence(_Promise, (key, child), known, prose, problems)
        text = None if prose is None else prose.get(key)
        place = f"{text.file}:{text.line}" if text else ""
        clauses.append(Clause(key, entry.section, statement, fingerprint(statement.fa), place, entry.reading))
    return tuple(clauses)


def read_not_normative(
    node: Node | None, known: Known, prose: Mapping[str, Node] | None, problems: Problems
) -> tuple[NotNormative, ...]:
    """The sentences that promise nothing."""
    found = []
    for key, child in problems.entries(node):
        entry, statement = _read_sentence(_NoPromise, (key, child), known, prose, problems)
        found.append(NotNormative(key, entry.section, statement, entry.reason))
    return tuple(found)


def _read_sentence(
    form: type[S], at: tuple[str, Node], known: Known, prose: Mapping[str, Node] | None, problems: Problems
) -> tuple[S, Text]:
    """An entry of `form` with its statement in both languages."""
    key, child = at
    _CLAUSE_ID.check_key(key, child, problems)
    entry = read_record(form, child, problems, known)
    text = (prose or {}).get(key)
    if prose is not None and text is None:
        problems.add(child, f"the heading ### {key} with its text in the policy's text", "none")
    return entry, Text(str(text.value) if text else "", entry.statement.en)


def read_purposes(node: Node | None, known: Known, problems: Problems) -> tuple[Purpose, ...]:
    """The purposes by data use."""
    purposes = []
    for key, child in problems.entries(node, least="purpose"):
        USE.read(Node(key, child.file, child.line, child.path), problems)
        purpose = read_record(Purpose, child, problems, known, use=key)
        for own in problems.items(child.mapping.get("own_uses")):
            if own.value in purpose.own_uses and not covers(key, str(own.value)):
                problems.add(own, f"a use below {key}")
        purposes.append(purpose)
    return tuple(purposes)
