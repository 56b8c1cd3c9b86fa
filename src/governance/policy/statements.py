"""What the policy says: sections, clauses, sentences that promise nothing, purposes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from governance.policy.model import Clause, NotNormative, Published, Purpose, Section, Text
from governance.policy.reading import read_categories, read_day, read_known, read_matching, read_text, read_use
from governance.policy.strict_yaml import Node, Problems, shown
from governance.policy.vocabulary import purpose_terms
from governance.spelling import fingerprint

_CLAUSE_ID = re.compile(r"[A-Z]+(?:-[0-9]+)+")
_SECTION_ID = re.compile(r"[1-9][0-9]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


def read_published(node: Node | None, problems: Problems) -> Published:
    """Where the original stands, and the digest of what was read there."""
    fields = problems.fields(node, ["title", "url", "retrieved", "sha256"]) if node else {}
    return Published(
        title=problems.text(fields.get("title")),
        url=read_matching(fields.get("url"), _ADDRESS, "an address that starts with https://", problems),
        retrieved=read_day(fields.get("retrieved"), problems),
        sha256=read_matching(fields.get("sha256"), _DIGEST, "a SHA-256 of 64 small hex digits", problems),
    )


def read_sections(node: Node | None, problems: Problems) -> tuple[Section, ...]:
    """The numbered parts."""
    sections = []
    for key, child in problems.entries(node, least="section"):
        if not _SECTION_ID.fullmatch(key):
            problems.add(child, 'a section number in quotes, such as "1"', f"the key {shown(key)}")
        sections.append(Section(key, read_text(child, problems)))
    return tuple(sections)


def read_clauses(
    node: Node | None, sections: Collection[str], prose: Mapping[str, Node] | None, problems: Problems
) -> tuple[Clause, ...]:
    """The clauses, each with its text out of `prose`; None for a text that cannot be read."""
    clauses = []
    for key, child in problems.entries(node, least="clause"):
        fields = _statement_fields(key, child, ["section", "statement"], problems)
        text = None if prose is None else prose.get(key)
        clauses.append(
            Clause(
                id=key,
                section=problems.text(fields.get("section"), choices=sections),
                statement=_statement(key, child, fields, prose, problems),
                fingerprint=fingerprint(str(text.value) if text else ""),
                place=f"{text.file}:{text.line}" if text else "",
            )
        )
    return tuple(clauses)


def read_not_normative(
    node: Node | None, sections: Collection[str], prose: Mapping[str, Node] | None, problems: Problems
) -> tuple[NotNormative, ...]:
    """The sentences that promise nothing."""
    found = []
    for key, child in problems.entries(node):
        fields = _statement_fields(key, child, ["section", "statement", "reason"], problems)
        section = problems.text(fields.get("section"), choices=sections)
        statement = _statement(key, child, fields, prose, problems)
        found.append(NotNormative(key, section, statement, read_text(fields.get("reason"), problems)))
    return tuple(found)


def _statement_fields(key: str, child: Node, keys: list[str], problems: Problems) -> dict[str, Node]:
    if not _CLAUSE_ID.fullmatch(key):
        problems.add(child, "a clause id such as KP-1-2-3", f"the key {shown(key)}")
    return problems.fields(child, keys)


def _statement(
    key: str, child: Node, fields: Mapping[str, Node], prose: Mapping[str, Node] | None, problems: Problems
) -> Text:
    english = problems.fields(fields["statement"], ["en"]) if "statement" in fields else {}
    if prose is not None and key not in prose:
        problems.add(child, f"the heading ### {key} with its text in the policy's text", "none")
    text = (prose or {}).get(key)
    return Text(str(text.value) if text else "", problems.text(english.get("en")))


def read_purposes(node: Node | None, clauses: Collection[str], problems: Problems) -> tuple[Purpose, ...]:
    """The purposes by data use."""
    purposes = []
    for key, child in problems.entries(node, least="purpose"):
        read_use(Node(key, child.file, child.line, child.path), problems)
        fields = problems.fields(child, ["dpv", "clauses", "title", "categories"])
        purposes.append(
            Purpose(
                use=key,
                dpv=read_known(fields.get("dpv"), purpose_terms(), "a DPV purpose such as dpv:CustomerCare", problems),
                clauses=problems.texts(fields.get("clauses"), choices=clauses, least="clause that allows it"),
                title=read_text(fields.get("title"), problems),
                categories=read_categories(fields.get("categories"), problems, least="data category"),
            )
        )
    return tuple(purposes)
