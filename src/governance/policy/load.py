"""Loads `expectations/` into a policy; one error lists every problem of every file."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from governance.detection import detectors_for
from governance.errors import UsageError
from governance.policy.contract_columns import Surroundings
from governance.policy.contract_files import check_references, check_tables, read_contracts
from governance.policy.contracts import Contract
from governance.policy.fields import expects, matching, read_record
from governance.policy.migration import migrated
from governance.policy.model import Policy, Published, Text
from governance.policy.odcs import check_standard
from governance.policy.own_kinds import read_kinds, read_regions
from governance.policy.prose import read_prose
from governance.policy.recognised import read_recognised
from governance.policy.registers import (
    read_agreements,
    read_attestations,
    read_history,
    read_keys,
    read_reviews,
    read_roles,
    read_waivers,
)
from governance.policy.rule_files import KindReader, read_rules
from governance.policy.statements import read_clauses, read_not_normative, read_purposes, read_sections
from governance.policy.strict_yaml import Node, Problems, parse, read_file, shown
from governance.policy.table_register import check_roles, read_register

MAIN: Final = "policy.yaml"
PROSE: Final = "policy.fa.md"
WAIVERS: Final = "waivers.yaml"
REGISTERS: Final = (
    "roles.yaml",
    "agreements.yaml",
    WAIVERS,
    "attestations.yaml",
    "keys.yaml",
    "history.yaml",
    "reviews.yaml",
)
_CONTRACTS = "contracts"
_SUFFIX = ".odcs.yaml"
_PARTS = ["policy", "published", "sections", "clauses", "not_normative", "purposes", "rules"]
_OPTIONAL_PARTS = ["register", "recognised", "regions", "kinds"]


@dataclass(frozen=True, slots=True)
class _About:
    """The identity of a policy."""

    id: str = field(metadata=expects(form=matching(r"[a-z][a-z0-9-]*", "an id of small letters, digits and -")))
    version: str
    title: Text


def load(folder: Path, kinds: Mapping[str, KindReader]) -> Policy:
    """The policy of one `expectations/` folder.

    UsageError when the folder holds no policy; PolicyError with every problem of form or reference otherwise.
    """
    problems = Problems()
    files, parsed = read_files(folder, problems)
    documents = migrated(parsed, MAIN, problems)
    files[PROSE] = read_file(folder / PROSE, PROSE, problems)
    prose = read_prose(files[PROSE] or b"", PROSE, problems) if files[PROSE] is not None else None
    main = documents[MAIN]
    top = problems.fields(main, _PARTS, _OPTIONAL_PARTS) if main else {}
    regions = read_regions(top.get("regions"), problems)
    taken = {code for kind in kinds.values() for code in kind.problems}
    own_kinds = read_kinds(top.get("kinds"), regions, taken, problems)
    detectors = detectors_for(regions, own_kinds)
    sections = read_sections(top.get("sections"), problems)
    known: dict[str, Collection[str] | None] = {"sections": [section.id for section in sections]}
    clauses = read_clauses(top.get("clauses"), known, prose, problems)
    not_normative = read_not_normative(top.get("not_normative"), known, prose, problems)
    ids = [clause.id for clause in clauses]
    for key, node in prose.items() if prose and main else ():
        if key not in ids and key not in {sentence.id for sentence in not_normative}:
            problems.add(node, f"an entry of {MAIN} for every text, among its clauses or not_normative", "none")
    served = {clause.section for clause in clauses}
    for key, node in problems.entries(top.get("sections")) if "clauses" in top else ():
        if key not in served:
            problems.add(node, "at least one clause in the section", "none")
    known["clauses"] = ids
    purposes = read_purposes(top.get("purposes"), known, problems)
    contract_files = {name: node for name, node in documents.items() if name.startswith(_CONTRACTS)}
    # References to a file that cannot be read are not reported as wrong.
    tables: dict[str, Contract | None] = {
        name[len(_CONTRACTS) + 1 : -len(_SUFFIX)]: None for name, node in contract_files.items() if node is None
    }
    beside: dict[str, Collection[str] | None] = {"clauses": None, "purposes": None, "rules": None, "tables": tables}
    if main:
        rule_ids = [key for key, _ in problems.entries(top.get("rules"))]
        beside |= {"clauses": ids, "purposes": [purpose.use for purpose in purposes], "rules": rule_ids}
    roles = read_roles(documents["roles.yaml"], beside, problems)
    around = Surroundings(
        {
            **beside,
            "clauses": [*ids, "operations"] if main else None,
            "roles": [role.id for role in roles] if documents["roles.yaml"] else None,
            "detection": detectors.names if main else None,
        }
    )
    contracts = _contracts(contract_files, around, problems)
    tables |= {contract.table: contract for contract in contracts}
    check_references(around, tables, problems)
    register = read_register(top.get("register"), tables, problems)
    recognised = read_recognised(top.get("recognised"), register, tables, problems)
    if main:
        contracts = check_roles(register, contracts, around.columns, problems)
    about = read_record(_About, top.get("policy"), problems)
    reviews, column_reviews = read_reviews(documents["reviews.yaml"], beside, problems)
    policy = Policy(
        id=about.id,
        version=about.version,
        title=about.title,
        published=read_record(Published, top.get("published"), problems),
        sections=sections,
        clauses=clauses,
        rules=read_rules(top.get("rules"), known, tables, kinds, problems, detectors=detectors),
        contracts=contracts,
        roles=roles,
        digest=_digest(files),
        register=register,
        recognised=recognised,
        regions=regions,
        kinds=own_kinds,
        purposes=purposes,
        not_normative=not_normative,
        agreements=read_agreements(documents["agreements.yaml"], beside, tables, register, problems),
        waivers=read_waivers(documents[WAIVERS], recognised.waiver_days, problems),
        attestations=read_attestations(documents["attestations.yaml"], beside, recognised.attestation_days, problems),
        keys=read_keys(documents["keys.yaml"], problems),
        history=read_history(documents["history.yaml"], about.version, problems),
        reviews=reviews,
        column_reviews=column_reviews,
    )
    problems.stop()
    return policy


def read_files(folder: Path, problems: Problems) -> tuple[dict[str, bytes | None], dict[str, Node | None]]:
    """The bytes of the policy's YAML files, and what they say, by name; None for a file that cannot be read.

    UsageError when the folder holds no policy.
    """
    if not (folder / MAIN).is_file():
        raise UsageError(f"{folder}: expected the policy file {MAIN} here, found none; name the project folder.")
    names = [MAIN, *REGISTERS, *_contract_files(folder, problems)]
    files = {name: read_file(folder / name, name, problems) for name in names}
    return files, {
        name: parse(raw, name, problems, foreign=name.startswith(_CONTRACTS)) if raw is not None else None
        for name, raw in files.items()
    }


def _contract_files(folder: Path, problems: Problems) -> list[str]:
    """The contracts by name; a file with a wrong name is a problem, as it would go unread."""
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


def _contracts(documents: Mapping[str, Node | None], around: Surroundings, problems: Problems) -> tuple[Contract, ...]:
    contracts: list[Contract] = []
    for node in documents.values():
        if node is not None:
            contracts.extend(read_contracts(node, around, problems))
            check_standard(node, problems)
    check_tables(contracts, problems)
    return tuple(sorted({contract.table: contract for contract in contracts}.values(), key=lambda one: one.table))
