"""`governance kinds`: what can be looked for."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.cli.console import say
from governance.cli.options import ProjectOption


def kinds(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    project: ProjectOption = None,
) -> None:
    """List the kinds of data that rules can look for, those of the project too, each with an example made up.

    Example: governance kinds --json
    """
    from governance.inputs import load_policy
    from governance.reports.terminal.kind_lines import kind_lines, kinds_json

    among = load_policy(project).detectors
    say(kinds_json(among) if as_json else "\n".join(kind_lines(among)), as_json=as_json)
