"""A project of format 1 loads, and `governance migrate` writes what it was loaded as."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

import pytest

from governance.errors import PolicyError
from governance.inputs import load_policy
from governance.planning.checks import plan
from governance.policy import Payload, Policy, Register
from governance.policy.rewriting import rewritten
from tests.commands import govern
from tests.policy.folder import Folder

FORMAT_1 = Path(__file__).with_name("format_1")
FORMATTED = ("policy", "roles", "agreements", "waivers", "attestations", "keys", "history", "reviews")


@pytest.fixture
def old(tmp_path: Path) -> Folder:
    shutil.copytree(FORMAT_1, tmp_path / "old")
    return Folder(tmp_path / "old" / "expectations")


def unplaced(policy: Policy) -> Policy:
    """A policy without what a rewritten file changes: its digest, and the lines below."""
    rules = tuple(replace(rule, line=0) for rule in policy.rules)
    return replace(policy, digest="", rules=rules)


def test_an_old_project_has_the_register_that_its_rules_named(old: Folder) -> None:
    policy = old.load()
    assert policy.register == Register(
        people="customers", requests="subject_requests", transfers="handovers", payloads=(Payload("sent_*"),)
    )


def test_columns_of_an_old_project_are_known_by_what_their_names_said(old: Folder) -> None:
    tables = old.load().tables
    said = {(table, column.name): column for table, known in tables.items() for column in known.columns}
    assert {place: column.role for place, column in said.items() if column.role} == {
        ("customers", "customer_id"): "person",
        ("customers", "shop"): "public_name",
        ("visits", "visit"): "session",
        ("subject_requests", "right"): "right",
        ("subject_requests", "received_at"): "received_at",
        ("subject_requests", "field"): "field",
        ("subject_requests", "old_token"): "old_token",
        ("subject_requests", "digest_tokens"): "digest_tokens",
        ("handovers", "protocol"): "protocol",
        ("handovers", "payload"): "payload",
    }
    assert {place: column.token_of for place, column in said.items() if column.token_of} == {
        ("customers", "email_token"): ("customers.email",),
        ("subject_requests", "id_token"): ("customers.customer_id",),
        ("subject_requests", "mobile_token"): ("customers.customer_id",),
        ("sent_mail", "email_token"): ("customers.email",),
        ("sent_mail", "address_token"): ("customers.email",),
    }
    words = {place[1]: [term.value for term in column.vocabulary] for place, column in said.items()}
    assert words["right"] == ["access", "rectification", "erasure", "objection"]
    assert words["field"] == ["email", "name"]
    assert words["protocol"][-1] == "QUIC"
    assert words["email"] == []


def test_the_written_project_is_the_one_that_was_loaded(old: Folder) -> None:
    before = old.load()
    project = old.path.parent
    shown = govern("migrate", "--project", project)
    assert (shown.code, old.load()) == (0, before)
    assert "+  people: customers\n" in shown.out
    assert "-      people: customers # one row a customer\n" in shown.out
    assert govern("migrate", "--write", "--project", project).code == 0
    after = old.load()
    assert unplaced(after) == unplaced(before)
    assert [check.id for check in plan(after).checks] == [check.id for check in plan(before).checks]
    assert rewritten(old.path) == ()
    texts = {path: path.read_bytes() for path in old.path.rglob("*.yaml")}
    again = govern("migrate", "--write", "--project", project)
    assert (again.code, again.out, again.err) == (0, "", "nothing to migrate\n")
    assert {
        path: path.read_bytes() for path in old.path.rglob("*") if path.is_file() and path.suffix == ".yaml"
    } == texts


def test_comments_order_and_quotes_stay(old: Folder) -> None:
    files = rewritten(old.path)
    assert {file.name for file in files} >= {f"{name}.yaml" for name in FORMATTED}
    for file in files:
        gone = [line[1:] for line in unified_diff(file.old.splitlines(), file.new.splitlines()) if line[0] == "-"]
        changed = r"^-- |parameters|people|requests: |transfers: |prefix|format: 1|keys: |customProperties: \["
        assert all(re.search(changed, line) for line in gone), (file.name, gone)
    policy = next(file.new for file in files if file.name == "policy.yaml")
    assert "parameters: {right: any, days: 30}\n\n  shared:" in policy
    assert "where: {tables: [sent_mail]}\n    # The end of this rule.\n\n  paid-nothing:" in policy
    assert "    parameters:\n      keeps: [subject_requests]\n\n  # Requests are" in policy
    assert policy.startswith(
        "# A shop of a project of format 1: rules name their tables, columns have fixed names.\nformat: 2\n"
    )


def test_windows_line_ends_stay(old: Folder) -> None:
    path = old.path / "policy.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    file = next(file for file in rewritten(old.path) if file.name == "policy.yaml")
    assert file.new.count("\n") == file.new.count("\r\n")


def test_problems_of_an_old_project_stand_on_its_own_lines(old: Folder) -> None:
    line = old.change("contracts/sent_mail.odcs.yaml", "user.contact.email", "user.contact.emial")
    assert old.problems()[0].startswith(f"contracts/sent_mail.odcs.yaml:{line}: ")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("people: customers, days", "people: custmers, days"), "found 'custmers'; did you mean 'customers'?"),
        (("people: customers, days", "people: handovers, days"), "expected one table of people for all rules, found"),
        (("policy: {id", "register: {people: customers}\npolicy: {id"), "`format: 2` first in a file with a register"),
    ],
)
def test_what_an_old_project_contradicts_is_refused(old: Folder, change: tuple[str, str], message: str) -> None:
    old.change("policy.yaml", *change)
    assert any(message in problem for problem in old.problems())
    assert govern("migrate", "--write", "--project", old.path.parent).code == 3


@pytest.mark.parametrize("given", ["3", '"2"', "true", "two"])
@pytest.mark.parametrize("name", FORMATTED)
def test_an_unknown_format_is_one_sentence(folder: Folder, name: str, given: str) -> None:
    line = folder.change(f"{name}.yaml", "format: 2", f"format: {given}")
    shown = given if given in {"3", "true"} else repr(given.strip('"'))
    expected = f"{name}.yaml:{line}: format: expected 1 or 2, or a later version of this tool, found {shown}"
    assert folder.problems() == [expected]


def test_every_file_of_the_project_is_of_the_present_format(folder: Folder) -> None:
    assert rewritten(folder.path) == ()
    for name in FORMATTED:
        first = next(line for line in folder.text(f"{name}.yaml").splitlines() if not line.startswith("#"))
        assert first == "format: 2"


def test_nothing_is_written_where_one_file_cannot_be(old: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {path: path.read_bytes() for path in old.path.rglob("*") if path.is_file()}
    moves = iter(range(100))
    move = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if next(moves) == 3:
            raise OSError
        return move(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    done = govern("migrate", "--write", "--project", old.path.parent)
    assert (done.code, "nothing was changed" in done.complaint) == (4, True)
    assert {path: path.read_bytes() for path in old.path.rglob("*") if path.is_file()} == texts


def test_a_project_that_is_broken_otherwise_still_tells_its_problems(old: Folder) -> None:
    old.write("policy.yaml", "[]\n")
    with pytest.raises(PolicyError):
        old.load()
    assert load_policy(FORMAT_1).id == "shop"


def test_what_only_the_company_can_list_is_named(old: Folder) -> None:
    assert "vocabulary" not in govern("migrate", "--project", old.path.parent).err
    old.change("contracts/handovers.odcs.yaml", "name: payload", "name: template")
    old.change("policy.yaml", "[handovers]", "[visits]")
    old.change("policy.yaml", "transfers: handovers", "transfers: visits")
    text = old.text("policy.yaml")
    old.write("policy.yaml", text.replace("protected_transport", "opted_out").replace("[visits]", "[handovers]", 1))
    old.change("policy.yaml", "{protocols: [TLSv1.3, QUIC]}", "{grace_days: 1}")
    said = govern("migrate", "--project", old.path.parent).err
    assert said.endswith(
        "handovers.template: list what it may hold as its `vocabulary`; until then no rule can read it\n"
    )
