"""The command line: exit codes, one sentence for what is wrong, nothing half-written, nothing leaked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from governance.detection import KINDS
from governance.planning.checks import Plan
from governance.synthetic import Dataset
from tests.commands import govern
from tests.conftest import PROJECT

pytestmark = pytest.mark.slow


@pytest.fixture
def damaged(planted_world: Dataset, tmp_path: Path) -> Path:
    """A copy of a world's data, to be damaged."""
    return Path(shutil.copytree(planted_world.data, tmp_path / "data"))


def test_check_exits_0_on_the_clean_world(clean_world: Dataset) -> None:
    done = govern("check", "--data", clean_world.data, "--keys", clean_world.keys)
    # What no data can show is vouched for, and said to be.
    told = "attested: Every clause is kept, 1 of 25 on a person's word and not by the data."
    time = "As of 2026-11-22T00:00:00+00:00, from the data set, 9 days ago."
    assert (done.code, done.out.splitlines()[-1]) == (0, f"{told} {time}")


def test_check_exits_1_on_the_planted_world_and_counts(planted_world: Dataset) -> None:
    done = govern("check", "--data", planted_world.data, "--keys", planted_world.keys)
    assert (done.code, done.out.splitlines()[-1]) == (1, done.out.splitlines()[-1])
    assert done.out.splitlines()[-1].startswith("failed: ")
    assert "✖ restricted-encrypted/users/email: violated: " in done.out


def test_check_of_a_part_says_that_it_is_one(clean_world: Dataset, plan: Plan) -> None:
    done = govern("check", "KP-4-1", "--data", clean_world.data, "--keys", clean_world.keys)
    mine = len(plan.select(["KP-4-1"]))
    told = f"All {mine} selected checks hold; this says nothing about the other {len(plan.checks) - mine}."
    assert done.code == 0
    assert done.out.splitlines()[-1].startswith(f"passed: {told} As of ")


def test_check_prints_json_that_reads_back(clean_world: Dataset, plan: Plan) -> None:
    done = govern("check", "KP-4-2", "KP-4-3", "--data", clean_world.data, "--json")
    found = json.loads(done.out)
    assert (done.code, len(found["checks"]), found["keyed"]) == (0, len(plan.select(["KP-4-2", "KP-4-3"])), False)


def test_without_keys_encryption_that_has_to_be_proven_is_not_evaluated(clean_world: Dataset) -> None:
    done = govern("check", "KP-4-1", "--data", clean_world.data, "--json")
    told = {(check["rule"], check["verdict"], check["reason"]) for check in json.loads(done.out)["checks"]}
    assert told == {(rule, "not_evaluated", "no_key") for rule in ("restricted-encrypted", "no-plaintext-twin")}
    assert done.code == 2


def test_plan_lists_every_check_by_clause() -> None:
    done = govern("plan", "1", "4")
    assert done.code == 0
    assert "        no-bank-data/transactions/note" in done.out.splitlines()


def test_plan_and_kinds_tell_what_is_and_is_not_looked_for() -> None:
    planned = govern("plan")
    assert planned.code == 0
    assert "not looked for: api_key, password," in planned.out
    assert "not looked for: telephone, national and tax numbers of 244 other regions than IR" in planned.out
    listed, rows = govern("kinds"), json.loads(govern("kinds", "--json").out)
    assert listed.code == 0
    assert listed.out.splitlines()[-1].endswith("regions of this policy: IR")
    assert [row["kind"] for row in rows] == list(KINDS)
    assert all(row["example"] and row["category"] and row["example"] in listed.out for row in rows)


def test_explain_names_the_row_and_its_problems_and_no_value(planted_world: Dataset) -> None:
    from governance.encryption.keys import load_keys

    entry = next(e for e in planted_world.ledger.entries if e.table == "reviews" and e.column == "body" and e.row)
    reference = load_keys(planted_world.keys).reference("reviews", str(entry.row))
    done = govern("explain", reference, "--data", planted_world.data, "--keys", planted_world.keys)
    assert done.out.splitlines()[0] == f"stands in reviews, review_id {entry.row}"
    assert done.out.splitlines()[1].startswith("  no-bank-data/reviews/body: ")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ["check", "KP-9-9", "--data", "{data}"],
            "Expected a section, clause, rule or check of the policy, found 'KP-9-9'",
        ),
        (["check", "no-bank-dat", "--data", "{data}"], "did you mean 'no-bank-data'?"),
        (["check", "--data", "{data}/nowhere"], "expected a folder with .parquet or .csv tables, found none."),
        (["check", "--data", "{empty}"], "expected .parquet or .csv tables, found none;"),
        (["check", "--data", "mysql://somewhere/db"], "found an address of the kind 'mysql'."),
        (["check", "--data", "{data}", "--as-of", "yesterday"], "--as-of: expected an ISO time such as"),
        (["check", "--data", "{data}", "--keys", "{data}/no.json"], "expected a key file, found none that can be read"),
        (["check", "--data", "{data}", "--keys", "{open}"], "only its owner can read (mode 0600), found mode 0644;"),
        (["check", "--data", "{data}", "--project", "{empty}"], "--project: expected a folder with"),
        (
            ["explain", "AAAAAAAAAAAAAAAA", "--data", "{data}"],
            "--keys: expected the keys that the references were made with",
        ),
        (
            ["report", "--data", "{data}", "--out", "{empty}"],
            "expected a new name or an earlier run, found something else;",
        ),
        (
            ["report", "--data", "{data}", "--out", "{data}/run"],
            "expected a place apart from the data, found one within",
        ),
        (["report", "--data", "{data}", "--out", "{empty}/run", "--font", "{open}"], "font, found another file."),
        (["check", "--data", ""], "expected a folder of .parquet or .csv tables, found an empty name."),
        (
            ["check", "--data", "{data}", "--as-of", "0001-01-01T00:00:00+14:00"],
            "--as-of: expected a time of this age,",
        ),
        (["synth", "--out", "{data}"], "expected"),
        (["nonsense"], "No such command 'nonsense'"),
        (["check"], "Missing option '--data'"),
        (["synth", "--world", "dirty", "--out", "x"], "'dirty' is not one of"),
    ],
)
def test_bad_usage_is_exit_3_and_one_sentence(
    arguments: list[str], complaint: str, clean_world: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    shutil.copy(clean_world.keys, tmp_path / "open.json")
    (tmp_path / "open.json").chmod(0o644)
    places = {"data": clean_world.data, "empty": tmp_path / "empty", "open": tmp_path / "open.json"}
    done = govern(*(argument.format(**places) for argument in arguments))
    assert done.code == 3
    assert complaint in done.complaint
    assert len(done.complaint.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "open.json"]


def test_an_unknown_reference_is_exit_3(clean_world: Dataset) -> None:
    done = govern("explain", "AAAAAAAAAAAAAAAA", "--data", clean_world.data, "--keys", clean_world.keys)
    assert done.code == 3
    assert "which no row has under these keys" in done.complaint


def test_a_typo_in_the_policy_is_exit_3_with_its_line(clean_world: Dataset, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT / "expectations", project / "expectations")
    policy = project / "expectations" / "policy.yaml"
    policy.write_text(policy.read_text("utf-8").replace("kind: free_of", "kind: free_off"), "utf-8")
    done = govern("check", "--data", clean_world.data, "--project", project)
    assert done.code == 3
    assert "policy.yaml:" in done.complaint
    assert "found 'free_off'; did you mean 'free_of'?" in done.complaint


def damage_truncate(data: Path) -> None:
    path = data / "reviews.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def damage_flip(data: Path) -> None:
    path = data / "transactions.parquet"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 3] ^= 0x10
    path.write_bytes(raw)


def damage_replace(data: Path) -> None:
    (data / "users.parquet").write_bytes(b"not a table")


def damage_stranger(data: Path) -> None:
    (data / "notes.xlsx").write_bytes(b"PK")


@pytest.mark.parametrize("damage", [damage_truncate, damage_flip, damage_replace, damage_stranger])
@pytest.mark.parametrize("command", ["check", "report"])
def test_damaged_data_is_exit_3_one_sentence_and_no_report(
    damaged: Path, tmp_path: Path, damage: Callable[[Path], None], command: str
) -> None:
    damage(damaged)
    out = ["--out", tmp_path / "run"] if command == "report" else []
    done = govern(command, "--data", damaged, *out)
    assert done.code == 3
    assert len(done.complaint.splitlines()) == 1
    assert "expected" in done.complaint
    assert "found" in done.complaint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_a_missing_column_is_exit_2_and_never_green(damaged: Path) -> None:
    path = damaged / "reviews.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["body"]), path)
    done = govern("check", "no-bank-data/reviews/body", "--data", damaged, "--json")
    (found,) = json.loads(done.out)["checks"]
    assert (done.code, found["verdict"], found["reason"]) == (2, "not_evaluated", "missing_column")


def test_a_missing_table_is_exit_2(damaged: Path) -> None:
    (damaged / "reviews.parquet").unlink()
    done = govern("check", "--data", damaged, "--json")
    found = {check["id"]: check for check in json.loads(done.out)["checks"]}
    assert done.code == 2
    assert found["no-bank-data/reviews/*"]["reason"] == "missing_table"


def test_an_empty_table_is_exit_2(damaged: Path) -> None:
    path = damaged / "reviews.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    done = govern("check", "no-bank-data/reviews/body", "declared/reviews", "--data", damaged, "--json")
    found = {check["id"]: check for check in json.loads(done.out)["checks"]}
    assert done.code == 2
    assert found["no-bank-data/reviews/body"]["reason"] == "no_rows"


def test_an_error_of_the_program_tells_no_value(clean_world: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("6037990000123451")

    monkeypatch.setattr("governance.run.load_policy", fail)
    done = govern("check", "--data", clean_world.data)
    assert done.code == 4
    assert "6037" not in done.err + done.out
    assert "RuntimeError" in done.complaint


def test_every_command_has_an_example_in_its_help() -> None:
    for command in ("synth", "plan", "check", "report", "explain", "lab"):
        assert "Example: governance " + command in govern(command, "--help").out
