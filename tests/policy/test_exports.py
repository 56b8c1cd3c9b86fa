"""The policy for other programs: what the tools of the standards say of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from governance.policy import Policy
from governance.reports.exports import catalog
from tests.commands import govern
from tests.conftest import PROJECT

TOOLS = PROJECT / ".venv-tools" / "bin"


def test_the_catalog_has_a_group_a_section_and_a_control_a_clause(policy: Policy) -> None:
    document = json.loads(catalog(policy))["catalog"]
    assert [group["id"] for group in document["groups"]] == [f"section-{section.id}" for section in policy.sections]
    controls = [control for group in document["groups"] for control in group["controls"]]
    assert [control["id"] for control in controls] == [clause.id for clause in policy.clauses]
    prose = {control["id"]: control["parts"][0]["prose"] for control in controls}
    assert prose == {clause.id: clause.statement.fa for clause in policy.clauses}
    prints = [prop["value"] for control in controls for prop in control["props"] if prop["name"] == "text-sha256"]
    assert prints == [clause.fingerprint for clause in policy.clauses]
    parts = [part["id"] for group in document["groups"] for part in group.get("parts", ())]
    assert len(parts) == len(policy.not_normative)
    assert catalog(policy) == catalog(policy)


@pytest.mark.slow
def test_the_catalog_is_valid_to_trestle(policy: Policy, tmp_path: Path) -> None:
    assert (TOOLS / "trestle").exists(), "this test needs .venv-tools; `make test` makes it"
    subprocess.run([TOOLS / "trestle", "init"], cwd=tmp_path, check=True, capture_output=True)
    folder = tmp_path / "catalogs" / "policy"
    folder.mkdir(parents=True)
    (folder / "catalog.json").write_text(catalog(policy), "utf-8")
    command = [str(TOOLS / "trestle"), *["validate", "-t", "catalog", "-n", "policy"]]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "VALID" in done.stdout + done.stderr


@pytest.mark.slow
def test_the_exported_contracts_are_valid_to_datacontract(tmp_path: Path) -> None:
    assert (TOOLS / "datacontract").exists(), "this test needs .venv-tools; `make test` makes it"
    told = govern("policy", "export", "--out", tmp_path, "--project", PROJECT)
    contracts = sorted((tmp_path / "contracts").iterdir())
    assert told.code == 0
    assert told.out == f"catalog of 25 clauses and {len(contracts)} contracts in {tmp_path}\n"
    assert len(contracts) > 10
    # One process for all: to start the tool once a contract would take minutes.
    code = (
        "import sys\nfrom datacontract.data_contract import DataContract\n"
        "print([(path, str(DataContract(data_contract_file=path).lint().result)) for path in sys.argv[1:]])"
    )
    linting = [str(TOOLS / "python"), "-c", code, *map(str, contracts)]
    done = subprocess.run(linting, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    results = dict(eval(done.stdout.splitlines()[-1]))  # noqa: S307  what this test printed itself
    assert {path for path, result in results.items() if "passed" not in result} == set()
    one = subprocess.run([TOOLS / "datacontract", "lint", contracts[0]], check=False, capture_output=True, text=True)
    assert one.returncode == 0, one.stdout
