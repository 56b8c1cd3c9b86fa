"""What a lone ODCS file lacks before a project can use it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from governance.arguments import path_of
from governance.errors import Problem
from governance.policy.contract_columns import Surroundings
from governance.policy.contract_files import check_references, check_tables, read_contracts
from governance.policy.contracts import Contract
from governance.policy.odcs import check_standard
from governance.policy.strict_yaml import Problems, load


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that the standard accepts: its version of it, its tables, and what a project would refuse."""

    version: str
    contracts: tuple[Contract, ...]
    missing: tuple[Problem, ...]


def check_contract(path: Path, plaintexts: Collection[str]) -> Checked:
    """Read a file by itself; PolicyError with every sentence if it is no YAML or not what the standard allows.

    Clauses, roles and the tables of other files are a project's, so they are not compared.
    """
    path = path_of(path, "file")
    node, problems = load(path, shown_as=str(path), foreign=True), Problems()
    version = check_standard(node, problems)
    problems.stop()
    around = Surroundings({"clauses": None, "roles": None, "purposes": None, "detection": plaintexts})
    contracts = read_contracts(node, around, problems)
    check_tables(contracts, problems)
    tables = {contract.table: contract for contract in contracts}
    around.references[:] = [known for known in around.references if str(known[0].value).partition(".")[0] in tables]
    check_references(around, tables, problems)
    return Checked(version, contracts, tuple(sorted(problems.found)))
