"""The command that writes a waiver: of one check, for the rows that fail it now, until a day."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli.console import say

if TYPE_CHECKING:
    from governance.planning.checks import Check
    from governance.policy import Policy
    from governance.results import Results


def waive(
    check: Annotated[str, typer.Argument(help="The check whose violations somebody answers for.")],
    *,
    by: Annotated[str, typer.Option(help="Who answers for them.")],
    until: Annotated[str, typer.Option(help="The last day, such as 2026-12-31.")],
    reason: Annotated[str, typer.Option(help="Why, in English.")],
    reason_fa: Annotated[str | None, typer.Option(help="Why, in Persian; else as in English.")] = None,
    run: Annotated[Path | None, typer.Option(help="The run directory of a report that found them.")] = None,
    data: Annotated[str | None, typer.Option(help="A folder with .parquet or .csv tables, looked at now.")] = None,
    keys: Annotated[Path | None, typer.Option(help="The key file, which names rows, or signed the run.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The time that decides, ISO 8601; else the data set's own.")] = None,
    project: Annotated[Path | None, typer.Option(help="The folder that holds expectations/; else found.")] = None,
) -> None:
    """Write a waiver of what fails a check now into waivers.yaml: the rows by reference, else their count.

    Example: governance waive CHECK --by "Name" --until 2026-12-31 --reason "Being cleaned" --run build/report
    """
    from governance.errors import UsageError, but_found
    from governance.inputs import find_project, load_policy
    from governance.planning.checks import plan
    from governance.policy import rewriting
    from governance.policy.load import WAIVERS

    root = find_project(project)
    policy = load_policy(root)
    checks = {one.id: one for one in plan(policy).checks}
    if check not in checks:
        raise UsageError(f"Expected a check of the plan, {but_found(check, checks)}")
    if (run is None) is (data is None):
        raise UsageError("expected --run or --data, which show what fails, found neither or both.", argument="run")
    found, rows = _of_run(run, check, keys) if run is not None else _of_data(check, str(data), keys, as_of, root)
    entry = {
        "scope": check,
        "owner": by,
        "reason": {"fa": reason_fa or reason, "en": reason},
        "since": found.as_of[:10],
        "until": until,
        **_stated(checks[check], found, rows, policy),
    }
    folder = root / "expectations"
    rewriting.write(folder, (rewriting.with_waiver(folder, entry, policy.recognised.waiver_days),))
    stated = f"{len(entry['references'])} rows by reference" if "references" in entry else f"{entry['count']} counted"
    say(f"{check}: waived by {by} until {until}: {stated}, in {WAIVERS}")


def _stated(planned: Check, found: Results, rows: Sequence[str], policy: Policy) -> dict[str, Any]:
    """What the waiver covers: each failing row that no other waiver in force covers; how many, where rows have no key.

    What a check of keyed rows finds without a reference, as a row without its key, stays a violation.
    """
    from datetime import datetime

    from governance.errors import UsageError
    from governance.planning.checks import keyed_by
    from governance.policy import in_force
    from governance.results import Verdict

    check = planned.id
    result = next((one for one in found.checks if one.id == check), None)
    if result is None or result.verdict is not Verdict.FAILED:
        said = f"it {result.verdict.value}" if result else "no result of it"
        raise UsageError(f"{check}: expected a check that fails, found {said}; there is nothing to waive.")
    as_of = datetime.fromisoformat(found.as_of)
    mine = [w for w in policy.waivers if w.scope in {check, result.rule} and in_force(w.since, w.until, as_of)]
    new = {*rows}.difference(reference for waiver in mine for reference in waiver.references)
    if not keyed_by(planned, policy):
        return {"count": result.evidence.violations}
    if not new:
        sentence = "expected failing rows by reference, which the key file gives, found none that no waiver covers."
        raise UsageError(f"{check}: {sentence}")
    return {"references": sorted(new)}


def _of_run(run: Path, check: str, keys: Path | None) -> tuple[Results, list[str]]:
    """The results of a stored run, and the references of a check's failing rows; EvidenceError unless as attested."""
    from governance.guide.section import as_attested, read_run
    from governance.reports import row_file

    results, path = read_run(run), run / "rows" / row_file(check)
    as_attested(run, keys)
    if not path.is_file():
        return results, []
    with path.open(encoding="utf-8", newline="") as file:
        return results, [row["reference"] for row in csv.DictReader(file)]


def _of_data(
    check: str, data: str, keys: Path | None, as_of: str | None, root: Path
) -> tuple[Results, tuple[str, ...]]:
    from governance.cli.console import watching
    from governance.run import failing_rows

    with watching() as progress:
        return failing_rows(check, data, keys=keys, as_of=as_of, project=root, progress=progress)
