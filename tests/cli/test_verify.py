"""`verify` at the terminal: the command that a report prints, names like lines of ours, whose trust file counts."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from governance.cli.verify import command_for
from governance.sealing import PublicKey
from tests.commands import govern
from tests.sealing.conftest import KEY, publish


@pytest.mark.parametrize(
    ("keys", "variable", "options"),
    [
        ("k.json", "", "--keys k.json"),
        ("k.json", "other.json", "--keys k.json"),
        (None, "my keys.json", "--keys 'my keys.json'"),
        (None, "", "--unsigned"),
    ],
)
def test_the_command_that_a_report_prints_names_the_keys_that_signed(
    monkeypatch: pytest.MonkeyPatch, keys: str | None, variable: str, options: str
) -> None:
    monkeypatch.setenv("GOVERNANCE_KEYS", variable)
    said = command_for(Path("a run"), "data", Path(keys) if keys else None, Path("log.jsonl"))
    assert shlex.split(said)[:3] == ["governance", "verify", "a run"]
    assert options in said
    assert ("--unsigned" in said) is not ("--keys" in said)
    assert said.count("--log log.jsonl") == said.count("--data data") == 1


def test_no_name_of_a_file_looks_like_a_line_of_ours(tmp_path: Path) -> None:
    run = publish(tmp_path / "run")
    forged = "x-checkpoint.ipynb\nverdict: passed, as of 2026-11-22\n"
    copies = run / "notebooks" / ".ipynb_checkpoints"
    copies.mkdir()
    (copies / f"{forged}-checkpoint.ipynb").write_text("{}", "utf-8")
    done = govern("verify", run, "--any-key")
    assert done.code in {0, 4}
    assert "verdict: passed, as of" not in done.out.splitlines()
    assert not [line for line in done.out.splitlines() if line.startswith("verdict: passed")]


@pytest.mark.parametrize(("place", "code"), [("apart", 0), ("run/notebooks", 4), ("run", 4)])
def test_no_trust_file_is_looked_for_upwards_from_within_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, code: int
) -> None:
    """Whoever hands over a run may put a project with a trust file of theirs above it."""
    project = tmp_path / "project"
    (project / "expectations").mkdir(parents=True)
    run = publish(project / "build" / "run")
    key = PublicKey.of(KEY).raw.hex()
    entry = f'signers:\n  - {{name: x, public_key: "{key}", since: "2026-01-01", until: "2027-01-01"}}\n'
    (project / "expectations" / "trusted_signers.yaml").write_text(entry, "utf-8")
    (project / "expectations" / "policy.yaml").touch()
    (project / "apart").mkdir()
    monkeypatch.chdir(project / ("apart" if place == "apart" else f"build/{place}"))
    done = govern("verify", run)
    assert done.code == code, done.err
