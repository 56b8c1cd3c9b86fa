"""Kinds `never_sold` and `protected_transport`: what the ledger of transfers says in itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Agreement, Purpose, Where
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.kinds.never_sold import NeverSold
from governance.rules.kinds.protected_transport import ProtectedTransport
from tests.rules.conftest import AS_OF, KEYS, TEXT, Seen, column, contract, policy, rule

T = datetime(2025, 12, 10, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SENDS = ("essential.service.notifications.sms",)
AGREEMENT = Agreement("A", "sms_sender", TEXT, "shared_sms", (), SENDS, "2025-01-01", "2025-12-31", "", TEXT)
LEDGER = contract(
    "transfers",
    *(column(n) for n in ("id", "recipient", "purpose", "protocol", "consideration")),
    column("consideration_amount", "number"),
    column("sent_at", "timestamp"),
)
WHERE = Where(tables=("transfers",))
MADE = replace(
    policy(LEDGER, rules=(rule("sold", NeverSold(), WHERE), rule("wire", ProtectedTransport(), WHERE))),
    agreements=(AGREEMENT,),
    purposes=(Purpose("functional", "", (), TEXT, (), own_uses=("salesroom.tidy",)),),
)
WHOLE = pa.int64()
Row = dict[str, Any]


def sent(**changes: Any) -> Row:
    usual = {"id": "t1", "recipient": "sms_sender", "purpose": SENDS[0], "protocol": "TLSv1.3"}
    return {**usual, "consideration": "none", "consideration_amount": 0, "sent_at": T} | changes


def table(*rows: Row, amounts: pa.DataType = WHOLE) -> dict[str, pa.Table]:
    kinds = dict.fromkeys(sent(), pa.string()) | {"consideration_amount": amounts, "sent_at": pa.timestamp("us", "UTC")}
    return {"transfers": pa.table({n: pa.array([row[n] for row in rows], kind) for n, kind in kinds.items()})}


def judged(check: str, *rows: Row, amounts: pa.DataType = WHOLE) -> Evidence:
    return Seen(table(*rows, amounts=amounts), MADE)[f"{check}/transfers"]


@pytest.mark.parametrize("nothing", ["none", "None ", "ندارد", "هیچ", "بدون مابه‌ازا", "بدون مابهازا", "رايگان"])
def test_nothing_in_return_is_said_in_two_languages(nothing: str) -> None:
    assert Seen(table(sent(consideration=nothing)), MADE).verdict("sold/transfers") == (Verdict.PASSED, Reason.HOLDS)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"consideration_amount": 1}, "consideration_in_money"),
        ({"consideration_amount": -5}, "consideration_in_money"),
        ({"consideration": "gift vouchers"}, "consideration_in_kind"),
        ({"consideration": "تبلیغ رایگان"}, "consideration_in_kind"),
        ({"consideration": "none, save for ad credit"}, "consideration_in_kind"),
        ({"consideration": None}, "consideration_not_stated"),
        ({"consideration": " "}, "consideration_not_stated"),
        ({"consideration_amount": None}, "consideration_not_stated"),
        ({"purpose": "third_party_sharing"}, "sale_like_purpose"),
        ({"purpose": "Third_Party_Sharing.personalized_advertising"}, "sale_like_purpose"),
        ({"purpose": "marketing.advertising.profiling"}, "sale_like_purpose"),
        ({"purpose": "dpv:SellDataToThirdParties"}, "sale_like_purpose"),
        ({"purpose": "sales"}, "sale_like_purpose"),
        ({"purpose": "functional.service.improve.sell_to_advertisers"}, "purpose_not_of_policy"),
        ({"purpose": SENDS[0] + ".partners"}, "purpose_not_of_policy"),
        ({"purpose": "salesroom"}, "purpose_not_of_policy"),
        ({"purpose": None}, "gap_no_purpose"),
        ({"purpose": "n/a"}, "gap_no_purpose"),
        ({"purpose": "\u200c"}, "gap_no_purpose"),
        ({"recipient": "data_broker"}, "unregistered_recipient"),
        ({"recipient": None}, "unregistered_recipient"),
        ({"recipient": "SMS_Sender"}, "recipient_in_other_letters"),
        ({"recipient": "sms_sender\u200c"}, "recipient_in_other_letters"),
    ],
)
def test_whatever_is_like_a_sale_is_a_violation(changes: Row, problem: str) -> None:
    found = judged("sold", sent(id="t0"), sent(**changes))
    assert (found.examined, found.problems) == (2, ((problem, 1),))
    assert found.rows == (RowReference(KEYS.reference("transfers", "t1"), problem, "transfers"),)


@pytest.mark.parametrize(
    "purpose",
    ["third_party_sharing.legal_obligation", "marketing.communications.sms", "dpv:CustomerCare", "salesroom.tidy"],
)
def test_what_only_sounds_like_a_sale_is_none(purpose: str) -> None:
    assert judged("sold", sent(purpose=purpose)).violations == 0


@pytest.mark.parametrize(
    ("kind", "zero", "some"),
    [
        (pa.float64(), -0.0, 0.001),
        (pa.decimal128(12, 4), Decimal(0), Decimal("0.0001")),
        (pa.string(), "0.00", "12"),
    ],
)
def test_an_amount_is_money_whatever_its_type(kind: pa.DataType, zero: Any, some: Any) -> None:
    rows = (sent(consideration_amount=zero), sent(id="t2", consideration_amount=some))
    assert judged("sold", *rows, amounts=kind).problems == (("consideration_in_money", 1),)


@pytest.mark.parametrize(
    "protocol",
    [
        "TLSv1.3",
        "tls v1.3",
        "TLS-v1_2",
        "TLS v۱٫۳",
        "TLSV۱.۲",
        "sftp",
        "TLSV1_3",
        "TLS_1_3",
        "tlsv1-3",
        "TLS 1,3",
        "TLS\u200cv1.3",
        "TLS–1–3",
    ],
)
def test_a_protocol_is_the_same_in_any_spelling(protocol: str) -> None:
    assert Seen(table(sent(protocol=protocol)), MADE).verdict("wire/transfers")[0] is Verdict.PASSED


@pytest.mark.parametrize(
    ("protocol", "problem"),
    [
        ("TLSv1.0", "weak_protocol"),
        ("TLS 1.1", "weak_protocol"),
        ("TLSv۱٫۱", "weak_protocol"),
        ("TLSv1_0", "weak_protocol"),
        ("TLS_1_0", "weak_protocol"),
        ("tlsv1-1", "weak_protocol"),
        ("TLS 1,0", "weak_protocol"),
        ("TLS", "weak_protocol"),
        ("SSL_3", "weak_protocol"),
        ("SSLv3.0", "weak_protocol"),
        ("SMTP", "weak_protocol"),
        ("HTTP_1_1", "weak_protocol"),
        ("TLSv13", "unknown_protocol"),
        ("SSLv3", "weak_protocol"),
        ("http", "weak_protocol"),
        ("FTP", "weak_protocol"),
        ("TLSv1.30", "unknown_protocol"),
        ("ТLSv1.3", "unknown_protocol"),  # a Cyrillic letter
        ("TLSv1.3 or HTTP", "unknown_protocol"),
        ("https", "unknown_protocol"),
        (None, "no_protocol"),
        (" - ", "no_protocol"),
    ],
)
def test_a_protocol_that_is_not_allowed_is_a_violation(protocol: str | None, problem: str) -> None:
    assert judged("wire", sent(), sent(id="t2", protocol=protocol)).problems == ((problem, 1),)


@pytest.mark.parametrize("check", ["sold/transfers", "wire/transfers"])
def test_what_cannot_be_judged_is_never_green(check: str) -> None:
    assert Seen(table(), MADE).verdict(check) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    bare = {"transfers": table(sent())["transfers"].drop_columns(["sent_at"])}
    assert Seen(bare, MADE).verdict(check) == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)
    assert Seen(table(sent(sent_at=AS_OF)), MADE).verdict(check)[0] is Verdict.PASSED
    late = sent(sent_at=AS_OF + TICK)
    assert Seen(table(late), MADE).verdict(check) == (Verdict.ERROR, Reason.IN_THE_FUTURE)
    assert Seen(table(late | {"consideration": "x", "protocol": "x"}), MADE).verdict(check)[0] is Verdict.FAILED
    jalali = sent(sent_at=datetime(1404, 9, 19, tzinfo=UTC))
    assert Seen(table(jalali), MADE).verdict(check) == (Verdict.ERROR, Reason.NOT_A_TIME)
    text = {"transfers": table(sent())["transfers"].set_column(6, "sent_at", pa.array(["2025-12-10"]))}
    assert Seen(text, MADE).verdict(check) == (Verdict.NOT_EVALUATED, Reason.MISTYPED)


def test_without_agreements_nobody_is_registered() -> None:
    assert Seen(table(sent()), replace(MADE, agreements=()))["sold/transfers"].problems == (
        ("unregistered_recipient", 1),
    )
