"""Kind `minimal`: a payload holds what was agreed, for what the policy allows, while the agreement is in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Agreement, Policy, Purpose, Where
from governance.results import Reason, Verdict
from governance.rules.kinds.minimal import Minimal
from tests.rules.conftest import AS_OF, KEYS, TEXT, Seen, column, contract, policy, retold, rule

T = datetime(2025, 12, 10, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
NOTICE = "essential.service.notifications.sms"
AGREED = ("payload_id", "transfer_id", "mobile_token", "text")
AGREEMENT = Agreement("A", "sms_sender", TEXT, "shared_sms", AGREED, (NOTICE,), "2025-12-01", "2025-12-31", "", TEXT)
PURPOSES = (Purpose("essential.service", "", (), TEXT, ("user.contact",)),)
LEDGER = contract(
    "transfers",
    *(column(n, category="system.operations") for n in ("id", "recipient", "payload", "purpose")),
    column("sent_at", "timestamp"),
)
SMS = contract(
    "shared_sms",
    column("payload_id", category="system.operations"),
    replace(column("transfer_id", category="system.operations"), references="transfers.id"),
    column("mobile_token", classification="confidential", category="user.contact.phone_number"),
    column("text", category="system.operations"),
)
PEOPLE = contract("users", column("user_id", "integer"))
COUNTED = replace(
    made_ledger := policy(LEDGER).tables["transfers"],
    columns=(*made_ledger.columns, column("row_count", "integer", role="row_count")),
)
CHECK, REST = "least/shared_sms", "least/*"
Row = dict[str, Any]


def made(*agreements: Agreement, payload: Any = SMS) -> Policy:
    rules = (rule("least", Minimal(), Where(tables=("shared_sms",), undeclared=True)),)
    return replace(
        policy(LEDGER, payload, PEOPLE, rules=rules), agreements=agreements or (AGREEMENT,), purposes=PURPOSES
    )


def sent(**changes: Any) -> Row:
    return {"id": "t1", "recipient": "sms_sender", "payload": "shared_sms", "purpose": NOTICE, "sent_at": T} | changes


def sms(**changes: Any) -> Row:
    return {"payload_id": "p1", "transfer_id": "t1", "mobile_token": "ab" * 32, "text": "سفارش شما رسید"} | changes


def tables(transfers: list[Row], payload: list[Row]) -> dict[str, pa.Table]:
    def table(rows: list[Row], like: Row) -> pa.Table:
        kinds = {name: pa.timestamp("us", "UTC") if name == "sent_at" else pa.string() for name in like}
        return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()})

    nobody = pa.table({"user_id": pa.array([], pa.int64())})
    return {"transfers": table(transfers, sent()), "shared_sms": table(payload, sms()), "users": nobody}


def test_a_payload_as_agreed_holds() -> None:
    found = Seen(tables([sent()], [sms(), sms(payload_id="p2")]), made())
    assert found.verdict(CHECK) == found.verdict(REST) == (Verdict.PASSED, Reason.HOLDS)
    assert (found[CHECK].examined, found[REST].examined) == (3, 1)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"recipient": "broker"}, "unregistered_recipient"),
        ({"recipient": None}, "unregistered_recipient"),
        ({"recipient": "SMS_sender "}, "recipient_in_other_letters"),
        ({"recipient": "mailer"}, "payload_not_of_recipient"),
        ({"purpose": "essential.service.notifications.email"}, "purpose_not_of_agreement"),
        ({"purpose": "essential.service.notifications"}, "purpose_not_of_agreement"),
        ({"purpose": "marketing.advertising"}, "purpose_not_of_policy"),
        ({"purpose": "essential' OR 1=1 --"}, "purpose_not_of_policy"),
        ({"purpose": None}, "gap_no_purpose"),
        ({"sent_at": None}, "gap_undated"),
        ({"sent_at": datetime(2025, 12, 1, tzinfo=UTC) - TICK}, "agreement_not_begun"),
    ],
)
def test_a_transfer_beyond_its_agreement_is_a_violation(changes: Row, problem: str) -> None:
    mail = replace(AGREEMENT, id="B", recipient="mailer", payload="shared_email")
    found = Seen(tables([sent(id="t0"), sent(**changes)], [sms(transfer_id="t0")]), made(AGREEMENT, mail))
    assert found[CHECK].problems == ((problem, 1),)
    assert [row.reference for row in found[CHECK].rows] == [KEYS.reference("transfers", "t1")]
    assert found[REST].violations == 0


def test_an_agreement_lasts_from_its_first_moment_to_the_end_of_its_last_day() -> None:
    short = replace(AGREEMENT, valid_from="2025-12-10", valid_until="2025-12-10")
    first, over = datetime(2025, 12, 10, tzinfo=UTC), datetime(2025, 12, 11, tzinfo=UTC)
    inside = [sent(sent_at=first), sent(id="t2", sent_at=over - TICK)]
    rows = [sms(), sms(payload_id="p2", transfer_id="t2")]
    assert Seen(tables(inside, rows), made(short))[CHECK].violations == 0
    outside = [sent(sent_at=first - TICK), sent(id="t2", sent_at=over)]
    found = Seen(tables(outside, [sms()]), made(short))[CHECK]
    assert found.problems == (("agreement_expired", 1), ("agreement_not_begun", 1))
    renewed = replace(short, id="B", valid_from="2025-12-11", valid_until="2026-12-10")
    assert Seen(tables(outside[1:], [sms(transfer_id="t2")]), made(short, renewed))[CHECK].violations == 0


@pytest.mark.parametrize(
    ("apart", "violates"),
    [
        (timedelta(0), False),
        (timedelta(days=1), False),
        (timedelta(days=-1), False),
        (timedelta(days=1) + TICK, True),
        (timedelta(days=-1) - TICK, True),
        (None, False),
    ],
)
def test_a_row_has_about_the_time_of_its_transfer(apart: timedelta | None, *, violates: bool) -> None:
    timed = replace(SMS, columns=(*SMS.columns, column("written_at", "timestamp", category="system.operations")))
    agreed = replace(AGREEMENT, columns=(*AGREED, "written_at"))
    data = tables(
        [sent(), sent(id="t2", sent_at=T - timedelta(days=5))], [sms(), sms(payload_id="p2", transfer_id="t2")]
    )
    times = pa.array([None if apart is None else T + apart, T - timedelta(days=5)], pa.timestamp("us", "UTC"))
    data["shared_sms"] = data["shared_sms"].append_column("written_at", times)
    found = Seen(data, made(agreed, payload=replace(timed, event_time="written_at")))[CHECK]
    assert found.problems == ((("payload_of_other_time", 1),) if violates else ())
    assert [row.reference for row in found.rows] == ([KEYS.reference("shared_sms", "p1")] if violates else [])


def test_columns_that_were_not_agreed_on_are_named_and_counted() -> None:
    data = tables([sent()], [sms()])
    data["shared_sms"] = data["shared_sms"].append_column("segment", pa.array(["gold"]))
    found = Seen(data, made())[CHECK]
    assert (found.problems, found.names) == ((("column_not_of_agreement", 1),), ("segment",))
    less = replace(AGREEMENT, columns=AGREED[:3])
    assert Seen(tables([sent()], [sms()]), made(less))[CHECK].problems == (("column_not_of_agreement", 1),)


def test_a_column_that_the_purpose_may_not_touch_is_beyond_it_even_if_agreed() -> None:
    named = contract("shared_sms", *SMS.columns[:3], column("text", category="user.name"))
    assert Seen(tables([sent()], [sms()]), made(payload=named))[CHECK].problems == (("column_beyond_purpose", 1),)
    undeclared = contract("shared_sms", *SMS.columns[:3])
    assert Seen(tables([sent()], [sms()]), made(payload=undeclared))[CHECK].problems == (("column_beyond_purpose", 1),)


def test_an_expired_agreement_does_not_widen_what_the_one_in_force_names() -> None:
    wide = replace(AGREEMENT, columns=(*AGREED, "name"), valid_from="2024-01-01", valid_until="2024-12-31")
    data = tables([sent()], [sms()])
    data["shared_sms"] = data["shared_sms"].append_column("name", pa.array(["x"]))
    now = replace(AGREEMENT, valid_until="2026-12-31")
    assert Seen(data, made(wide, now))[CHECK].problems == (("column_not_of_agreement", 1),)


@pytest.mark.parametrize(
    "text",
    ["کد شما برای ۰۹۱۲۱۲۳۴۵۶۷ است", "write to someone@example.com", "+98 912 123 4567", "bmFtZTogMDkxMjEyMzQ1Njc="],
)
def test_personal_data_in_a_free_text_is_more_than_was_agreed(text: str) -> None:
    found = Seen(tables([sent()], [sms(), sms(payload_id="p2", text=text)]), made())[CHECK]
    assert found.violations == 1
    assert [row.reference for row in found.rows] == [KEYS.reference("shared_sms", "p2")]


def test_a_column_made_for_a_kind_may_hold_it_an_undeclared_one_nothing() -> None:
    assert Seen(tables([sent()], [sms(mobile_token="09121234567")]), made())[CHECK].violations == 0  # noqa: S106  a column of tokens
    data = tables([sent()], [sms()])
    data["shared_sms"] = data["shared_sms"].append_column("extra", pa.array(["09121234567"]))
    assert dict(Seen(data, made())[CHECK].problems) == {"column_not_of_agreement": 1, "phone_number": 1}


def test_rows_without_a_transfer_of_their_payload_are_strays() -> None:
    other = sent(id="t2", payload="shared_email")
    rows = [sms(), sms(payload_id="p2", transfer_id="t9"), sms(payload_id="p3", transfer_id="t2")]
    rows += [sms(payload_id="p4", transfer_id=None, text="09121234567")]
    found = Seen(tables([sent(), other], rows), made())
    assert dict(found[CHECK].problems) == {
        "payload_without_transfer": 1,
        "payload_of_other_transfer": 1,
        "phone_number": 1,
    }
    assert found[REST].problems == (("unregistered_payload", 1),)


@pytest.mark.parametrize(
    ("told", "rows", "violates"),
    [(2, 2, False), (2, 3, True), (2, 1, True), (2, 0, True), (0, 0, False), (0, 1, True), (None, 1, True)],
)
def test_the_ledger_tells_how_many_rows_a_transfer_carried(told: int | None, rows: int, *, violates: bool) -> None:
    mine = replace(made(), contracts=(COUNTED, SMS, PEOPLE))
    carried = [sms(payload_id=f"p{number}") for number in range(rows)]
    whole = [sent(), sent(id="t0")], [*carried, sms(payload_id="q", transfer_id="t0")]
    data = tables(*whole)
    data["transfers"] = data["transfers"].append_column("row_count", pa.array([told, 1], pa.int64()))
    found = Seen(data, mine)[CHECK]
    assert found.problems == ((("row_count_not_of_payload", 1),) if violates else ())
    assert [row.reference for row in found.rows] == ([KEYS.reference("transfers", "t1")] if violates else [])


def test_a_transfer_that_feeds_two_payloads_may_tell_of_the_rows_of_both() -> None:
    mail = replace(SMS, table="shared_email", physical_name="shared_email")
    mine = replace(made(), contracts=(COUNTED, SMS, mail, PEOPLE))
    for told, violates in ((1, False), (2, False), (3, True)):
        data = tables([sent()], [sms()])
        data |= {"shared_email": data["shared_sms"]}
        data["transfers"] = data["transfers"].append_column("row_count", pa.array([told]))
        assert bool(dict(Seen(data, mine)[CHECK].problems).get("row_count_not_of_payload")) is violates


def test_a_count_that_is_no_number_proves_nothing() -> None:
    data = tables([sent()], [sms()])
    data["transfers"] = data["transfers"].append_column("row_count", pa.array(["many"]))
    mine = replace(made(), contracts=(COUNTED, SMS, PEOPLE))
    assert Seen(data, mine).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISTYPED)


@pytest.mark.parametrize("kind", [pa.timestamp("us", "Asia/Tehran"), pa.binary(), pa.int64()])
def test_rows_without_a_transfer_count_whatever_their_key_is(kind: pa.DataType) -> None:
    data = tables([sent()], [sms(), sms(payload_id="p2", transfer_id="t9"), sms(payload_id="p3", transfer_id="t9")])
    keys: list[Any] = [b"a", b"\xff\xfe", b"c"] if kind == pa.binary() else [1, 2, 3]
    data["shared_sms"] = data["shared_sms"].set_column(0, "payload_id", pa.array(keys, kind))
    found = Seen(data, made())
    assert found[CHECK].problems == (("payload_without_transfer", 2),)
    assert found.verdict(CHECK) == (Verdict.FAILED, Reason.VIOLATED)


def test_payloads_that_nobody_agreed_on_are_found_by_name_and_by_key() -> None:
    data = tables([sent(), sent(id="t2", payload=None), sent(id="t3", payload="Shared_SMS")], [sms()])
    data |= {"shared_partner": pa.table({"a": [1]}), "export": pa.table({"id": ["t1"]}), "other": pa.table({"b": [1]})}
    found = Seen(data, made())[REST]
    assert (found.violations, found.names) == (4, ("export", "shared_partner"))
    elsewhere = replace(AGREEMENT, payload="shared_email")
    assert Seen(tables([], [sms()]), made(elsewhere))[CHECK].problems == (
        ("payload_without_agreement", 1),
        ("payload_without_transfer", 1),
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda data: data.pop("transfers"), (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)),
        (
            lambda data: data.update(transfers=data["transfers"].drop_columns(["purpose"])),
            (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN),
        ),
        (
            lambda data: data.update(shared_sms=data["shared_sms"].drop_columns(["transfer_id"])),
            (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN),
        ),
        (lambda data: data.update(tables([], [])), (Verdict.NOT_EVALUATED, Reason.NO_ROWS)),
        (lambda data: data.update(tables([sent()], [])), (Verdict.FAILED, Reason.VIOLATED)),
        (lambda data: data.update(tables([], [sms()])), (Verdict.FAILED, Reason.VIOLATED)),
        (
            lambda data: data.update(tables([sent(sent_at=AS_OF + TICK)], [sms()])),
            (Verdict.ERROR, Reason.IN_THE_FUTURE),
        ),
        (
            lambda data: data.update(tables([sent(sent_at=datetime(1404, 9, 19, tzinfo=UTC))], [sms()])),
            (Verdict.ERROR, Reason.NOT_A_TIME),
        ),
    ],
)
def test_what_cannot_be_judged_is_never_green(change: Callable[[Any], None], expected: tuple[Verdict, Reason]) -> None:
    data = tables([sent()], [sms()])
    change(data)
    assert Seen(data, made(replace(AGREEMENT, valid_until="2026-12-31"))).verdict(CHECK) == expected


def test_the_company_names_tables_in_its_own_way() -> None:
    own = replace(SMS, physical_name="out's sms")
    data = tables([sent(payload="out's sms")], [sms()])
    data["out's sms"] = data.pop("shared_sms")
    found = Seen(data, made(payload=own))
    assert found.verdict(CHECK) == found.verdict(REST) == (Verdict.PASSED, Reason.HOLDS)


def _as_number(one: Any) -> Any:
    return replace(one, logical_type="integer") if one.name in {"id", "transfer_id"} else one


def test_numbers_that_gaps_made_floats_of_still_name_their_transfer() -> None:
    data = tables([sent(id="7")], [sms(transfer_id="7"), sms(payload_id="p2", transfer_id=None)])
    numbered = retold(made(), _as_number, "transfers", "shared_sms")
    for table, name, kind in (("transfers", "id", pa.int64()), ("shared_sms", "transfer_id", pa.float64())):
        place = data[table].schema.names.index(name)
        data[table] = data[table].set_column(place, name, data[table].column(name).cast(kind))
    assert Seen(data, numbered)[CHECK].problems == (("payload_without_transfer", 1),)


def test_without_a_pattern_of_payloads_nothing_is_said_of_the_rest() -> None:
    told = made()
    bare = replace(told, register=replace(told.register, payloads=()))
    found = Seen(tables([sent()], [sms()]), bare)
    assert (found.verdict(REST), found[REST].lacks) == (
        (Verdict.NOT_EVALUATED, Reason.NOT_DECLARED),
        ("register.payloads",),
    )


def test_a_payload_that_no_check_of_the_rule_looks_at_is_a_violation() -> None:
    other = replace(SMS, table="shared_mail", physical_name="shared_mail")
    told = made()
    more = replace(told, contracts=(*told.contracts, other))
    data = tables([sent()], [sms()])
    found = Seen(data | {"shared_mail": data["shared_sms"]}, more)[REST]
    assert (found.problems, found.names) == ((("unregistered_payload", 1),), ("shared_mail",))


def test_a_payload_whose_link_is_its_own_key_names_no_transfer() -> None:
    own = contract("shared_sms", column("id", category="system.operations"), *SMS.columns[2:])
    found = Seen(tables([sent()], [sms()]), made(payload=own))
    assert found.verdict(CHECK)[1] is not Reason.HOLDS
    assert "shared_sms: relationships to transfers" in found[CHECK].lacks
