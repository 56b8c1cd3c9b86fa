"""Kind `authorised`: only a grant that was in force excuses an access, and nothing that is missing does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Classification, Policy, Where
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.kinds.authorised import Authorised
from tests.rules.conftest import (
    AS_OF,
    EVENTS,
    GRANTS,
    KEYS,
    RULES,
    USERS,
    Seen,
    by_day,
    column,
    contract,
    emptied,
    policy,
    retold,
    rule,
    users,
)

T = datetime(2025, 12, 10, 12, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
UTC_US = pa.timestamp("us", "UTC")
Row = dict[str, Any]


def event(**changes: Any) -> Row:
    return {"event": "e1", "actor_id": "a", "table_name": "users", "column_name": "name", "occurred_at": T} | changes


def grant(**changes: Any) -> Row:
    return {"grant": "g1", "actor_id": "a", "role": "clerk", "valid_from": T - DAY, "valid_until": T + DAY} | changes


def tables(events: list[Row], grants: list[Row], times: pa.DataType = UTC_US) -> dict[str, pa.Table]:
    stamps = {"occurred_at", "valid_from", "valid_until"}

    def table(rows: list[Row], names: list[str]) -> pa.Table:
        return pa.table({n: pa.array([row[n] for row in rows], times if n in stamps else pa.string()) for n in names})

    return {
        **users(["x"]),
        "events": table(events, [c.name for c in EVENTS.columns]),
        "grants": table(grants, [c.name for c in GRANTS.columns]),
    }


def judged(events: list[Row], grants: list[Row], check: str = "auth/users/name") -> Evidence:
    return Seen(tables(events, grants))[check]


def test_an_access_under_a_grant_in_force_holds() -> None:
    assert Seen(tables([event()], [grant()])).verdict("auth/users/name") == (Verdict.PASSED, Reason.HOLDS)


@pytest.mark.parametrize(
    ("access", "grants", "problem"),
    [
        (event(), [], "unknown_identity"),
        (event(actor_id="b"), [grant()], "unknown_identity"),
        (event(actor_id=None), [grant(), grant(actor_id=None)], "unknown_identity"),
        (event(actor_id="A"), [grant()], "unknown_identity"),
        (event(occurred_at=None), [grant()], "no_grant_in_force"),
        (event(), [grant(valid_from=None)], "no_grant_in_force"),
        (event(), [grant(valid_from=T + TICK)], "no_grant_in_force"),
        (event(), [grant(valid_until=T)], "no_grant_in_force"),
        (event(), [grant(valid_until=T - DAY), grant(valid_from=T + TICK)], "no_grant_in_force"),
        (event(), [grant(role="guest")], "role_not_entitled"),
        (event(), [grant(role=None)], "role_not_entitled"),
        (event(), [grant(role="Clerk")], "role_not_entitled"),
        (event(), [grant(role="guest"), grant(valid_until=T)], "role_not_entitled"),
        (event(), [grant(actor_id="b"), grant(role="guest")], "role_not_entitled"),
    ],
)
def test_an_access_that_no_grant_covers_is_a_violation_with_its_reason(
    access: Row, grants: list[Row], problem: str
) -> None:
    found = judged([access], grants)
    assert found.problems == ((problem, 1),)
    assert found.rows == (RowReference(KEYS.reference("events", "e1"), problem, "events"),)
    assert found.rows[0].table == "events", "it is about a column of users, and stands among the events"


@pytest.mark.parametrize(
    "held",
    [
        grant(valid_from=T),
        grant(valid_until=T + TICK),
        grant(valid_until=None),
    ],
    ids=["from the moment on", "until the next", "without an end"],
)
@pytest.mark.parametrize("others", [[], [grant(role="guest"), grant(valid_until=T - DAY), grant(actor_id="b")]])
def test_the_start_is_included_the_end_is_not_and_one_grant_is_enough(held: Row, others: list[Row]) -> None:
    assert judged([event()], [*others, held]).violations == 0


@pytest.mark.parametrize(
    ("place", "check"),
    [
        ({"column_name": "salary"}, "auth/users/*"),
        ({"column_name": "Name"}, "auth/users/*"),
        ({"column_name": None}, "auth/users/*"),
        ({"table_name": "payroll"}, "auth/*"),
        ({"table_name": "USERS"}, "auth/*"),
        ({"table_name": None}, "auth/*"),
        ({"table_name": "", "column_name": ""}, "auth/*"),
    ],
)
def test_an_access_to_what_no_contract_names_is_a_violation_of_one_check(place: Row, check: str) -> None:
    found = Seen(tables([event(**place)], [grant()]))
    assert found[check].problems == (("undeclared_place", 1),)
    assert sum(evidence.violations for name, evidence in found.evidence.items() if name.startswith("auth/")) == 1


def test_an_access_to_a_column_that_is_open_is_none_of_the_rules_business() -> None:
    found = Seen(tables([event(column_name="id", actor_id="b")], [grant()]))
    assert not any(evidence.violations for name, evidence in found.evidence.items() if name.startswith("auth/"))


def test_a_rule_about_open_columns_looks_at_them_too() -> None:
    where = Where(columns=True, classifications=(Classification.INTERNAL,))
    made = policy(rules=(*RULES, rule("open", Authorised(), where)))
    found = Seen(tables([event(column_name="id", actor_id="b")], [grant()]), made)
    assert found["open/users/id"].problems == (("unknown_identity", 1),)


def test_repeated_and_missing_event_ids_hide_no_violation() -> None:
    found = judged([event(), event(actor_id="b"), event(actor_id="b"), event(event=None, actor_id="c")], [grant()])
    assert (found.examined, found.violations, len(found.rows)) == (4, 3, 2)


def test_without_keys_or_a_primary_key_accesses_are_counted() -> None:
    data = tables([event(actor_id="b")], [grant()])
    assert Seen(data, keys=None)["auth/users/name"].rows == ()
    keyless = Seen(data, policy(USERS, contract("events", *EVENTS.columns, key=""), GRANTS))["auth/users/name"]
    assert (keyless.violations, keyless.rows) == (1, ())


def test_no_accesses_hold_only_where_the_contract_of_the_accesses_says_so() -> None:
    empty = tables([], [grant()])
    check = "auth/users/name"
    assert Seen(empty).verdict(check) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    assert Seen(empty, policy(emptied(USERS), EVENTS, GRANTS)).verdict(check)[0] is Verdict.NOT_EVALUATED
    assert Seen(empty, policy(USERS, emptied(EVENTS), GRANTS)).verdict(check) == (Verdict.PASSED, Reason.DECLARED_EMPTY)


@pytest.mark.parametrize("gone", ["events", "grants"])
def test_a_missing_table_is_not_evaluated(gone: str) -> None:
    data = tables([event()], [grant()])
    del data[gone]
    assert Seen(data).verdict("auth/users/name") == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)


@pytest.mark.parametrize(("table", "name"), [("events", "event"), ("events", "actor_id"), ("grants", "valid_until")])
def test_a_missing_column_is_not_evaluated(table: str, name: str) -> None:
    data = tables([event()], [grant()])
    data[table] = data[table].drop_columns([name])
    assert Seen(data).verdict("auth/users/name") == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)


UNITS = [pa.timestamp(unit, zone) for unit in ("s", "ms", "us", "ns") for zone in (None, "UTC", "Asia/Tehran")]


@pytest.mark.slow
@pytest.mark.parametrize("left", UNITS, ids=str)
def test_times_of_any_unit_and_zone_compare(left: pa.DataType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    for right in UNITS:
        data = tables([event(), event(event="e2", occurred_at=T - timedelta(seconds=1))], [grant(valid_from=T)], left)
        data["grants"] = tables([], [grant(valid_from=T)], right)["grants"]
        found = Seen(data)["auth/users/name"]
        assert [row.reference for row in found.rows] == [KEYS.reference("events", "e2")]


def test_days_begin_at_midnight_utc() -> None:
    data = tables([event(occurred_at=datetime(2025, 12, 10, tzinfo=UTC))], [])
    days = [date(2025, 12, 10)]
    data["grants"] = pa.table(
        {"grant": ["g"], "actor_id": ["a"], "role": ["clerk"], "valid_from": days, "valid_until": pa.nulls(1)}
    )
    made = retold(policy(), by_day, "grants")
    assert Seen(data, made)["auth/users/name"].violations == 0
    data["grants"] = data["grants"].set_column(4, "valid_until", pa.array(days))
    assert Seen(data, made)["auth/users/name"].violations == 1


@pytest.mark.parametrize("kind", [pa.string(), pa.int64()])
def test_with_times_that_are_none_nothing_is_evaluated(kind: pa.DataType) -> None:
    data = tables([event()], [grant()])
    for table, name in (("events", "occurred_at"), ("grants", "valid_from"), ("grants", "valid_until")):
        position = data[table].schema.names.index(name)
        changed = data | {table: data[table].set_column(position, name, pa.array([1]).cast(kind))}
        assert Seen(changed).verdict("auth/users/name") == (Verdict.NOT_EVALUATED, Reason.MISTYPED)


def test_an_event_of_a_day_is_not_judged_for_a_day_covers_all_that_happened_on_it() -> None:
    data = tables([event()], [grant()])
    position = data["events"].schema.names.index("occurred_at")
    days = data["events"].set_column(position, "occurred_at", pa.array([date(2025, 12, 10)]))
    assert Seen(data | {"events": days}).verdict("auth/users/name") == (Verdict.NOT_EVALUATED, Reason.MISTYPED)


@pytest.mark.parametrize("name", ["valid_from", "valid_until"])
def test_a_jalali_year_read_as_a_gregorian_one_is_an_error(name: str) -> None:
    data = tables([event()], [grant(**{name: datetime(1405, 12, 1, tzinfo=UTC)})])
    assert Seen(data).verdict("auth/users/name") == (Verdict.ERROR, Reason.NOT_A_TIME)


@pytest.mark.parametrize("actor", ["", " "])
def test_nobody_is_nobody_even_if_a_grant_says_so(actor: str) -> None:
    assert Seen(tables([event(actor_id=actor)], [grant(actor_id=actor)]))["auth/users/name"].violations == 1


def test_actors_compare_as_text() -> None:
    data = tables([event(actor_id="7")], [grant(actor_id="7")])
    numbers = data["events"].set_column(1, "actor_id", pa.array([7]))
    assert Seen(data | {"events": numbers})["auth/users/name"].violations == 0


def test_accesses_name_places_as_the_company_does() -> None:
    own = contract("users", *(replace(c, physical_name=f"usr's {c.name}") for c in USERS.columns), physical="t'usr")
    data = tables([event(table_name="t'usr", column_name="usr's name", actor_id="b")], [grant()])
    data["t'usr"] = data.pop("users").rename_columns([f"usr's {c.name}" for c in USERS.columns])
    assert Seen(data, policy(own, EVENTS, GRANTS))["auth/users/name"].problems == (("unknown_identity", 1),)


def test_names_that_sql_reserves_are_names() -> None:
    events = contract("order", column("select"), *EVENTS.columns[1:])
    made = policy(USERS, events, GRANTS, rules=(rule("auth", Authorised(), RULES[3].where),))
    data = tables([event(actor_id="b")], [grant()])
    data["order"] = data.pop("events").rename_columns([c.name for c in events.columns])
    assert Seen(data, made)["auth/users/name"].rows == (
        RowReference(KEYS.reference("order", "e1"), "unknown_identity", "order"),
    )


def test_a_csv_of_events_is_judged_like_a_frame(tmp_path: Any) -> None:
    (tmp_path / "users.csv").write_text("id,name,mobile\n1,x,\n")
    (tmp_path / "events.csv").write_text(
        "event,actor_id,table_name,column_name,occurred_at\n"
        "e1,a,users,name,2025-12-10T15:30:00+03:30\n"
        "e2,a,users,name,2025-12-10T15:29:59+03:30\n"
    )
    (tmp_path / "grants.csv").write_text("grant,actor_id,role,valid_from,valid_until\ng,a,clerk,2025-12-10 12:00:00,\n")
    from governance.sources import open_source

    found = Seen(open_source(tmp_path, policy().tables))["auth/users/name"]
    assert [row.reference for row in found.rows] == [KEYS.reference("events", "e2")]


def test_a_role_for_emergencies_excuses_only_under_a_ticket() -> None:
    made = policy(USERS, EVENTS, contract("grants", *GRANTS.columns, column("ticket")))
    made = replace(made, roles=tuple(replace(role, break_glass=True) for role in made.roles))

    def judged_by(*tickets: str | None) -> Evidence:
        data = tables([event()], [grant()] * len(tickets))
        data["grants"] = data["grants"].append_column("ticket", pa.array(tickets, pa.string()))
        return Seen(data, made)["auth/users/name"]

    assert judged_by("INC-1").violations == judged_by(None, "INC-1").violations == 0
    assert judged_by("req-1").violations == 0
    for none in (None, "", "  ", "-", "n/a", "\u200c", "asked Ali"):
        assert judged_by(none).problems == (("emergency_without_ticket", 1),)
    assert Seen(tables([event()], [grant()]), made).verdict("auth/users/name")[1] is Reason.MISSING_COLUMN


def test_an_access_after_the_evaluation_is_never_green() -> None:
    assert Seen(tables([event(occurred_at=AS_OF)], [grant(valid_until=None)])).verdict("auth/users/name")[1].value == (
        "holds"
    )
    late = [event(occurred_at=AS_OF + TICK), event(event="e2", actor_id="b")]
    assert Seen(tables(late[:1], [grant(valid_until=None)])).verdict("auth/users/name") == (
        Verdict.ERROR,
        Reason.IN_THE_FUTURE,
    )
    assert Seen(tables(late, [grant(valid_until=None)])).verdict("auth/users/name") == (
        Verdict.FAILED,
        Reason.VIOLATED,
    )


def test_nobody_is_known_by_an_account_that_many_share() -> None:
    made = replace(policy(), recognised=replace(policy().recognised, actors=("staff-[0-9]",)))

    def judged_as(actor: str, own: Policy = made) -> Seen:
        return Seen(tables([event(actor_id=actor)], [grant(actor_id=actor)]), own)

    assert judged_as("staff-1").verdict("auth/users/name") == (Verdict.PASSED, Reason.HOLDS)
    for shared in ("support-shared", "staff-*", "staff-1,staff-2", "staff-1\u200c"):
        assert judged_as(shared)["auth/users/name"].problems == (("unknown_actor_form", 1),)
    for nobody in ("-", "*", "n/a", "\u200c", " "):
        assert judged_as(nobody)["auth/users/name"].problems == (("unknown_identity", 1),)
    unlisted = judged_as("staff-1", replace(made, recognised=replace(made.recognised, actors=())))
    assert unlisted.verdict("auth/users/name") == (Verdict.NOT_EVALUATED, Reason.NOT_DECLARED)
    assert unlisted["auth/users/name"].lacks == ("recognised.actors",)
