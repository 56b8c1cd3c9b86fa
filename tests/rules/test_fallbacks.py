"""A sieve that fails makes a check slow, never blind, and the report says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from governance.detection.sieve import candidates
from governance.results import Evidence, Reason, Verdict
from governance.rules.search import Search
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


def exiting(*_: Any, **__: Any) -> Any:
    raise SystemExit(0)


@pytest.mark.parametrize("broken", [failing, exiting])
@pytest.mark.parametrize("step", ["fold", "merge", "finish", "columns", "looks_for"])
def test_a_kernel_that_fails_or_exits_is_its_own_error_and_stops_no_other(
    step: str, broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Search, step, property(broken) if step in {"columns", "looks_for"} else broken)
    seen = Seen(users(["x"]))
    assert seen.verdict("free/users/name") == (Verdict.ERROR, Reason.CHECK_RAISED)
    assert seen.verdict("declared/users")[0] is Verdict.PASSED


@pytest.mark.parametrize("name", ["problems", "facts"])
def test_what_a_kind_does_not_declare_is_an_error_and_not_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    finish = Search.finish

    def telling(self: Search, part: Any, scope: Any) -> Evidence:
        more: dict[str, Any] = {name: (("value_6037", 1),)}
        return replace(finish(self, part, scope), violations=1, **more)

    monkeypatch.setattr(Search, "finish", telling)
    seen = Seen(users(["x"]))
    assert seen.verdict("free/users/name") == (Verdict.ERROR, Reason.CHECK_RAISED)
    assert "6037" not in repr(seen["free/users/name"])


def test_sql_that_does_not_suit_the_data_is_an_error_of_the_check_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = "SELECT CAST('a value' AS INTEGER) AS row_key, '' AS table_name, '' AS column_name, '' AS problem"
    monkeypatch.setattr("governance.rules.tables.authorisation.uncovered", lambda *_: refused)
    events = {"event": ["1"], "actor_id": ["a"], "table_name": ["users"], "column_name": ["name"]}
    grants = {"grant": ["1"], "actor_id": ["a"], "role": ["clerk"]}
    at = [datetime(2025, 6, 1, tzinfo=UTC)]
    seen = Seen(
        users(["x"])
        | {
            "events": pa.table({**events, "occurred_at": at}),
            "grants": pa.table({**grants, "valid_from": at, "valid_until": at}),
        }
    )
    assert seen.verdict("auth/users/name") == (Verdict.ERROR, Reason.CHECK_RAISED)
    assert seen.verdict("free/users/name")[0] is Verdict.PASSED
