"""Makes the proof: all violations on a few processes, the clean and the planted world through Great Expectations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from governance.arguments import PathInput, path_of
from governance.errors import EvidenceError
from governance.inputs import Progress, code_digest, find_project, quiet, recipe_digest
from governance.policy import Policy
from governance.proving.bench import Bench, expected_of, fired_of
from governance.proving.quality import measure, read_cases
from governance.proving.scheme_table import SchemeVerdict, scheme_table
from governance.regular_files import replace_regular
from governance.reports.facts.proof import DeclaredProblem, Fired, Planted, Proof, ProofInputs, Quality, SchemeOutcome
from governance.results import Verdict
from governance.rules.kinds import KINDS
from governance.synthetic.additions import Additions
from governance.synthetic.blocks import worker_pool
from governance.synthetic.planting import PLANTERS, plant_everything

CASES = Path("synthetic_data/detection_cases.jsonl")
ROWS = 30  # values per scheme: fewer are not judged without a key
_state: dict[str, Bench] = {}  # in a worker process: its world


def prove(project: PathInput | None = None, *, workers: int = 1, progress: Progress = quiet) -> Proof:
    """Plant every violation alone in a small clean world, and all together in another; the proof may fail."""
    root = find_project(project)
    bench = Bench.of(root)
    tried = []
    with worker_pool(workers, _enter, root) as pool:
        alone = pool.map(_try, range(len(bench.violations))) if pool else map(bench.try_alone, bench.violations)
        for planted in alone:
            tried.append(planted)
            progress("plant", "violations", len(tried), len(bench.violations))
    progress("the clean world")
    clean = _through_gx(bench, Additions())
    progress("the planted world")
    schemes = tuple(scheme_table((ROWS,)))
    additions = plant_everything(bench.plan, bench.world)
    return Proof(
        version=ProofInputs(code_digest(), bench.policy.digest, recipe_digest(root)),
        checks=tuple(check.id for check in bench.plan.checks),
        violations=tuple(tried),
        problems=problems(bench.policy, tried, schemes),
        clean=clean,
        together=_differences(dict(expected_of(additions)), dict(_through_gx(bench, additions))),
        quality=detection_quality(root),
        schemes=encryption_schemes(schemes),
    )


def problems(
    policy: Policy, tried: Iterable[Planted], schemes: Iterable[SchemeVerdict] = ()
) -> tuple[DeclaredProblem, ...]:
    """Every problem that the policy's rule kinds declare, and how many violations or columns showed it."""
    shown = Counter(problem for planted in tried for problem in planted.shows)
    shown.update(("encrypted", verdict.problem) for verdict in schemes)
    return tuple(
        DeclaredProblem(kind, code, shown[kind, code], PLANTERS[kind].never.get(code, ""))
        for kind in dict.fromkeys(rule.kind for rule in policy.rules)
        for code in _codes(policy, kind)
    )


def _codes(policy: Policy, kind: str) -> dict[str, None]:
    """The problems that the policy's rules of a kind can have."""
    rules = [rule for rule in policy.rules if rule.kind == kind]
    return dict.fromkeys(code for rule in rules for code in KINDS[kind].codes(rule.parameters, policy.detectors))


def detection_quality(project: Path) -> tuple[Quality, ...]:
    """The quality of detection on a project's own cases, by kind and form; empty when it has none."""
    path = project / CASES
    cases = read_cases(path.read_text("utf-8")) if path.is_file() else ()
    return measure(cases)


def encryption_schemes(verdicts: Iterable[SchemeVerdict]) -> tuple[SchemeOutcome, ...]:
    """The verdict on a column of each scheme of encryption, genuine or fake, without keys and with."""
    by_key = {(v.scheme, v.corpus, v.keyed): v for v in verdicts}
    return tuple(
        SchemeOutcome(
            scheme=v.scheme,
            plaintext=v.corpus,
            rows=v.rows,
            keyless=_outcome(v),
            keyed=_outcome(by_key[v.scheme, v.corpus, True]),
            genuine=v.shown_by == "genuine",
        )
        for v in by_key.values()
        if not v.keyed
    )


def _outcome(judged: SchemeVerdict) -> str:
    """The verdict on a violated column, else the reason of the verdict."""
    return (judged.verdict if judged.verdict is Verdict.FAILED else judged.reason).value


def save(proof: Proof, out: PathInput) -> None:
    """Write a proof, whole or not at all; EvidenceError when it cannot be written."""
    out = path_of(out, "out")
    try:
        replace_regular(out, proof.to_json())
    except OSError as error:
        found = f"expected a file that can be written, found {type(error).__name__}."
        raise EvidenceError(found, argument="out", given=out) from None


def _through_gx(bench: Bench, additions: Additions) -> Fired:
    """The checks that fire when the whole plan is validated as in `governance check`."""
    from governance import gx  # noqa: PLC0415  seconds to import, and workers do not need it

    scope = bench.scope(bench.plan, bench.tables(additions))
    try:
        found = gx.validate(bench.plan.checks, scope)
    finally:
        scope.source.close()
    return fired_of(bench.plan, {result.id: result.evidence for result in found})


def _differences(expected: Mapping[str, int], found: Mapping[str, int]) -> tuple[tuple[str, int, int], ...]:
    names = sorted({*expected, *found})
    return tuple(
        (name, expected.get(name, 0), found.get(name, 0)) for name in names if expected.get(name) != found.get(name)
    )


def _enter(project: Path) -> None:
    _state["bench"] = Bench.of(project)


def _try(number: int) -> Planted:
    bench = _state["bench"]
    return bench.try_alone(bench.violations[number])
