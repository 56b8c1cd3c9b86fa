"""`governance verify`: whether a run is what was attested, and whether somebody trusted attested it."""

from __future__ import annotations

import os
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from governance.arguments import path_of
from governance.cli.console import say
from governance.cli.options import LogOption, ProjectOption

_AGE = re.compile(r"([1-9][0-9]{0,5})([dh]?)")


def verify(
    run: Annotated[Path, typer.Argument(help="The run directory of a report.")],
    *,
    log: LogOption = None,
    key: Annotated[
        list[Path] | None, typer.Option(help="A public key, in PEM, that must have signed; may be repeated.")
    ] = None,
    keys: Annotated[Path | None, typer.Option(help="A key file; its signing key must have signed.")] = None,
    trust: Annotated[
        Path | None, typer.Option(help="The file of trusted signers; else trusted_signers.yaml beside the policy.")
    ] = None,
    any_key: Annotated[bool, typer.Option("--any-key", help="Accept a signer that nobody vouches for.")] = False,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Accept a run that was made without keys.")] = False,
    max_age: Annotated[str | None, typer.Option(help="The longest time since the report, such as 7d or 36h.")] = None,
    head: Annotated[
        str | None, typer.Option(help="A digest that the log must still hold, or a file with it: the last head known.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="The data; it must be what the report was made of.")] = None,
    project: ProjectOption = None,
) -> None:
    """Verify that a run is, byte for byte, what a trusted signer attested and logged; 4 if not. Needs no network.

    Example: governance verify build/report --keys build/demo/keys.json
    """
    from governance.sealing import verify as verify_run

    found = verify_run(
        run,
        log,
        key=key or (),
        keys=keys,
        trust=trust or _beside_the_policy(project, run),
        any_key=any_key,
        unsigned=unsigned,
        max_age=None if max_age is None else _span(max_age),
        now=datetime.now(UTC),
        head=head,
        data=data,
    )
    if not found.signer:
        say(f"intact, but UNSIGNED: {found.files} files; whoever can write them could have made them")
    elif not found.trusted:
        say(f"intact, signer not known: {found.files} files, signed by key {found.signer.id}")
    else:
        say(f"verified: {found.files} files, signed by key {found.signer.id}")
        say(f"trusted by: {found.trusted}")
    if found.ignored:
        # A name of several lines must not look like lines of ours.
        names = (name if name.isprintable() else repr(name) for name in found.ignored)
        say(f"ignored, as no part of the run: {', '.join(names)}")
    say(f"log: line {found.line} of {found.lines}, head {found.head}")
    for note in found.notes:
        say(f"log: {note}")
    say(f"verdict: {found.summary['verdict']}, as of {found.summary['as_of']}")


def command_for(out: Path, data: str, keys: Path | None, log: Path | None) -> str:
    """The command that verifies a report just made."""
    from governance.inputs import KEYS_VARIABLE

    used = keys or os.environ.get(KEYS_VARIABLE) or None
    given = {"--keys": used, "--log": log, "--data": data}
    options = [text for name, value in given.items() if value is not None for text in (name, str(value))]
    return shlex.join(["governance", "verify", str(out), *options, *([] if used else ["--unsigned"])])


def _beside_the_policy(project: Path | None, run: Path) -> Path | None:
    """The project's file of trusted signers, if it has one; upwards from within a run, there is only its maker's."""
    from governance.errors import UsageError
    from governance.inputs import find_project
    from governance.policy.trusted_signers import TRUSTED_SIGNERS

    if project is None and Path.cwd().is_relative_to(path_of(run, "run").resolve()):
        return None
    try:
        path = find_project(project) / "expectations" / TRUSTED_SIGNERS
    except UsageError:
        if project is not None:
            raise
        return None
    return path if path.is_file() or path.is_symlink() else None


def _span(text: str) -> timedelta:
    from governance.errors import UsageError

    found = _AGE.fullmatch(text)
    if found is None:
        raise UsageError("expected days or hours such as 7d or 36h, found something else.", argument="max_age")
    return timedelta(hours=int(found[1])) if found[2] == "h" else timedelta(days=int(found[1]))
