"""Kind `granted`: a grant is a finding by itself when it could excuse what nobody meant to allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Role, Where
from governance.policy.contracts import Recognised
from governance.results import Reason, RowReference, Verdict
from governance.rules.kinds.granted import Granted
from tests.rules.conftest import GRANTS, KEYS, TEXT, Seen, by_day, column, contract, emptied, policy, retold, rule

T = datetime(2025, 12, 10, tzinfo=UTC)
DAY = timedelta(days=1)
TICKETED = contract("grants", *GRANTS.columns, column("ticket"))
MADE = replace(
    policy(TICKETED, rules=(rule("order", Granted(), Where(tables=("grants",))),)),
    roles=(Role("clerk", TEXT, (), TEXT), Role("fireman", TEXT, (), TEXT, break_glass=True)),
    recognised=Recognised(tickets=("REQ-[0-9]*",), actors=("a", "a[0-9]"), grant_days=900),
)
UTC_US = pa.timestamp("us", "UTC")
Row = dict[str, Any]


def grant(**changes: Any) -> Row:
    span = {"valid_from": T - DAY, "valid_until": T + DAY}
    return {"grant": "g1", "actor_id": "a", "role": "clerk", **span, "ticket": "REQ-1"} | changes


def table(rows: list[Row], times: pa.DataType = UTC_US) -> dict[str, pa.Table]:
    kinds = {name: times if name.startswith("valid") else pa.string() for name in grant()}
    return {"grants": pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()})}


@pytest.mark.parametrize(
    "fine",
    [
        grant(),
        grant(ticket=None),
        grant(role="fireman"),
        grant(valid_from=T, valid_until=T),
        grant(valid_from=T + 900 * DAY, valid_until=T + 999 * DAY),
        grant(valid_from=T, valid_until=T + 900 * DAY),
        grant(actor_id=" a7 ", ticket="-"),
        *(grant(role="fireman", ticket=spelled) for spelled in ("req-1", "REQ-۱۲", "REQ\u200c-1")),
    ],
)
def test_a_grant_with_role_holder_and_span_is_in_order(fine: Row) -> None:
    assert Seen(table([fine]), MADE).verdict("order/grants") == (Verdict.PASSED, Reason.HOLDS)


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (grant(role="Clerk"), "unknown_role"),
        (grant(role=None), "unknown_role"),
        (grant(role="intern", valid_until=None), "unknown_role"),
        (grant(actor_id=" "), "grant_to_nobody"),
        (grant(role="fireman", ticket=None), "emergency_without_ticket"),
        (grant(role="fireman", ticket=" "), "emergency_without_ticket"),
        *((grant(role="fireman", ticket=none), "emergency_without_ticket") for none in ("-", "n/a", "\u200c", "REQ-")),
        *((grant(actor_id=nobody), "grant_to_nobody") for nobody in ("-", "*", "n/a", "\u200c", "هیچ")),
        *((grant(actor_id=shared), "unknown_actor_form") for shared in ("support-shared", "a*", "a\u200c", "A")),
        (grant(valid_until=datetime(9999, 12, 31, tzinfo=UTC)), "grant_too_long"),
        (grant(valid_from=T, valid_until=T + 900 * DAY + timedelta(microseconds=1)), "grant_too_long"),
        (grant(valid_from=None), "grant_without_start"),
        (grant(valid_until=None), "grant_without_end"),
        (grant(valid_until=T - 2 * DAY), "grant_ends_before_it_begins"),
    ],
)
def test_a_grant_out_of_order_is_named_once(bad: Row, problem: str) -> None:
    found = Seen(table([grant(grant="g0"), bad]), MADE)["order/grants"]
    assert (found.examined, found.problems) == (2, ((problem, 1),))
    assert found.rows == (RowReference(KEYS.reference("grants", "g1"), problem, "grants"),)


def test_spans_may_be_days_but_no_text_and_no_jalali_years() -> None:
    days = [grant(valid_from=date(2025, 12, 1), valid_until=date(2025, 12, 9))]
    dated = retold(MADE, by_day)
    assert Seen(table(days, pa.date32()), dated).verdict("order/grants")[0] is Verdict.PASSED
    text = [grant(valid_from="2025", valid_until="2026")]
    assert Seen(table(text, pa.string()), MADE).verdict("order/grants") == (Verdict.NOT_EVALUATED, Reason.MISTYPED)
    jalali = [grant(valid_from=datetime(1404, 9, 1, tzinfo=UTC))]
    assert Seen(table(jalali), MADE).verdict("order/grants") == (Verdict.ERROR, Reason.NOT_A_TIME)


def test_an_empty_table_or_one_without_tickets_is_not_evaluated() -> None:
    assert Seen(table([]), MADE).verdict("order/grants") == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    allowed = replace(MADE, contracts=tuple(map(emptied, MADE.contracts)))
    assert Seen(table([]), allowed).verdict("order/grants") == (Verdict.PASSED, Reason.DECLARED_EMPTY)
    bare = {"grants": table([grant()])["grants"].drop_columns(["ticket"])}
    assert Seen(bare, MADE).verdict("order/grants") == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)


@pytest.mark.parametrize("missing", ["actors", "grant_days", "tickets"])
def test_what_the_policy_recognises_must_be_declared_for_a_grant_to_be_in_order(missing: str) -> None:
    nothing: Any = {missing: 0 if missing == "grant_days" else ()}
    bare = replace(MADE, recognised=replace(MADE.recognised, **nothing))
    seen = Seen(table([grant()]), bare)
    assert seen.verdict("order/grants") == (Verdict.NOT_EVALUATED, Reason.NOT_DECLARED)
    assert seen["order/grants"].lacks == (f"recognised.{missing}",)
    nothing_said = grant(role="fireman", ticket="-")
    assert Seen(table([nothing_said]), bare)["order/grants"].problems == (("emergency_without_ticket", 1),)
    calm = replace(bare, roles=bare.roles[:1])
    assert (Seen(table([grant()]), calm).verdict("order/grants")[0] is Verdict.PASSED) is (missing == "tickets")
