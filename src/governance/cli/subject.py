"""The commands about one person's data: where it is stored, and a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.console import say
from governance.cli.options import ProjectOption

subject_app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, add_completion=False, help="One person's data: find, export."
)
SubjectArgument = Annotated[
    str, typer.Argument(metavar="ID", help="A user id, mobile number or e-mail address, in any spelling.")
]
DataOption = Annotated[str, typer.Option(help="A folder with .parquet or .csv tables.")]
KeysOption = Annotated[
    Path | None, typer.Option(help="The key file, mode 0600; else the one that GOVERNANCE_KEYS names.")
]


@subject_app.command()
def find(subject: SubjectArgument, *, data: DataOption, keys: KeysOption = None, project: ProjectOption = None) -> None:
    """List where a person's data is stored: tables, columns, counts; no values. Works for erased people, too.

    Exits with 2 if cells are too long to be searched, and says so.

    Example: governance subject find 09121234567 --data build/demo/data --keys build/demo/keys.json
    """
    from governance.cli.console import watching
    from governance.subjects import find_subject, place_lines

    with watching() as progress:
        found = find_subject(subject, data, keys=keys, project=project, progress=progress)
    say("\n".join(place_lines(found)))
    if found.too_large:
        raise typer.Exit(2)


@subject_app.command()
def export(
    subject: SubjectArgument,
    *,
    data: DataOption,
    out: Annotated[Path, typer.Option(help="The folder to make.")],
    keys: KeysOption = None,
    project: ProjectOption = None,
) -> None:
    """Write a person's data for that person: every table that can hold any, as JSON and CSV, mode 0600.

    Example: governance subject export 100001 --data build/demo/data --keys build/demo/keys.json --out build/100001
    """
    from governance.cli.console import watching
    from governance.subjects import export_subject

    with watching() as progress:
        counts = export_subject(subject, data, out, keys=keys, project=project, progress=progress)
    for table, rows in counts.items():
        say(f"{table}: {rows:,} {'row' if rows == 1 else 'rows'}")
    say(f"export: {out}")
