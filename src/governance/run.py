"""The program: load, plan, open, evaluate; for a report also render, scan for leaks, seal, publish."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from governance.arguments import PathInput, TimeInput, path_of, time_of
from governance.encryption.keys import Keyring
from governance.encryption.opening import Decrypt
from governance.errors import UsageError
from governance.evidence import (
    all_rows,
    check_target,
    find_leaks,
    find_row,
    publish,
    publishing,
    write_manifest,
    write_rows,
)
from governance.inputs import (
    DataInput,
    Progress,
    code_digest,
    decided_at,
    find_project,
    load_policy,
    open_keys,
    quiet,
    recipe_digest,
)
from governance.notebooks import discover, private_kernels, run_notebooks, sources_of
from governance.planning.checks import Plan, plan
from governance.policy import REST, Policy
from governance.policy.trusted_signers import TRUSTED_SIGNERS
from governance.regular_files import read_regular
from governance.reports import row_file
from governance.reports.facts.history import Past
from governance.reports.facts.proof import PROOF, Proof, ProofInputs, load_proof
from governance.reports.language.words import word_files
from governance.reports.pages.drawing import Drawing, Job
from governance.reports.pages.fonts import Font
from governance.results import CheckResult, PolicyText, Reason, Results, Verdict
from governance.rules.attribution import unreached
from governance.rules.batch import PART
from governance.rules.kinds import KINDS
from governance.rules.looked_for import not_looked_for
from governance.rules.parameter_text import limits
from governance.rules.scope import Scope
from governance.sealing import RUN_FACTS, Log, historic_keys
from governance.sources import Budget, describe, open_source
from governance.sources.spill import Spill
from governance.spelling import canonical_json


@dataclass(slots=True)
class _Clock:
    """Seconds by step, for run.json."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.progress(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


def check(
    data: DataInput,
    *,
    keys: PathInput | None = None,
    as_of: TimeInput | None = None,
    select: Sequence[str] = (),
    project: PathInput | None = None,
    decrypt: Decrypt | None = None,
    budget: Budget | None = None,
    now: datetime | None = None,
    progress: Progress = quiet,
) -> Results:
    """Evaluate a policy, or the `select`ed sections, clauses, rules or checks of it, over a data source.

    `as_of` decides what was in force; it defaults to the data set's own, with which nothing passes that is older, at
    `now`, than the policy recognises. `decrypt` opens an envelope bound to its place with a key service, in place of
    the data keys; None says that it does not authenticate, an exception that the service is down. Checks that are not
    finished within the `budget` are `incomplete`. Raises GovernanceError where nothing can be evaluated at all; every
    other failure becomes a verdict.
    """
    planned = plan(load_policy(project))
    budget, own_time = budget or Budget(), as_of is None
    with _opened(planned, data, open_keys(keys), as_of, decrypt=decrypt, budget=budget) as scope:
        return _evaluate(planned, scope, budget=budget, select=select, own_time=own_time, now=now, progress=progress)


def report(
    data: DataInput,
    out: PathInput,
    *,
    keys: PathInput | None = None,
    as_of: TimeInput | None = None,
    language: str = "fa",
    proof: PathInput | None = None,
    log: PathInput | None = None,
    font: PathInput | None = None,
    project: PathInput | None = None,
    budget: Budget | None = None,
    now: datetime | None = None,
    progress: Progress = quiet,
) -> Results:
    """Evaluate the whole policy and publish the run at `out`: results, rows, notebooks, pages, exports, attestation.

    Nothing appears at `out` unless all of it was written and holds no value of the data. The run continues
    `log`, or the one beside `out`; its pages show a `proof` of this version only, in a `font` of their own if one is
    given. `now` is noted in run.json, and decides only whether the data set's own time is too old.
    """
    out, clock, budget = path_of(out, "out"), _Clock(progress), budget or Budget()
    decided = None if as_of is None else time_of(as_of, "as_of")
    place = None if isinstance(data, Mapping) else path_of(data, "data")
    check_target(out, place)
    history = Log.beside(out, None if log is None else path_of(log, "log"))
    if history.path.resolve().is_relative_to(out.resolve()):
        raise UsageError(
            "expected a place outside of the run, found one within it.", argument="log", given=history.path
        )
    root = find_project(project)
    planned = plan(load_policy(root))
    keyring = open_keys(keys)
    typeface = Font.read(path_of(font, "font")) if font is not None else None
    proven = _proof_of_this_version(proof, root, planned.policy, progress)
    signers = historic_keys(keyring.signing_key, root / "expectations" / TRUSTED_SIGNERS) if keyring else None
    earlier = Past.read([entry.summary for entry in history.published(out, signers)], planned.policy.id)
    paths = discover(root / "notebooks", [section.id for section in planned.policy.sections])
    public = _public_texts(root)  # before any notebook could add to them
    with (
        # Both prepare during the evaluation.
        Drawing() as drawing,
        ExitStack() as running,
        _opened(planned, data, keyring, decided, budget=budget) as scope,
        publishing(out, place) as staged,
    ):
        kernels = running.enter_context(private_kernels(spares=len(paths)))
        with clock.step("evaluate"):
            results = _evaluate(planned, scope, budget=budget, own_time=decided is None, now=now, progress=progress)
        stored, digests = results.to_json(), scope.source.digests()
        staged.write("results.json", stored)
        if proven:
            staged.write(PROOF, proven.to_json())
        rows = write_rows(staged, results.checks, row_file, scope.listings)
        names = tuple(path.name for path in paths)
        drawing.begin(Job(stored, language, tuple(rows), names, tuple(earlier), proven, digests, typeface))
        with clock.step("notebooks"):
            # Notebooks run code of their own: whatever they started ends with them.
            run_notebooks(
                paths,
                run=staged.folder,
                write=staged.write,
                results=results,
                language=language,
                out=out,
                progress=lambda name, state: progress(state, name),
                kernels=kernels,
            )
            running.close()
        with clock.step("pages"):
            for name, text in drawing.texts().items():
                staged.write(name, text)
        write_manifest(staged, results, digests)
        staged.write(RUN_FACTS, canonical_json(_facts(results, now, clock)))
        progress("look for leaks")
        embedded = typeface.address if typeface else ""
        find_leaks(
            staged.folder,
            planned.policy,
            scope.source,
            keyring,
            public=public,
            embedded=embedded,
            own=digests.values(),
            checks=results.checks,
        )
        progress("publish")
        summary = Past.of(results).summary()
        publish(staged, out, history, summary, keyring.signing_key if keyring else None, progress)
    return results


@dataclass(frozen=True, slots=True)
class Explanation:
    """The row that a reference names, and what it fails; no value but the primary key.

    `table` is where the row stands; `failing` are checks, each with what it is about and the row's problem.
    """

    table: str
    primary_key: str
    key: str
    failing: tuple[tuple[str, str, str], ...]


def explain(
    reference: str,
    data: DataInput,
    *,
    keys: PathInput | None = None,
    as_of: TimeInput | None = None,
    project: PathInput | None = None,
    progress: Progress = quiet,
) -> Explanation:
    """The row behind an opaque reference; UsageError without the keys that made it, or when no row has it."""
    planned = plan(load_policy(project))
    keyring = open_keys(keys)
    if keyring is None:
        raise UsageError("expected the keys that the references were made with, found none.", argument="keys")
    with _opened(planned, data, keyring, as_of) as scope:
        table, key = find_row(reference, planned.policy, scope.source, keyring)
        results = _evaluate(planned, scope, progress=progress)
        named = [
            (check.id, check.place, row.problem)
            for check in results.checks
            for row in all_rows(check, scope.listings)
            if row.reference == reference
        ]
    return Explanation(table, ", ".join(planned.policy.tables[table].key), ", ".join(key.split(PART)), tuple(named))


def failing_rows(
    name: str,
    data: DataInput,
    *,
    keys: PathInput | None = None,
    as_of: TimeInput | None = None,
    project: PathInput | None = None,
    progress: Progress = quiet,
) -> tuple[Results, tuple[str, ...]]:
    """The results of one check, with every reference of its failing rows, those beyond its result too."""
    planned = plan(load_policy(project))
    with _opened(planned, data, open_keys(keys), as_of) as scope:
        results = _evaluate(planned, scope, select=[name], progress=progress)
        return results, tuple(row.reference for row in all_rows(results.checks[0], scope.listings))


@contextmanager
def _opened(
    planned: Plan,
    data: DataInput,
    keys: Keyring | None,
    as_of: TimeInput | None,
    *,
    decrypt: Decrypt | None = None,
    budget: Budget | None = None,
) -> Iterator[Scope]:
    """What the checks of a plan look at, until this ends."""
    given = None if as_of is None else time_of(as_of, "as_of")
    with (budget or Budget()).applied():
        opened = open_source(data, planned.policy.tables, keys, planned.policy.detectors)
    with closing(opened) as source, closing(Spill()) as spill:
        yield Scope(planned.policy, source, keys, decided_at(data, given), decrypt, spill.folder)


def _proof_of_this_version(path: PathInput | None, project: Path, policy: Policy, progress: Progress) -> Proof | None:
    proof = load_proof(path_of(path, "proof")) if path is not None else None
    if proof and proof.version != ProofInputs(code_digest(), policy.digest, recipe_digest(project)):
        progress("the proof is of another version and is left out")
        return None
    return proof


def _evaluate(
    planned: Plan,
    scope: Scope,
    *,
    budget: Budget | None = None,
    select: Sequence[str] = (),
    own_time: bool = False,
    now: datetime | None = None,
    progress: Progress,
) -> Results:
    checks = planned.select(select)
    if not checks:
        raise UsageError("Expected a policy that asks for at least one check, found none.")
    progress("load the engine")
    from governance import gx  # noqa: PLC0415  seconds to import, and not needed to plan, render or verify

    def watch(table: str, seen: int, rows: int) -> None:
        if table != REST:
            progress("table", table, seen, rows)

    with (budget or Budget()).applied():
        found = gx.validate(checks, scope, watch)
    if [result.id for result in found] != [check.id for check in checks]:
        raise UsageError("Expected a result for every planned check, found another set.")
    longest = planned.policy.recognised.as_of_days
    if own_time and longest and now is not None and (now - scope.as_of).days > longest:
        found = tuple(_doubted(one) for one in found)
    text = PolicyText.of(planned.policy, limits, {name: kind.expectation for name, kind in KINDS.items()})
    return Results(
        policy=replace(text, unsought=not_looked_for(planned.policy), unreached=unreached(planned.policy)),
        source=describe(scope.source, planned.policy.tables),
        as_of=scope.as_of.isoformat(),
        keyed=scope.keys is not None,
        planned=len(planned.checks),
        selection=tuple(select),
        checks=found,
        as_of_from="data_set" if own_time else "given",
    )


def _doubted(check: CheckResult) -> CheckResult:
    """A check at a time that is too old: it may fail, and no longer pass, as what excused it may be over."""
    if check.verdict in {Verdict.ERROR, Verdict.NOT_EVALUATED, Verdict.FAILED}:
        return check
    return replace(check, verdict=Verdict.NOT_EVALUATED, reason=Reason.OLD_TIME)


def _public_texts(root: Path) -> list[str]:
    """Public texts: the policy's own files, the cells of the notebooks without outputs, the words of the pages."""
    policy, notebooks = (
        [text for name in names for path in sorted((root / folder).rglob(name)) if (text := _text(path))]
        for folder, names in (("expectations", ("*.yaml", "*.md")), ("notebooks", ("*.ipynb",)))
    )
    cells = [source for text in notebooks for source in sources_of(text)]
    return [*policy, *cells, *(path.read_text("utf-8") for path in word_files())]


def _text(path: Path) -> str:
    """A file's text; "" for what is none, such as an editor's lock."""
    try:
        return read_regular(path).decode()
    except (OSError, UnicodeDecodeError):
        return ""


def _facts(results: Results, now: datetime | None, clock: _Clock) -> dict[str, Any]:
    """The facts that differ from run to run, kept apart from the reproducible files."""
    return {
        "started": now.isoformat(timespec="seconds") if now else None,
        "as_of": results.as_of,
        "as_of_from": results.as_of_from,
        "as_of_days_ago": (now - datetime.fromisoformat(results.as_of)).days if now else None,
        "seconds": clock.seconds,
        "host": platform.node(),
        "python": platform.python_version(),
        "versions": {
            name: version(name) for name in ("governance", "great-expectations", "duckdb", "pyarrow", "papermill")
        },
    }
