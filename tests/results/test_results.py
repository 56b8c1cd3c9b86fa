"""Verdicts fail closed, and results.json says what was found or is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.policy import Clause, Contract, Published, Section, Severity, Text
from governance.results import (
    FORMAT,
    SHOWN_REFERENCES,
    CheckResult,
    Evidence,
    PolicyText,
    Reason,
    Results,
    RowReference,
    RuleText,
    SourceText,
    TableText,
    Verdict,
    worst,
)
from governance.spelling import canonical_json, strict_json

NOTHING = Text("هیچ", "nothing")
VERDICTS = st.lists(st.sampled_from(Verdict), max_size=6)
BADNESS = {verdict: place for place, verdict in enumerate(reversed(Verdict))}
EXIT_CODES = {
    Verdict.PASSED: 0,
    Verdict.ATTESTED: 0,
    Verdict.WAIVED: 0,
    Verdict.FAILED: 1,
    Verdict.NOT_EVALUATED: 2,
    Verdict.ERROR: 2,
}
CLAUSES = (
    Clause("P-1", "1", NOTHING, "a"),
    Clause("P-2", "1", NOTHING, "b"),
    Clause("P-3", "2", NOTHING, "c"),
)


def check(name: str, verdict: Verdict, *clauses: str, evidence: Evidence | None = None) -> CheckResult:
    return CheckResult(
        id=f"rule/{name}",
        rule="rule",
        clauses=clauses or tuple(clause.id for clause in CLAUSES),
        table="users",
        column=name,
        verdict=verdict,
        reason=Reason.HOLDS,
        evidence=evidence or Evidence(10),
    )


def results(*checks: CheckResult, planned: int | None = None, selection: tuple[str, ...] = ()) -> Results:
    rule = RuleText("rule", ("P-1",), Severity.INFO, NOTHING, NOTHING, NOTHING, "any", "policy.yaml:1")
    sections = (Section("1", NOTHING), Section("2", NOTHING))
    published = Published("", "", "", "")
    return Results(
        policy=PolicyText("p", "1", NOTHING, published, sections, CLAUSES, (rule,), (), (), "d" * 64),
        source=SourceText("files", "data", "duckdb", (TableText("users", 10, 3, declared=True),)),
        as_of="2026-11-22T00:00:00+00:00",
        keyed=True,
        planned=len(checks) if planned is None else planned,
        selection=selection,
        checks=checks,
    )


def of(verdicts: list[Verdict]) -> Results:
    return results(*(check(f"c{i}", verdict) for i, verdict in enumerate(verdicts)))


# Roll-up


def test_the_order_is_error_not_evaluated_failed_waived_attested_passed() -> None:
    order = ["error", "not_evaluated", "failed", "waived", "attested", "passed"]
    assert [verdict.value for verdict in Verdict] == order
    assert [worst([Verdict(a), Verdict(b)]).value for a, b in pairwise(order)] == order[:-1]


def test_of_nothing_the_verdict_is_error() -> None:
    assert worst([]) is Verdict.ERROR
    assert results().verdict is Verdict.ERROR
    assert results().exit_code == 2


@given(VERDICTS, st.sampled_from(Verdict))
def test_adding_a_verdict_never_improves_the_whole(verdicts: list[Verdict], more: Verdict) -> None:
    before, after = of(verdicts), of([*verdicts, more])
    if verdicts:
        assert BADNESS[after.verdict] >= BADNESS[before.verdict]
        assert BADNESS[after.verdict] == max(BADNESS[before.verdict], BADNESS[more])
    if more in {Verdict.ERROR, Verdict.NOT_EVALUATED}:
        assert after.exit_code == 2


@given(VERDICTS)
def test_a_whole_passes_only_if_every_part_does(verdicts: list[Verdict]) -> None:
    found = of(verdicts)
    assert (found.verdict is Verdict.PASSED) == (bool(verdicts) and set(verdicts) == {Verdict.PASSED})
    assert (found.exit_code == 0) == (
        bool(verdicts) and set(verdicts) <= {Verdict.PASSED, Verdict.ATTESTED, Verdict.WAIVED}
    )


@given(st.permutations(list(Verdict)), st.integers(1, 6))
def test_the_order_of_checks_does_not_matter(verdicts: list[Verdict], count: int) -> None:
    assert of(verdicts[:count]).verdict is of(verdicts[:count][::-1]).verdict


@pytest.mark.parametrize(("verdict", "code"), EXIT_CODES.items())
def test_the_exit_code_is_the_verdict(verdict: Verdict, code: int) -> None:
    assert results(check("a", verdict), check("b", Verdict.PASSED)).exit_code == code


def test_every_verdict_has_an_exit_code_and_what_could_not_be_evaluated_beats_a_violation() -> None:
    assert set(EXIT_CODES) == set(Verdict)
    assert results(check("a", Verdict.FAILED), check("b", Verdict.NOT_EVALUATED)).exit_code == 2


def test_a_clause_without_a_check_leaves_a_complete_run_unevaluated() -> None:
    found = results(check("a", Verdict.PASSED, "P-1", "P-2"))
    assert found.clause_verdict("P-3") is Verdict.NOT_EVALUATED
    assert found.section_verdict("2") is Verdict.NOT_EVALUATED
    assert found.section_verdict("1") is Verdict.PASSED
    assert found.verdict is Verdict.NOT_EVALUATED
    assert found.exit_code == 2


@pytest.mark.parametrize(
    ("selection", "verdict"),
    [
        (("rule/a",), Verdict.PASSED),
        (("P-1",), Verdict.PASSED),
        (("1",), Verdict.NOT_EVALUATED),
        (("rule/a", "P-2"), Verdict.NOT_EVALUATED),
    ],
)
def test_a_selection_speaks_of_the_clauses_that_it_names(selection: tuple[str, ...], verdict: Verdict) -> None:
    assert results(check("a", Verdict.PASSED, "P-1"), planned=40, selection=selection).verdict is verdict


def test_fewer_checks_than_planned_are_an_error() -> None:
    found = results(check("a", Verdict.PASSED), planned=2)
    assert found.verdict is Verdict.ERROR
    assert found.exit_code == 2


def test_a_check_twice_is_an_error() -> None:
    assert results(check("a", Verdict.PASSED), check("a", Verdict.PASSED)).verdict is Verdict.ERROR
    assert results(check("a", Verdict.PASSED), check("a", Verdict.PASSED), selection=("P-1",)).verdict is Verdict.ERROR


def test_an_unknown_clause_or_section_has_no_good_verdict() -> None:
    found = results(check("a", Verdict.PASSED))
    assert found.clause_verdict("P-9") is Verdict.NOT_EVALUATED
    assert found.section_verdict("9") is Verdict.ERROR


def test_counts_name_every_verdict_worst_first() -> None:
    found = results(check("a", Verdict.PASSED), check("b", Verdict.FAILED), check("c", Verdict.PASSED))
    assert list(found.counts().items()) == [
        (verdict, {Verdict.PASSED: 2, Verdict.FAILED: 1}.get(verdict, 0)) for verdict in Verdict
    ]


# One section


def test_a_section_of_a_complete_run_is_complete_in_itself() -> None:
    first, second = check("a", Verdict.PASSED, "P-1", "P-2"), check("b", Verdict.FAILED, "P-3")
    part = results(first, second).narrowed("1")
    assert part.complete
    assert part.checks == (first,)
    assert part.planned == 1
    assert part.verdict is Verdict.PASSED
    assert [section.id for section in part.policy.sections] == ["1"]
    assert [clause.id for clause in part.policy.clauses] == ["P-1", "P-2"]
    assert results(first, second).narrowed("2").verdict is Verdict.FAILED


def test_a_section_that_was_selected_is_complete_and_one_that_was_not_stays_a_selection() -> None:
    found = check("a", Verdict.PASSED, "P-1", "P-2")
    assert results(found, planned=9, selection=("1",)).narrowed("1").complete
    part = results(found, planned=9, selection=("rule/a",)).narrowed("1")
    assert not part.complete
    assert part.planned == 9


def test_a_section_without_checks_or_that_is_unknown_does_not_hold() -> None:
    found = results(check("a", Verdict.PASSED, "P-1"))
    assert found.narrowed("2").exit_code == 2
    assert found.narrowed("9").exit_code == 2


# Evidence


EMPTY_OK = Contract("t", "t", (), (), (), "the shop opens in spring", "")
NOT_EMPTY = replace(EMPTY_OK, allow_empty="")


@pytest.mark.parametrize(
    ("evidence", "contract", "verdict", "reason"),
    [
        (Evidence(10), NOT_EMPTY, Verdict.PASSED, Reason.HOLDS),
        (Evidence(10, holds_as=Reason.CONSISTENT), NOT_EMPTY, Verdict.PASSED, Reason.CONSISTENT),
        (Evidence(10, review=5), NOT_EMPTY, Verdict.PASSED, Reason.HOLDS),
        (Evidence(10, 1), NOT_EMPTY, Verdict.FAILED, Reason.VIOLATED),
        (Evidence(0, 1), EMPTY_OK, Verdict.FAILED, Reason.VIOLATED),
        (Evidence(10, 1, unproven=Reason.TOO_FEW_ROWS), NOT_EMPTY, Verdict.FAILED, Reason.VIOLATED),
        (Evidence(10, 1, unproven=Reason.CHECK_RAISED), NOT_EMPTY, Verdict.FAILED, Reason.VIOLATED),
        (Evidence(10, 1, unproven=Reason.TOO_LARGE), NOT_EMPTY, Verdict.ERROR, Reason.TOO_LARGE),
        (Evidence(0), NOT_EMPTY, Verdict.NOT_EVALUATED, Reason.NO_ROWS),
        (Evidence(0), None, Verdict.NOT_EVALUATED, Reason.NO_ROWS),
        (Evidence(0), EMPTY_OK, Verdict.PASSED, Reason.DECLARED_EMPTY),
        (Evidence(0, unproven=Reason.MISSING_COLUMN), EMPTY_OK, Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN),
        *(
            (Evidence(10, unproven=reason), EMPTY_OK, Verdict.NOT_EVALUATED, reason)
            for reason in (Reason.MISSING_TABLE, Reason.TOO_FEW_ROWS, Reason.NO_KEY, Reason.MATCHES_NOTHING)
        ),
        *(
            (Evidence(10, unproven=reason), EMPTY_OK, Verdict.ERROR, reason)
            for reason in (Reason.CHECK_RAISED, Reason.NEEDS_TABLES, Reason.NOT_RUN, Reason.DISAGREES)
        ),
    ],
)
def test_evidence_is_judged_and_nothing_seen_never_passes(
    evidence: Evidence, contract: Contract | None, verdict: Verdict, reason: Reason
) -> None:
    assert evidence.judge(contract) == (verdict, reason)


@given(st.builds(Evidence, st.integers(0, 3), st.integers(0, 3), unproven=st.none() | st.sampled_from(Reason)))
def test_no_evidence_passes_with_a_violation_or_unproven(evidence: Evidence) -> None:
    verdict, _ = evidence.judge(EMPTY_OK)
    if evidence.violations and evidence.unproven is not Reason.TOO_LARGE:
        assert verdict is Verdict.FAILED
    elif evidence.unproven is not None:
        assert verdict in {Verdict.ERROR, Verdict.NOT_EVALUATED}


# results.json


FULL = results(
    check(
        "a",
        Verdict.FAILED,
        evidence=Evidence(
            10,
            2,
            review=1,
            problems=(("payment_card_number", 2),),
            facts=(("columns", 1),),
            rows=(RowReference("A" * 16, "payment_card_number"), RowReference("B" * 16, "iban")),
            names=("یک نام",),
        ),
    ),
    check("b", Verdict.NOT_EVALUATED, evidence=Evidence(0, unit="events", unproven=Reason.NO_KEY)),
)

texts = st.text(st.characters(codec="utf-8"), max_size=8)
evidences = st.builds(
    Evidence,
    examined=st.integers(0, 2**60),
    violations=st.integers(0, 2**60),
    unit=st.sampled_from(["rows", "columns", "tables", "events"]),
    problems=st.lists(st.tuples(texts, st.integers(0, 9)), max_size=2).map(tuple),
    rows=st.lists(st.builds(RowReference, texts, texts), max_size=3).map(lambda rows: tuple(sorted(rows))),
    names=st.lists(texts, max_size=2).map(tuple),
    unproven=st.none() | st.sampled_from(Reason),
    holds_as=st.sampled_from(Reason),
)


@given(st.lists(st.tuples(texts, st.sampled_from(Verdict), evidences), max_size=4), st.lists(texts, max_size=2))
def test_what_is_written_is_read_back_equal_and_to_the_byte(
    found: list[tuple[str, Verdict, Evidence]], selection: list[str]
) -> None:
    whole = results(*(check(n, v, evidence=e) for n, v, e in found), selection=tuple(selection))
    text = whole.to_json()
    again = Results.from_json(text)
    assert again == whole
    assert again.to_json() == text


def test_the_text_is_canonical() -> None:
    raw = json.loads(FULL.to_json())
    assert FULL.to_json() == json.dumps(raw, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    assert raw["format"] == FORMAT
    assert "یک نام" in FULL.to_json()


def changed(change: Callable[[dict[str, object]], object]) -> str:
    raw = json.loads(FULL.to_json())
    change(raw)
    return canonical_json(raw)


def first_evidence(raw: dict[str, object]) -> dict[str, object]:
    return raw["checks"][0]["evidence"]  # type: ignore[index,no-any-return]


REFUSED = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "another format": changed(lambda raw: raw.update(format="governance-results/2")),
    "an unknown key": changed(lambda raw: raw.update(note="4111")),
    "an unknown key within": changed(lambda raw: first_evidence(raw).update(value="4111")),
    "a missing key": changed(lambda raw: raw.pop("planned")),
    "a missing key with a default": changed(lambda raw: first_evidence(raw).pop("violations")),
    "an unknown verdict": changed(lambda raw: raw["checks"][0].update(verdict="fine")),  # type: ignore[index]
    "a number as text": changed(lambda raw: raw.update(planned="2")),
    "a number with a fraction": changed(lambda raw: first_evidence(raw).update(violations=0.9)),
    "a truth value as number": changed(lambda raw: first_evidence(raw).update(violations=False)),
    "a text as truth value": changed(lambda raw: raw.update(keyed="false")),
    "a text for a list": changed(lambda raw: raw.update(selection="P")),
    "a duplicate key": FULL.to_json().replace('"planned": 2', '"planned": 0,\n "planned": 2'),
    "not a number": FULL.to_json().replace('"planned": 2', '"planned": NaN'),
    "infinity": FULL.to_json().replace('"planned": 2', '"planned": 1e999'),
    "another order of keys": json.dumps(dict(reversed(json.loads(FULL.to_json()).items())), indent=1) + "\n",
    "another layout": json.dumps(json.loads(FULL.to_json()), sort_keys=True, ensure_ascii=False) + "\n",
    "something after it": FULL.to_json() + "{}",
    "very deep JSON": "[" * 100_000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_we_would_not_write_we_do_not_read(text: str) -> None:
    assert text != FULL.to_json()
    with pytest.raises(ValueError, match=r"^not a results file \(\w+\)$") as caught:
        Results.from_json(text)
    assert "4111" not in str(caught.value)


def test_the_thousand_smallest_references_are_kept() -> None:
    rows = tuple(RowReference(f"{number:016d}", "iban") for number in reversed(range(SHOWN_REFERENCES + 500)))
    found = results(check("a", Verdict.FAILED, evidence=Evidence(9999, len(rows), rows=rows)))
    again = Results.from_json(found.to_json())
    kept = [row.reference for row in again.checks[0].evidence.rows]
    assert kept == [f"{number:016d}" for number in range(SHOWN_REFERENCES)]
    assert again.checks[0].evidence.violations == 1500
    assert len(found.checks[0].evidence.rows) == 1500


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 1}', '{"b": {"a": 1, "a": 2}}', "NaN", "[-Infinity]", "1e999", "-1e400"]
)
def test_strict_json_refuses_what_json_lets_pass(text: str) -> None:
    json.loads(text)
    with pytest.raises(ValueError, match=r"^a (key twice|number that is none)$"):
        strict_json(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    )
)
def test_canonical_json_depends_on_the_value_only(value: object) -> None:
    text = canonical_json(value)
    assert strict_json(text) == value
    assert canonical_json(strict_json(text)) == text


def test_canonical_json_has_no_numbers_that_are_none() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


def test_a_source_counts_its_rows() -> None:
    assert FULL.source.rows == 10
    assert FULL.of_section("2") == FULL.checks
    assert FULL.of_clause("P-9") == ()
