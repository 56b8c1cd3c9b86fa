"""`expectations/` to a policy: every problem of every file in one error."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from governance.errors import PolicyError, UsageError
from governance.policy.contracts import TYPES, read_contract
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
from governance.strict_yaml import Node, Problems
from governance.strict_yaml import load as load_yaml

_RULE_ID = re.compile(r"[a-z][a-z0-9-]*")
_CLAUSE_ID = re.compile(r"[A-Z]+(?:-[0-9]+)+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


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
    main, roles_file = (_document(folder, name, problems) for name in ("policy.yaml", "roles.yaml"))
    contract_files = sorted((folder / "contracts").glob("*.odcs.yaml"))
    documents = [(path, _document(folder, f"contracts/{path.name}", problems)) for path in contract_files]
    if main is None or roles_file is None:
        raise PolicyError(problems.found)
    roles = _roles(roles_file, problems)
    top = problems.fields(main, ["policy", "published", "sections", "clauses", "rules"])
    sections = [_section(key, node, problems) for key, node in problems.entries(top.get("sections"))]
    clauses = _clauses(top.get("clauses"), [section.id for section in sections], problems)
    clause_ids = [clause.id for clause in clauses]
    contracts = _contracts(documents, clause_ids, [role.id for role in roles], problems)
    rules = _rules(top.get("rules"), clause_ids, contracts, kinds, problems)
    about = problems.fields(top["policy"], ["id", "version", "title"]) if "policy" in top else {}
    published = _published(top.get("published"), problems)
    problems.stop()
    return Policy(
        id=problems.text(about.get("id")),
        version=problems.text(about.get("version")),
        title=_text(about.get("title"), problems),
        published=published,
        sections=tuple(sections),
        clauses=clauses,
        rules=rules,
        contracts=contracts,
        roles=roles,
        digest=_digest(folder, ["policy.yaml", "roles.yaml", *(f"contracts/{path.name}" for path in contract_files)]),
    )


def _document(folder: Path, name: str, problems: Problems) -> Node | None:
    try:
        return load_yaml(folder / name, shown_as=name)
    except PolicyError as error:
        problems.found.extend(error.problems)
        return None


def _digest(folder: Path, names: Iterable[str]) -> str:
    whole = hashlib.sha256()
    for name in names:
        whole.update(f"{name}\0{hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _text(node: Node | None, problems: Problems) -> Text:
    if node is None:
        return Text("", "")
    fields = problems.fields(node, ["fa", "en"])
    return Text(problems.text(fields.get("fa")), problems.text(fields.get("en")))


def _published(node: Node | None, problems: Problems) -> Published:
    fields = problems.fields(node, ["title", "url", "retrieved", "sha256"]) if node else {}
    values = {key: problems.text(fields.get(key)) for key in ("title", "url", "retrieved", "sha256")}
    return Published(**values)


def _section(key: str, node: Node, problems: Problems) -> Section:
    if not key.isdecimal() or not key.isascii():
        problems.add(node, 'a section number in quotes, such as "1"', f"the key {key!r}")
    return Section(key, _text(node, problems))


def _clauses(node: Node | None, sections: Collection[str], problems: Problems) -> tuple[Clause, ...]:
    clauses = []
    for key, child in problems.entries(node):
        if not _CLAUSE_ID.fullmatch(key):
            problems.add(child, "a clause id such as KP-1-2-3", f"the key {key!r}")
        fields = problems.fields(child, ["section", "statement"])
        statement = _text(fields.get("statement"), problems)
        section = problems.text(fields.get("section"), choices=sections)
        clauses.append(Clause(key, section, statement, fingerprint(statement.fa)))
    return tuple(clauses)


def _roles(node: Node, problems: Problems) -> tuple[Role, ...]:
    fields = problems.fields(node, ["roles"])
    roles = []
    for key, child in problems.entries(fields.get("roles")):
        entry = problems.fields(child, ["title", "reads", "why"])
        if not _NAME.fullmatch(key):
            problems.add(child, "a role id of letters, digits and _", f"the key {key!r}")
        reads = problems.texts(entry.get("reads"))
        roles.append(Role(key, _text(entry.get("title"), problems), reads, _text(entry.get("why"), problems)))
    return tuple(roles)


def _contracts(
    documents: Iterable[tuple[Path, Node | None]], clauses: Collection[str], roles: Collection[str], problems: Problems
) -> tuple[Contract, ...]:
    contracts: dict[str, Contract] = {}
    for path, node in documents:
        contract = read_contract(node, clauses=clauses, roles=roles, problems=problems) if node else None
        if node is None or contract is None:
            continue
        for name in (contract.table, *(column.name for column in contract.columns)):
            if not _NAME.fullmatch(name):
                problems.add(node, "logical names of letters, digits and _", repr(name))
        if f"{contract.table}.odcs.yaml" != path.name:
            problems.add(node, f"the file to be named {contract.table}.odcs.yaml", path.name)
        contracts[contract.table] = contract
    return tuple(contracts[table] for table in sorted(contracts))


def _rules(
    node: Node | None,
    clauses: Collection[str],
    contracts: tuple[Contract, ...],
    kinds: Mapping[str, KindReader],
    problems: Problems,
) -> tuple[Rule, ...]:
    rules = []
    for key, child in problems.entries(node):
        if not _RULE_ID.fullmatch(key):
            problems.add(child, "a rule id of small letters, digits and -", f"the key {key!r}")
        fields = problems.fields(
            child, ["kind", "clauses", "severity", "title", "rationale", "remedy", "where"], ["parameters"]
        )
        where = _where(fields.get("where"), contracts, problems)
        kind = problems.text(fields.get("kind"), choices=kinds)
        parameters = kinds[kind](fields.get("parameters"), where, problems) if kind else None
        severity = problems.text(fields.get("severity"), default="critical", choices=[s.value for s in Severity])
        serves = problems.texts(fields.get("clauses"), choices=clauses)
        if not serves:
            problems.add(child, "at least one clause that the rule serves", "none")
        if parameters is not None:
            rules.append(
                Rule(
                    id=key,
                    clauses=serves,
                    severity=Severity(severity),
                    title=_text(fields.get("title"), problems),
                    rationale=_text(fields.get("rationale"), problems),
                    remedy=_text(fields.get("remedy"), problems),
                    where=where,
                    parameters=parameters,
                    file=child.file,
                    line=child.line,
                )
            )
    return tuple(rules)


def _where(node: Node | None, contracts: tuple[Contract, ...], problems: Problems) -> Where:
    if node is None:
        return Where()
    fields = problems.fields(node, ["tables"], ["columns", "undeclared"])
    tables: tuple[str, ...] = ()
    if "tables" in fields and fields["tables"].value != "all":
        tables = problems.texts(fields["tables"], choices=[contract.table for contract in contracts])
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    columns = fields.get("columns")
    if columns is not None and isinstance(columns.value, list):
        known = {column.name for contract in contracts for column in contract.columns}
        names = problems.texts(columns, choices=known)
    elif columns is not None and columns.value != "all":
        narrowed = problems.fields(columns, [], ["types", "classification"])
        types = problems.texts(narrowed.get("types"), choices=TYPES)
        levels = problems.texts(narrowed.get("classification"), choices=[c.value for c in Classification])
    return Where(
        tables=tables,
        columns=columns is not None,
        names=names,
        types=types,
        classifications=tuple(Classification(level) for level in levels),
        undeclared=problems.boolean(fields.get("undeclared")),
    )
