"""Kind `opted_out`: what a processor was sent for marketing is an offer, whether or not a message tells of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Policy
from governance.results import Reason, RowReference, Verdict
from tests.rules.conftest import KEYS, Seen, column, contract, policy, sealed_with
from tests.rules.test_opted_out import CHECK, DAY, RECOGNISED, TICK, T, asked, made, message, person, tables, wish

ADDRESS = "ana@example.com"
TOKEN = KEYS.token(ADDRESS)
ANA = person(1, mobile="m", email=TOKEN)
OFFERS = "marketing.communications.email"
LEDGER = contract("transfers", *(column(n) for n in ("id", "payload", "purpose")), column("sent_at", "timestamp"))
MAIL = contract(
    "shared_email",
    column("row_id", category="system.operations"),
    replace(column("transfer_id", category="system.operations"), references="transfers.id"),
    column("email", classification="restricted", category="user.contact.email"),
    column("email_token", category="user.contact.email"),
    column("subject", category="system.operations", role="subject"),
    replace(column("written_at", "timestamp"), category="system.operations"),
)
MAIL = replace(MAIL, event_time="written_at")
Row = dict[str, Any]


def told(mail: Any = MAIL) -> Policy:
    more = policy(LEDGER, mail)
    whole = made()
    register = replace(whole.register, transfers="transfers")
    return replace(whole, contracts=(*whole.contracts, *more.contracts), register=register, recognised=RECOGNISED)


def handed(cells: Row, wishes: list[Row], requests: list[Row] | None = None, **changes: Any) -> dict[str, pa.Table]:
    """One row of a payload; the only message is no offer to anybody here."""
    transfer = {"id": "t", "payload": "shared_email", "purpose": OFFERS, "sent_at": T} | changes
    times = {"sent_at": pa.array([transfer.pop("sent_at")], pa.timestamp("us", "UTC"))}
    ledger = pa.table({name: pa.array([value], pa.string()) for name, value in transfer.items()} | times)
    row = {"row_id": "p", "transfer_id": "t", "email": None, "email_token": None, "subject": "Your order 4"} | cells
    moments = {"written_at": pa.array([row.pop("written_at", T)], pa.timestamp("us", "UTC"))}
    mail = pa.table({name: pa.array([value], pa.string()) for name, value in row.items()} | moments)
    data = tables([message("z")], [*wishes, wish(by="y")], None, [ANA], requests or [])
    return data | {"transfers": ledger, "shared_email": mail}


@pytest.mark.parametrize(
    "cells",
    [
        {"email_token": TOKEN},
        {"email": sealed_with("A256GCM", ADDRESS, "shared_email", "email", "p")},
        {"email": f" {ADDRESS.upper()} "},
    ],
    ids=["token", "sealed", "clear"],
)
def test_an_offer_in_a_payload_is_found_by_token_and_by_address(cells: Row) -> None:
    found = Seen(handed(cells, [wish(by=TOKEN)]), told())[CHECK]
    assert found.problems == (("offer_after_unsubscribing", 1),)
    assert found.rows == (
        RowReference(KEYS.reference("shared_email", "p"), "offer_after_unsubscribing", "shared_email"),
    )
    assert (found.examined, dict(found.facts)["offers"]) == (2, 2)


@pytest.mark.parametrize(
    ("wishes", "requests", "changes", "problem"),
    [
        ([wish(T, by=TOKEN)], [], {}, "offer_after_unsubscribing"),
        ([wish(by="m")], [], {}, "offer_after_unsubscribing"),
        ([wish(by=TOKEN, channel=None)], [], {}, "offer_after_unsubscribing"),
        ([wish(by=TOKEN, channel="sms")], [], {"purpose": "marketing.communications"}, "offer_after_unsubscribing"),
        ([wish(by=TOKEN)], [], {"purpose": "Marketing.Communications.Email "}, "offer_after_unsubscribing"),
        ([], [asked("objection", 1)], {}, "offer_after_objecting"),
        ([], [asked("objection", 1, T)], {}, "offer_after_objecting"),
        ([wish(by=TOKEN)], [], {"sent_at": None}, "gap_undated"),
        ([wish(T + TICK, by=TOKEN)], [], {}, ""),
        ([wish(by=TOKEN, channel="sms")], [], {}, ""),
        ([wish(by=TOKEN), wish(T - TICK, "subscribe", by=TOKEN)], [], {}, ""),
        ([wish(by="somebody")], [asked("objection", 2)], {}, ""),
        ([], [asked("objection", 1, T + TICK)], {}, ""),
        ([wish(by=TOKEN)], [asked("objection", 1)], {"purpose": "essential.service.notifications.email"}, ""),
    ],
)
def test_payloads_obey_wishes_and_objections(
    wishes: list[Row], requests: list[Row], changes: Row, problem: str
) -> None:
    found = Seen(handed({"email_token": TOKEN}, wishes, requests, **changes), told())[CHECK]
    assert found.problems == (((problem, 1),) if problem else ())


@pytest.mark.parametrize(
    ("written_at", "sent_at", "violates"),
    [
        (T + 2 * DAY, T, True),
        (T - 2 * DAY, T + 2 * DAY, True),
        (None, T + 2 * DAY, True),
        (T + DAY - TICK, T, False),
        (T, T + DAY - TICK, False),
        (None, T, False),
    ],
)
def test_an_offer_in_a_payload_was_sent_at_the_later_of_both_times(
    written_at: Any, sent_at: Any, *, violates: bool
) -> None:
    data = handed({"email_token": TOKEN, "written_at": written_at}, [wish(T + DAY, by=TOKEN)], sent_at=sent_at)
    assert bool(Seen(data, told())[CHECK].problems) is violates


@pytest.mark.parametrize(
    ("subject", "wishes", "requests", "problem"),
    [
        ("۵۰٪ تخفیف، فقط امروز", [wish(by=TOKEN)], [], "offer_as_notice"),
        ("50% off", [], [asked("objection", 1)], "offer_after_objecting"),
        ("50% off", [wish(by=TOKEN, channel="sms")], [], ""),
        ("50% off", [wish(by="somebody")], [], ""),
        ("رسید شما", [wish(by=TOKEN)], [], ""),
        (" YOUR ORDER ۱۲ ", [wish(by=TOKEN)], [], ""),
        (None, [wish(by=TOKEN)], [], ""),
        ("", [wish(by=TOKEN)], [], ""),
    ],
)
def test_a_payload_of_a_subject_that_no_notice_has_is_an_offer(
    subject: str | None, wishes: list[Row], requests: list[Row], problem: str
) -> None:
    cells = {"email_token": TOKEN, "subject": subject}
    data = handed(cells, wishes, requests, purpose="essential.service.notifications.email")
    assert Seen(data, told())[CHECK].problems == (((problem, 1),) if problem else ())
    # Without the role nobody knows which column is the subject.
    bare = replace(MAIL, columns=tuple(replace(one, role="") for one in MAIL.columns))
    assert Seen(data, told(bare))[CHECK].problems == ()


def test_what_cannot_be_read_of_a_payload_proves_nothing() -> None:
    sealed = {"email": sealed_with("A256GCM", ADDRESS, "shared_email", "email", "p")}
    data = handed(sealed, [wish(T + DAY, by=TOKEN)])
    assert Seen(data, told()).verdict(CHECK)[0] is Verdict.PASSED
    assert Seen(data, told(), keys=None).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
    elsewhere = handed({"email": sealed_with("A256GCM", ADDRESS, "shared_email", "email", "q")}, [])
    assert Seen(elsewhere, told()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.INCOMPLETE)
    del data["shared_email"]
    found = Seen(data, told())
    assert found.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)
    assert found[CHECK].lacks == ("shared_email",)
    unlinked = replace(MAIL, columns=tuple(one for one in MAIL.columns if one.name != "transfer_id"))
    assert Seen(handed(sealed, []), told(unlinked)).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NOT_DECLARED)


def test_a_notice_in_a_payload_is_no_offer_and_needs_no_key() -> None:
    sealed = {"email": sealed_with("A256GCM", ADDRESS, "shared_email", "email", "p")}
    data = handed(sealed, [wish(by=TOKEN)], purpose="essential.service.notifications.email")
    found = Seen(data, told(), keys=None)
    assert found.verdict(CHECK)[0] is Verdict.PASSED
    assert found[CHECK].examined == 1
