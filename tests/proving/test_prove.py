"""The proof that each check bites holds, and would not if anything were astray."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from governance.errors import EvidenceError
from governance.inputs import quiet
from governance.planning.checks import plan
from governance.proving import proof_lines, prove, save
from governance.proving.bench import Bench, expected_of, problems_of
from governance.proving.prove import ROWS, problems
from governance.proving.prove import _enter as make_bench
from governance.proving.prove import _try as try_number
from governance.proving.scheme_table import scheme_table
from governance.reports.facts.proof import DeclaredProblem, Planted, Proof, ProofInputs, load_proof
from governance.synthetic.blocks import worker_pool
from governance.synthetic.planting import Violation, plant, plant_everything
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import Planter
from tests.conftest import PROJECT, Sampling

FORMS = 2  # of each kind are tried in a run; all of them in a soak

PROOF = Proof(
    ProofInputs("a", "b", "c"),
    ("first/t", "second/t"),
    (
        Planted("kind", "easy", (("first/t", 1),), (("first/t", 1),)),
        Planted("kind", "sly", (("second/t", 2),), (("second/t", 2),)),
    ),
)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench.of(PROJECT)


def test_a_proof_holds_only_if_everything_does() -> None:
    assert PROOF.holds
    wrong = Planted("kind", "sly", (("second/t", 2),), (("second/t", 1),))
    assert not replace(PROOF, violations=(PROOF.violations[0], wrong)).holds
    assert not replace(PROOF, violations=PROOF.violations[:1]).holds
    assert not replace(PROOF, violations=()).holds
    assert not replace(PROOF, clean=(("first/t", 1),)).holds
    assert not replace(PROOF, together=(("first/t", 3, 2),)).holds
    assert replace(
        PROOF, problems=(DeclaredProblem("kind", "seen", 2), DeclaredProblem("kind", "excused", 0, "a reason"))
    ).holds
    assert not replace(PROOF, problems=(DeclaredProblem("kind", "unseen", 0),)).holds
    assert not replace(PROOF, problems=(DeclaredProblem("kind", "seen", 1, "a reason why it never is"),)).holds


def test_what_is_astray_is_told_by_name() -> None:
    wrong = replace(
        PROOF,
        checks=(*PROOF.checks, "third/t"),
        violations=(PROOF.violations[0], Planted("kind", "sly", (("second/t", 2),), (("second/t", 1),))),
        clean=(("first/t", 1),),
        problems=(DeclaredProblem("kind", "unseen", 0), DeclaredProblem("kind", "excused", 0, "no form can")),
    )
    lines = list(proof_lines(wrong))
    assert "  kind: sly: second/t: expected 2, found 1" in lines
    assert "  first/t 1" in lines
    assert "  third/t" in lines
    assert "  kind: unseen, found 0 times" in lines
    assert "  kind: excused: no form can" in lines
    assert lines[-1] == "NOT PROVEN: 3 checks, 2 violations"
    assert list(proof_lines(PROOF))[-1] == "proven: 2 checks, 2 violations, each fires exactly its own"


def test_a_proof_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    save(PROOF, tmp_path / "proof.json")
    assert load_proof(tmp_path / "proof.json") == PROOF
    assert [path.name for path in tmp_path.iterdir()] == ["proof.json"]
    with pytest.raises(EvidenceError):
        save(PROOF, tmp_path / "nowhere" / "proof.json")


def test_nothing_fires_where_nothing_is_planted(bench: Bench) -> None:
    def nothing(planter: Planter) -> None:
        """Plants nothing."""

    assert bench.try_alone(Violation("none", "nothing", nothing)) == Planted("none", "nothing", (), ())


def test_a_violation_that_the_ledger_keeps_quiet_about_is_seen(bench: Bench) -> None:
    def quietly(planter: Planter) -> None:
        new_row(planter, "reviews")["body"] = "6037990000123451"

    planted = bench.try_alone(Violation("free_of", "quiet", quietly))
    assert planted.fired == (("no-bank-data/reviews/body", 1),)
    assert planted.shows == (("free_of", "payment_card_number"),)
    assert not planted.holds


def test_every_kind_has_three_forms_and_every_violation_a_name_of_its_own(bench: Bench) -> None:
    forms = Counter(violation.kind for violation in bench.violations)
    assert forms.keys() == {rule.kind for rule in bench.policy.rules}
    assert min(forms.values()) >= 3
    assert len({violation.name for violation in bench.violations}) == len(bench.violations)


@pytest.mark.slow
def test_every_check_of_the_policy_has_a_violation_that_must_fire_it(bench: Bench) -> None:
    expected = set()
    for violation in bench.violations:
        planned = bench.plan if violation.amend is None else plan(violation.amend(bench.policy))
        fires = expected_of(plant(planned, bench.world, [violation]))
        assert fires, (violation.kind, violation.form)
        expected |= {check for check, _ in fires}
    assert {check.id for check in bench.plan.checks} <= expected


@pytest.mark.slow
def test_every_problem_is_shown_by_a_violation_or_has_a_reason_not_to_be(bench: Bench) -> None:
    """All violations at once show what each would alone, but for those of another policy."""
    from governance.gx import validate

    at_once = bench.scope(bench.plan, bench.tables(plant_everything(bench.plan, bench.world)))
    try:
        shows = problems_of(bench.plan, {one.id: one.evidence for one in validate(bench.plan.checks, at_once)})
    finally:
        at_once.source.close()
    tried = [Planted("", "at once", (), (), shows)]
    tried += [bench.try_alone(violation) for violation in bench.violations if violation.amend is not None]
    found = problems(bench.policy, tried, scheme_table((ROWS,)))
    assert [problem for problem in found if not problem.holds] == []


@pytest.mark.slow
def test_processes_try_what_one_would(bench: Bench, sampling: Sampling) -> None:
    numbers = sampling.of(range(len(bench.violations)), 3)[:3]
    with worker_pool(2, make_bench, PROJECT) as pool:
        assert pool is not None
        assert list(pool.map(try_number, numbers)) == [bench.try_alone(bench.violations[n]) for n in numbers]


@pytest.mark.slow
@pytest.mark.soak
def test_each_check_of_the_policy_bites(bench: Bench, sampling: Sampling, monkeypatch: pytest.MonkeyPatch) -> None:
    by_kind: defaultdict[str, list[Violation]] = defaultdict(list)
    for violation in bench.violations:
        by_kind[violation.kind].append(violation)
    tried = tuple(violation for own in by_kind.values() for violation in sampling.of(own, FORMS))
    monkeypatch.setattr(Bench, "violations", tried)
    proof = prove(PROJECT, workers=2 if sampling.whole else 1, progress=quiet)
    assert [(planted.kind, planted.form) for planted in proof.violations] == [(one.kind, one.form) for one in tried]
    if not sampling.whole:
        # Of the other violations, this run does not try each alone; the tests above say that none is missing.
        fired = {check for planted in proof.violations for check, _ in planted.expected}
        shown = tuple(problem for problem in proof.problems if problem.shown)
        proof = replace(proof, checks=tuple(check for check in proof.checks if check in fired), problems=shown)
    assert proof.checks
    assert proof.holds, "\n".join(proof_lines(proof))
