"""`expectations/` to a policy: every problem of every file in one error."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from governance.errors import UsageError
from governance.policy.contracts import Surroundings, check_references, read_contract
from governance.policy.model import Contract, Policy, Purpose, Role
from governance.policy.odcs import check_standard
from governance.policy.prose import read_prose
from governance.policy.reading import read_categories, read_matching, read_name, read_text, read_uses
from governance.policy.registers import (
    read_agreements,
    read_attestations,
    read_history,
    read_keys,
    read_reviews,
    read_waivers,
)
from governance.policy.rules import KindReader, read_rules
from governance.policy.statements import (
    read_clauses,
    read_not_normative,
    read_published,
    read_purposes,
    read_sections,
)
from governance.policy.strict_yaml import Node, Problems, parse, read, shown

MAIN: Final = "policy.yaml"
PROSE: Final = "policy.fa.md"
REGISTERS: Final = (
    "roles.yaml",
    "agreements.yaml",
    "waivers.yaml",
    "attestations.yaml",
    "keys.yaml",
    "history.yaml",
    "reviews.yaml",
)
_POLICY_ID = re.compile(r"[a-z][a-z0-9-]*")
_CONTRACTS = "contracts"
_SUFFIX = ".odcs.yaml"
_PARTS = ["policy", "published", "sections", "clauses", "not_normative", "purposes", "rules"]


def load(folder: Path, kinds: Mapping[str, KindReader]) -> Policy:
    """The policy of one `expectations/` folder.

    UsageError when the folder holds no policy; PolicyError with every problem of form or reference otherwise.
    """
    if not (folder / MAIN).is_file():
        raise UsageError(f"{folder}: expected the policy file {MAIN} here, found none; name the project folder.")
    problems = Problems()
    names = [MAIN, *REGISTERS, *_contract_files(folder, problems)]
    files = {name: read(folder / name, name, problems) for name in names}
    documents = {name: parse(raw, name, problems) if raw is not None else None for name, raw in files.items()}
    files[PROSE] = read(folder / PROSE, PROSE, problems)
    prose = read_prose(files[PROSE] or b"", PROSE, problems) if files[PROSE] is not None else None
    main = documents[MAIN]
    top = problems.fields(main, _PARTS) if main else {}
    sections = read_sections(top.get("sections"), problems)
    numbers = [section.id for section in sections]
    clauses = read_clauses(top.get("clauses"), numbers, prose, problems)
    not_normative = read_not_normative(top.get("not_normative"), numbers, prose, problems)
    ids = [clause.id for clause in clauses]
    for key, node in prose.items() if prose and main else ():
        if key not in ids and key not in {sentence.id for sentence in not_normative}:
            problems.add(node, f"an entry of {MAIN} for every text, among its clauses or not_normative", "none")
    served = {clause.section for clause in clauses}
    for key, node in problems.entries(top.get("sections")) if "clauses" in top else ():
        if key not in served:
            problems.add(node, "at least one clause in the section", "none")
    purposes = read_purposes(top.get("purposes"), ids, problems)
    # A file that cannot be read proves no reference to it wrong.
    known = ids if main else None
    allowed = purposes if main else None
    roles = _roles(documents["roles.yaml"], allowed, problems)
    contract_files = {name: node for name, node in documents.items() if name.startswith(_CONTRACTS)}
    around = Surroundings(known, [role.id for role in roles] if documents["roles.yaml"] else None, allowed)
    contracts = _contracts(contract_files, around, problems)
    tables: dict[str, Contract | None] = {name[len(_CONTRACTS) + 1 : -len(_SUFFIX)]: None for name in contract_files}
    tables |= {contract.table: contract for contract in contracts}
    check_references(around, tables, problems)
    rules = read_rules(top.get("rules"), ids, tables, kinds, problems)
    about = problems.fields(top["policy"], ["id", "version", "title"]) if "policy" in top else {}
    version = problems.text(about.get("version"))
    policy = Policy(
        id=read_matching(about.get("id"), _POLICY_ID, "an id of small letters, digits and -", problems),
        version=version,
        title=read_text(about.get("title"), problems),
        published=read_published(top.get("published"), problems),
        sections=sections,
        clauses=clauses,
        rules=rules,
        contracts=contracts,
        roles=roles,
        digest=_digest(files),
        purposes=purposes,
        not_normative=not_normative,
        agreements=read_agreements(documents["agreements.yaml"], allowed, tables, problems),
        waivers=read_waivers(documents["waivers.yaml"], problems),
        attestations=read_attestations(documents["attestations.yaml"], known, problems),
        keys=read_keys(documents["keys.yaml"], problems),
        history=read_history(documents["history.yaml"], version, problems),
        reviews=read_reviews(
            documents["reviews.yaml"], list(dict(problems.entries(top.get("rules")))) if main else None, known, problems
        ),
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


def _roles(node: Node | None, purposes: Collection[Purpose] | None, problems: Problems) -> tuple[Role, ...]:
    fields = problems.fields(node, ["roles"]) if node else {}
    roles = []
    for key, child in problems.entries(fields.get("roles")):
        entry = problems.fields(child, ["title", "reads", "purposes", "why"], ["break_glass"])
        read_name(Node(key, child.file, child.line, child.path), problems)
        roles.append(
            Role(
                id=key,
                title=read_text(entry.get("title"), problems),
                categories=read_categories(entry.get("reads"), problems),
                why=read_text(entry.get("why"), problems),
                purposes=read_uses(entry.get("purposes"), purposes, problems),
                break_glass=problems.boolean(entry.get("break_glass")),
            )
        )
    return tuple(roles)


def _contracts(documents: Mapping[str, Node | None], around: Surroundings, problems: Problems) -> tuple[Contract, ...]:
    contracts: dict[str, Contract] = {}
    owners: dict[str, str] = {}
    for name, node in documents.items():
        told = len(problems.found)
        contract = read_contract(node, around, problems) if node else None
        if node is not None and len(problems.found) == told:
            check_standard(node, problems)
        if node is None or contract is None:
            continue
        if name != f"{_CONTRACTS}/{contract.table}{_SUFFIX}":
            problems.add(node, f"the file to be named {contract.table}{_SUFFIX}", shown(Path(name).name))
        for label in {contract.table.casefold(), contract.physical_name.casefold()}:
            if owners.setdefault(label, name) != name:
                problems.add(node, "a table of its own, by name and physicalName", f"that of {owners[label]}")
        contracts[contract.table] = contract
    return tuple(contracts[table] for table in sorted(contracts))
