"""The commands about the policy itself: its status, changes of its text, its reviews, its exports, its format."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.console import complain, say, write_file
from governance.cli.options import ProjectOption

policy_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    help="The policy itself: status, diff, review, export.",
)


def migrate(
    *,
    write: Annotated[bool, typer.Option("--write", help="Rewrite the files, all of them or none.")] = False,
    project: ProjectOption = None,
) -> None:
    """Show what brings policy files of an older format to the present one, as a diff, or write it.

    Example: governance migrate --write
    """
    from difflib import unified_diff

    from governance.inputs import find_project, load_policy
    from governance.policy import rewriting
    from governance.policy.table_register import without_vocabulary

    folder = find_project(project) / "expectations"
    files = rewriting.rewritten(folder)
    if not write:
        for file in files:
            old, new = (text.splitlines(keepends=True) for text in (file.old, file.new))
            say("".join(unified_diff(old, new, file.name, file.name)), end="")
    else:
        rewriting.write(folder, files)
    done = "rewritten" if write else "to rewrite; see --write"
    complain(f"{len(files)} files {done}" if files else "nothing to migrate")
    policy = load_policy(project)
    for column in without_vocabulary(policy.register, policy.contracts):
        complain(f"{column}: list what it may hold as its `vocabulary`; until then no rule can read it")


@policy_app.command()
def status(
    published: Annotated[
        Path | None, typer.Option(help="A copy of the published page, compared by its digest.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="The time that decides, ISO 8601; else now.")] = None,
    project: ProjectOption = None,
) -> None:
    """List what is suspect, unrecorded, waived, attested and not tested; exit code 1 when the text has changed.

    Example: governance policy status --published page.txt
    """
    from governance.arguments import time_of
    from governance.inputs import load_policy
    from governance.planning.checks import plan as make_plan
    from governance.planning.drift import status as policy_status
    from governance.reports.terminal.policy_lines import status_lines

    planned = make_plan(load_policy(project))
    found = policy_status(planned, time_of(as_of, "as_of") if as_of else datetime.now(UTC), published)
    say("\n".join(status_lines(planned, found)))
    raise typer.Exit(int(found.drifted))


@policy_app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The text before: policy.fa.md, or a folder that holds it.")],
    new: Annotated[Path, typer.Argument(help="The text after.")],
    html: Annotated[Path | None, typer.Option(help="Write a page of the differences there too.")] = None,
) -> None:
    """Show the differences between two texts word by word; exit code 1 if there are any.

    Example: governance policy diff before/expectations expectations --html changes.html
    """
    from governance.planning.drift import differences, read_texts
    from governance.reports.terminal.policy_lines import change_lines

    changes = differences(read_texts(old), read_texts(new))
    say("\n".join(change_lines(changes)))
    if html is not None:
        from governance.reports.pages.diff_page import render_changes

        write_file(html, render_changes(changes, old=str(old), new=str(new)), "html")
    raise typer.Exit(int(bool(changes)))


@policy_app.command()
def export(
    out: Annotated[Path, typer.Option(help="The folder to write to; files there of these names are replaced.")],
    project: ProjectOption = None,
) -> None:
    """Write the policy for other programs: an OSCAL catalog, and the contracts (ODCS).

    Example: governance policy export --out build/policy
    """
    from governance.inputs import find_project, load_policy
    from governance.reports.exports import catalog

    root = find_project(project)
    policy = load_policy(root)
    write_file(out / "catalog.json", catalog(policy), "out")
    for path in sorted((root / "expectations" / "contracts").glob("*.odcs.yaml")):
        write_file(out / "contracts" / path.name, path.read_text("utf-8"), "out")
    say(f"catalog of {len(policy.clauses)} clauses and {len(policy.contracts)} contracts in {out}")


@policy_app.command()
def review(
    clauses: Annotated[
        list[str] | None, typer.Argument(help="The clauses whose rules were judged against their text.")
    ] = None,
    *,
    by: Annotated[str, typer.Option(help="Who judged.")],
    column: Annotated[
        str | None, typer.Option(metavar="TABLE/COLUMN", help="A column whose suspects were judged.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="Where the column's share of suspects is counted.")] = None,
    keys: Annotated[Path | None, typer.Option(help="The key file; else the one that GOVERNANCE_KEYS names.")] = None,
    share: Annotated[int | None, typer.Option(min=1, max=100, help="That share in percent, if without data.")] = None,
    until: Annotated[str | None, typer.Option(help="The last day of a column's review; else in 366 days.")] = None,
    project: ProjectOption = None,
) -> None:
    """Record that the rules of clauses were reviewed against their present text, or the suspects of a column.

    Example: governance policy review KP-4-1 --by "Name"
    """
    from governance.errors import UsageError
    from governance.inputs import find_project, load_policy
    from governance.planning.drift import review as record

    root = find_project(project)
    today = datetime.now(UTC).date()
    if column is not None and not clauses:
        from governance.cli.reviewing import review_column

        made = review_column(root, column, data, keys, share=share, by=by, on=today, until=until)
        say(f"reviewed: {made.column}, {made.share} % suspects, until {made.until}")
        return
    if not clauses or column is not None:
        raise UsageError("expected clauses or --column, one of them.", argument="clauses")
    new = record(load_policy(root), root / "expectations", clauses, by=by, on=today.isoformat())
    say("\n".join(f"reviewed: {known.rule} against {known.clause}" for known in new) or "nothing was suspect")
