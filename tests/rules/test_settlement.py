"""What becomes of evidence: a stale rule cannot pass, a waiver excuses a violation and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from governance.errors import PolicyError
from governance.planning.checks import plan
from governance.policy import Clause, Policy, Review, Waiver
from governance.results import Evidence, Reason, Verdict
from governance.rules.settlement import settle
from tests.rules.conftest import TEXT, policy

AS_OF = datetime(2026, 1, 1, 12, tzinfo=UTC)
CLAUSE = Clause("C-1", "1", TEXT, "now")
CLEAN, BAD, NOTHING = Evidence(5), Evidence(5, violations=2), Evidence(0)


def reviewed(fingerprint: str) -> Policy:
    reviews = tuple(Review(rule.id, "C-1", fingerprint, "somebody", "2026-01-01") for rule in policy().rules)
    return replace(policy(), clauses=(CLAUSE,), reviews=reviews)


def settled(evidence: Evidence, made: Policy, check_id: str = "free/users/name") -> tuple[Verdict, Reason]:
    check = next(check for check in plan(made).checks if check.id == check_id)
    return settle(check, evidence, made, AS_OF)


def waived(scope: str, since: str = "2026-01-01", until: str = "2026-01-01") -> Policy:
    return replace(reviewed("now"), waivers=(Waiver(scope, "owner", TEXT, since, until, "waivers.yaml", 3),))


def test_a_rule_reviewed_against_an_older_text_cannot_pass_but_still_fails() -> None:
    assert settled(CLEAN, reviewed("now")) == (Verdict.PASSED, Reason.HOLDS)
    assert settled(CLEAN, reviewed("before")) == (Verdict.NOT_EVALUATED, Reason.STALE)
    unreviewed = replace(reviewed("now"), reviews=())
    assert settled(CLEAN, unreviewed) == (Verdict.NOT_EVALUATED, Reason.NOT_REVIEWED)
    assert settled(BAD, unreviewed) == (Verdict.FAILED, Reason.VIOLATED)
    assert settled(BAD, reviewed("before")) == (Verdict.FAILED, Reason.VIOLATED)
    assert settled(NOTHING, reviewed("before")) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)


def test_what_was_attested_to_another_text_is_attested_no_more() -> None:
    vouched = Evidence(1, holds_as=Reason.ATTESTED)
    assert settled(vouched, reviewed("now")) == (Verdict.ATTESTED, Reason.ATTESTED)
    assert settled(vouched, reviewed("before")) == (Verdict.NOT_EVALUATED, Reason.STALE)


@pytest.mark.parametrize("scope", ["free/users/name", "free"])
def test_a_waiver_turns_only_failed_into_waived(scope: str) -> None:
    assert settled(BAD, waived(scope)) == (Verdict.WAIVED, Reason.WAIVED)
    assert settled(CLEAN, waived(scope)) == (Verdict.PASSED, Reason.HOLDS)
    assert settled(NOTHING, waived(scope)) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    assert settled(BAD, waived(scope), "declared/users") == (Verdict.FAILED, Reason.VIOLATED)


@pytest.mark.parametrize(("since", "until"), [("2025-01-01", "2025-12-31"), ("2026-01-02", "2026-12-31")])
def test_a_waiver_has_no_effect_before_and_after_its_days(since: str, until: str) -> None:
    assert settled(BAD, waived("free", since, until)) == (Verdict.FAILED, Reason.VIOLATED)


def test_a_waiver_of_an_unknown_check_is_a_problem_of_the_policy() -> None:
    with pytest.raises(PolicyError) as caught:
        plan(waived("free/users/nam"))
    assert str(caught.value) == (
        "waivers.yaml:3: scope: expected a check or a rule of the plan, found 'free/users/nam'; "
        "did you mean 'free/users/name'?"
    )
