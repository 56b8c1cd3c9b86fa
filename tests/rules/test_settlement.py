"""What becomes of evidence: a stale rule cannot pass, a waiver excuses a violation and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from governance.errors import PolicyError
from governance.planning.checks import Check, plan
from governance.policy import Clause, Policy, Review, Waiver
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.scope import Scope
from governance.rules.settlement import holds, settle
from governance.sources import open_source
from tests.rules.conftest import KEYS, TEXT, policy, users

AS_OF = datetime(2026, 1, 1, 12, tzinfo=UTC)
CLAUSE = Clause("C-1", "1", TEXT, "now")
CLEAN, BAD, NOTHING = Evidence(5), Evidence(5, violations=2), Evidence(0)
ROWS = tuple(KEYS.reference("users", str(n)) for n in range(3))
NAMED = replace(BAD, rows=tuple(sorted(RowReference(row, "iban") for row in ROWS[:2])))


def reviewed(fingerprint: str) -> Policy:
    reviews = tuple(Review(rule.id, "C-1", fingerprint, "somebody", "2026-01-01") for rule in policy().rules)
    return replace(policy(), clauses=(CLAUSE,), reviews=reviews)


def settled(evidence: Evidence, made: Policy, check_id: str = "free/users/name") -> tuple[Verdict, Reason]:
    return settle(check_of(made, check_id), evidence, scope_of(made))[:2]


def check_of(made: Policy, check_id: str) -> Check:
    return next(check for check in plan(made).checks if check.id == check_id)


def scope_of(made: Policy, listings: dict[str, Path] | None = None) -> Scope:
    return Scope(made, open_source(users(["a"]), made.tables), KEYS, AS_OF, listings=listings or {})


def waiver(scope: str, since: str = "2026-01-01", until: str = "2026-01-01", **states: Any) -> Waiver:
    return Waiver(scope, "owner", TEXT, since, until, "waivers.yaml", 3, **states)


def waived(*given: Waiver) -> Policy:
    return replace(reviewed("now"), waivers=given)


def test_a_rule_reviewed_against_an_older_text_cannot_pass_but_still_fails() -> None:
    assert settled(CLEAN, reviewed("now")) == (Verdict.PASSED, Reason.HOLDS)
    assert settled(CLEAN, reviewed("before")) == (Verdict.NOT_EVALUATED, Reason.STALE)
    unreviewed = replace(reviewed("now"), reviews=())
    assert settled(CLEAN, unreviewed) == (Verdict.NOT_EVALUATED, Reason.NOT_REVIEWED)
    assert settled(BAD, unreviewed) == (Verdict.FAILED, Reason.VIOLATED)
    assert settled(BAD, reviewed("before")) == (Verdict.FAILED, Reason.VIOLATED)
    assert settled(NOTHING, reviewed("before")) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)


def test_a_check_holds_that_passed_or_is_vouched_for_and_no_other() -> None:
    assert [verdict for verdict in Verdict if holds(verdict)] == [Verdict.ATTESTED, Verdict.PASSED]
    assert {holds(verdict) for verdict in Verdict} == {True, False}
    made = reviewed("now")
    assert settle(check_of(made, "free/users/name"), CLEAN, scope_of(made)).waived == 0


def test_what_was_attested_to_another_text_is_attested_no_more() -> None:
    vouched = Evidence(1, holds_as=Reason.ATTESTED)
    assert settled(vouched, reviewed("now")) == (Verdict.ATTESTED, Reason.ATTESTED)
    assert settled(vouched, reviewed("before")) == (Verdict.NOT_EVALUATED, Reason.STALE)


@pytest.mark.parametrize(
    "stated",
    [
        waiver("free/users/name", references=ROWS[:2]),
        waiver("free", references=ROWS),
    ],
)
def test_a_waiver_of_what_is_there_turns_only_failed_into_waived(stated: Waiver) -> None:
    assert settled(NAMED, waived(stated)) == (Verdict.WAIVED, Reason.WAIVED)
    assert settled(CLEAN, waived(stated)) == (Verdict.PASSED, Reason.HOLDS)
    assert settled(NOTHING, waived(stated)) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    assert settled(NAMED, waived(stated), "declared/users") == (Verdict.FAILED, Reason.VIOLATED)


@pytest.mark.parametrize(
    ("stated", "evidence", "n"),
    [
        ([waiver("free/users/name", references=ROWS[:1])], NAMED, 1),
        ([waiver("free/users/name", references=ROWS[1:])], NAMED, 1),
        ([waiver("free/users/name", references=ROWS[2:])], NAMED, 0),
        ([waiver("free/users/name", references=ROWS)], BAD, 0),  # without keys, no row has a name
        ([waiver("free/users/name")], NAMED, 0),
        # Of rows under one key, a reference means one.
        ([waiver("free", references=ROWS[:1])], replace(NAMED, rows=NAMED.rows[:1] * 2), 1),
    ],
)
def test_one_violation_more_than_a_waiver_states_fails_and_all_are_counted(
    stated: list[Waiver], evidence: Evidence, n: int
) -> None:
    made = waived(*stated)
    found = settle(check_of(made, "free/users/name"), evidence, scope_of(made))
    assert found == (Verdict.FAILED, Reason.VIOLATED, n)


@pytest.mark.parametrize(("counts", "n"), [((2,), 2), ((9,), 2), ((1,), 1), ((1, 1), 1)])
def test_what_no_key_names_is_waived_by_count(counts: tuple[int, ...], n: int) -> None:
    made = waived(*(waiver("declared/users", count=count) for count in counts))
    verdict = (Verdict.WAIVED, Reason.WAIVED, 2) if n == 2 else (Verdict.FAILED, Reason.VIOLATED, n)
    assert settle(check_of(made, "declared/users"), BAD, scope_of(made)) == verdict
    assert settled(NAMED, made) == (Verdict.FAILED, Reason.VIOLATED)


@pytest.mark.parametrize("check", ["free/users/name", "free/users/*", "auth/users/name", "auth/*"])
def test_rows_that_a_key_names_are_waived_by_reference_only(check: str) -> None:
    with pytest.raises(PolicyError) as caught:
        plan(waived(waiver(check, count=1_000_000)))
    table = "events" if check.startswith("auth") else "users"
    assert str(caught.value) == (
        f"waivers.yaml:3: count: expected the `references` of rows, as {table} has a primary key and `governance "
        "waive` writes them, found a count, which would also excuse rows that fail later"
    )
    plan(waived(waiver(check, references=ROWS[:1])))


@pytest.mark.parametrize("check", ["declared/users", "declared/*", "free/*"])
def test_columns_tables_and_rows_without_a_contract_are_waived_by_count(check: str) -> None:
    assert plan(waived(waiver(check, count=3)))


def test_rows_of_a_table_without_a_key_are_waived_by_count() -> None:
    made = waived(waiver("free/users/name", count=3))
    assert plan(replace(made, contracts=tuple(replace(one, key=()) for one in made.contracts)))


def test_waivers_of_a_check_and_of_its_rule_add_up() -> None:
    both = waived(waiver("free/users/name", references=ROWS[:1]), waiver("free", references=ROWS[1:2]))
    assert settled(NAMED, both) == (Verdict.WAIVED, Reason.WAIVED)


def test_the_full_listing_decides_where_the_evidence_is_shortened(tmp_path: Path) -> None:
    many = sorted(KEYS.reference("users", str(n)) for n in range(1200))
    short = Evidence(5000, violations=1200, rows=tuple(RowReference(row, "iban") for row in many[:1000]))
    listing = tmp_path / "listing"
    listing.write_text("".join(f"{row},iban,users\n" for row in many))
    for stated, verdict in ((many, Verdict.WAIVED), (many[:-1], Verdict.FAILED)):
        made = waived(waiver("free", references=tuple(stated)))
        scope = scope_of(made, {"free/users/name": listing})
        assert settle(check_of(made, "free/users/name"), short, scope)[::2] == (verdict, len(stated))


@pytest.mark.parametrize(("since", "until"), [("2025-01-01", "2025-12-31"), ("2026-01-02", "2026-12-31")])
def test_a_waiver_has_no_effect_before_and_after_its_days(since: str, until: str) -> None:
    assert settled(BAD, waived(waiver("declared/users", since, until, count=2)), "declared/users") == (
        Verdict.FAILED,
        Reason.VIOLATED,
    )


def test_a_whole_rule_is_waived_by_references_only() -> None:
    with pytest.raises(PolicyError, match="expected the `references` of a waiver of a whole rule"):
        plan(waived(waiver("free", count=2)))


def test_a_waiver_of_an_unknown_check_is_a_problem_of_the_policy() -> None:
    with pytest.raises(PolicyError) as caught:
        plan(waived(waiver("free/users/nam", count=2)))
    assert str(caught.value) == (
        "waivers.yaml:3: scope: expected a check or a rule of the plan, found 'free/users/nam'; "
        "did you mean 'free/users/name'?"
    )
