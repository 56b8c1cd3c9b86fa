"""A sieve that fails makes a check slow, never blind, and the report says so."""

from __future__ import annotations

from typing import Any

import pytest

from governance.detection.sieve import candidates
from governance.results import Verdict
from tests.rules.conftest import CARD, Seen, users


def failing(*_: Any, **__: Any) -> Any:
    raise IndexError("a value of the data")


@pytest.mark.parametrize(("name", "verdict"), [(f"x {CARD}", Verdict.FAILED), ("nothing here", Verdict.PASSED)])
def test_a_failing_sieve_changes_no_verdict_and_is_told(
    name: str, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Seen(users([name, "other"]))["free/users/name"]
    monkeypatch.setattr(candidates.Candidates, "rows", failing)
    seen = Seen(users([name, "other"]))
    assert seen.verdict("free/users/name")[0] is verdict
    assert seen["free/users/name"].fell_back == ("iban", "payment_card_number")
    assert seen["free/users/name"].violations == whole.violations
    assert whole.fell_back == ()
