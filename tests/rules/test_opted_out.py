"""Kind `opted_out`: unsubscribing holds from its moment on, until somebody subscribes again, and follows the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Policy, Where
from governance.policy.contracts import Notice, Recognised
from governance.results import Reason, RowReference, Verdict
from governance.rules.kinds.opted_out import OptedOut
from tests.rules.conftest import AS_OF, KEYS, Seen, column, contract, emptied, policy, retold, rule

T = datetime(2025, 6, 10, 12, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
OFFER, NOTICE = "marketing.communications.email", "essential.service.notifications.email"
CHECK = "offers/messages"
MESSAGES = contract(
    "messages",
    *(column(n) for n in ("message_id", "address_token", "channel", "purpose", "template", "subject")),
    column("sent_at", "timestamp"),
)
SUBSCRIPTIONS = contract(
    "subscriptions",
    *(column(n) for n in ("event_id", "address_token", "channel", "topic", "action")),
    column("occurred_at", "timestamp"),
)
PEOPLE = replace(
    contract(
        "users",
        column("user_id", "integer"),
        *(column(n) for n in ("mobile_token", "email_token")),
        column("registered_at", "timestamp"),
    ),
    event_time="registered_at",
)
REQUESTS = contract(
    "subject_requests",
    *(column(n) for n in ("request_id", "right", "id_token", "mobile_token", "email_token", "old_token", "new_token")),
    column("fulfilled_at", "timestamp"),
)
RECOGNISED = Recognised(notices=(Notice("receipt", ("Your order #", "رسید شما")),), channels=("email", "sms"))
Row = dict[str, Any]


def message(to: str | None = "a", **changes: Any) -> Row:
    row = {"message_id": "m", "address_token": to, "channel": "email", "purpose": OFFER, "template": "sale"}
    return row | {"subject": "Your order 17", "sent_at": T} | changes


def notice(to: str | None = "a", **changes: Any) -> Row:
    return message(to, **{"purpose": NOTICE, "template": "receipt"} | changes)


def wish(
    at: datetime | None = T - DAY, action: str | None = "unsubscribe", *, by: str | None = "a", **changes: Any
) -> Row:
    row = {"event_id": "s", "address_token": by, "channel": "email", "topic": "offers", "action": action}
    return row | {"occurred_at": at} | changes


def person(number: int, mobile: str | None = None, email: str | None = None, since: datetime = T - 90 * DAY) -> Row:
    return {"user_id": number, "mobile_token": mobile, "email_token": email, "registered_at": since}


def asked(right: str, number: int, at: datetime | None = T - DAY) -> Row:
    tokens = dict.fromkeys(("mobile_token", "email_token", "old_token", "new_token"))
    return {"request_id": "r", "right": right, "id_token": KEYS.token(f"user:{number}"), "fulfilled_at": at, **tokens}


def tables(
    messages: Iterable[Row],
    wishes: Iterable[Row],
    times: pa.DataType | None = None,
    people: Iterable[Row] = (),
    requests: Iterable[Row] = (),
) -> dict[str, pa.Table]:
    def table(rows: Iterable[Row], made: Any) -> pa.Table:
        kind = times or pa.timestamp("us", "UTC")
        typed = {"timestamp": kind, "integer": pa.int64()}
        kinds = {c.name: typed.get(c.logical_type, pa.string()) for c in made.columns}
        return pa.table({name: pa.array([row[name] for row in rows], t) for name, t in kinds.items()})

    return {
        "messages": table(list(messages), MESSAGES),
        "subscriptions": table(list(wishes), SUBSCRIPTIONS),
        "users": table(list(people), PEOPLE),
        "subject_requests": table(list(requests), REQUESTS),
    }


def made(subscriptions: Any = SUBSCRIPTIONS, *more: Any, **parameters: Any) -> Policy:
    where = Where(tables=("messages",))
    rules = (rule("offers", OptedOut(**parameters), where),)
    whole = policy(MESSAGES, subscriptions, PEOPLE, emptied(REQUESTS), *more, rules=rules)
    return replace(whole, recognised=RECOGNISED)


def judged(
    messages: Iterable[Row],
    wishes: Iterable[Row],
    people: Iterable[Row] = (),
    requests: Iterable[Row] = (),
    **parameters: Any,
) -> dict[str, int]:
    data = tables(messages, wishes, None, people, requests)
    return dict(Seen(data, made(**parameters))[CHECK].problems)


@pytest.mark.parametrize(("action", "reason"), [("opt-out", Reason.UNKNOWN_VALUE), (None, Reason.INCOMPLETE)])
def test_a_wish_that_nobody_understands_accuses_nobody_and_proves_nothing(action: str | None, reason: Reason) -> None:
    found = Seen(tables([message()], [wish(action=action)]), made())
    assert found.verdict(CHECK) == (Verdict.NOT_EVALUATED, reason)


def test_messages_and_wishes_are_compared_by_tokens_of_the_same_column() -> None:
    found = Seen(tables([message()], [wish()]), retold(made(), _of_names, "messages"))
    assert found.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NOT_DECLARED)


def _of_names(one: Any) -> Any:
    return replace(one, token_of=("users.name",)) if one.token_of else one


def test_an_offer_to_somebody_who_never_unsubscribed_holds() -> None:
    found = Seen(tables([message()], [wish(by="b")]), made())
    assert found.verdict(CHECK) == (Verdict.PASSED, Reason.HOLDS)
    assert dict(found[CHECK].facts) == {"offers": 1, "unsubscribed": 1, "objected": 0}


def test_an_offer_after_unsubscribing_is_a_violation_named_by_its_row() -> None:
    found = Seen(tables([message()], [wish()]), made())[CHECK]
    assert (found.examined, found.problems) == (1, (("offer_after_unsubscribing", 1),))
    assert found.rows == (RowReference(KEYS.reference("messages", "m"), "offer_after_unsubscribing", "messages"),)


@pytest.mark.parametrize(
    ("wishes", "violates"),
    [
        ([wish(T)], True),
        ([wish(T + TICK)], False),
        ([wish(T - 2 * DAY), wish(T - DAY, "subscribe")], False),
        ([wish(T - 2 * DAY), wish(T, "subscribe")], False),
        ([wish(T - 2 * DAY), wish(T + TICK, "subscribe")], True),
        ([wish(T - 2 * DAY, "subscribe"), wish(T - DAY)], True),
        ([wish(T - DAY, "subscribe"), wish(T - DAY)], True),
        ([wish(T - 3 * DAY), wish(T - 2 * DAY, "subscribe"), wish(T - DAY)], True),
        ([wish(channel="sms")], False),
        ([wish(channel=None)], True),
        ([wish(), wish(T - TICK, "subscribe", channel="sms")], True),
        ([wish(by="b")], False),
        ([wish(by=" A ", channel="Email ")], True),
        ([wish(action="UNSUBSCRIBE")], True),
        ([wish(action=" Subscribe ")], False),
        ([wish(topic=None)], True),
        ([wish(topic="everything")], True),
    ],
)
def test_the_latest_wish_by_then_decides(wishes: list[Row], *, violates: bool) -> None:
    assert judged([message()], wishes) == ({"offer_after_unsubscribing": 1} if violates else {})


def test_a_wish_about_another_topic_concerns_offers_only_if_nobody_says_what_it_is() -> None:
    assert judged([message()], [wish(topic="News")], other_topics=("news",)) == {}
    assert judged([message()], [wish(topic="news")]) == {"offer_after_unsubscribing": 1}


@pytest.mark.parametrize(
    ("wishes", "violates"),
    [
        ([wish(T - 10 * DAY)], True),
        ([wish(T - 10 * DAY + TICK)], False),
        # Asking again does not begin the days anew.
        ([wish(T - 10 * DAY), wish(T - DAY)], True),
        ([wish(T - 20 * DAY), wish(T - 15 * DAY, "subscribe"), wish(T - DAY)], False),
    ],
)
def test_days_of_grace_end_in_their_last_moment(wishes: list[Row], *, violates: bool) -> None:
    assert bool(judged([message()], wishes, grace_days=10)) is violates


@pytest.mark.parametrize(
    "changes", [{}, {"channel": "E-Mail"}, {"subject": "your  order ۱۷۰"}, {"subject": "رسيد شما"}, {"subject": None}]
)
def test_service_notices_go_on_after_unsubscribing(changes: Row) -> None:
    assert judged([notice(**changes)], [wish(), wish(channel=None)]) == {}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"template": "sale"}, "offer_as_notice"),
        ({"template": None}, "offer_as_notice"),
        ({"subject": "Your order 17: 50% off"}, "offer_as_notice"),
        ({"subject": "۵۰٪ تخفیف"}, "offer_as_notice"),
        ({"subject": "something that is on no list of words"}, "offer_as_notice"),
        ({"channel": "push"}, "unknown_channel"),
        ({"channel": None}, "unknown_channel"),
    ],
)
def test_what_is_in_no_register_is_an_offer(changes: Row, problem: str) -> None:
    assert judged([notice(**changes)], [wish()]) == {problem: 1}
    assert judged([notice(**changes)], [wish(T + TICK)]) == {}
    assert judged([notice(**changes)], [wish(by="b")]) == {}


def test_on_a_channel_that_nobody_knows_every_wish_counts() -> None:
    assert judged([notice(channel="push")], [wish(channel="sms")]) == {"unknown_channel": 1}
    assert judged([message(channel="push")], [wish(channel="sms")]) == {"offer_after_unsubscribing": 1}
    assert judged([message()], [wish(channel="sms")]) == {}


@pytest.mark.parametrize(
    ("recognised", "lacks"),
    [
        (replace(RECOGNISED, notices=()), "recognised.notices"),
        (replace(RECOGNISED, channels=()), "recognised.channels"),
        (replace(RECOGNISED, notices=(Notice("receipt"),)), "recognised.notices: subjects of receipt"),
    ],
)
def test_without_a_register_nothing_passes_and_offers_are_found_all_the_same(
    recognised: Recognised, lacks: str
) -> None:
    mine = replace(made(), recognised=recognised)
    found = Seen(tables([notice()], [wish()]), mine)
    assert (found.verdict(CHECK), found[CHECK].lacks) == ((Verdict.NOT_EVALUATED, Reason.NOT_DECLARED), (lacks,))
    assert Seen(tables([message()], [wish()]), mine).verdict(CHECK)[0] is Verdict.FAILED


def test_without_subjects_people_or_requests_nothing_passes() -> None:
    data = tables([notice()], [wish(by="b")])
    of_subject = retold(made(), lambda one: replace(one, role="") if one.name == "subject" else one, "messages")
    alone = Seen(data, of_subject)
    assert alone.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NOT_DECLARED)
    assert alone[CHECK].lacks == ("messages: columnRole subject",)
    register = made().register
    for lacks, fewer in {"people": replace(register, people=""), "requests": replace(register, requests="")}.items():
        less = Seen(data, replace(made(), register=fewer))
        assert less.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NOT_DECLARED)
        assert f"register.{lacks}" in less[CHECK].lacks
    for table in ("users", "subject_requests"):
        found = Seen({name: rows for name, rows in data.items() if name != table}, made())
        assert found.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)
        assert found[CHECK].lacks == (table,)


ANA, BOB = person(1, mobile="m", email="e"), person(2, mobile="m2", email="e2")
RIGHTED = asked("rectification", 1, T - 5 * DAY) | {"old_token": "was", "new_token": "m"}


@pytest.mark.parametrize(
    ("wishes", "requests", "violates"),
    [
        ([wish(by="e", channel="sms")], [], True),
        ([wish(by="e", channel="email")], [], False),
        ([wish(by="e", channel=None)], [], True),
        ([wish(by="e2", channel="sms")], [], False),
        ([wish(by="e", channel="sms"), wish(T - TICK, "subscribe", by="m", channel="sms")], [], False),
        ([wish(by="m", channel="sms"), wish(T - TICK, "subscribe", by="e", channel="sms")], [], False),
        ([wish(by="m", channel="sms"), wish(T - TICK, "subscribe", by="e2", channel="sms")], [], True),
        ([wish(T - 9 * DAY, by="was", channel="sms")], [RIGHTED], True),
        ([wish(T - 4 * DAY, by="was", channel="sms")], [RIGHTED], True),
        ([wish(T - 9 * DAY, by="was", channel="email")], [RIGHTED], False),
        ([wish(T - 9 * DAY, by="was", channel="sms")], [], False),
        ([wish(T - 9 * DAY, by="was", channel="sms")], [RIGHTED | {"fulfilled_at": None}], False),
        ([wish(T - 9 * DAY, by="was", channel="sms")], [RIGHTED | {"id_token": KEYS.token("user:2")}], False),
        ([wish(T - 9 * DAY, by="older", channel="sms")], [RIGHTED], False),
        (
            [wish(T - 9 * DAY, by="older", channel="sms")],
            [
                RIGHTED,
                RIGHTED | {"request_id": "q", "fulfilled_at": T - 8 * DAY, "old_token": "older", "new_token": "was"},
            ],
            True,
        ),
    ],
)
def test_a_wish_follows_the_person(wishes: list[Row], requests: list[Row], *, violates: bool) -> None:
    offer = message("m", channel="sms")
    assert bool(judged([offer], wishes, [ANA, BOB], requests)) is violates


def test_an_address_that_was_passed_on_keeps_no_wish_of_who_left_it() -> None:
    """Ana left `was`, and Bob, who came later, has it now; whoever came before may have made the wish."""
    heir = person(2, mobile="was", since=T - 3 * DAY)
    old = wish(T - 9 * DAY, by="was", channel="sms")
    offer = message("was", channel="sms")
    assert judged([offer], [old], [ANA, heir], [RIGHTED]) == {}
    assert judged([message("m", channel="sms")], [old], [ANA, heir], [RIGHTED]) == {"offer_after_unsubscribing": 1}
    assert judged([offer], [old, wish(by="was", channel="sms")], [ANA, heir], [RIGHTED]) != {}
    assert judged([offer], [old], [ANA, heir | {"registered_at": T - 20 * DAY}], [RIGHTED]) != {}
    assert judged([offer | {"sent_at": T - 4 * DAY}], [old], [ANA, heir], [RIGHTED]) != {}
    # Nobody knows who had it: the address stays unsubscribed.
    assert judged([offer], [old], [ANA, heir], []) == {"offer_after_unsubscribing": 1}
    assert judged([message("m2", channel="sms")], [wish(T - 99 * DAY, by="e2", channel="sms")], [BOB]) == {}


@pytest.mark.parametrize(
    ("offer", "request_", "wishes", "violates"),
    [
        (message("m", channel="sms"), asked("objection", 1), [], True),
        (message("e"), asked("objection", 1), [], True),
        (message("e"), asked("Objection ", 1, T), [], True),
        (message("e"), asked("objection", 1, T + TICK), [], False),
        (message("e"), asked("objection", 1, None), [], False),
        (message("e"), asked("objection", 2), [], False),
        (message("e"), asked("access", 1), [], False),
        (notice("e"), asked("objection", 1), [], False),
        (notice("e", template="sale"), asked("objection", 1), [], True),
        (message("e"), asked("objection", 1), [wish(T - TICK, "subscribe", by="e")], False),
        (message("e"), asked("objection", 1), [wish(T - DAY, "subscribe", by="e")], True),
        (message("e"), asked("objection", 1), [wish(T - TICK, "subscribe", by="e", channel="sms")], True),
        (message("x"), asked("objection", 3) | {"mobile_token": "x"}, [], True),
    ],
)
def test_no_offer_follows_an_objection(offer: Row, request_: Row, wishes: list[Row], *, violates: bool) -> None:
    expected = {"offer_after_objecting": 1} if violates else {}
    assert judged([offer], wishes or [wish(by="z")], [ANA, BOB], [request_]) == expected


OBJECTION = asked("objection", 9) | {"mobile_token": "m"}
CHANGE = asked("rectification", 9) | {"request_id": "c", "new_token": "new"}


@pytest.mark.parametrize(
    ("requests", "wishes", "violates"),
    [
        ([OBJECTION], [], True),
        ([OBJECTION, asked("erasure", 9)], [], True),
        ([OBJECTION], [wish(T - TICK, "subscribe", by="m", channel="sms")], False),
        # It stays with the address that it names: nobody knows the others of who was erased.
        ([OBJECTION | {"mobile_token": None, "email_token": "e"}], [], False),
        ([OBJECTION | {"fulfilled_at": T + TICK}], [], False),
        # Who objected had left the number before somebody else came to have it, or is still known by another.
        ([OBJECTION, CHANGE | {"old_token": "m"}], [], False),
        ([OBJECTION, CHANGE | {"old_token": "m", "fulfilled_at": T - 9 * DAY}], [], True),
        ([OBJECTION, CHANGE | {"old_token": "older", "new_token": "m"}], [], True),
        ([OBJECTION | {"id_token": KEYS.token("user:2")}], [], False),
    ],
)
def test_an_objection_outlives_the_account(requests: list[Row], wishes: list[Row], *, violates: bool) -> None:
    back = ANA | {"registered_at": T - TICK}
    expected = {"offer_after_objecting": 1} if violates else {}
    assert judged([message("m", channel="sms")], wishes or [wish(by="z")], [back, BOB], requests) == expected


def test_without_keys_nobody_knows_who_objected() -> None:
    data = tables([message("e")], [wish(by="z")], None, [ANA], [asked("objection", 1)])
    assert Seen(data, made(), keys=None).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
    data = tables([message("e")], [wish(by="z")], None, [BOB], [asked("objection", 1) | {"email_token": "e"}])
    assert Seen(data, made(), keys=None).verdict(CHECK)[0] is Verdict.FAILED


@pytest.mark.parametrize(
    "purpose", [None, "", "newsletter", "marketinger", "essentials.service", "essential.service.bargains"]
)
def test_a_message_for_a_purpose_that_is_neither_is_a_gap(purpose: str | None) -> None:
    assert judged([message(purpose=purpose)], [wish(by="b")]) == {"gap_unknown_purpose": 1}


@pytest.mark.parametrize("purpose", ["marketing", "marketing.advertising.first_party", "Marketing.Communications.SMS"])
def test_whatever_lies_below_marketing_is_an_offer(purpose: str) -> None:
    assert judged([message(purpose=purpose)], [wish()]) == {"offer_after_unsubscribing": 1}


def test_offers_to_nobody_and_at_no_time_are_gaps() -> None:
    assert judged([message(to=None)], [wish()]) == {"gap_unknown_address": 1}
    assert judged([message(sent_at=None)], [wish(by="b")]) == {"gap_undated": 1}


def test_the_suppression_survives_erasure_and_registering_again() -> None:
    # Nothing of the account is asked: the address alone is what unsubscribed.
    found = Seen(tables([message()], [wish(T - 400 * DAY)]), made())
    assert found.verdict(CHECK)[0] is Verdict.FAILED


def test_without_keys_messages_are_counted() -> None:
    found = Seen(tables([message()], [wish()]), made(), keys=None)[CHECK]
    assert (found.violations, found.rows) == (1, ())


def test_repeated_and_missing_message_ids_hide_no_violation() -> None:
    found = Seen(tables([message(), message(), message(message_id=None)], [wish()]), made())[CHECK]
    assert (found.examined, found.violations, len(found.rows)) == (3, 3, 2)


def test_an_empty_ledger_of_wishes_proves_nothing() -> None:
    data = tables([message()], [])
    assert Seen(data, made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    assert Seen(data, made(emptied(SUBSCRIPTIONS))).verdict(CHECK)[0] is Verdict.PASSED
    assert Seen(tables([], [wish()]), made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)


@pytest.mark.parametrize("incomplete", [wish(by=None), wish(None, by="b")])
def test_a_wish_of_nobody_or_at_no_time_leaves_the_promise_unproven(incomplete: Row) -> None:
    assert Seen(tables([message()], [incomplete]), made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.INCOMPLETE)


def test_what_is_missing_is_not_evaluated() -> None:
    data = tables([message()], [wish()])
    alone = {"messages": data["messages"]}
    found = Seen(alone, made())
    assert found.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)
    assert found[CHECK].lacks == ("subscriptions",)
    for table, name in (("messages", "template"), ("subscriptions", "topic")):
        less = data | {table: data[table].drop_columns([name])}
        assert Seen(less, made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)


def test_clocks_that_run_ahead_are_an_error_and_hide_no_violation() -> None:
    late = AS_OF + TICK
    assert (
        Seen(tables([message(sent_at=AS_OF)], [wish(AS_OF, "subscribe")]), made()).verdict(CHECK)[0] is Verdict.PASSED
    )
    for data in (tables([message(sent_at=late)], [wish(by="b")]), tables([message()], [wish(late)])):
        assert Seen(data, made()).verdict(CHECK) == (Verdict.ERROR, Reason.IN_THE_FUTURE)
    assert Seen(tables([message(sent_at=late)], [wish()]), made()).verdict(CHECK)[0] is Verdict.FAILED


@pytest.mark.parametrize("kind", [pa.timestamp(u, z) for u in ("s", "ns") for z in (None, "Asia/Tehran")], ids=str)
def test_times_of_any_unit_and_zone_compare(kind: pa.DataType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    data = tables([message(), message(message_id="n", sent_at=T - timedelta(seconds=1))], [], kind)
    data["subscriptions"] = tables([], [wish(T)])["subscriptions"]
    assert [row.reference for row in Seen(data, made())[CHECK].rows] == [KEYS.reference("messages", "m")]


def test_with_times_that_are_none_nothing_is_evaluated() -> None:
    data = tables([message()], [wish()])
    for table, name in (("messages", "sent_at"), ("subscriptions", "occurred_at")):
        place = data[table].schema.names.index(name)
        jalali = [datetime(1404, 3, 20, tzinfo=UTC)]
        for values in (["1404-03-20"], [date(2025, 6, 9)], jalali):
            wrong = data | {table: data[table].set_column(place, name, pa.array(values))}
            expected = (Verdict.ERROR, Reason.NOT_A_TIME), (Verdict.NOT_EVALUATED, Reason.MISTYPED)
            assert Seen(wrong, made()).verdict(CHECK) == expected[values is not jalali]
