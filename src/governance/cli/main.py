"""The command line: each command parses, calls one function of the library, prints, and exits with its code.

0 holds (or waived, attested) · 1 violated · 2 something could not be evaluated · 3 usage, policy or source invalid ·
4 evidence could not be written or verified.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.console import complain, say, stand_in_for_closed_streams
from governance.cli.contract import contract_app, terms
from governance.cli.keys import keys_app
from governance.cli.kinds import kinds
from governance.cli.options import DAY, LogOption, MemoryOption, MinutesOption, ProjectOption
from governance.cli.policy import migrate, policy_app
from governance.cli.stopping import INTERRUPTED, SENTENCE, heed, is_stopped
from governance.cli.subject import subject_app
from governance.cli.verify import command_for, verify
from governance.cli.waive import waive
from governance.errors import GovernanceError, PolicyError, UsageError

if TYPE_CHECKING:
    from governance.sources import Budget

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    help="Makes a published privacy policy executable: clauses become checks over data, checks leave evidence.",
)

app.command()(migrate)
app.command()(waive)
app.add_typer(contract_app, name="contract")
app.add_typer(policy_app, name="policy")
app.add_typer(subject_app, name="subject")
app.add_typer(keys_app, name="keys")
app.command()(kinds)
app.command()(verify)


class WorldChoice(StrEnum):
    """The synthetic data sets."""

    CLEAN = "clean"
    DEMO = "demo"
    PLANTED = "planted"


class Language(StrEnum):
    """The languages of the pages."""

    FA = "fa"
    EN = "en"


DataOption = Annotated[str, typer.Option(help="A folder with .parquet or .csv tables.")]
KeysOption = Annotated[
    Path | None, typer.Option(help="The key file, mode 0600; else the one that GOVERNANCE_KEYS names.")
]
AsOfOption = Annotated[
    str | None, typer.Option(help="The time that decides, ISO 8601; else the data set's own, else now.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command()
def synth(
    out: Annotated[Path, typer.Option(help="The folder to make; an earlier world there is replaced.")],
    world: Annotated[WorldChoice, typer.Option(help="clean, demo or planted.")] = WorldChoice.DEMO,
    rows: Annotated[int | None, typer.Option(min=30, help="Users; other tables follow by the recipe's ratios.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another world of the same kind.")] = None,
    project: ProjectOption = None,
) -> None:
    """Make a synthetic world: data, keys, and a ledger of the planted violations.

    Example: governance synth --world planted --out build/planted
    """
    from governance.cli.console import watching
    from governance.inputs import load_policy
    from governance.planning.checks import plan as make_plan
    from governance.synthetic import generate, load_recipe

    root = _project(project)
    recipe = load_recipe(root / "synthetic_data" / "recipe.yaml")
    with watching() as progress:
        made = generate(
            make_plan(load_policy(root)),
            recipe,
            world=world.value,
            out=out,
            rows=rows,
            seed=seed,
            workers=os.cpu_count() or 1,
            progress=lambda table, done, of: progress("table", table, done, of),
        )
    say(f"{world.value} world of {sum(made.tables.values()):,} rows in {made.data}, keys in {made.keys}")


@app.command()
def plan(
    names: Annotated[list[str] | None, typer.Argument(help="Sections, clauses, rules or checks; all without.")] = None,
    *,
    write: Annotated[bool, typer.Option("--write", help="Compile the suites into expectations/suites.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail, with exit code 3, for every gap.")] = False,
    explain: Annotated[str | None, typer.Option(help="Explain one check instead.")] = None,
    as_json: JsonOption = False,
    project: ProjectOption = None,
) -> None:
    """Print the rules of each clause, or the checks of the named clauses; reads no data.

    Example: governance plan KP-4-1
    """
    from governance.inputs import load_policy
    from governance.planning.checks import plan as make_plan
    from governance.planning.coverage import gaps
    from governance.reports.terminal.policy_lines import coverage_lines, explanation_lines
    from governance.reports.terminal.run_lines import plan_json, plan_lines

    root = _project(project)
    planned = make_plan(load_policy(root))
    chosen = planned.select(names or ())
    if as_json:
        say(plan_json(chosen), as_json=True)
    elif explain is not None:
        say("\n".join(explanation_lines(planned, explain, root / "expectations" / "suites")))
    else:
        say("\n".join(plan_lines(planned, chosen) if names else coverage_lines(planned, datetime.now(UTC))))
    if write:
        from governance.gx import write_suites

        changed = write_suites(planned, root / "expectations" / "suites")
        complain(f"suites: {', '.join(changed) or 'all were up to date'}")
    if strict and (found := gaps(planned)):
        raise PolicyError(gap.problem for gap in found)


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Sections, clauses, rules or checks; all without.")] = None,
    *,
    data: DataOption,
    keys: KeysOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    max_minutes: MinutesOption = DAY,
    max_memory: MemoryOption = None,
    project: ProjectOption = None,
) -> None:
    """Evaluate the policy over data and print the verdicts; the exit code is the verdict.

    Example: governance check KP-4-1 --data build/demo/data --keys build/demo/keys.json
    """
    from governance.cli.console import watching
    from governance.reports.terminal.run_lines import result_lines
    from governance.run import check as run_check

    with watching() as progress:
        results = run_check(
            data,
            keys=keys,
            as_of=_as_of(as_of, data),
            select=names or (),
            project=_project(project),
            budget=_budget(max_minutes, max_memory),
            now=(now := _now()),
            progress=progress,
        )
    if as_json:
        say(results.to_json(), end="", as_json=True)
    else:
        say("\n".join(result_lines(results, now)))
    raise typer.Exit(results.exit_code)


@app.command()
def report(
    *,
    data: DataOption,
    out: Annotated[Path, typer.Option(help="The run directory to publish; an earlier run there is replaced.")],
    keys: KeysOption = None,
    as_of: AsOfOption = None,
    lang: Annotated[
        Language, typer.Option(help="The language of the first page; the other is its mirror.")
    ] = Language.FA,
    proof: Annotated[Path | None, typer.Option(help="What `governance prove` found; shown if of this version.")] = None,
    log: LogOption = None,
    font: Annotated[
        Path | None, typer.Option(help="A font file for the pages, such as Vazirmatn; else the reader's own fonts.")
    ] = None,
    max_minutes: MinutesOption = DAY,
    max_memory: MemoryOption = None,
    project: ProjectOption = None,
) -> None:
    """Evaluate the whole policy and publish results, failing rows, notebooks and pages; the exit code is the verdict.

    Example: governance report --data build/demo/data --keys build/demo/keys.json --out build/report
    """
    from governance.cli.console import watching
    from governance.reports.terminal.run_lines import verdict_line
    from governance.run import report as run_report
    from governance.sealing import Log

    now = _now()
    with watching() as progress:
        results = run_report(
            data,
            out,
            keys=keys,
            as_of=_as_of(as_of, data),
            language=lang.value,
            proof=proof,
            log=log,
            font=font,
            project=_project(project),
            budget=_budget(max_minutes, max_memory),
            now=now,
            progress=progress,
        )
    say(verdict_line(results, now))
    say(f"report: {out / 'index.html'}")
    say(f"verify: {command_for(out, data, keys, log)}")
    _complain(f"the head of the log is {Log.beside(out, log).read().head}; keep it apart, for `verify --head`.")
    raise typer.Exit(results.exit_code)


@app.command()
def prove(
    *,
    out: Annotated[Path | None, typer.Option(help="The file to write, for `report --proof`.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one a processor without.")] = None,
    project: ProjectOption = None,
) -> None:
    """Plant every violation alone in a small clean world and print what it fires; 1 unless exactly its own checks.

    Example: governance prove --out build/proof.json
    """
    from governance.cli.console import watching
    from governance.proving import proof_lines, save
    from governance.proving import prove as run_prove

    with watching() as progress:
        proof = run_prove(_project(project), workers=workers or os.cpu_count() or 1, progress=progress)
    if out is not None:
        save(proof, out)
    say("\n".join(proof_lines(proof)))
    raise typer.Exit(0 if proof.holds else 1)


@app.command()
def diff(
    earlier: Annotated[Path, typer.Argument(help="The run directory of the earlier report.")],
    later: Annotated[Path, typer.Argument(help="The run directory of the later report.")],
) -> None:
    """List the changes between two runs: new violations, fixes, limits, text.

    Example: governance diff build/report-october build/report
    """
    from governance.guide.section import read_run
    from governance.reports.terminal.differences import difference_lines

    say("\n".join(difference_lines(read_run(earlier), read_run(later))))


@app.command()
def explain(
    reference: Annotated[str, typer.Argument(help="A row reference of a report.")],
    *,
    data: DataOption,
    keys: KeysOption = None,
    as_of: AsOfOption = None,
    project: ProjectOption = None,
) -> None:
    """Show those who hold the keys which row a reference names and which checks it fails; no values.

    Example: governance explain 3JQK7ZC5R2M4XA6B --data build/demo/data --keys build/demo/keys.json
    """
    from governance.cli.console import watching
    from governance.run import explain as run_explain

    with watching() as progress:
        found = run_explain(
            reference, data, keys=keys, as_of=_as_of(as_of, data), project=_project(project), progress=progress
        )
    say(f"stands in {found.table}, {found.primary_key} {found.key}")
    for name, place, problem in found.failing:
        say(f"  {name}: {problem}, about {place}")
    if not found.failing:
        say("  fails no check")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context, project: ProjectOption = None) -> None:
    """Open the notebooks in JupyterLab, which gets all other options.

    Example: governance lab --no-browser
    """
    from governance.guide.lab import open_lab

    open_lab(_project(project), context.args)


app.command()(terms)


def _budget(minutes: float, gigabytes: float | None) -> Budget:
    from governance.sources.budget import Budget, usual_memory

    return Budget(minutes, int(gigabytes * 1e9) if gigabytes is not None else usual_memory())


def _project(named: Path | None) -> Path:
    """The project; its path is printed when it was neither named nor found upwards from here."""
    from governance.inputs import find_project

    found = find_project(named)
    if named is None and not Path.cwd().is_relative_to(found):
        _complain(f"no expectations/ here or above; using the project {found}.")
    return found


def _as_of(text: str | None, data: str) -> str | datetime | None:
    """The given time, None for the data set's own, else now."""
    from governance.sources import about

    return text if text is not None else None if about(data).as_of else _now()


def _now() -> datetime:
    """The clock, which only the command line reads."""
    return datetime.now(UTC)


def main() -> None:
    """The entry point: our own errors become one line and an exit code, others a line without their message."""
    heed()
    stand_in_for_closed_streams()
    try:
        try:
            # Outside its standalone mode, click hands the exit code back.
            code = app(standalone_mode=False)
        except SystemExit:
            # No command ends the program by itself: whatever did must not look like success.
            raise RuntimeError("SystemExit") from None
        if code == INTERRUPTED:
            _complain(SENTENCE)
        sys.exit(code if isinstance(code, int) else 0)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  it is told by its type alone
        sys.exit(_told(error))


def _told(error: BaseException) -> int:
    """Tell an error in one sentence; its exit code."""
    if is_stopped() or isinstance(error, KeyboardInterrupt | typer.Abort):
        _complain(SENTENCE)  # whatever the interruption became within another library
        return INTERRUPTED
    if isinstance(error, GovernanceError):
        option = f"--{error.argument.replace('_', '-')}" if error.argument else ""
        _complain(error.named(option), many=isinstance(error, PolicyError))
        return error.exit_code
    usage = getattr(error, "format_message", None)
    if usage is not None:
        _complain(f"{usage()} See `governance --help`.")
        return UsageError.exit_code
    if os.environ.get("GOVERNANCE_DEBUG"):
        raise error
    _complain(
        f"an error of the program itself, {type(error).__name__}; set GOVERNANCE_DEBUG=1 to see it, values and all."
    )
    return 4


def _complain(text: str, *, many: bool = False) -> None:
    complain(f"governance: {text}" if not many else f"governance: the policy files are wrong:\n{text}")
