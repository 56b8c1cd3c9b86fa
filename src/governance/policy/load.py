"""`expectations/` to a policy: every problem of every file in one error."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Protocol

from governance.errors import UsageError
from governance.policy.contracts import TYPES, read_category, read_contract, read_name
from governance.policy.model import (
    Classification,
    Clause,
    Contract,
    Parameters,
    Policy,
    Published,
    Role,
    Rule,
    Section,
    Severity,
    Text,
    Where,
)
from governance.policy.text import fingerprint
from governance.strict_yaml import Node, Problems, parse, read, shown

_POLICY_ID = re.compile(r"[a-z][a-z0-9-]*")
_RULE_ID = _POLICY_ID
_CLAUSE_ID = re.compile(r"[A-Z]+(?:-[0-9]+)+")
_SECTION_ID = re.compile(r"[1-9][0-9]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
_CONTRACTS = "contracts"
_SUFFIX = ".odcs.yaml"


class KindReader(Protocol):
    """Turns a rule's `parameters` into its kind's typed value; the kinds themselves live above this package."""

    def __call__(self, node: Node | None, where: Where, problems: Problems) -> Parameters | None: ...


def load(folder: Path, kinds: Mapping[str, KindReader]) -> Policy:
    """The policy of one `expectations/` folder.

    UsageError when the folder holds no policy; PolicyError with every problem of form or reference otherwise.
    """
    if not (folder / "policy.yaml").is_file():
        raise UsageError(f"{folder}: expected the policy file policy.yaml here, found none; name the project folder.")
    problems = Problems()
    names = ["policy.yaml", "roles.yaml", *_contract_files(folder, problems)]
    files = {name: read(folder / name, name, problems) for name in names}
    documents = {name: parse(raw, name, problems) if raw is not None else None for name, raw in files.items()}
    main, roles_file, *contract_files = documents.items()
    roles = _roles(roles_file[1], problems)
    top = problems.fields(main[1], ["policy", "published", "sections", "clauses", "rules"]) if main[1] else {}
    sections = _sections(top.get("sections"), problems)
    clauses = _clauses(top.get("clauses"), [section.id for section in sections], problems)
    served = {clause.section for clause in clauses}
    for key, node in problems.entries(top.get("sections")) if "clauses" in top else ():
        if key not in served:
            problems.add(node, "at least one clause in the section", "none")
    # A file that cannot be read proves no reference to it wrong.
    contracts = _contracts(
        dict(contract_files),
        clauses=[clause.id for clause in clauses] if main[1] else None,
        roles=[role.id for role in roles] if roles_file[1] else None,
        problems=problems,
    )
    tables: dict[str, Contract | None] = {name[len(_CONTRACTS) + 1 : -len(_SUFFIX)]: None for name, _ in contract_files}
    tables |= {contract.table: contract for contract in contracts}
    rules = _rules(top.get("rules"), [clause.id for clause in clauses], tables, kinds, problems)
    about = problems.fields(top["policy"], ["id", "version", "title"]) if "policy" in top else {}
    policy = Policy(
        id=_matching(about.get("id"), _POLICY_ID, "an id of small letters, digits and -", problems),
        version=problems.text(about.get("version")),
        title=_text(about.get("title"), problems),
        published=_published(top.get("published"), problems),
        sections=sections,
        clauses=clauses,
        rules=rules,
        contracts=contracts,
        roles=roles,
        digest=_digest(files),
    )
    problems.stop()
    return policy


def _contract_files(folder: Path, problems: Problems) -> list[str]:
    """The contracts by name; a file that was meant to be one, but is named otherwise, would go unread."""
    found = sorted(path.name for path in (folder / _CONTRACTS).glob("*"))
    for name in found:
        if name.casefold().endswith((".yaml", ".yml", ".json")) and not name.endswith(_SUFFIX):
            problems.add(Node(None, f"{_CONTRACTS}/{name}", 1, ""), f"a name that ends with {_SUFFIX}", shown(name))
    contracts = [f"{_CONTRACTS}/{name}" for name in found if name.endswith(_SUFFIX)]
    if not contracts:
        problems.add(Node(None, _CONTRACTS, 1, ""), f"at least one contract <table>{_SUFFIX}", "none")
    return contracts


def _digest(files: Mapping[str, bytes | None]) -> str:
    whole = hashlib.sha256()
    for name, raw in files.items():
        whole.update(f"{name}\0{hashlib.sha256(raw or b'').hexdigest()}\n".encode())
    return whole.hexdigest()


def _text(node: Node | None, problems: Problems) -> Text:
    if node is None:
        return Text("", "")
    fields = problems.fields(node, ["fa", "en"])
    return Text(problems.text(fields.get("fa")), problems.text(fields.get("en")))


def _matching(node: Node | None, form: re.Pattern[str], expected: str, problems: Problems) -> str:
    text = problems.text(node)
    if node is not None and text and not form.fullmatch(text):
        problems.add(node, expected)
    return text


def _published(node: Node | None, problems: Problems) -> Published:
    fields = problems.fields(node, ["title", "url", "retrieved", "sha256"]) if node else {}
    return Published(
        title=problems.text(fields.get("title")),
        url=_matching(fields.get("url"), _ADDRESS, "an address that starts with https://", problems),
        retrieved=_day(fields.get("retrieved"), problems),
        sha256=_matching(fields.get("sha256"), _DIGEST, "a SHA-256 of 64 small hex digits", problems),
    )


def _day(node: Node | None, problems: Problems) -> str:
    text = problems.text(node)
    try:
        if text and date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    if node is not None and text:
        problems.add(node, "a day such as 2026-11-22")
    return text


def _sections(node: Node | None, problems: Problems) -> tuple[Section, ...]:
    sections = []
    for key, child in problems.entries(node, least="section"):
        if not _SECTION_ID.fullmatch(key):
            problems.add(child, 'a section number in quotes, such as "1"', f"the key {shown(key)}")
        sections.append(Section(key, _text(child, problems)))
    return tuple(sections)


def _clauses(node: Node | None, sections: Collection[str], problems: Problems) -> tuple[Clause, ...]:
    clauses = []
    for key, child in problems.entries(node, least="clause"):
        if not _CLAUSE_ID.fullmatch(key):
            problems.add(child, "a clause id such as KP-1-2-3", f"the key {shown(key)}")
        fields = problems.fields(child, ["section", "statement"])
        statement = _text(fields.get("statement"), problems)
        section = problems.text(fields.get("section"), choices=sections)
        clauses.append(Clause(key, section, statement, fingerprint(statement.fa)))
    return tuple(clauses)


def _roles(node: Node | None, problems: Problems) -> tuple[Role, ...]:
    fields = problems.fields(node, ["roles"]) if node else {}
    roles = []
    for key, child in problems.entries(fields.get("roles")):
        entry = problems.fields(child, ["title", "reads", "why"])
        read_name(Node(key, child.file, child.line, child.path), problems)
        reads = problems.texts(entry.get("reads"))
        for category in problems.items(entry.get("reads")) if reads else ():
            read_category(category, problems)
        roles.append(Role(key, _text(entry.get("title"), problems), reads, _text(entry.get("why"), problems)))
    return tuple(roles)


def _contracts(
    documents: Mapping[str, Node | None],
    *,
    clauses: Collection[str] | None,
    roles: Collection[str] | None,
    problems: Problems,
) -> tuple[Contract, ...]:
    contracts: dict[str, Contract] = {}
    owners: dict[str, str] = {}
    for name, node in documents.items():
        contract = read_contract(node, clauses=clauses, roles=roles, problems=problems) if node else None
        if node is None or contract is None:
            continue
        if name != f"{_CONTRACTS}/{contract.table}{_SUFFIX}":
            problems.add(node, f"the file to be named {contract.table}{_SUFFIX}", shown(Path(name).name))
        for label in {contract.table.casefold(), contract.physical_name.casefold()}:
            if owners.setdefault(label, name) != name:
                problems.add(node, "a table of its own, by name and physicalName", f"that of {owners[label]}")
        contracts[contract.table] = contract
    return tuple(contracts[table] for table in sorted(contracts))


def _rules(
    node: Node | None,
    clauses: Collection[str],
    tables: Mapping[str, Contract | None],
    kinds: Mapping[str, KindReader],
    problems: Problems,
) -> tuple[Rule, ...]:
    rules = []
    for key, child in problems.entries(node, least="rule"):
        if not _RULE_ID.fullmatch(key):
            problems.add(child, "a rule id of small letters, digits and -", f"the key {shown(key)}")
        fields = problems.fields(
            child, ["kind", "clauses", "severity", "title", "rationale", "remedy", "where"], ["parameters"]
        )
        where = _where(fields.get("where"), tables, problems)
        kind = problems.text(fields.get("kind"), choices=kinds)
        told = len(problems.found)
        parameters = kinds[kind](fields.get("parameters"), where, problems) if kind else None
        if kind and parameters is None and len(problems.found) == told:
            # A kind that reads nothing out of its parameters must not make the rule vanish.
            problems.add(fields.get("parameters", child), f"parameters that a rule of kind {kind} can check by", "none")
        severity = problems.text(fields.get("severity"), default="critical", choices=[s.value for s in Severity])
        serves = problems.texts(fields.get("clauses"), choices=clauses, least="clause that the rule serves")
        title, rationale, remedy = (_text(fields.get(name), problems) for name in ("title", "rationale", "remedy"))
        if parameters is not None:
            rules.append(
                Rule(
                    id=key,
                    clauses=serves,
                    severity=Severity(severity),
                    title=title,
                    rationale=rationale,
                    remedy=remedy,
                    where=where,
                    parameters=parameters,
                    file=child.file,
                    line=child.line,
                )
            )
    return tuple(rules)


def _where(node: Node | None, tables: Mapping[str, Contract | None], problems: Problems) -> Where:
    if node is None:
        return Where()
    fields = problems.fields(node, ["tables"], ["columns", "undeclared"])
    wanted, columns = fields.get("tables"), fields.get("columns")
    chosen: tuple[str, ...] = ()
    if wanted is not None and isinstance(wanted.value, list):
        chosen = problems.texts(wanted, choices=tables, least="table")
    elif wanted is not None and wanted.value != "all":
        problems.add(wanted, "`all` or a list of tables")
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    if columns is not None and isinstance(columns.value, list):
        contracts = [tables[table] for table in chosen or tables]
        known = {column.name for contract in contracts if contract for column in contract.columns}
        names = problems.texts(columns, choices=None if None in contracts else known, least="column")
    elif columns is not None and isinstance(columns.value, dict):
        narrowed = problems.fields(columns, [], ["types", "classification"])
        if not columns.value:
            problems.add(columns, "types, classification or both", "neither")
        types = problems.texts(narrowed.get("types"), choices=TYPES, least="type")
        levels = problems.texts(
            narrowed.get("classification"), choices=[c.value for c in Classification], least="classification"
        )
    elif columns is not None and columns.value != "all":
        problems.add(columns, "`all`, a list of columns, or a mapping with types, classification")
    return Where(
        tables=chosen,
        columns=columns is not None,
        names=names,
        types=types,
        classifications=tuple(Classification(level) for level in levels),
        undeclared=problems.boolean(fields.get("undeclared")),
    )
