"""The README is true: its commands run and print what it says, and its tables name everything there is."""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from governance.cli.main import app
from governance.results import Verdict
from governance.rules.kinds import KINDS
from tests.commands import govern
from tests.conftest import PROJECT
from tests.readme import with_tables
from tests.test_architecture import ORDER

README = (PROJECT / "README.md").read_text("utf-8")
COMMANDS = sorted(command.name or command.callback.__name__ for command in app.registered_commands if command.callback)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def row_of(first: str) -> str:
    (row,) = [line for line in README.splitlines() if line.startswith(f"| {first}")]
    return row


def recipe(target: str) -> list[str]:
    """The governance commands that make would run."""
    done = subprocess.run(["make", "-n", target], capture_output=True, text=True, check=True, cwd=PROJECT)
    return [line for line in done.stdout.splitlines() if "bin/governance" in line]


def execute(line: str, build: Path) -> tuple[str, int]:
    """A command's standard output, run with its `build/` elsewhere."""
    words = shlex.split(line.partition("||")[0].replace("build/", f"{build}/"))
    with contextlib.chdir(PROJECT):
        done = govern(*words[1:])
    assert done.code in {0, 1}, done.err
    return done.out.replace(f"{build}/", "build/"), done.code


@pytest.mark.slow
def test_every_command_prints_what_the_readme_says(tmp_path: Path) -> None:
    shown = [block.splitlines() for block in blocks("console")]
    assert [lines[0] for lines in shown][:2] == ["$ make report", "$ make test"]
    for command, *expected in shown:
        if command == "$ make test":
            continue
        lines = recipe("report") if command == "$ make report" else [command.removeprefix("$ ")]
        assert lines
        found = "".join(execute(line, tmp_path)[0] for line in lines).splitlines()
        assert found == expected, command
    for code in blocks("python"):
        script = code.replace("build/", f"{tmp_path}/")
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT)
        assert done.stdout.strip() == "Verdict.FAILED ['restricted-encrypted/users/email']" or "failed" in done.stdout


def test_the_rule_in_the_readme_is_the_policys() -> None:
    shown: dict[str, Any] = yaml.safe_load(blocks("yaml")[0])
    policy: dict[str, Any] = yaml.safe_load((PROJECT / "expectations" / "policy.yaml").read_text("utf-8"))
    (clause,) = shown["clauses"]
    assert policy["clauses"][clause]["statement"]["en"] == shown["clauses"][clause]["statement"]["en"]
    (rule,) = shown["rules"]
    assert shown["rules"][rule].items() <= policy["rules"][rule].items()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_stands_in_the_table(command: str) -> None:
    row = row_of(f"`governance {command}")
    (callback,) = [c.callback for c in app.registered_commands if c.callback and c.callback.__name__ == command]
    for name, hint in callback.__annotations__.items():
        if name not in {
            "project",
            "return",
            "check",
            "names",
            "reference",
            "context",
            "run",
            "earlier",
            "later",
            "word",
        }:
            option = {"as_json": "--json"}.get(name, f"--{name.replace('_', '-')}")
            assert option in row, f"{command} {option} ({hint})"


def test_every_verdict_and_exit_code_stands_in_a_table() -> None:
    for verdict in Verdict:
        assert f"`{verdict}`" in README
    for code in range(5):
        assert row_of(f"{code} |")


def test_the_table_of_kinds_is_what_the_kinds_say_of_themselves() -> None:
    assert with_tables(README) == README, "run `make readme`"
    for name, kind in KINDS.items():
        assert re.search(rf"^\| `{name}` \| \S.{{20,}} \| `{kind.expectation}` \|$", README, re.MULTILINE), name


def test_the_parts_of_the_source_stand_in_the_order_of_their_imports() -> None:
    (tree,) = blocks("text")
    assert [line.split()[0] for line in tree.splitlines()] == ORDER.split()


def test_every_make_target_is_described() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    for target in phony.split():
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE), target


def test_no_lock_or_script_names_an_index_or_a_machine() -> None:
    for path in [*PROJECT.glob("requirements/*.txt"), PROJECT / "Makefile", PROJECT / ".ci" / "run"]:
        text = path.read_text("utf-8")
        assert "http" not in re.sub(r"http(core|x)\b", "", re.sub(r"aiohttp", "", text)), path
        assert "index-url" not in text.replace("--no-emit-index-url", ""), path
    for path in PROJECT.glob("requirements/*.txt"):
        pins = re.findall(r"^[a-z0-9].*?==\S+", path.read_text("utf-8"), re.MULTILINE)
        assert len(pins) > 50
        assert path.read_text("utf-8").count("--hash=sha256:") > len(pins)
